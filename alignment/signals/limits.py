"""Process limits: where single readings usually fall. They illustrate a chart and decide nothing (the tests do).

Wheeler's chart of individual values (D. J. Wheeler, Understanding Variation, 1993): mean of the readings plus and
minus 2.66 times the mean step from one reading to the next. Where each reading resembles the last, steps are smaller
than the spread: with lag-one correlation phi by the factor sqrt(1 - phi) for an AR(1) series, so the limits are
widened by its inverse. For stocks, which wander, no limits are meant.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

FEWEST = 12
MOST_SLUGGISH = 0.7
STEPS_TO_LIMITS = 2.66


@dataclass(frozen=True, slots=True)
class Limits:
    """In the metric's unit; `phi` is the correlation that they are widened for, `n` the readings behind them."""

    low: float
    middle: float
    high: float
    phi: float
    n: int


def process_limits(values: Sequence[float | None]) -> Limits | None:
    """The limits of a series, oldest first, None being a gap: steps over gaps are left out. None below 12
    readings, without any step, or where each reading resembles the last too much (phi above 0.7)."""
    known = [value for value in values if value is not None]
    pairs = [(a, b) for a, b in pairwise(values) if a is not None and b is not None]
    if len(known) < FEWEST or not pairs:
        return None
    middle = math.fsum(known) / len(known)
    step = math.fsum(abs(b - a) for a, b in pairs) / len(pairs)
    phi = max(_resemblance(pairs, known, middle), 0.0)
    if phi > MOST_SLUGGISH or step == 0:
        return None
    reach = STEPS_TO_LIMITS * step / math.sqrt(1 - phi)
    return Limits(middle - reach, middle, middle + reach, phi, len(known))


def _resemblance(pairs: Sequence[tuple[float, float]], known: Sequence[float], middle: float) -> float:
    """Lag-one correlation with its small-sample bias removed: phi + (1 + 4 phi) / n."""
    square = math.fsum((value - middle) ** 2 for value in known) / len(known)
    if square <= 0:
        return 0.0
    raw = math.fsum((a - middle) * (b - middle) for a, b in pairs) / len(pairs) / square
    return raw + (1 + 4 * raw) / len(known)
