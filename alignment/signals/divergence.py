"""Divergence: does one series outgrow another, whatever their units? The trend of log A less log B.

A ratio that drifts is what "A grows faster than B" means in any units; common shocks and common growth cancel. Where a
value is zero or less, each series is divided by its mean size and the difference of those is judged. Flows are tested
for a line, stocks by the steps of the difference (`parting`: p from simulated pairs). Each series of flows is first
cleaned by itself: a wild reading stands out against its own noise by more than against that of the difference. A
difference too sluggish for a line must convince as a stock would, or be calm but for a bend (`bends`): one that turned
into a steep line looks sluggish. Measured: tests/bench/signals_divergence.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alignment.signals.beginning import Beginning
from alignment.signals.bends import calm_but_for_a_bend
from alignment.signals.cleaning import cleaned, span_of
from alignment.signals.columns import CYCLES_NEEDED
from alignment.signals.parting import bridged, chance_of_parting, judged_at, levels_apart, steps_apart
from alignment.signals.regression import Fit
from alignment.signals.sums import Floats, over_time
from alignment.signals.trends import MOST_SLUGGISH, interval

ALPHA = 0.05
FEWEST = 12
FEWEST_KNOWN = 9
_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Divergences:
    """Of N pairs: p, direction (1: the first outgrows), what was judged (N, n), the change of it over the window, and
    whether it is of logarithms. `silent` where nothing can be told; p is NaN there where readings are too few. `fit` is
    the one behind.
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
    fit: Fit


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
    flow = kind == "flow"
    difference, logs = compared(first, second, period if flow else None, clean=flow)
    fit = levels_apart(difference, period) if flow else steps_apart(bridged(difference), period)
    both = first + second  # NaN where either is
    known, span = (~np.isnan(both)).sum(axis=1), span_of(both)
    seasonless = (period is not None) & (span < CYCLES_NEEDED * (period or 0))
    p, change = chance_of_parting(fit), fit.per_period * (difference.shape[1] - 1)
    few = np.isnan(p) | (span < FEWEST) | (known < FEWEST_KNOWN) | seasonless
    sluggish = ~few & (fit.phi > MOST_SLUGGISH)
    if flow and sluggish.any():
        rows = np.flatnonzero(sluggish)
        again = steps_apart(bridged(both_levels(first[rows], second[rows])), period)
        bent = (p[rows] < ALPHA) & calm_but_for_a_bend(difference[rows], period)
        sluggish[rows] = ~((chance_of_parting(again) < ALPHA) | bent)
    return Divergences(
        p, np.sign(change), difference, change, fit.phi, known, span, logs, few | sluggish, fit
    )


def bounds(found: Divergences) -> tuple[Floats, Floats]:
    """Lowest and highest change over the window that the readings do not rule out, at 5 %."""
    stretch = 1.0 if found.fit.tested else float(found.difference.shape[1] - 1)
    low, high = interval(found.fit, judged=judged_at(found.fit, ALPHA))
    return low * stretch, high * stretch


def both_levels(first: Floats, second: Floats) -> Floats:
    """The difference as it came, nothing left out."""
    return compared(first, second, None, clean=False)[0]


def compared(
    first: Floats, second: Floats, period: int | None, *, clean: bool
) -> tuple[Floats, NDArray[np.bool_]]:
    """(what is judged, whether it is of logarithms): log A - log B, or the difference of scaled series.

    Some hundred pairs at a time, which keeps them in the processor's near memory."""
    parts = [
        _compared(first[start : start + _AT_ONCE], second[start : start + _AT_ONCE], period, clean=clean)
        for start in range(0, max(len(first), 1), _AT_ONCE)
    ]
    difference, logs = (np.concatenate(group) for group in zip(*parts, strict=True))
    return difference, logs


def _compared(
    first: Floats, second: Floats, period: int | None, *, clean: bool
) -> tuple[Floats, NDArray[np.bool_]]:
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


def _later(series: Floats, lead: int) -> Floats:
    """The series `lead` columns later (earlier where negative); NaN where nothing came."""
    moved = np.full_like(series, np.nan)
    n = series.shape[1]
    if abs(lead) < n:
        moved[:, max(lead, 0) : n + min(lead, 0)] = series[:, max(-lead, 0) : n - max(lead, 0)]
    return moved
