"""What is exported: columns that say what their cells are, and rows of values. Files are written elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "money", "percent", "day", "moment"]
_TAKEN_FOR_A_FORMULA = re.compile(r"'*[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `number`: Decimal, int or float; `money`: exact to its cents; `percent`: a share of 0..1;
    `day`: date; `moment`: aware datetime, written in UTC. None is an empty cell everywhere."""

    label: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. Each row has a value for each column; `name` is the workbook's sheet."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[object | None, ...], ...]


def guarded(text: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front; so does text that looks
    guarded already, so that taking one away gives back what was there."""
    return f"'{text}" if _TAKEN_FOR_A_FORMULA.match(text) else text
