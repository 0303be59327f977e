"""Readings to rows that the database takes as they are: metric, first day of the period, exact value, origin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from alignment.importing.dates import DateFault, parse_period
from alignment.importing.decimals import DecimalFault, parse_decimal
from alignment.importing.matching import Target
from alignment.importing.readings import agreeing_rows, readings, whole_rows
from alignment.importing.recognise import Recognition
from alignment.importing.refusals import Refusal, Refusals
from alignment.importing.rhythm import fits
from alignment.importing.shape import Form
from alignment.periods import Period

_REMEMBERED = 200_000


def copy_lines(
    recognition: Recognition,
    targets: Mapping[str, Target],
    metric_ids: Mapping[str, int],
    refusals: Refusals,
    *,
    today: date,
    rounded: bool = False,
) -> Iterator[str]:
    """One line of PostgreSQL's COPY text format for each of `good_readings`: metric, period, value, line, column."""
    ids = {label: f"{metric_ids[target.key]}\t" for label, target in targets.items()}
    columns = {name: f"\t{_escaped(name[:300])}\n" for name in recognition.table.header}
    for label, start, number, line, column in good_readings(
        recognition, targets, refusals, today=today, rounded=rounded
    ):
        yield f"{ids[label]}{start}\t{number}\t{line}{columns[column]}"


def good_readings(
    recognition: Recognition,
    targets: Mapping[str, Target],
    refusals: Refusals,
    *,
    today: date,
    rounded: bool = False,
) -> Iterator[tuple[str, str, str, int, str]]:
    """(label, first day of the period, exact value, line, column) of each reading that can be read; no database.

    What cannot be read is added to `refusals`; readings of labels without a target are passed over, because
    the plan has refused them already. Periods that begin after `today` (the company's) are refused.
    """
    add = refusals.add
    rows = whole_rows(recognition.table, recognition.layout, add)
    if recognition.layout.parts:
        rows = agreeing_rows(
            rows, recognition.table, recognition.layout, recognition.order, recognition.calendar, add
        )
    starts = {target: _Starts(recognition, target, today) for target in targets.values()}
    shared: dict[tuple[str, bool], dict[str, str | None]] = {}
    for target, known in starts.items():
        known.known = shared.setdefault((target.cadence, target.chosen), known.known)
    places = {label: starts[target] for label, target in targets.items()}
    mark = recognition.mark
    for line, column, label, period, value in readings(recognition.table, recognition.layout, rows):
        if not value or value.isspace():
            continue
        place = places.get(label)
        if place is None:
            continue
        start = place.get(period)
        if start is None:
            add(place.refusal(period, line))
            continue
        try:
            number = parse_decimal(value, mark, rounded=rounded)
        except DecimalFault as fault:
            add(Refusal(fault.reason, fault.mend, line, column, value))
            continue
        yield label, start, number, line, column


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


class _Starts:
    """The first day of the period that each text names, under one target's cadence; None where it names none."""

    def __init__(self, recognition: Recognition, target: Target, today: date) -> None:
        self.recognition, self.target, self.today = recognition, target, today
        self.known: dict[str, str | None] = {}

    def get(self, text: str) -> str | None:
        """The period's first day, or None."""
        try:
            return self.known[text]
        except KeyError:
            if len(self.known) > _REMEMBERED:
                self.known.clear()
            found = self.known[text] = self._start(text)
            return found

    def _start(self, text: str) -> str | None:
        try:
            period = parse_period(text, self.recognition.order, self.recognition.calendar)
        except DateFault:
            return None
        target, calendar = self.target, self.recognition.calendar
        if not fits(period, target.cadence, calendar, chosen=target.chosen):
            return None
        start = Period.containing(period.start, target.cadence, calendar).start
        return start.isoformat() if max(start, period.start) <= self.today else None

    def refusal(self, text: str, line: int) -> Refusal:
        """Why this text names no period of the metric."""
        layout, header = self.recognition.layout, self.recognition.table.header
        column = text if layout.form is Form.PERIODS_ACROSS else header[layout.date_column or 0]
        value = None if layout.form is Form.PERIODS_ACROSS else text
        try:
            period = parse_period(text, self.recognition.order, self.recognition.calendar)
        except DateFault as fault:
            return Refusal(fault.reason, fault.mend, line, column, value)
        if period.start > self.today:
            return Refusal(
                f"lies in the future: today is {self.today}.",
                "Correct the date, or leave forecasts out: readings are of what happened.",
                line,
                column,
                value,
            )
        return Refusal(
            f"names a {period.cadence.value}, but metric {self.target.key} is {self.target.cadence.label}.",
            f"Write the first day or the name of the period, or choose --cadence {self.target.cadence}.",
            line,
            column,
            value,
        )
