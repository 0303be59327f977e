"""Divergence: does one series outgrow another, whatever their units? The trend of log A less log B.

A ratio that drifts is what "A grows faster than B" means in any units; common shocks and common growth cancel. Where a
value is zero or less, each series is divided by its mean size and the difference of those is judged. The test is the
trend's own (`trends`: p from simulated luck), for stocks on the steps of the difference. Each series of flows is first
cleaned by itself: a wild reading stands out against its own noise by more than against that of the difference. A
difference too sluggish for a line (one that turned into a steep line looks so) must convince as a stock would.
Measured: tests/bench/signals_divergence.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alignment.signals.beginning import Beginning
from alignment.signals.columns import CYCLES_NEEDED
from alignment.signals.regression import Fit, design
from alignment.signals.sums import Floats, gram, inverse, middle_of, over_time
from alignment.signals.trends import MOST_SLUGGISH, interval, trends_with_fits

ALPHA = 0.05
FEWEST = 12
FEWEST_KNOWN = 9
_PULLED_FROM = 2.25
_LEFT_OUT_FROM = 3.5
_LONG_ENOUGH_TO_LEAVE_OUT = 20
_ROUNDS = 3
_CALMER, _CALMER_SHORT = 1.25, 1.1
"""Cleaning each series makes the noise of the difference look a little smaller than it is: p times this has the rate of
false alarms stated (bench, seed 11)."""


@dataclass(frozen=True, slots=True)
class Divergences:
    """Of N pairs: p, direction (1: the first outgrows), what was judged (N, n), the change of it over the window, and
    whether it is of logarithms. NaN and `silent` where nothing can be told. `fits` are those behind, of which rows.
    """

    p: Floats
    direction: Floats
    difference: Floats
    change: Floats
    phi: Floats
    known: NDArray[np.int64]
    span: NDArray[np.int64]
    logs: NDArray[np.bool_]
    silent: NDArray[np.bool_]
    fits: tuple[tuple[NDArray[np.intp], Fit | None], ...]


@dataclass(frozen=True, slots=True)
class Divergence:
    """The answer for a pair: "first outgrows", "second outgrows", "no clear divergence" or "cannot tell".

    `wide`, `low` and `high` say by how much per cent the first has gained on the second over the window (negative: has
    lost), with the interval of 95 %; where values are not all above zero, per cent of the usual size. `began` is when
    it set in, in columns of the input; `path` is the gain in per cent since the window's first reading, column by
    column, for a chart.
    """

    verdict: str
    sentence: str
    n: int
    p: float | None = None
    wide: float | None = None
    low: float | None = None
    high: float | None = None
    phi: float | None = None
    began: Beginning | None = None
    path: tuple[float | None, ...] = ()


def divergences(
    first: Floats, second: Floats, *, period: int | None = None, kind: str = "flow", lead: int = 0
) -> Divergences:
    """Judge N pairs of (N, n) series, "flow" or "stock", NaN being a gap.

    `lead` is by how many periods the second leads the first: each reading of the first is held against the second's
    that many columns earlier (negative: the first leads).
    """
    first, second = (np.atleast_2d(np.asarray(part, dtype=np.float64)) for part in (first, second))
    if first.shape != second.shape:
        raise ValueError(f"Series of one shape are compared, not {first.shape} with {second.shape}.")
    second = _later(second, lead)
    difference, logs = compared(first, second, period if kind == "flow" else None, clean=kind == "flow")
    found, levels, steps = trends_with_fits(difference, period=period, kind=kind)
    both = first + second  # NaN where either is
    known, span = (~np.isnan(both)).sum(axis=1), span_of(both)
    seasonless = (period is not None) & (span < CYCLES_NEEDED * (period or 0))
    few = np.isnan(found.p) | (span < FEWEST) | (known < FEWEST_KNOWN) | seasonless
    sluggish = ~few & (found.phi > MOST_SLUGGISH)
    calmer = np.where(span >= _LONG_ENOUGH_TO_LEAVE_OUT, _CALMER, _CALMER_SHORT) if kind == "flow" else 1.0
    p, change = np.minimum(found.p * calmer, 1.0), found.drift.copy()
    fits = [(np.arange(len(p)), steps if levels is None else levels)]
    if kind == "flow" and sluggish.any():
        rows = np.flatnonzero(sluggish)
        again, _, steps = trends_with_fits(
            both_levels(first[rows], second[rows]), period=period, kind="stock"
        )
        p[rows], change[rows] = np.minimum(again.p, 1.0), again.drift
        sluggish[rows] = again.silent | ~(again.p < ALPHA)
        fits.append((rows, steps))
    return Divergences(
        p, np.sign(change), difference, change, found.phi, known, span, logs, few | sluggish, tuple(fits)
    )


def bounds(found: Divergences) -> tuple[Floats, Floats]:
    """Lowest and highest change over the window that the readings do not rule out, at 5 %."""
    low, high = np.full_like(found.change, np.nan), np.full_like(found.change, np.nan)
    for rows, fit in found.fits:
        if fit is not None:
            stretch = 1.0 if fit.tested else float(found.difference.shape[1] - 1)
            low[rows], high[rows] = (end * stretch for end in interval(fit))
    return low, high


def both_levels(first: Floats, second: Floats) -> Floats:
    """The difference as it came, nothing left out."""
    return compared(first, second, None, clean=False)[0]


def compared(
    first: Floats, second: Floats, period: int | None, *, clean: bool
) -> tuple[Floats, NDArray[np.bool_]]:
    """(what is judged, whether it is of logarithms): log A - log B, or the difference of scaled series."""
    with np.errstate(invalid="ignore"):
        logs = np.asarray(~((first <= 0) | (second <= 0)).any(axis=1))
    parts = []
    for series in (first, second):
        known = ~np.isnan(series)
        size = over_time(np.where(known, np.abs(series), 0.0).T) / np.maximum(known.sum(axis=1), 1)
        scaled = series / np.where(size > 0, size, 1.0)[:, None]
        level = np.where(logs[:, None], np.log(np.where(logs[:, None], series, 1.0)), scaled)
        parts.append(cleaned(level, period) if clean else level)
    return parts[0] - parts[1], logs


def cleaned(series: Floats, period: int | None) -> Floats:
    """Flows with readings over 2.25 robust standard deviations from their own line and season pulled in to there, and
    those over 3.5 left out where the series has at least 20 periods.
    """
    columns = design(series.shape[1], period)
    turned = np.ascontiguousarray(series.T)
    known = ~np.isnan(turned)
    centre = np.where(known.any(axis=0), middle_of(turned), 0.0)
    turned = turned - centre
    solve = _pseudoinverse(columns)
    drawn, fitted = np.where(known, turned, 0.0), np.zeros_like(turned)
    for _ in range(_ROUNDS):
        fitted = _combined(columns.T, _combined(solve, drawn))
        left = turned - fitted
        spread = 1.4826 * middle_of(np.abs(left))
        reach = np.where(spread > 0, _PULLED_FROM * spread, np.inf)
        drawn = np.where(known, fitted + np.clip(left, -reach, reach), fitted)
    long = span_of(series) >= _LONG_ENOUGH_TO_LEAVE_OUT
    known = known & ~(np.abs(left) > np.where((spread > 0) & long, _LEFT_OUT_FROM * spread, np.inf))
    answer: Floats = np.ascontiguousarray(np.where(known, drawn + centre, np.nan).T)
    return answer


def _pseudoinverse(columns: Floats) -> Floats:
    """(n, p): what a series is multiplied with to give its least squares coefficients."""
    inverted, _ = inverse(gram(columns, columns, np.ones((len(columns), 1))))
    size = range(columns.shape[1])
    return np.stack(
        [sum((columns[:, k] * inverted[j, k, 0] for k in size), np.zeros(len(columns))) for j in size], axis=1
    )


def _combined(rows: Floats, parts: Floats) -> Floats:
    """Rows (m, k) and parts (m, N): the sum over m of each row's number times the part, (k, N), in order."""
    total = np.zeros((rows.shape[1], parts.shape[1]))
    for row, part in zip(rows, parts, strict=True):
        total += row[:, None] * part
    return total


def _later(series: Floats, lead: int) -> Floats:
    """The series `lead` columns later (earlier where negative); NaN where nothing came."""
    moved = np.full_like(series, np.nan)
    n = series.shape[1]
    if abs(lead) < n:
        moved[:, max(lead, 0) : n + min(lead, 0)] = series[:, max(-lead, 0) : n - max(lead, 0)]
    return moved


def span_of(series: Floats) -> NDArray[np.int64]:
    """Periods from the first reading to the last."""
    known = ~np.isnan(series)
    n = series.shape[1]
    span = n - known.argmax(axis=1) - known[:, ::-1].argmax(axis=1)
    return np.asarray(np.where(known.any(axis=1), span, 0))
