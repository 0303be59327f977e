"""Exports opened by other people's parsers: types hold, nothing is a formula, nothing is lost."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from alignment.exporting.delimited import as_csv, csv_pieces
from alignment.exporting.sheet import Column, Kind, Sheet
from alignment.exporting.workbook import SheetTooLong, as_xlsx
from alignment.importing.names import unguarded
from tests.counts import count

TRIED = count(small=60, long=2_000)
FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    '=HYPERLINK("https://x")',
    "'=1",
    "''=1",
    "-",
    "=",
)
_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=40)
TEXTS = st.builds(lambda start, rest: start + rest, st.sampled_from(["", *FORMULAS]), _TEXT)
NUMBERS = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.integers(0, 12),
)


def sheet(kind: Kind, *values: object) -> Sheet:
    return Sheet("Things", (Column("thing", kind), Column("note")), tuple((value, "x") for value in values))


def csv_cells(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def first_column(content: bytes) -> list[Any]:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return [row[0] for row in rows[1:]]


def formula_cells(content: bytes) -> int:
    """Cells with a formula, by openpyxl's reading and in the sheet's own XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        raw = sum(
            len(re.findall(rb"<f[\s>]", archive.read(name)))
            for name in archive.namelist()
            if name.startswith("xl/worksheets/sheet")
        )
        assert not any("hyperlink" in name.lower() for name in archive.namelist())
    book = load_workbook(io.BytesIO(content))
    return raw + sum(cell.data_type == "f" for row in book.worksheets[0].iter_rows() for cell in row)


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_looks_like_a_formula_is_guarded_in_csv_and_text_in_workbooks(text: str) -> None:
    cell = csv_cells(as_csv(sheet("text", text)))[1][0]
    assert cell == f"'{text}"
    assert unguarded(cell) == text
    content = as_xlsx(sheet("text", text))
    assert formula_cells(content) == 0
    assert first_column(content) == [text]


@pytest.mark.parametrize("text", ["a=1", "1-2", "'quoted'", "O'Hara", " =1", "", "2026-01-01"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert csv_cells(as_csv(sheet("text", text)))[1][0] == text


def test_headers_are_guarded_too() -> None:
    made = Sheet("x", (Column("=cmd"),), ())
    assert csv_cells(as_csv(made)) == [["'=cmd"]]
    assert formula_cells(as_xlsx(made)) == 0


@settings(max_examples=TRIED, deadline=None)
@given(texts=st.lists(TEXTS, max_size=6))
def test_any_text_comes_back_exactly(texts: list[str]) -> None:
    made = sheet("text", *texts)
    assert [unguarded(row[0]) for row in csv_cells(as_csv(made))[1:]] == texts
    content = as_xlsx(made)
    assert formula_cells(content) == 0
    assert first_column(content) == texts


@settings(max_examples=TRIED, deadline=None)
@given(numbers=st.lists(NUMBERS, min_size=1, max_size=8))
def test_any_number_keeps_all_its_digits(numbers: list[Decimal]) -> None:
    made = sheet("number", *numbers)
    assert [Decimal(row[0]) for row in csv_cells(as_csv(made))[1:]] == numbers
    content = as_xlsx(made)
    assert formula_cells(content) == 0
    for number, cell in zip(numbers, first_column(content), strict=True):
        significant = len("".join(map(str, number.normalize().as_tuple().digits)))
        assert isinstance(cell, str) == (significant > 15)
        assert Decimal(cell if isinstance(cell, str) else f"{cell:.15g}") == number


def test_negative_numbers_are_numbers_and_not_guarded() -> None:
    made = sheet("number", Decimal("-5.500000000000"), -3, -0.25, Decimal("0E-12"))
    assert [row[0] for row in csv_cells(as_csv(made))[1:]] == ["-5.5", "-3", "-0.25", "0"]
    assert first_column(as_xlsx(made)) == [-5.5, -3, -0.25, 0]


def test_a_number_of_more_than_15_digits_is_complete_text_with_a_note() -> None:
    content = as_xlsx(sheet("number", Decimal("1234567890.123456789"), Decimal("2234567890.123456789")))
    cells = [row[0] for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == ["1234567890.123456789", "2234567890.123456789"]
    assert cells[0].comment is not None
    assert "15 digits" in cells[0].comment.text
    assert cells[1].comment is None


def test_money_keeps_its_cents_shares_are_shares_and_none_is_empty() -> None:
    assert csv_cells(as_csv(sheet("money", Decimal("10.00"), None)))[1:] == [["10.00", "x"], ["", "x"]]
    assert csv_cells(as_csv(sheet("percent", 0.25)))[1][0] == "0.25"
    cell = load_workbook(io.BytesIO(as_xlsx(sheet("percent", 0.25)))).worksheets[0]["A2"]
    assert (cell.value, cell.number_format) == (0.25, "0.0%")
    assert first_column(as_xlsx(sheet("number", None, float("nan"), 2))) == ["", "", 2]


def test_days_and_moments_are_dates_in_workbooks_and_iso_in_csv() -> None:
    days = (date(2026, 2, 28), date(1900, 3, 1), date(1899, 12, 31), None)
    assert [row[0] for row in csv_cells(as_csv(sheet("day", *days)))[1:]] == [
        "2026-02-28", "1900-03-01", "1899-12-31", "",
    ]  # fmt: skip
    assert first_column(as_xlsx(sheet("day", *days)))[:3] == [
        date(2026, 2, 28), date(1900, 3, 1), "1899-12-31",
    ]  # fmt: skip
    noon = datetime(2026, 7, 1, 14, 0, 5, tzinfo=timezone(timedelta(hours=2)))
    assert csv_cells(as_csv(sheet("moment", noon)))[1][0] == "2026-07-01T12:00:05Z"
    assert first_column(as_xlsx(sheet("moment", noon))) == [datetime(2026, 7, 1, 12, 0, 5)]  # noqa: DTZ001
    assert as_csv(sheet("moment", noon.astimezone(UTC))) == as_csv(sheet("moment", noon))


@pytest.mark.parametrize(
    ("kind", "value"),
    [("number", "5"), ("number", True), ("day", "2026-01-01"), ("moment", date(2026, 1, 1))],
)
def test_a_cell_of_another_kind_is_a_fault_of_ours(kind: Kind, value: object) -> None:
    for write in (as_csv, as_xlsx):
        with pytest.raises(TypeError):
            write(sheet(kind, value))


def test_a_sheet_that_a_workbook_cannot_hold_says_so_and_csv_takes_it() -> None:
    rows = ((1,),) * 1_048_576
    with pytest.raises(SheetTooLong, match="1,048,576 rows"):
        as_xlsx(Sheet("x", (Column("n", "number"),), rows))
    assert sum(piece.count(b"\r\n") for piece in csv_pieces((Column("n", "number"),), rows)) == 1_048_577


@pytest.mark.parametrize("name", ["", "'", "a/b:c*[d]?\\", "x" * 80, "History"])
def test_any_name_makes_a_sheet(name: str) -> None:
    content = as_xlsx(Sheet(name, (Column("a"),), (("b",),)))
    assert first_column(content) == ["b"]


def test_long_text_is_cut_visibly_in_workbooks_alone() -> None:
    text = "x" * 40_000
    assert csv_cells(as_csv(sheet("text", text)))[1][0] == text
    [cell] = first_column(as_xlsx(sheet("text", text)))
    assert (len(cell), cell[-1]) == (32_767, "…")
