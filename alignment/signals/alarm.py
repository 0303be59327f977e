"""Alarm: has something new happened to a metric within the last year of looks, and does it still stand?

`watching` looks after every period as it was known then. An alarm is raised when the latest readings differ from those
before by more than `YEARLY_ALARMS` of unchanging metrics would show at some look within 52, is not repeated while it
stands, and ends after a month of calm looks. Of stocks the steps are watched: a shift is one of their growth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alignment.signals.shift import SHORTEST
from alignment.signals.sums import Floats, rounded
from alignment.signals.watching import Watch, watch

LOOKS = 26
"""Looks back from the last period: a shift lies at most 16 readings back, and a month of calm ends an alarm."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """As of the last period. `verdict` is "shifted", "quiet" or "cannot tell".

    What stands is told as it was when it was raised: `raised` is that column, `begins` the first one of the new level,
    `size` the new level less the one before (of a stock: its growth each period, less the one before), `yearly` the
    share of unchanging metrics that would show as much at some look within 52. Of a quiet one `yearly` is of today.
    """

    verdict: str
    raised: int | None = None
    begins: int | None = None
    size: float | None = None
    yearly: float | None = None


def alarms(rows: Floats, *, stock: bool, period: int | None) -> list[Alarm]:
    """An alarm for each row of (N, n), oldest reading first, NaN at gaps."""
    worked = np.diff(rows, axis=1) if stock else rows
    if worked.shape[1] < SHORTEST:
        return [Alarm("cannot tell")] * len(rows)
    still = np.nanmax(rows, axis=1) == np.nanmin(rows, axis=1)
    seen = watch(worked, period=period, first=worked.shape[1] - LOOKS + 1)
    return [Alarm("quiet") if still[row] else _as_raised(seen, row, stock) for row in range(len(rows))]


def _as_raised(seen: Watch, row: int, stock: bool) -> Alarm:
    if np.isnan(seen.yearly[row, -1]):
        return Alarm("cannot tell")
    if not seen.up[row, -1]:
        return Alarm("quiet", yearly=rounded(seen.yearly[row, -1]))
    at = int(np.flatnonzero(seen.raised[row])[-1])
    size, yearly = rounded(seen.size[row, at]), rounded(seen.yearly[row, at])
    return Alarm("shifted", at + stock, int(seen.begins[row, at]) + stock, size, yearly)
