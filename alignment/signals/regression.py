"""A line (or a level) with a season through many short series at once, in noise where each value resembles the last.

Model: value = columns times coefficients + AR(1) noise. Steps, for arrays (series, periods) with NaN for gaps:

1. Columns (`design`): a constant, a line that climbs by 1 over the window, and up to three harmonics of the season
   where two full cycles are there (N. R. Draper and H. Smith, Applied Regression Analysis, 3rd ed. 1998, ch. 15).
2. Least squares; residuals clipped at three robust standard deviations, 1.4826 times their median size (P. J. Huber,
   Robust Statistics, 1981, ch. 7: pseudo-values), twice.
3. For each coefficient phi on a grid the exact generalised least squares of a stationary AR(1), gaps of one reading
   bridged exactly (phi to the power of the distance), longer ones taken as new starts (R. H. Jones, Technometrics 22,
   1980, 389-395).
4. The restricted likelihood of each phi (D. A. Harville, JASA 72, 1977, 320-338), which has not the downward bias of
   the plain estimate on short series, times a prior. All answers are means over phi with these weights, so errors
   carry what is not known about phi (A. Zellner and G. C. Tiao, JASA 59, 1964, 763-778).

`regress` is the one door. What a caller reads of a `Fit` stays as it is; fields may be added.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from alignment.signals.sums import Floats, gram, inverse, middle_of, over_time, weighed

GRID = np.array([-0.3, -0.15, *np.linspace(0.0, 0.95, 20), 0.975])
CLIP = 3.0
HARMONICS = 3
CYCLES_NEEDED = 2
_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Fit:
    """What was fitted to N series of n periods; units are the series' own. NaN where nothing can be said."""

    design: Floats  # (n, p): constant, line if there is one, season
    coefficients: Floats  # (N, p): means over phi; the line's is the change over the whole window
    errors: Floats  # (N, p): their standard errors, with what is not known about phi
    phi: Floats  # (N,): mean of the AR(1) coefficient
    phi_error: Floats  # (N,): its standard deviation
    innovation_sd: Floats  # (N,): standard deviation of the part of the noise that is new in each period
    sd: Floats  # (N,): standard deviation of the noise
    fitted: Floats  # (N, n): also at the gaps
    residuals: Floats  # (N, n): clipped value minus fitted, NaN at gaps
    clipped: NDArray[np.bool_]  # (N, n): readings that were pulled in
    known: NDArray[np.int64]  # (N,): readings
    degrees: Floats  # (N,): readings less coefficients
    tested: int  # the column that is in question: the line, or the constant where there is no line
    weights: Floats  # (N, K): of each phi of GRID
    given_coefficient: Floats  # (N, K): the tested coefficient if phi were that of GRID
    given_error: Floats  # (N, K)

    @property
    def per_period(self) -> Floats:
        """The line's climb for each period (of the constant: itself)."""
        steps = max(len(self.design) - 1, 1) if self.tested else 1
        return np.asarray(self.coefficients[:, self.tested] / steps)


def design(n: int, period: int | None, *, line: bool = True, harmonics: int = HARMONICS) -> Floats:
    """Columns (n, p): constant, line from -1/2 to 1/2, then cosine and sine of each harmonic of the season."""
    return _design(n, period or 0, line, harmonics).copy()


@lru_cache(maxsize=1_000)
def _design(n: int, period: int, line: bool, harmonics: int) -> Floats:
    columns = [np.ones(n)]
    if line:
        columns.append(np.arange(n) / max(n - 1, 1) - 0.5)
    if period > 1 and n >= CYCLES_NEEDED * period:
        for order in range(1, min(harmonics, period // 2) + 1):
            turn = [2 * math.pi * (order * t % period) / period for t in range(n)]
            columns.append(np.array([math.cos(angle) for angle in turn]))
            if 2 * order != period:
                columns.append(np.array([math.sin(angle) for angle in turn]))
    return np.stack(columns, axis=1)


def flat_prior(phi: Floats) -> Floats:
    """The same weight for every phi from 0 to 0.95; less below 0 and above, where few series of a company are."""
    return np.where((phi < 0) | (phi > 0.95), 0.5, 1.0)


def regress(
    values: Floats,
    *,
    period: int | None = None,
    line: bool = True,
    harmonics: int = HARMONICS,
    clip: float | None = CLIP,
    prior: Callable[[Floats], Floats] = flat_prior,
) -> Fit:
    """Fit each row of `values` (N, n); gaps are NaN. `period` is the season's length in periods.

    A series with fewer than three readings more than there are columns comes back as NaN; one that never changes has
    coefficient 0 and error 0.
    """
    values = np.atleast_2d(np.asarray(values, dtype=np.float64))
    columns = _design(values.shape[1], period or 0, line, harmonics)
    tested = 1 if line else 0
    parts = [
        _fit(values[start : start + _AT_ONCE], columns, tested, clip, np.log(prior(GRID)))
        for start in range(0, max(len(values), 1), _AT_ONCE)
    ]
    shared = ("design", "tested")
    joined = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Fit)
        if field.name not in shared
    }
    return Fit(design=columns.copy(), tested=tested, **joined)


def _fit(values: Floats, columns: Floats, tested: int, clip: float | None, log_prior: Floats) -> Fit:
    """`regress` for at most `_AT_ONCE` series: time first, centred, of size 1 until the end."""
    series, centre, scale = _standard(values)
    seen = ~np.isnan(series)
    patterns, which = _patterns(seen)
    known = seen.sum(axis=0)
    solve, _ = inverse(gram(columns, columns, patterns.astype(np.float64)))
    filled = np.where(seen, series, 0.0)
    solve = solve[:, :, which]
    drawn, start = filled, _least_squares(filled, columns, solve)
    for _ in range(2 if clip is not None else 0):
        drawn = _pulled_in(filled, seen, columns, start, clip or CLIP)
        start = _least_squares(drawn, columns, solve)
    left = np.where(seen, drawn - _times(columns, start), 0.0)
    degrees = (known - columns.shape[1]).astype(np.float64)
    weights, given, squares, spread = _over_grid(left, seen, patterns, which, columns, degrees, log_prior)
    mean = over_time(weights[:, None] * given)
    variance = over_time(weights[:, None] * (squares + (given - mean) ** 2))
    phi = over_time(weights * GRID[:, None])
    innovation = np.sqrt(over_time(weights * spread))
    sd = np.sqrt(over_time(weights * spread / (1 - GRID * GRID)[:, None]))
    coefficients = start + mean
    fitted = _times(columns, coefficients)
    silent = degrees < 3
    centre_at = np.zeros_like(coefficients)
    centre_at[0] = centre

    def out(numbers: Floats, unit: Floats | float = 1.0) -> Floats:
        turned: Floats = np.ascontiguousarray(np.where(silent, np.nan, numbers * unit).T)
        return turned

    return Fit(
        design=columns,
        coefficients=out(coefficients * scale + centre_at),
        errors=out(np.sqrt(variance), scale),
        phi=out(phi),
        phi_error=out(np.sqrt(over_time(weights * (GRID[:, None] - phi) ** 2))),
        innovation_sd=out(innovation, scale),
        sd=out(sd, scale),
        fitted=out(fitted * scale + centre),
        residuals=out(np.where(seen, drawn - fitted, np.nan), scale),
        clipped=np.ascontiguousarray((seen & (drawn != filled)).T),
        known=known.astype(np.int64),
        degrees=degrees,
        tested=tested,
        weights=out(weights),
        given_coefficient=out((start[tested] + given[:, tested]) * scale + (centre if tested == 0 else 0.0)),
        given_error=out(np.sqrt(squares[:, tested]), scale),
    )


def _standard(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Series with time first, less their mean and divided by their largest distance from it; means; distances."""
    series = np.ascontiguousarray(values.T)
    seen = ~np.isnan(series)
    count = np.maximum(seen.sum(axis=0), 1)
    centre = over_time(np.where(seen, series, 0.0) / count)
    series = series - centre
    scale = np.where(seen, np.abs(series), 0.0).max(axis=0, initial=0.0)
    still = scale <= 1e-13 * np.abs(centre)  # only the rounding of the mean is left
    scale = np.where(still | (scale == 0), 0.0, scale)
    return (
        np.where(scale == 0, np.where(seen, 0.0, np.nan), series / np.where(scale == 0, 1.0, scale)),
        centre,
        scale,
    )


def _patterns(seen: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """The different patterns of gaps (n, M), and which of them each series has (N,)."""
    packed = np.ascontiguousarray(np.packbits(seen, axis=0).T)
    _, first, which = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    return np.ascontiguousarray(seen[:, first]), which.reshape(-1)


def _times(columns: Floats, coefficients: Floats) -> Floats:
    """Columns (n, p) times coefficients (p, N), added column by column: (n, N)."""
    total: Floats = columns[:, 0, None] * coefficients[0]
    for j in range(1, columns.shape[1]):
        total = total + columns[:, j, None] * coefficients[j]
    return total


def _least_squares(series: Floats, columns: Floats, solve: Floats) -> Floats:
    """Coefficients (p, N) of series (n, N) that are 0 at their gaps; `solve` inverts X'X of each."""
    return over_time(solve * weighed(columns, series)[:, None])


def _pulled_in(
    series: Floats, seen: NDArray[np.bool_], columns: Floats, coefficients: Floats, clip: float
) -> Floats:
    """Readings further than `clip` robust standard deviations from the fit, pulled in to that distance."""
    fitted = _times(columns, coefficients)
    left = series - fitted
    known = seen.sum(axis=0)
    shrunk = np.sqrt(known / np.maximum(known - columns.shape[1], 1))  # residuals are smaller than the noise
    reach = clip * 1.4826 * shrunk * middle_of(np.where(seen, np.abs(left), np.nan))
    reach = np.where(reach > 1e-12, reach, np.inf)
    far = seen & (np.abs(left) > reach)
    return np.where(far, fitted + np.clip(left, -reach, reach), series)


def _over_grid(
    left: Floats,
    seen: NDArray[np.bool_],
    patterns: NDArray[np.bool_],
    which: NDArray[np.intp],
    columns: Floats,
    degrees: Floats,
    log_prior: Floats,
) -> tuple[Floats, Floats, Floats, Floats]:
    """For each phi: its weight (K, N), coefficients and their squared errors (K, p, N), innovation variance (K, N)."""
    solve, log_determinant = inverse(_normal_matrices(patterns, columns))
    products, squared = _normal_vectors(left, seen, columns)
    counts = _counts(patterns)
    size = range(columns.shape[1])
    given = np.stack([over_time(solve[:, j][:, :, which] * products) for j in size], axis=1)
    explained = over_time(np.swapaxes(given, 0, 1) * products)
    rest = np.maximum(squared - explained, 1e-30)
    free = np.maximum(degrees, 1.0)
    likelihood = -0.5 * log_determinant[:, which] + 0.5 * counts[:, which] - 0.5 * free * np.log(rest)
    weights = _normalised(likelihood + log_prior[:, None])
    variance = rest / free
    diagonal = np.stack([solve[j, j][:, which] for j in size], axis=1)
    return weights, given, diagonal * variance[:, None], variance


def _normalised(logs: Floats) -> Floats:
    weights = np.exp(logs - logs.max(axis=0))
    total: Floats = weights / over_time(weights)
    return total


def _links(seen: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """Which readings start anew, follow the one before, or follow the one two before over a gap: (n, M) each."""
    follows = np.zeros(seen.shape, dtype=bool)
    follows[1:] = seen[1:] & seen[:-1]
    bridges = np.zeros(seen.shape, dtype=bool)
    bridges[2:] = seen[2:] & ~seen[1:-1] & seen[:-2]
    starts = seen & ~follows & ~bridges
    return starts.astype(np.float64), follows.astype(np.float64), bridges.astype(np.float64)


# For a reading `step` periods after the last known one: its weight, and phi to the power of the step.
_START = 1 - GRID * GRID
_BRIDGE = 1 / (1 + GRID * GRID)


def _counts(patterns: NDArray[np.bool_]) -> Floats:
    """Logarithm of the determinant of the noise's inverse covariance, per phi and pattern (K, M)."""
    starts, _, bridges = _links(patterns)
    logs: Floats = over_time(starts) * np.log(_START)[:, None] + over_time(bridges) * np.log(_BRIDGE)[:, None]
    return logs


def _shifted(numbers: Floats, step: int) -> Floats:
    moved = np.zeros_like(numbers)
    moved[step:] = numbers[:-step]
    return moved


def _normal_matrices(patterns: NDArray[np.bool_], columns: Floats) -> Floats:
    """X' V^-1 X for each phi and pattern: (p, p, K, M)."""
    starts, follows, bridges = _links(patterns)
    total: Floats = gram(columns, columns, starts)[:, :, None] * _START[:, None]
    for link, step, weight in ((follows, 1, np.ones_like(GRID)), (bridges, 2, _BRIDGE)):
        if not link.any():
            continue
        before = _shifted(columns, step)
        cross = gram(columns, before, link)
        power = GRID**step
        total = total + weight[:, None] * (
            gram(columns, columns, link)[:, :, None]
            - power[:, None] * (cross + np.swapaxes(cross, 0, 1))[:, :, None]
            + (power * power)[:, None] * gram(before, before, link)[:, :, None]
        )
    return total


def _normal_vectors(left: Floats, seen: NDArray[np.bool_], columns: Floats) -> tuple[Floats, Floats]:
    """X' V^-1 y (p, K, N) and y' V^-1 y (K, N) for each phi."""
    starts, follows, bridges = _links(seen)
    products = weighed(columns, starts * left)[:, None] * _START[:, None]
    squared = over_time(starts * left * left) * _START[:, None]
    for link, step, weight in ((follows, 1, np.ones_like(GRID)), (bridges, 2, _BRIDGE)):
        before, columns_before, power = _shifted(left, step), _shifted(columns, step), (GRID**step)[:, None]
        here, there = weighed(columns, link * left), weighed(columns_before, link * before)
        cross = weighed(columns, link * before) + weighed(columns_before, link * left)
        products = products + weight[:, None] * (
            here[:, None] - power * cross[:, None] + power * power * there[:, None]
        )
        squared = squared + weight[:, None] * (
            over_time(link * left * left)
            - 2 * power * over_time(link * left * before)
            + power * power * over_time(link * before * before)
        )
    return products, squared
