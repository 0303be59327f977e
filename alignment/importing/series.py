"""A file to series of readings by metric, as an import would understand it, without a database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from alignment.importing.files import SourceFile
from alignment.importing.kinds import kind_by_name
from alignment.importing.matching import Plan, make_plan
from alignment.importing.options import Limits, Options
from alignment.importing.read import read
from alignment.importing.recognise import Recognition, recognise
from alignment.importing.refusals import ImportRefused, Refusal, Refusals
from alignment.importing.rows import good_readings
from alignment.periods import STANDARD, Cadence, Calendar, Period


@dataclass(frozen=True, slots=True)
class MetricReadings:
    """A metric as the file names it, with (first day of the period, value), oldest first.

    `kind` is "flow" or "stock" where the name speaks of one, with the reason; else None.
    """

    key: str
    name: str
    cadence: Cadence
    readings: tuple[tuple[date, float], ...]
    kind: str | None
    kind_reason: str


@dataclass(frozen=True, slots=True)
class FileSeries:
    """Series in the order of the file, how it was understood, and rows that were left out because they were asked to
    be (`good_rows_only`). `later` counts readings of periods that end after the day asked about."""

    recognition: Recognition
    series: tuple[MetricReadings, ...]
    refusals: tuple[Refusal, ...]
    refused: int
    repeated: int
    later: int


def read_series(
    file: SourceFile,
    options: Options | None = None,
    *,
    until: date,
    calendar: Calendar = STANDARD,
    limits: Limits | None = None,
) -> FileSeries:
    """The series of a file, with readings of periods that ended by `until`.

    Raises ImportRefused where an import would refuse the file: for rows that cannot be read, unless
    `options.good_rows_only`.
    """
    options, limits = options or Options(), limits or Limits()
    recognition = recognise(read(file, options, limits), options, calendar, limits)
    plan = _plan(recognition, options, file.family, limits)
    refusals = Refusals()
    for refusal in plan.refusals:
        refusals.add(refusal)
    gathered = _Gathered(refusals)
    for label, start, number, line, column in good_readings(
        recognition, plan.targets, refusals, today=date.max, rounded=options.round_decimals
    ):
        gathered.add(plan.targets[label].key, date.fromisoformat(start), number, line, column)
    if refusals.total and not options.good_rows_only:
        raise ImportRefused(*refusals.kept, total=refusals.total)
    gathered.leave_conflicts_out()
    later = 0
    series = []
    for metric in plan.new:
        known = sorted(gathered.known.get(metric.key, {}).items())
        ended = tuple(
            (start, float(number)) for start, number in known if Period(start, metric.cadence).end <= until
        )
        later += len(known) - len(ended)
        kind, why = kind_by_name(metric.name) or (None, "")
        series.append(MetricReadings(metric.key, metric.name, metric.cadence, ended, kind, why))
    return FileSeries(
        recognition, tuple(series), tuple(refusals.kept), refusals.total, gathered.repeated, later
    )


def _plan(recognition: Recognition, options: Options, source: str, limits: Limits) -> Plan:
    """As for an import into a company that has no metrics yet; what describes them does not matter here."""
    anything = replace(
        options, create_metrics=True, category="any", unit="any", direction="any", metrics=(), source=None
    )
    return make_plan(recognition, anything, (), source, limits)


class _Gathered:
    """Exact values by metric and first day; two values for one period are refused."""

    def __init__(self, refusals: Refusals) -> None:
        self.refusals = refusals
        self.known: dict[str, dict[date, str]] = {}
        self.conflicts: set[tuple[str, date]] = set()
        self.repeated = 0

    def add(self, key: str, start: date, number: str, line: int, column: str) -> None:
        values = self.known.setdefault(key, {})
        earlier = values.get(start)
        if earlier is None:
            values[start] = number
            return
        if float(earlier) == float(number):
            self.repeated += 1
            return
        self.conflicts.add((key, start))
        reason = f"{key} has the values {earlier} and {number} for {start}."
        self.refusals.add(Refusal(reason, "Keep the right one.", line, column))

    def leave_conflicts_out(self) -> None:
        """Neither value of a period that has two is taken."""
        for key, start in self.conflicts:
            del self.known[key][start]
