"""Plain sense: what a person who looks at the chart would not bear out is not said, and what is plain to see may be.

The tests of `arbiter`, `alarm` and `changes` suppose noise; counts that are mostly zero, or a burst that is over, are
not of that kind. Each rule here was made after looking at real charts (docs/signals.md, real series).
"""

from __future__ import annotations

import numpy as np

from alignment.signals.sums import Floats, over_time

ALONE = 1.5
"""How many times as far out as the next one a one-off lies."""
ALONE_SPARSE = 3.0
"""The same where more than half of the readings are alike, as counts that are mostly zero."""
SMALLEST = 0.1
"""Of the usual spread: what is smaller than this is nothing to tell of, whatever its evidence."""
BACK = 1 / 3
BACK_FOR = 4
LASTING = 0.2
"""Share of the largest size possible at the moment of a change that must last for it to be one of level."""
_BEFORE = 26
_FEWEST_RECORD, _FEWEST_BEFORE = 3, 8


def stands_alone(row: Floats, place: int) -> bool:
    """Whether the reading at `place` of a row (n,), NaN at gaps, lies so much further out than any other."""
    apart = np.abs(row - np.nanmedian(row))
    others = np.delete(apart, place)
    sparse = np.nanmedian(apart) == 0
    return bool(apart[place] >= (ALONE_SPARSE if sparse else ALONE) * np.nanmax(others))


def too_small(size: float, row: Floats) -> bool:
    """Whether a step or shift of `size` is less than a tenth of the standard deviation of the readings."""
    known = row[~np.isnan(row)]
    mean = float(over_time(known[:, None])[0]) / len(known)
    spread = float(np.sqrt(over_time(((known - mean) ** 2)[:, None])[0] / len(known)))
    return abs(size) < SMALLEST * spread


def come_back(row: Floats, begins: int, raised: int, size: float) -> bool:
    """Whether the latest four readings since an alarm was raised are back where the level was before it."""
    since = row[raised + 1 :]
    since = since[~np.isnan(since)][-BACK_FOR:]
    before = row[max(begins - _BEFORE, 0) : begins]
    if len(since) < BACK_FOR or np.isnan(before).all():
        return False
    return bool(abs(np.median(since) - np.nanmedian(before)) <= BACK * abs(size))


def kept(size: float, low: float, high: float) -> bool:
    """Whether a change of level lasted: `changes` tells the lasting size, its interval holds the jump as well."""
    return abs(size) >= LASTING * max(abs(low), abs(high))


def record(row: Floats) -> tuple[int, int] | None:
    """(how many last readings lie all above, or as a negative number below, all before; how many those are).

    None where there is no such stretch of at least three readings after at least eight.
    """
    known = row[~np.isnan(row)]
    n = len(known)
    if n < _FEWEST_RECORD + _FEWEST_BEFORE:
        return None
    best, widest = None, 0.0
    for sign in (1, -1):
        turned = sign * known
        highest, lowest = np.maximum.accumulate(turned), np.minimum.accumulate(turned[::-1])[::-1]
        for start in range(_FEWEST_BEFORE, n - _FEWEST_RECORD + 1):
            gap = float(lowest[start] - highest[start - 1])
            if gap > widest:
                best, widest = (sign * (n - start), start), gap
    return best
