"""What a file says, in one pass over all of it: roles of columns, decimal mark, order of dates, metrics, cadence.

Nothing here knows which metrics exist. Each decision carries its reason and the option that changes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from alignment.importing.dates import DateFault, OrderEvidence, has_time, needs_order, parse_period
from alignment.importing.decimals import Mark, MarkEvidence
from alignment.importing.names import name_of
from alignment.importing.options import DateOrder, Limits, Options
from alignment.importing.readings import readings, whole_rows
from alignment.importing.refusals import ImportRefused, Refusal
from alignment.importing.rhythm import BITS, Rhythm, marks, rhythm_of
from alignment.importing.shape import Layout, decide_layout
from alignment.importing.table import Table
from alignment.periods import STANDARD, Calendar

_SAMPLED_VALUES = 16
_REMEMBERED_DATES = 200_000


@dataclass(frozen=True, slots=True)
class SeenMetric:
    """A metric as the file names it. `values` are the texts of its first readings."""

    label: str
    line: int
    column: str
    readings: int
    rhythm: Rhythm | None
    values: tuple[str, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """The label for people."""
        return name_of(self.label)


@dataclass(frozen=True, slots=True)
class Recognition:
    """Everything that was decided about a file, before any metric is looked up."""

    table: Table
    layout: Layout
    mark: Mark
    mark_why: str
    order: DateOrder | None
    order_why: str
    metrics: tuple[SeenMetric, ...]
    rhythm: Rhythm | None
    readings: int
    blanks: int
    calendar: Calendar
    notices: tuple[str, ...]

    def describe(self) -> list[tuple[str, str, str]]:
        """(what, what was recognised and why, the option that changes it), for people and for JSON."""
        lines = [(name, value, f"--{name}") for name, value in self.table.facts.items()]
        chosen = "--date-column, --metric-column, --ignore-column"
        lines.append(("shape", self.layout.describe(self.table.header), chosen))
        if self.layout.parts:
            parts = ", ".join(self.table.header[index] for index, _ in self.layout.parts)
            lines.append(
                ("repeated", f"{parts}: only repeat the date, checked and left out", "--ignore-column")
            )
        lines.append(("decimals", f"decimal {self.mark.shown} ({self.mark_why})", "--decimal"))
        if self.order is not None:
            lines.append(("dates", f"{self.order} ({self.order_why})", "--dates"))
        if self.rhythm is not None:
            lines.append(("cadence", f"{self.rhythm.cadence.label} ({self.rhythm.why})", "--cadence"))
        return lines


@dataclass(slots=True)
class _Seen:
    line: int
    column: str
    readings: int = 0
    bits: int = 0
    values: list[str] = field(default_factory=list)


class _Survey:
    """One pass over the readings."""

    def __init__(self, table: Table, layout: Layout, calendar: Calendar, limits: Limits) -> None:
        self.table, self.layout, self.calendar, self.limits = table, layout, calendar, limits
        self.marks, self.orders = MarkEvidence(), OrderEvidence()
        self.seen: dict[str, _Seen] = {}
        self.readings = self.blanks = 0
        self.times = False

    def run(self) -> None:
        seen, bits_of, add = self.seen, dict[str, int](), self.marks.add
        for line, column, label, date, value in readings(
            self.table, self.layout, whole_rows(self.table, self.layout)
        ):
            if not value or value.isspace():
                self.blanks += 1
                continue
            self.readings += 1
            entry = seen.get(label)
            if entry is None:
                entry = seen[label] = self._first(label, line, column)
            bits = bits_of.get(date)
            if bits is None:
                if len(bits_of) > _REMEMBERED_DATES:
                    bits_of.clear()
                bits = bits_of[date] = self._bits(date, line)
            entry.readings += 1
            entry.bits |= bits
            if not value.isdigit():
                add(value, line)
            if entry.readings <= _SAMPLED_VALUES:
                entry.values.append(value)

    def _first(self, label: str, line: int, column: str) -> _Seen:
        if len(self.seen) >= self.limits.metrics:
            raise ImportRefused(
                Refusal(
                    f"The file names more than {self.limits.metrics:,} metrics.",
                    "Split it, or choose the column that names the metric with --metric-column.",
                    line=line,
                )
            )
        return _Seen(line, column)

    def _bits(self, text: str, line: int) -> int:
        """Marks under day-first in the low bits, under month-first in the high ones."""
        self.times = self.times or has_time(text)
        if not needs_order(text):
            bits = self._marks(text, None)
            return bits | bits << BITS
        self.orders.add(text, line)
        return self._marks(text, DateOrder.DAY_FIRST) | self._marks(text, DateOrder.MONTH_FIRST) << BITS

    def _marks(self, text: str, order: DateOrder | None) -> int:
        try:
            return marks(parse_period(text, order, self.calendar))
        except DateFault:
            return 0  # refused with its line when the reading itself is parsed


def recognise(
    table: Table, options: Options | None = None, calendar: Calendar = STANDARD, limits: Limits | None = None
) -> Recognition:
    """What the table means. Raises ImportRefused where it can be understood in two ways or in none."""
    options, limits = options or Options(), limits or Limits()
    layout = decide_layout(table, options, calendar)
    survey = _Survey(table, layout, calendar, limits)
    survey.run()
    mark, mark_why = survey.marks.decide(options)
    order, order_why = survey.orders.decide(options)
    shift = BITS if order is DateOrder.MONTH_FIRST else 0
    mask = (1 << BITS) - 1
    metrics, all_bits = [], 0
    for label, seen in survey.seen.items():
        bits = seen.bits >> shift & mask
        all_bits |= bits
        rhythm = rhythm_of(bits, seen.readings, calendar)
        metrics.append(SeenMetric(label, seen.line, seen.column, seen.readings, rhythm, tuple(seen.values)))
    notices = list(table.notices)
    if survey.times:
        notices.append(
            "Times of day and offsets were left out: of a timestamp the date counts as it is written."
        )
    if layout.ignored:
        left_out = ", ".join(table.header[index] for index in layout.ignored)
        notices.append(f"Columns left out as chosen: {left_out}.")
    longest = max((metric.readings for metric in metrics), default=0)
    return Recognition(
        table, layout, mark, mark_why, order, order_why, tuple(metrics),
        rhythm_of(all_bits, longest, calendar), survey.readings, survey.blanks, calendar, tuple(notices),
    )  # fmt: skip
