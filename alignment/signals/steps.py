"""Steps at every place of a series at once, in AR(1) noise of every phi on the grid.

For a given phi the readings are whitened: what the last known reading foretells is taken off, so that what is left is
independent. A step at place s is then the sum of what follows it, so all places cost one running sum from the end
(the likelihood ratio for a step in AR(1) noise: P. Perron and X. Zhu, Journal of Econometrics 129, 2005, 65-119, is
this with a line). Effects have a normal prior of `REACH` standard deviations of the noise; each model's weight is
closed form (Bayes factors as in `luck`).

Arrays are (phi, time, series). A reading far out that its neighbours do not bear out counts as a gap, and others are
clipped, so that no single one makes a step; a step cannot begin at a gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alignment.signals.likelihood import GRID, Bools, company_prior, links
from alignment.signals.regression import regress
from alignment.signals.sums import Floats, middle_of, over_time

REACH = 2.5
CLIP = 2.5
FAR = 3.0
BORNE_OUT = 1.2
_PHI = GRID[:, None, None]
_SD = 1 - GRID * GRID  # innovation variance over the noise's
_IMPOSSIBLE, _TINY = -1e9, 1e-300


@dataclass(frozen=True, slots=True)
class Whitened:
    """What whitening leaves, less its mean level, and the products of which all models are made."""

    seen: Bools  # (n, N)
    degrees: Floats  # (N,)
    base: Floats  # (K, N): logarithm of the weight of no change, but for the sum of squares
    squares: Floats  # (K, N)
    line: Floats  # (K, N): readings times line
    line_square: Floats  # (K, N)
    step: Floats  # (K, n, N): readings times a step at each place
    step_square: Floats
    step_line: Floats


def standard(values: Floats) -> tuple[Floats, Bools, Floats]:
    """Time-first series of robust size 1 around 0, 0 at gaps; where there are readings; their unit (N,)."""
    series = np.ascontiguousarray(values.T)
    seen = ~np.isnan(series)
    apart = series - middle_of(series)
    unit = 1.4826 * middle_of(np.abs(apart))
    mean = over_time(np.where(seen, np.abs(apart), 0.0)) / np.maximum(seen.sum(axis=0), 1)
    unit = np.where(unit > 1e-9 * mean, unit, 1.2533 * mean)
    return np.where(seen, apart, 0.0) / np.where(unit > 0, unit, 1.0), seen, unit


def lone(series: Floats, seen: Bools, size: float) -> Bools:
    """Readings further out than `size` that neither neighbour bears out: one-offs, or the first of something new."""
    near = seen & (np.abs(series) > BORNE_OUT)
    same = np.sign(series[1:]) == np.sign(series[:-1])
    borne_out = np.zeros(series.shape, dtype=bool)
    borne_out[1:] |= near[:-1] & same
    borne_out[:-1] |= near[1:] & same
    return seen & (np.abs(series) > size) & ~borne_out


def jump(values: Floats, place: Floats) -> Floats:
    """Median from a place on less the median before, for each row of `values` (N, n): the size without the clipping."""
    series = np.ascontiguousarray(values.T)
    late = np.arange(len(series))[:, None] >= place
    size: Floats = middle_of(np.where(late, series, np.nan)) - middle_of(np.where(late, np.nan, series))
    return size


def deseasoned(values: Floats, period: int | None) -> Floats:
    """`values` (N, n) less the season that is fitted with a line, where two cycles are there."""
    values = np.atleast_2d(np.asarray(values, dtype=np.float64))
    if not period or values.shape[1] < 2 * period:
        return values
    fit = regress(values, period=period)
    season = np.zeros(values.shape)
    for j in range(2, fit.design.shape[1]):
        season = season + fit.coefficients[:, j, None] * fit.design[:, j]
    return values - np.where(np.isnan(season), 0.0, season)


def whitened(series: Floats, seen: Bools, first: int = 0, *, line: bool = True) -> Whitened:
    """Whiten series (n, N), 0 at gaps, for every phi of the grid; steps at places from `first` on.
    Without `line` its products are 0."""
    starts, follows, bridges = links(seen)
    alone_weight, bridge = np.sqrt(1 - _PHI * _PHI), 1 / np.sqrt(1 + _PHI * _PHI)
    own = alone_weight * starts + follows + bridge * bridges
    after = alone_weight * starts + (1 - _PHI) * follows + (1 - _PHI * _PHI) * bridge * bridges

    def white(column: Floats) -> Floats:
        one, two = np.zeros_like(column), np.zeros_like(column)
        one[1:], two[2:] = column[:-1], column[:-2]
        fresh: Floats = own * column - _PHI * follows * one - _PHI * _PHI * bridge * bridges * two
        return fresh

    mass = _sum(after * after)
    n = len(series)
    climb = np.broadcast_to((np.arange(n) / max(n - 1, 1) - 0.5)[:, None], series.shape)

    def levelled(part: Floats) -> Floats:
        apart: Floats = part - after * (_sum(after * part) / mass)[:, None]
        return apart

    left = levelled(white(series))
    climbing = levelled(white(climb * seen)) if line else np.zeros((len(GRID), 0, 1))

    def from_each(part: Floats) -> Floats:
        """Sum of a whitened part over what a step at each place changes."""
        late = part[:, first:]
        total: Floats = _following(after[:, first:] * late) + own[:, first:] * late
        return total

    through = from_each(after)
    alone = _following(after[:, first:] * after[:, first:]) + own[:, first:] * own[:, first:]
    counts = over_time(starts) * np.log(_SD)[:, None] - over_time(bridges) * np.log(1 + GRID * GRID)[:, None]
    return Whitened(
        seen=seen,
        degrees=seen.sum(axis=0) - 1.0,
        base=0.5 * counts - 0.5 * np.log(mass) + np.log(company_prior(GRID))[:, None],
        squares=np.maximum(_sum(left * left), 1e-12),
        line=_sum(left * climbing) if line else np.zeros((len(GRID), 1)),
        line_square=_sum(climbing * climbing) if line else np.zeros((len(GRID), 1)),
        step=from_each(left),
        step_square=np.maximum(alone - through * through / mass[:, None], 0.0),
        step_line=from_each(climbing) if line else climbing,
    )


def weight(found: Whitened, explained: Floats, shrunk: Floats) -> Floats:
    """Logarithm of a model's weight: `explained` is what it takes off the sum of squares, `shrunk` the logarithm of
    prior over posterior volume of its effects. Both (K, ..., N)."""
    more = (1,) * (explained.ndim - 2)
    shape = (len(GRID), *more, explained.shape[-1])
    squares = found.squares.reshape(shape)
    rest = np.maximum(squares - explained, 1e-6 * squares)
    total: Floats = found.base.reshape(shape) + shrunk - 0.5 * found.degrees * np.log(rest)
    return total


def one_effect(product: Floats, square: Floats, reach: float = REACH) -> tuple[Floats, Floats]:
    """What one effect explains and its shrinkage, from its product with the readings and its square."""
    prior = (_SD / reach**2).reshape((-1,) + (1,) * (product.ndim - 1))
    return product * product / (square + prior), 0.5 * (np.log(prior) - np.log(square + prior))


def log_sum(logs: Floats, axes: int = 1) -> Floats:
    """Logarithm of the sum of exponentials over the first `axes` axes; next to nothing where nothing is possible, as
    where all places are gaps."""
    flat = np.ascontiguousarray(logs).reshape((-1, *logs.shape[axes:]))
    highest = flat.max(axis=0)
    highest = np.where(np.isfinite(highest), highest, _IMPOSSIBLE)
    total: Floats = np.log(np.maximum(over_time(np.exp(flat - highest)), _TINY)) + highest
    return total


def _following(terms: Floats) -> Floats:
    """At each place of (K, n, N), the sum of the terms after it."""
    rest = np.zeros_like(terms)
    rest[:, :-1] = np.cumsum(terms[:, :0:-1], axis=1)[:, ::-1]
    return rest


def _sum(terms: Floats) -> Floats:
    """Over time, row after row, of (K, n, N)."""
    if terms.shape[-1] == 1:  # numpy would add such a column pairwise
        last: Floats = np.cumsum(terms, axis=1)[:, -1]
        return last
    total: Floats = np.add.reduce(terms, axis=1)
    return total
