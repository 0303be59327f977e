"""Sheets as XLSX: text as text (never a formula or a link), numbers as numbers, days as days.

A workbook keeps 15 digits of a number. One that has more is written as text, so that none is lost, and the
first such cell of a column carries a note that says so.
"""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

from alignment.exporting.plain import as_day, digits, exact, in_utc
from alignment.exporting.sheet import Column, Sheet

LARGEST_ROWS = 1_048_575
"""Rows below the header that a sheet can hold."""
_LONGEST_TEXT = 32_767
_SIGNIFICANT = 15
_FIRST_DAY = date(1900, 3, 1)  # spreadsheets believe in 29 February 1900, so that earlier days shift
_FORMATS = {"money": "#,##0.00", "percent": "0.0%", "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss"}
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_DIGITS_NOTE = "More than 15 digits, which a spreadsheet's numbers cannot hold: kept as text, complete."


class SheetTooLong(ValueError):
    """More rows than a workbook's sheet holds; CSV has no such limit."""


def as_xlsx(sheet: Sheet) -> bytes:
    """The workbook. Raises SheetTooLong above 1,048,575 rows."""
    from xlsxwriter import Workbook  # only where somebody asks for a workbook

    if len(sheet.rows) > LARGEST_ROWS:
        raise SheetTooLong(f"{len(sheet.rows):,} rows do not fit in a workbook's sheet. Export them as CSV.")
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as workbook:
        page = workbook.add_worksheet(_sheet_name(sheet.name))
        bold = workbook.add_format({"bold": True})
        for index, column in enumerate(sheet.columns):
            page.write_string(0, index, column.label[:_LONGEST_TEXT], bold)
            shown = _FORMATS.get(column.kind)
            cell_format = workbook.add_format({"num_format": shown}) if shown else None
            _Writer(page, index, column, cell_format).write(row[index] for row in sheet.rows)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, len(sheet.rows), max(len(sheet.columns) - 1, 0))
    return stream.getvalue()


def _sheet_name(name: str) -> str:
    """At most 31 characters, without what a sheet's name may not hold."""
    return _NOT_IN_A_NAME.sub(" ", name).strip(" '")[:31].strip(" '") or "Sheet"


class _Writer:
    """Writes one column below its header and keeps its width in view."""

    def __init__(self, page: Any, index: int, column: Column, cell_format: Any) -> None:
        self.page, self.index, self.kind, self.format = page, index, column.kind, cell_format
        self.width = len(column.label)
        self.noted = False

    def write(self, values: Any) -> None:
        """All cells, and the column's width."""
        for line, value in enumerate(values, start=1):
            if value is not None:
                self._cell(line, value)
        self.page.set_column(self.index, self.index, min(max(self.width + 2, 9), 60))

    def _cell(self, line: int, value: object) -> None:
        if self.kind == "text":
            self._text(line, str(value))
        elif self.kind == "day":
            day = as_day(value)
            if day < _FIRST_DAY:
                self._text(line, day.isoformat())
            else:
                self.page.write_datetime(line, self.index, day, self.format)
                self.width = max(self.width, 10)
        elif self.kind == "moment":
            self.page.write_datetime(line, self.index, in_utc(value), self.format)
            self.width = max(self.width, 19)
        elif (number := exact(value)) is not None:
            self._number(line, number)

    def _number(self, line: int, number: Decimal) -> None:
        text = digits(number)
        if len(text.lstrip("-").replace(".", "").strip("0")) <= _SIGNIFICANT:
            self.page.write_number(line, self.index, float(number), self.format)
            self.width = max(self.width, len(text))
            return
        self._text(line, text)
        if not self.noted:
            self.page.write_comment(line, self.index, _DIGITS_NOTE)
            self.noted = True

    def _text(self, line: int, text: str) -> None:
        if len(text) > _LONGEST_TEXT:
            text = f"{text[: _LONGEST_TEXT - 1]}…"
        self.page.write_string(line, self.index, text)
        self.width = max(self.width, min(len(text), 60))
