"""Sheets as CSV: UTF-8 with a byte-order mark (spreadsheets read names wrongly without it), commas, CRLF.

Text that begins with = + - @ tab or carriage return gets an apostrophe, in text cells and headers alone.
Numbers stay numbers, negative ones too, with all their digits; shares are written as 0.25; days and moments
as 2026-01-31 and 2026-01-31T08:00:00Z.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from alignment.exporting.plain import as_day, digits, exact, in_utc
from alignment.exporting.sheet import Column, Sheet, guarded

BYTE_ORDER_MARK = "\ufeff"
_ROWS_A_PIECE = 500


def as_csv(sheet: Sheet) -> bytes:
    """The whole file."""
    return b"".join(csv_pieces(sheet.columns, sheet.rows))


def csv_pieces(columns: tuple[Column, ...], rows: Iterable[tuple[object | None, ...]]) -> Iterator[bytes]:
    """The file in pieces of 500 rows, for answers that are too large to hold."""
    stream = io.StringIO(newline="")
    stream.write(BYTE_ORDER_MARK)
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([guarded(column.label) for column in columns])
    for number, row in enumerate(rows, start=1):
        writer.writerow([_cell(column, value) for column, value in zip(columns, row, strict=True)])
        if number % _ROWS_A_PIECE == 0:
            yield _taken(stream)
    yield _taken(stream)


def _taken(stream: io.StringIO) -> bytes:
    piece = stream.getvalue().encode("utf-8", errors="backslashreplace")
    stream.seek(0)
    stream.truncate()
    return piece


def _cell(column: Column, value: object | None) -> str:
    if value is None:
        return ""
    if column.kind == "text":
        return guarded(str(value))
    if column.kind == "day":
        return as_day(value).isoformat()
    if column.kind == "moment":
        return f"{in_utc(value).isoformat(timespec='seconds')}Z"
    number = exact(value)
    return "" if number is None else digits(number, keep_zeros=column.kind == "money")
