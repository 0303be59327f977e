"""What a table's columns are: long (a row for each reading), dates down, or periods across.

Decided by the header's names first and by the first rows' contents second; each role can be chosen instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from alignment.importing.dates import DateFault, parse_period
from alignment.importing.events import events_of
from alignment.importing.names import fold
from alignment.importing.options import DateOrder, Options
from alignment.importing.refusals import ImportRefused, Refusal, visible
from alignment.importing.table import Table
from alignment.periods import Calendar

SAMPLE_ROWS = 200
_DATE_NAMES = frozenset(
    {
        "date", "day", "week", "week start", "week starting", "week of", "week ending", "month",
        "month start", "month ending", "quarter", "period", "period start", "period end", "year",
        "fiscal year", "time", "timestamp", "datetime", "ds", "as of", "datum", "monat", "woche", "quartal",
    }
)  # fmt: skip
_METRIC_NAMES = frozenset(
    {
        "metric", "metric key", "metric name", "metrics", "key", "kpi", "indicator", "measure", "name",
        "kennzahl", "variable",
    }
)  # fmt: skip
_VALUE_NAMES = frozenset(
    ["value", "values", "amount", "reading", "figure", "number", "actual", "observation", "wert", "betrag"]
)
_PART_NAMES = frozenset(("year", "month", "day", "quarter"))
_NUMBERISH = re.compile(
    r"[-+(\u2212]?[ $€£]?[0-9][0-9 .,\u00a0\u202f'’eE+\-_]*[)%]?|[-+]?(s?nan|inf(inity)?)", re.IGNORECASE
)
_YEAR = re.compile(r"[0-9]{4}")


class Form(StrEnum):
    """How readings lie in the table."""

    LONG = "long"
    LONG_MEASURES = "long-with-measures"
    DATES_DOWN = "dates-down"
    PERIODS_ACROSS = "periods-across"


@dataclass(frozen=True, slots=True)
class Layout:
    """Column positions (from 0) by role. `parts` repeat a piece of the date and are checked against it."""

    form: Form
    width: int
    date_column: int | None
    metric_column: int | None
    value_columns: tuple[int, ...]
    parts: tuple[tuple[int, str], ...] = ()
    ignored: tuple[int, ...] = ()
    unnamed: tuple[int, ...] = ()

    def describe(self, header: tuple[str, ...]) -> str:
        """One sentence for people."""

        def name(index: int | None) -> str:
            return "?" if index is None else f"“{visible(header[index])}”"

        count = len(self.value_columns)
        if self.form is Form.LONG:
            return (
                f"long: each row is one reading; {name(self.metric_column)} names the metric, "
                f"{name(self.date_column)} the period, {name(self.value_columns[0])} is the value"
            )
        if self.form is Form.LONG_MEASURES:
            measures = ", ".join(name(index) for index in self.value_columns)
            return (
                f"long with measures: {name(self.metric_column)} names the series, {name(self.date_column)} "
                f"the period; {measures} become a metric each of every series"
            )
        if self.form is Form.DATES_DOWN:
            return f"wide: periods down in {name(self.date_column)}, {count} metric column(s)"
        return f"wide: metrics down in {name(self.metric_column)}, {count} period column(s) across"


@dataclass(frozen=True, slots=True)
class _Contents:
    filled: int
    dates: int
    numbers: int

    @property
    def mostly_dates(self) -> bool:
        return self.dates * 2 > self.filled

    @property
    def mostly_text(self) -> bool:
        return (self.filled - self.numbers - self.dates) * 2 > self.filled


def is_period(text: str, calendar: Calendar) -> bool:
    """Whether the text names a period under either order of dates."""
    for order in DateOrder:
        try:
            parse_period(text, order, calendar)
        except DateFault:
            continue
        return True
    return False


def decide_layout(table: Table, options: Options, calendar: Calendar) -> Layout:
    """The roles of the table's columns. Raises ImportRefused where the table cannot be understood in one way."""
    rows = [cells for _, cells in islice(table.rows(), SAMPLE_ROWS) if len(cells) == len(table.header)]
    if next(table.rows(), None) is None:
        raise ImportRefused(
            Refusal("The file has a header and no rows.", "Export it again with its rows.", table.header_line)
        )
    return _Layouter(table, rows, options, calendar).decide()


class _Layouter:
    def __init__(self, table: Table, rows: list[list[str]], options: Options, calendar: Calendar) -> None:
        self.table, self.options, self.calendar = table, options, calendar
        self.names = [fold(name.replace("_", " ")) for name in table.header]
        self.ignored = tuple(self._column(name, "--ignore-column") for name in options.ignored_columns)
        self.unnamed = tuple(index for index, name in enumerate(self.names) if not name)
        self.open = [i for i in range(len(self.names)) if i not in self.ignored and i not in self.unnamed]
        self.contents = [self._contents_of(row[index] for row in rows) for index in range(len(self.names))]

    def decide(self) -> Layout:
        across = [index for index in self.open if is_period(self.table.header[index], self.calendar)]
        date_column = None if len(across) > 1 else self._date_column()
        if across and date_column is None:
            return self._across(across)
        if date_column is None:
            raise self._refuse(
                "No column holds dates, and no two headers are periods.",
                "Call the column with the periods “date”, or choose it with --date-column NAME.",
            )
        return self._down(date_column)

    def _contents_of(self, cells: Iterable[str]) -> _Contents:
        filled = dates = numbers = 0
        for cell in cells:
            text = cell.strip()
            if not text:
                continue
            filled += 1
            if not _YEAR.fullmatch(text) and is_period(text, self.calendar):
                dates += 1
            elif _NUMBERISH.fullmatch(text):
                numbers += 1
        return _Contents(filled, dates, numbers)

    def _column(self, name: str, option: str) -> int:
        wanted = fold(name)
        for index, header in enumerate(self.table.header):
            if fold(header) == wanted:
                return index
        raise self._refuse(f"No column is called “{visible(name)}” ({option}).", "Write it as in the header.")

    def _refuse(
        self, reason: str, mend: str, column: int | None = None, *, events: bool = False
    ) -> ImportRefused:
        header = self.table.header
        if events and (told := events_of(self.table)):
            return ImportRefused(told)
        shown = None if column is None else header[column]
        if column is None:
            reason += f" The columns are: {', '.join(visible(name, 40) for name in header[:12])}."
        return ImportRefused(Refusal(reason, mend, self.table.header_line, shown))

    def _date_column(self) -> int | None:
        if self.options.date_column is not None:
            return self._column(self.options.date_column, "--date-column")
        named = [index for index in self.open if self.names[index] in _DATE_NAMES]
        held = [index for index in self.open if self.contents[index].mostly_dates]
        if len(held) > 1:
            held = [index for index in held if index in named] or held
        if len(held) > 1:
            listed = " and ".join(f"“{visible(self.table.header[index])}”" for index in held)
            raise self._refuse(
                f"Columns {listed} all hold dates.", "Choose one with --date-column NAME.", events=True
            )
        if held:
            return held[0]
        return named[0] if named else None

    def _metric_column(self, candidates: list[int], *, needed: bool) -> int | None:
        if self.options.metric_column is not None:
            return self._column(self.options.metric_column, "--metric-column")
        named = [index for index in candidates if self.names[index] in _METRIC_NAMES]
        if named:
            return named[0]
        text = [index for index in candidates if self.contents[index].mostly_text]
        if len(text) > 1:
            series = [index for index in text if self.names[index] == "series"]
            if not series:
                listed = ", ".join(f"“{visible(self.table.header[index])}”" for index in text)
                raise self._refuse(
                    f"Columns {listed} all hold text.",
                    "Choose the metric's with --metric-column NAME and leave the others out with --ignore-column.",
                    events=not needed,
                )
            return series[0]
        if text and (needed or len(candidates) > 1):
            return text[0]
        return candidates[0] if needed and len(candidates) == 1 else None

    def _across(self, across: list[int]) -> Layout:
        others = [index for index in self.open if index not in across]
        metric = self._metric_column(others, needed=True)
        if metric is None:
            raise self._refuse(
                "No column names the metrics.", "Call it “metric”, or choose --metric-column NAME."
            )
        self._refuse_unknown([index for index in others if index != metric])
        return self._layout(Form.PERIODS_ACROSS, None, metric, across)

    def _down(self, date_column: int) -> Layout:
        rest = [index for index in self.open if index != date_column]
        parts = tuple((i, self.names[i]) for i in rest if self.names[i] in _PART_NAMES)
        rest = [index for index in rest if self.names[index] not in _PART_NAMES]
        metric = self._metric_column(rest, needed=False)
        values = [index for index in rest if index != metric]
        if not values:
            raise self._refuse("No column is left that holds values.", "Add one, for example “value”.")
        if metric is None:
            return self._layout(Form.DATES_DOWN, date_column, None, values, parts)
        self._refuse_unknown(
            [index for index in values if self.contents[index].mostly_text and len(values) > 1]
        )
        plain = self.names[metric] in _METRIC_NAMES or self.names[values[0]] in _VALUE_NAMES
        form = Form.LONG if len(values) == 1 and plain else Form.LONG_MEASURES
        return self._layout(form, date_column, metric, values, parts)

    def _refuse_unknown(self, columns: list[int]) -> None:
        if columns:
            name = visible(self.table.header[columns[0]])
            raise self._refuse(
                "This column is neither metric, period nor value.",
                f'Delete it, or leave it out with --ignore-column "{name}".',
                columns[0],
            )

    def _layout(
        self,
        form: Form,
        date_column: int | None,
        metric_column: int | None,
        values: list[int],
        parts: tuple[tuple[int, str], ...] = (),
    ) -> Layout:
        width = len(self.table.header)
        return Layout(
            form, width, date_column, metric_column, tuple(values), parts, self.ignored, self.unnamed
        )
