"""A table of text cells with line numbers: what every kind of file is turned into first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

Row = tuple[int, list[str]]


class TypedNumber(str):
    """A number that a workbook stores as a number: written with a point, whatever the file's decimal mark."""

    __slots__ = ()


class RowSource(Protocol):
    """Gives all rows, header included, each time it is asked."""

    def rows(self) -> Iterator[Row]:
        """(line, cells) from the first row on; blank lines are left out."""
        ...


@dataclass(frozen=True, slots=True)
class Table:
    """A header and a source of rows. `facts` say how the bytes were read, `notices` what to look at."""

    header: tuple[str, ...]
    header_line: int
    source: RowSource
    kind: str
    facts: dict[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    def rows(self) -> Iterator[Row]:
        """The rows below the header, each (line, cells), from the first again at each call."""
        rows = self.source.rows()
        next(rows, None)
        return rows
