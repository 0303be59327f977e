"""Watching a metric as readings come in: an alarm when something new has happened, and quiet until it is over.

At each look only what was known then is used. An alarm is raised when the evidence of a shift reaches what, of 1,000
metrics that do not change, `YEARLY_ALARMS` of them would show at some look within a year; so the false alarms of a
year, not of a look, stay at the stated rate. It stays up, without being repeated, until for a month of weekly looks
the evidence has been no more than one in ten of them would show at one look (hysteresis).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alignment.signals.shift import SHORTEST, shifts
from alignment.signals.sums import Floats

QUIET_LOOKS = 4
CALM = 0.1


@dataclass(frozen=True, slots=True)
class Watch:
    """Of N series at each of n periods, as it was known then; NaN and False before there are enough readings."""

    raised: NDArray[np.bool_]  # (N, n): a new alarm at this look
    up: NDArray[np.bool_]  # (N, n): an alarm stands
    yearly: Floats  # (N, n)
    size: Floats  # (N, n): of the shift, in the series' unit
    begins: Floats  # (N, n): likeliest first place of the new level


def watch(values: Floats, *, period: int | None = None, first: int = SHORTEST) -> Watch:
    """Look at each row of `values` (N, n) after every period from the `first` on, NaN at gaps."""
    values = np.atleast_2d(np.asarray(values, dtype=np.float64))
    raised, up = np.zeros(values.shape, dtype=bool), np.zeros(values.shape, dtype=bool)
    yearly, size = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    begins = np.full(values.shape, np.nan)
    standing = np.zeros(len(values), dtype=bool)
    calm = np.zeros(len(values), dtype=np.int64)
    for t in range(max(first, SHORTEST) - 1, values.shape[1]):
        found = shifts(values[:, : t + 1], period=period)
        yearly[:, t], size[:, t], begins[:, t] = found.yearly, found.size, found.begins
        raised[:, t] = found.alarms() & ~standing
        calm = np.where(found.p > CALM, calm + 1, 0)
        standing = (standing | raised[:, t]) & (calm < QUIET_LOOKS)
        up[:, t] = standing
    return Watch(raised, up, yearly, size, begins)
