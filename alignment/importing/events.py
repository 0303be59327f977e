"""Exports of events (tickets, commits, orders) told from tables of readings, so that the advice leads somewhere."""

from __future__ import annotations

import re
from itertools import islice

from alignment.importing.refusals import Refusal, visible
from alignment.importing.table import Table

_SAMPLE_ROWS = 200
_FEWEST_ROWS = 5
_WORDY = re.compile(r"[^\W\d]")
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}|[0-9]{1,2}[/.][A-Za-z0-9]{1,3}[/.][0-9]{2}|.*[0-9]{1,2}:[0-9]{2}")
MEND = "Count or sum the events for each period first, and import those figures."


def events_of(table: Table) -> Refusal | None:
    """The refusal of a table in which a column of names is different on every row; None for any other."""
    width = len(table.header)
    rows = [cells for _, cells in islice(table.rows(), _SAMPLE_ROWS) if len(cells) == width]
    if len(rows) < _FEWEST_ROWS:
        return None
    for index, name in enumerate(table.header):
        cells = [row[index].strip() for row in rows]
        if name.strip() and len(set(cells)) == len(cells) and all(map(_is_name, cells)):
            what = f"“{visible(name)}” is different on every row"
            reason = f"This looks like an export of events, not of readings: {what}."
            return Refusal(reason, MEND, table.header_line, name)
    return None


def _is_name(cell: str) -> bool:
    return _WORDY.search(cell) is not None and _STAMP.match(cell) is None
