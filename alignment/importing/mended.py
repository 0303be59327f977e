"""Refused rows as a table that a person mends and hands in again: two columns of ours stand at its end, and are read
as if they were not there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from alignment.exporting.delimited import BYTE_ORDER_MARK
from alignment.exporting.sheet import guarded
from alignment.importing.names import fold, unguarded
from alignment.importing.table import Row, RowSource, Table

MARKS = ("Plumbline line", "Plumbline refused because")
WHY = "Refused: "
MISSING = "?"
"""Stands for a cell that a short row lacks: it is no number, date or name, so that nothing shifts unseen."""
_NOTICE = "The last two columns are Plumbline's notes on refused rows; they are left out."


def written(header: Sequence[str], rows: Iterable[tuple[int, Sequence[str], str]]) -> bytes:
    """The rows (line, cells, reason) as a CSV file under the header that they were written under."""
    stream = io.StringIO(newline="")
    stream.write(BYTE_ORDER_MARK)
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([*map(guarded, header), *MARKS])
    for line, cells, why in rows:
        lacking = [MISSING] * (len(header) - len(cells))
        writer.writerow([*map(guarded, cells), *lacking, line, f"{WHY}{why}"])
    return stream.getvalue().encode("utf-8", "backslashreplace")


def is_marked(start: bytes) -> bool:
    """Whether the first line of a file names our two columns."""
    return MARKS[1].lower().encode() in start.lower()


def without_marks(table: Table) -> Table:
    """The table without our two columns and without the apostrophes that guard text; others as they are."""
    header = _bare(table.header)
    if len(header) <= len(MARKS) or [fold(name) for name in header[-2:]] != [fold(mark) for mark in MARKS]:
        return table
    names = tuple(unguarded(name) for name in header[:-2])
    source = _Mended(table.source, len(names))
    return replace(table, header=names, source=source, notices=(*table.notices, _NOTICE))


@dataclass(frozen=True, slots=True)
class _Mended:
    """The rows without our columns. A row that is longer than its header stays longer, so that it is refused again."""

    source: RowSource
    width: int

    def rows(self) -> Iterator[Row]:
        """All rows, the header's first."""
        for line, cells in self.source.rows():
            yield line, self._own(cells)

    def _own(self, cells: list[str]) -> list[str]:
        full = self.width + len(MARKS)
        if len(cells) > full:  # spreadsheets fill each row up to the widest
            cells = [*cells[:full], *_bare(cells[full:])]
        if cells and cells[-1].startswith(WHY):
            cells = cells[:-2]
        elif len(cells) == full:
            cells = cells[: self.width]
        return [unguarded(cell) for cell in cells]


def _bare(cells: Sequence[str]) -> list[str]:
    """The cells up to the last one that is filled."""
    filled = [position for position, cell in enumerate(cells, 1) if cell.strip()]
    return list(cells[: filled[-1]]) if filled else []
