"""A table's rows, taken apart into readings by its layout: still text, each with its line and column."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from alignment.importing.dates import DateFault, parse_period
from alignment.importing.names import MEASURE_MARK
from alignment.importing.options import DateOrder
from alignment.importing.refusals import Refusal
from alignment.importing.shape import Form, Layout
from alignment.importing.table import Row, Table
from alignment.periods import Calendar, Period

Reading = tuple[int, str, str, str, str]
"""(line, column, label of the metric, text of the period, text of the value)"""
Problem = Callable[[Refusal], None]


def readings(table: Table, layout: Layout, rows: Iterator[Row]) -> Iterator[Reading]:
    """All cells that may hold a value, blank ones included; `rows` come from `whole_rows`."""
    header = table.header
    metric, date = layout.metric_column, layout.date_column
    if layout.form is Form.PERIODS_ACROSS:
        assert metric is not None
        across = [(index, header[index]) for index in layout.value_columns]
        for line, cells in rows:
            for index, name in across:
                yield line, name, cells[metric], name, cells[index]
        return
    assert date is not None
    if metric is None:
        down = [(index, header[index]) for index in layout.value_columns]
        for line, cells in rows:
            for index, name in down:
                yield line, name, name, cells[date], cells[index]
    elif layout.form is Form.LONG:
        value = layout.value_columns[0]
        name = header[value]
        for line, cells in rows:
            yield line, name, cells[metric], cells[date], cells[value]
    else:
        measures = [(index, header[index], MEASURE_MARK + header[index]) for index in layout.value_columns]
        for line, cells in rows:
            series = cells[metric].strip()
            for index, name, ending in measures:
                yield line, name, series + ending if series else "", cells[date], cells[index]


def whole_rows(table: Table, layout: Layout, problem: Problem | None = None) -> Iterator[Row]:
    """The rows that have as many cells as the header. Others are told to `problem`; blank ones left out."""
    width, unnamed = layout.width, layout.unnamed
    for line, cells in table.rows():
        if len(cells) == width and not unnamed:
            yield line, cells
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != width:
            if problem:
                problem(_wrong_width(line, len(cells), width))
        elif filled := [index for index in unnamed if cells[index].strip()]:
            if problem:
                reason = f"stands in column {filled[0] + 1}, which has no name."
                problem(
                    Refusal(
                        reason, "Name the column or clear it.", line, f"{filled[0] + 1}", cells[filled[0]]
                    )
                )
        else:
            yield line, cells


def _wrong_width(line: int, cells: int, width: int) -> Refusal:
    if cells > width:
        mend = "Put a cell that holds the delimiter in quotation marks."
    else:
        mend = "Write a delimiter for each empty cell; perhaps the row was cut off."
    return Refusal(f"The row has {cells} cells, the header {width}.", mend, line)


def agreeing_rows(
    rows: Iterator[Row],
    table: Table,
    layout: Layout,
    order: DateOrder | None,
    calendar: Calendar,
    problem: Problem,
) -> Iterator[Row]:
    """The rows whose columns year, quarter, month and day repeat the date; others are told to `problem`."""
    assert layout.date_column is not None
    known: dict[str, Period | None] = {}
    for line, cells in rows:
        text = cells[layout.date_column]
        if text not in known:
            try:
                known[text] = parse_period(text, order, calendar)
            except DateFault:
                known[text] = None  # refused where the reading itself is parsed
        period = known[text]
        wrong = None if period is None else _disagreement(period, cells, layout)
        if wrong is None:
            yield line, cells
        else:
            column = table.header[wrong]
            problem(
                Refusal(
                    f"does not agree with the date {text}.",
                    "Correct one of them.",
                    line,
                    column,
                    cells[wrong],
                )
            )


def _disagreement(period: Period, cells: list[str], layout: Layout) -> int | None:
    day = period.start
    expected = {"year": day.year, "quarter": (day.month + 2) // 3, "month": day.month, "day": day.day}
    for index, part in layout.parts:
        text = cells[index].strip().lower().removeprefix("q")
        named = part == "month" and text[:3] and day.strftime("%b").lower() == text[:3]
        if text and not named and text.lstrip("0") != str(expected[part]):
            return index
    return None
