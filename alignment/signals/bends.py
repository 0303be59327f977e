"""Is a difference sluggish, or does it only bend? What is left of a line with one bend resembles the last value less.

A series that stays where it is and then leaves steeply is far from any one line, for many readings in a row: held
against a line alone it looks like noise that wanders. With the best of a few bends taken off, a walk still resembles
its last value, and calm noise does not.
"""

from __future__ import annotations

import numpy as np

from alignment.signals.regression import design
from alignment.signals.sums import Floats, least_squares, over_time

AT = (0.5, 0.6, 0.7, 0.8)
"""Shares of the window after which it may bend."""
SHORT = 40
CALM, CALM_SHORT = 0.4, 0.3
"""Lag-one correlations under which noise is calm; short walks look calmer than they are. Of walks that seem to part,
under one in 20 passes (n = 52, 104), of 26 readings one in ten."""


def calm_but_for_a_bend(levels: Floats, period: int | None) -> np.ndarray:
    """Whether what is left of (N, n) levels, NaN at gaps, hardly resembles the last value once a bend is taken off."""
    n = levels.shape[1]
    turned = np.ascontiguousarray(levels.T)
    seen = ~np.isnan(turned)
    count = np.maximum(seen.sum(axis=0), 1)
    filled = np.where(seen, turned - over_time(np.where(seen, turned, 0.0)) / count, 0.0)
    least = np.full(len(levels), np.inf)
    for share in AT:
        bend = np.maximum(np.linspace(0, 1, n) - share, 0.0)
        columns = np.concatenate([design(n, period), bend[:, None]], axis=1)
        coefficients = least_squares(columns, filled, seen.astype(np.float64))
        left = np.where(seen, filled - over_time(columns.T[:, :, None] * coefficients[:, None]), 0.0)
        size = over_time(left * left)
        least = np.minimum(least, over_time(left[1:] * left[:-1]) / np.where(size > 0, size, 1.0))
    return np.asarray(least < (CALM_SHORT if n < SHORT else CALM))
