"""Workbooks (.xlsx): checked part by part while they unpack, then read by calamine into text cells.

A date becomes its ISO form, a number the shortest text of its 15 significant digits (what a spreadsheet
itself keeps of what was typed), text stays as it is. Formulas count by the value that was saved with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from alignment.importing.archive import Member, check_directory, checked_members, refuse
from alignment.importing.files import SourceFile
from alignment.importing.options import Limits, Options
from alignment.importing.refusals import ImportRefused, Refusal, visible
from alignment.importing.table import Row, Table, TypedNumber

_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_PREFIX = rb"(?:[A-Za-z_][\w.-]*:)?"
_CELL = re.compile(rb"<" + _PREFIX + rb"c(\s[^>]*?)?(?:/>|>(.*?)</" + _PREFIX + rb"c>)", re.DOTALL)
_REFERENCE = re.compile(rb"<" + _PREFIX + rb"c\s(?:[^>]*?\s)?r=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_ROW_NUMBER = re.compile(rb"<" + _PREFIX + rb"row\s(?:[^>]*?\s)?r=[\"']([0-9]{1,7})[\"']")
_FAR = re.compile(rb"r=[\"'](?:[A-Z]{2,3}[0-9]|[A-Z]?[0-9]{6})")
_FORMULA = re.compile(rb"<" + _PREFIX + rb"f[\s>/]")
_VALUE = re.compile(rb"<" + _PREFIX + rb"(?:v|is)>")
_OWN_REFERENCE = re.compile(rb"\sr=[\"']([A-Z]+[0-9]+)[\"']")
_ERROR_TYPE = re.compile(rb"\st=[\"']e[\"']")
_SIGNIFICANT = 15
_DECIMALS = 12


@dataclass(frozen=True, slots=True)
class WorkbookSource:
    """The rows of one sheet, as text, numbered as the spreadsheet numbers them."""

    cells: list[Row]

    def rows(self) -> Iterator[Row]:
        """All rows that are not blank."""
        return iter(self.cells)


def read_workbook(file: SourceFile, options: Options, limits: Limits) -> Table:
    """The table in a workbook's only visible sheet, or in the one that was chosen. Raises ImportRefused."""
    from python_calamine import CalamineError, CalamineWorkbook

    if file.size > limits.workbook_bytes:
        raise refuse(
            f"The workbook has {file.size:,} bytes; at most {limits.workbook_bytes:,} are read.",
            "Save the sheet as CSV, which may be larger.",
        )
    with file.open() as stream:
        check_directory(stream, file.size, limits)
        members = checked_members(stream, limits)
        _refuse_other_kinds(members)
        for member in members:
            _check_member(member, limits)
        stream.seek(0)
        try:
            workbook = CalamineWorkbook.from_filelike(stream)
            sheet, notices = _choose_sheet(workbook, options, limits)
            name = sheet.name
            _refuse_merged(sheet.merged_cell_ranges or [])
            rows, rounded = _text_rows(sheet)
        except CalamineError as error:
            raise refuse(f"The workbook cannot be read ({visible(str(error))}).") from error
    if not rows:
        raise refuse(f"The sheet “{visible(name)}” is empty.", "Choose another with --sheet.")
    if rounded:
        notices.append(f"Computed numbers with more than 12 decimals were read at 12: {rounded:,}.")
    line, header = rows[0]
    while header and not header[-1]:
        header.pop()
    width = len(header)
    for _, cells in rows[1:]:
        while len(cells) > width and not cells[-1]:
            cells.pop()
    facts = {"sheet": visible(name)}
    return Table(tuple(header), line, WorkbookSource(rows), "xlsx", facts, tuple(notices))


def _refuse_other_kinds(members: list[Member]) -> None:
    names = {member.name for member in members}
    if "mimetype" in names or "content.xml" in names:
        raise refuse("This is an OpenDocument sheet.", "Save it as .xlsx or CSV.")
    if "xl/workbook.xml" not in {name.lower() for name in names}:
        raise refuse("This ZIP file is no workbook.", "Upload the .xlsx or .csv itself.")


def _check_member(member: Member, limits: Limits) -> None:
    """Unpack one part piece by piece; of a sheet, also look for what calamine would pass over silently."""
    if not _SHEET_PART.fullmatch(member.name):
        for _ in member.chunks():
            pass
        return
    content = b"".join(member.chunks())
    if content.count(b"<c ") + content.count(b"<c>") + content.count(b":c ") > limits.cells:
        raise refuse(f"A sheet holds more than {limits.cells:,} cells.", "Split it, or save it as CSV.")
    _refuse_stray_cells(content, limits)
    _refuse_silent_blanks(content)


def _refuse_stray_cells(content: bytes, limits: Limits) -> None:
    """Refuse a sheet whose outermost cells span more than the limit: a reader lays it out whole."""
    if not _FAR.search(content):
        return  # at most 26 columns and 99,999 rows
    references = _REFERENCE.findall(content)
    widest = max((_column_number(letters) for letters in {letters for letters, _ in references}), default=0)
    lowest = max((int(number) for number in {number for _, number in references}), default=0)
    lowest = max(lowest, *(int(number) for number in _ROW_NUMBER.findall(content)), 0)
    if widest * lowest > limits.cells:
        raise refuse(
            f"A sheet spans {lowest:,} rows by {widest:,} columns; at most {limits.cells:,} cells are read.",
            "Delete the stray cell far from the table.",
        )


def _refuse_silent_blanks(content: bytes) -> None:
    if not any(sign in content for sign in (b"<f", b":f", b't="e"', b"t='e'")):
        return
    refusals = []
    for attributes, inner in _CELL.findall(content):
        own = _OWN_REFERENCE.search(attributes)
        place = own.group(1).decode() if own else "?"
        if _ERROR_TYPE.search(attributes):
            refusals.append(_cell_refusal(place, "holds an error such as #DIV/0!.", "Repair or clear it."))
        elif _FORMULA.search(inner) and not _VALUE.search(inner):
            refusals.append(
                _cell_refusal(
                    place,
                    "holds a formula without a saved value.",
                    "Open the workbook in a spreadsheet program and save it, or paste values.",
                )
            )
    if refusals:
        raise ImportRefused(*refusals[:1000], total=len(refusals))


def _cell_refusal(reference: str, reason: str, mend: str) -> Refusal:
    match = re.fullmatch(r"([A-Z]+)([0-9]+)", reference)
    if match is None:
        return Refusal(f"A cell {reason}", mend)
    return Refusal(f"Cell {reference} {reason}", mend, line=int(match[2]), column=match[1])


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _choose_sheet(workbook: Any, options: Options, limits: Limits) -> tuple[Any, list[str]]:
    metadata = workbook.sheets_metadata
    if len(metadata) > limits.sheets:
        raise refuse(f"The workbook has {len(metadata)} sheets; at most {limits.sheets} are read.")
    names = [entry.name for entry in metadata]
    if options.sheet is not None:
        if options.sheet not in names:
            listed = ", ".join(visible(name) for name in names)
            raise refuse(f"No sheet is called “{visible(options.sheet)}”.", f"Choose one of: {listed}.")
        return workbook.get_sheet_by_name(options.sheet), []
    hidden = [entry.name for entry in metadata if "Visible" not in str(entry.visible).rpartition(".")[2]]
    shown = [name for name in names if name not in hidden]
    filled = [sheet for sheet in map(workbook.get_sheet_by_name, shown) if sheet.height]
    if len(filled) > 1:
        listed = ", ".join(f"“{visible(sheet.name)}”" for sheet in filled)
        raise refuse(f"The workbook has several filled sheets: {listed}.", "Choose one with --sheet NAME.")
    if not filled:
        raise refuse("The workbook's visible sheets are empty.", "Choose a hidden one with --sheet NAME.")
    notices = (
        [f"Hidden sheets were left out: {', '.join(visible(name) for name in hidden)}."] if hidden else []
    )
    return filled[0], notices


def _refuse_merged(ranges: list[Any]) -> None:
    if ranges:
        (top, left), _ = ranges[0]
        raise ImportRefused(
            Refusal(
                "Cells are merged here, so that it is unclear which row or column the value belongs to.",
                "Unmerge them and write the value in each cell.",
                line=top + 1,
                column=_column_letters(left),
            )
        )


def _column_letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _text_rows(sheet: Any) -> tuple[list[Row], int]:
    rows: list[Row] = []
    rounded = 0
    numbers: dict[float, str] = {}
    for line, values in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        cells: list[str] = []
        filled = False
        for value in values:
            kind = type(value)
            if kind is str:
                cells.append(value)
                filled = filled or value != ""
                continue
            filled = True
            if kind is float or kind is int:
                text = numbers.get(value)
                if text is None:
                    text, was_rounded = _number_text(value)
                    rounded += was_rounded
                    if len(numbers) < 100_000:
                        numbers[value] = text
                cells.append(text)
            else:
                cells.append(_other_text(value))
        if filled:
            rows.append((line, cells))
    return rows, rounded


def _number_text(value: float) -> tuple[TypedNumber, bool]:
    if value == int(value) and abs(value) < 10**_SIGNIFICANT:
        return TypedNumber(int(value)), False
    exact = Decimal(f"{value:.{_SIGNIFICANT}g}")
    text = f"{exact:f}"
    if -exact.normalize().as_tuple().exponent <= _DECIMALS:  # type: ignore[operator]
        return TypedNumber(text.rstrip("0").rstrip(".") if "." in text else text), False
    return TypedNumber(f"{exact:.{_DECIMALS}f}".rstrip("0").rstrip(".") or "0"), True


def _other_text(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g} s"
    return str(value)
