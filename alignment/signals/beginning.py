"""When a drift began: a level that turns into a line, at the place that explains the readings best.

For every possible turn the series is regressed on a level, a line from there on, and the season, with the AR(1)
coefficient that the trend's fit gave. The turn with the smallest sum of squares is the estimate; those whose likelihood
ratio against it stays under the 90 % point of chi-squared (2.71) are its interval (D. V. Hinkley, JASA 66, 1971,
736-743; the ratio of turns is not quite chi-squared, so the interval is a guide). A drift that may have been there from
the first reading on is said to have.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alignment.signals.averaging import FLAT, Floats, columns, fits, gaps_of, standardised

_RATIO = 2.706
_AFTER = 4
"""A line needs some readings: no turn is looked for within the last four periods."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """Columns: the last one before the drift, with its interval; `always` where it may span the whole series."""

    at: int
    earliest: int
    latest: int
    always: bool


def beginning(row: Floats, *, phi: float, period: int | None = None, stock: bool = False) -> Beginning | None:
    """When the drift of one series (n,) began; None where there are too few readings to tell."""
    known = np.flatnonzero(~np.isnan(row))
    if len(known) < 2 * _AFTER:
        return None
    turns = np.arange(known[0], known[-1] - _AFTER + 1)
    worked, _, _ = standardised(row[None])
    series = np.broadcast_to(worked, (len(turns), len(row)))
    gaps = gaps_of(series)
    design = columns(gaps, 0, period)
    time = np.arange(len(row), dtype=np.float64)
    design[1] = np.maximum(time - turns[:, None], 0.0) / len(row)
    if stock:
        series, design = _stepped(series, design)
        gaps = gaps_of(series)
    [fit] = fits(series, gaps, design, float(np.clip(phi, -0.5, 0.9)), (FLAT,), line=0 if stock else 1)
    square = np.maximum(fit.square, 1e-300)
    best = int(square.argmin())
    likely = np.flatnonzero((len(known) - 1) * np.log(square / square[best]) <= _RATIO)
    always = int(likely[0]) <= 1
    at, earliest, latest = (int(turns[i]) for i in (0 if always else best, likely[0], likely[-1]))
    return Beginning(at, earliest, latest, always)


def _stepped(series: Floats, design: Floats) -> tuple[Floats, Floats]:
    """Steps of a stock and of its line and season; gaps take the steps on both sides."""
    steps = np.full(series.shape, np.nan)
    steps[:, 1:] = np.diff(series, axis=1)
    return steps, np.diff(design[1:], axis=2, prepend=design[1:, :, :1])
