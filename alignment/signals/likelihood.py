"""How well each phi, and each size of the season, explains a series: the weights over which a fit is averaged.

A scenario is one phi of a `Grid` together with one of its scales of the season. For each the exact generalised least
squares of a stationary AR(1) has a closed form, with gaps of one reading bridged exactly (phi to the power of the
distance; R. H. Jones, Technometrics 22, 1980, 389-395) and longer gaps taken as new starts. Weights are the restricted
likelihood (D. A. Harville, JASA 72, 1977, 320-338), which has not the downward bias of the plain estimate of phi on
short series, times a prior; harmonics of the season have a normal prior of `scale` standard deviations of the noise
(ridge: A. E. Hoerl and R. W. Kennard, Technometrics 12, 1970, 55-67), one scale being none, so that a series without
a season hardly pays for the question.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from alignment.signals.sums import Floats, gram, inverse, over_time, weighed
from alignment.signals.waves import Shape, grams

Prior = Callable[[Floats], Floats]
Bools = NDArray[np.bool_]
Solved = tuple[Floats, Floats]
Patterns = tuple[Bools, NDArray[np.intp]]


@dataclass(frozen=True, slots=True)
class Grid:
    """Which scenarios are weighed: every phi with every scale of the season, in standard deviations of the noise's
    innovations; where it is `fading`, of the second and third harmonic a half and a third of the scale."""

    phis: tuple[float, ...]
    scales: tuple[float, ...]
    fading: bool = False


USUAL = Grid((-0.3, -0.1, *(i / 10 for i in range(10)), 0.97), (0.0, 0.8, 30.0))
GRID = np.array(USUAL.phis)


def company_prior(phi: Floats) -> Floats:
    """The more sluggish, the rarer, down to a tenth; series that swing from reading to reading are as rare."""
    return np.where(phi < 0, 0.1, np.maximum(1 - phi, 0.1))


@dataclass(frozen=True, slots=True)
class Scenarios:
    """For each scenario (S) and series (N): time-first arrays, in the unit of the series that came in."""

    phi: Floats  # (S,)
    weights: Floats  # (S, N), they add up to 1
    coefficients: Floats  # (S, p, N)
    squared_errors: Floats  # (S, p, N)
    variance: Floats  # (S, N) of innovations


def scenarios(
    left: Floats,
    seen: Bools,
    columns: Floats,
    flat: int,
    prior: Prior,
    gaps: Patterns | None = None,
    grid: Grid = USUAL,
    shape: Shape | None = None,
) -> Scenarios:
    """Weigh and fit all of them to series (n, N), 0 at gaps; the first `flat` columns have no prior. `gaps` are those
    of `patterns_of`, where they are known, and `shape` says what the columns are made of, which is quicker."""
    patterns, which = patterns_of(seen) if gaps is None else gaps
    phis = np.array(grid.phis)
    products, squared = _normal_vectors(left, seen, columns, phis)
    free = np.maximum(seen.sum(axis=0) - float(flat), 1.0)
    before = np.log(prior(phis))[:, None]
    alone = len(which) == patterns.shape[1]  # each has gaps of its own, in their order
    parts = []
    for solve, level in solved(patterns, columns, flat, grid, shape):
        width = len(solve)
        given = np.zeros((len(phis), columns.shape[1], left.shape[1]))
        errors = np.zeros_like(given)
        for j in range(width):
            row = solve[:, j] if alone else solve[:, j][:, :, which]
            given[:, j] = over_time(row * products[:width])
        fitted = over_time(np.swapaxes(given[:, :width], 0, 1) * products[:width])
        rest = np.maximum(squared - fitted, 1e-30)
        weight = before + level[:, which] - 0.5 * free * np.log(rest)
        for j in range(width):
            errors[:, j] = solve[j, j][:, which] * (rest / free)
        parts.append((weight, given, errors, rest / free))
    logs, given, errors, variance = (np.concatenate(group) for group in zip(*parts, strict=True))
    weights = np.exp(logs - logs.max(axis=0))
    return Scenarios(np.tile(phis, len(parts)), weights / over_time(weights), given, errors, variance)


def solved(
    patterns: Bools, columns: Floats, flat: int, grid: Grid, shape: Shape | None
) -> tuple[Solved, ...]:
    """For each scale of the season: inverses (p, p, K, M) of X' V^-1 X (without a season: of the other columns), and
    what does not hang on the readings in the logarithm of the weight (K, M).

    Kept for single patterns, as most series have no gaps."""
    if patterns.shape[1] == 1:
        return _solved_once(patterns.tobytes(), columns.tobytes(), len(columns), flat, grid, shape)
    return _solve(patterns, columns, flat, grid, shape)


@lru_cache(maxsize=64)
def _solved_once(
    pattern: bytes, columns: bytes, n: int, flat: int, grid: Grid, shape: Shape | None
) -> tuple[Solved, ...]:
    seen = np.frombuffer(pattern, dtype=bool).reshape(n, 1)
    return _solve(seen, np.frombuffer(columns).reshape(n, -1), flat, grid, shape)


def _solve(
    patterns: Bools, columns: Floats, flat: int, grid: Grid, shape: Shape | None
) -> tuple[Solved, ...]:
    phis = np.array(grid.phis)
    start, bridge = _weights(phis)
    starts, _, bridges = links(patterns)
    matrices = _normal_matrices(patterns, columns, phis, shape)
    determinant = over_time(starts) * np.log(start)[:, None] + over_time(bridges) * np.log(bridge)[:, None]
    seasonal = columns.shape[1] - flat
    parts = []
    for scale in grid.scales if seasonal else (1.0,):
        if scale == 0:
            parts.append(_without_season(matrices, determinant, flat))
            continue
        ridge = start / (scale * scale)
        held, size = matrices.copy(), seasonal * np.log(ridge)[:, None]
        for j in range(seasonal):
            order = j // 2 + 1 if grid.fading else 1
            held[flat + j, flat + j] += (order * order * ridge)[:, None]
            size = size + 2 * math.log(order)
        solve, log_determinant = inverse(held)
        parts.append((solve, 0.5 * (determinant - log_determinant + size)))
    return tuple(parts)


def _weights(phis: Floats) -> tuple[Floats, Floats]:
    """Of a reading that starts anew, and of one two periods after the last known one: its weight in the noise's
    inverse covariance, where it is 1 for one that follows."""
    return 1 - phis * phis, 1 / (1 + phis * phis)


def _without_season(matrices: Floats, determinant: Floats, flat: int) -> Solved:
    """The same with the season's coefficients held at 0 and left out."""
    solve, log_determinant = inverse(matrices[:flat, :flat])
    return solve, 0.5 * (determinant - log_determinant)


def patterns_of(seen: Bools) -> Patterns:
    """The different patterns of gaps (n, M), and which of them each series has (N,)."""
    places: dict[bytes, int] = {}
    which = np.array(
        [places.setdefault(row.tobytes(), len(places)) for row in np.ascontiguousarray(seen.T)], dtype=np.intp
    )
    first = np.unique(which, return_index=True)[1]
    return np.ascontiguousarray(seen[:, first]), which


def links(seen: Bools) -> tuple[Floats, Floats, Floats]:
    """Which readings start anew, follow the one before, or follow the one two before over a gap: (n, M) each."""
    follows = np.zeros(seen.shape, dtype=bool)
    follows[1:] = seen[1:] & seen[:-1]
    bridges = np.zeros(seen.shape, dtype=bool)
    bridges[2:] = seen[2:] & ~seen[1:-1] & seen[:-2]
    starts = seen & ~follows & ~bridges
    return starts.astype(np.float64), follows.astype(np.float64), bridges.astype(np.float64)


def _shifted(numbers: Floats, step: int) -> Floats:
    moved = np.zeros_like(numbers)
    moved[step:] = numbers[:-step]
    return moved


def _normal_matrices(patterns: Bools, columns: Floats, phis: Floats, shape: Shape | None) -> Floats:
    """X' V^-1 X for each phi and pattern: (p, p, K, M)."""
    start, bridge = _weights(phis)
    starts, follows, bridges = links(patterns)
    total: Floats = gram(columns, columns, starts)[:, :, None] * start[:, None]
    for link, step, weight in ((follows, 1, np.ones_like(phis)), (bridges, 2, bridge)):
        if not link.any():
            continue
        power = phis**step
        if shape is not None:
            here, across, earlier = grams(shape, link, step)
        else:
            before = _shifted(columns, step)
            here, across = gram(columns, columns, link), gram(columns, before, link)
            earlier = gram(before, before, link)
        total = total + weight[:, None] * (
            here[:, :, None]
            - 2 * power[:, None] * across[:, :, None]
            + (power * power)[:, None] * earlier[:, :, None]
        )
    return total


def _normal_vectors(left: Floats, seen: Bools, columns: Floats, phis: Floats) -> tuple[Floats, Floats]:
    """X' V^-1 y (p, K, N) and y' V^-1 y (K, N) for each phi."""
    start, bridge = _weights(phis)
    starts, follows, bridges = links(seen)
    products = weighed(columns, starts * left)[:, None] * start[:, None]
    squared = over_time(starts * left * left) * start[:, None]
    for link, step, weight in ((follows, 1, np.ones_like(phis)), (bridges, 2, bridge)):
        if not link.any():
            continue
        before, power = _shifted(left, step), (phis**step)[:, None]
        linked, told = link * left, link * before
        beside, after = told.copy(), np.zeros_like(left)  # what goes with the columns at their own time
        beside[:-step] += linked[step:]
        after[:-step] = told[step:]
        here, across, earlier = (weighed(columns, part) for part in (linked, beside, after))
        products = products + weight[:, None] * (
            here[:, None] - power * across[:, None] + power * power * earlier[:, None]
        )
        squared = squared + weight[:, None] * (
            over_time(link * left * left)
            - 2 * power * over_time(link * left * before)
            + power * power * over_time(link * before * before)
        )
    return products, squared
