"""Two series laid side by side, period by period, one of them moved by a lag. Pure; loads no numpy."""

from __future__ import annotations

from dataclasses import dataclass

from alignment.periods import Period
from alignment.signals.columns import LONGEST, Columns


@dataclass(frozen=True, slots=True)
class SideBySide:
    """`second` over the periods from the first to the last reading of both; `first` has the readings of the series
    that was moved, each in the period that it is held against, None at gaps."""

    first: tuple[float | None, ...]
    second: Columns

    @property
    def both(self) -> int:
        """Periods in which both have a reading."""
        return sum(None not in pair for pair in zip(self.first, self.second.values, strict=True))


def side_by_side(first: Columns, second: Columns, lag: int = 0) -> SideBySide:
    """Series of one cadence, the first `lag` periods later: each reading of the second against the first's `lag`
    periods before. At most the last `LONGEST` periods; none where no period has both."""
    moved = {
        Period(start, first.cadence).next(lag).start: value
        for start, value in zip(first.starts, first.values, strict=True)
    }
    known = dict(zip(second.starts, second.values, strict=True))
    both = [start for start, value in known.items() if value is not None and moved.get(start) is not None]
    starts = tuple(start for start in second.starts if both and both[0] <= start <= both[-1])[-LONGEST:]
    values = tuple(known[start] for start in starts)
    return SideBySide(tuple(moved.get(start) for start in starts), Columns(second.cadence, starts, values))
