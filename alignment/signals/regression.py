"""A line (or a level) with a season through many short series at once, in noise where each value resembles the last.

Model: value = columns times coefficients + AR(1) noise. Steps, for arrays (series, periods) with NaN for gaps:

1. Columns (`design`): a constant, a line that climbs by 1 over the window, and up to three harmonics of the season
   where two full cycles are there (N. R. Draper and H. Smith, Applied Regression Analysis, 3rd ed. 1998, ch. 15).
2. Least squares; residuals clipped at three robust standard deviations, 1.4826 times their median size (P. J. Huber,
   Robust Statistics, 1981, ch. 7: pseudo-values), twice.
3. Generalised least squares for each scenario of `likelihood` (phi of the noise, size of the season), and their mean
   by how well each explains the series: errors carry what is not known about phi (A. Zellner and G. C. Tiao, JASA 59,
   1964, 763-778).

`regress` is the one door. What a caller reads of a `Fit` stays as it is; fields may be added.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from alignment.signals.columns import CYCLES_NEEDED
from alignment.signals.likelihood import USUAL, Grid, Patterns, Prior, company_prior, patterns_of, scenarios
from alignment.signals.sums import Floats, gram, inverse, middle_of, over_time, weighed
from alignment.signals.waves import Shape

CLIP = 3.0
HARMONICS = 3
_AT_ONCE = 512
SHARED = ("design", "tested", "scenario_phi")  # what all series of a `Fit` have in common


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
    degrees: Floats  # (N,): readings less the columns that have no prior
    tested: int  # the column that is in question: the line, or the constant where there is no line
    scenario_phi: Floats  # (S,): phi of each scenario
    weights: Floats  # (N, S): of each scenario
    given_coefficient: Floats  # (N, S): the tested coefficient if that scenario were true
    given_error: Floats  # (N, S)
    given_sd: Floats  # (N, S): standard deviation of the noise in it

    def of(self, row: int) -> Fit:
        """The same of one series alone."""
        alone = {
            field.name: getattr(self, field.name)[row : row + 1]
            for field in fields(Fit)
            if field.name not in SHARED
        }
        return replace(self, **alone)

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


def regress(
    values: Floats,
    *,
    period: int | None = None,
    line: bool = True,
    harmonics: int = HARMONICS,
    clip: float | None = CLIP,
    prior: Prior = company_prior,
    grid: Grid = USUAL,
) -> Fit:
    """Fit each row of `values` (N, n); gaps are NaN. `period` is the season's length in periods.

    A series with fewer than three readings more than there are columns comes back as NaN; one that never changes has
    coefficient 0 and error 0.
    """
    values = np.atleast_2d(np.asarray(values, dtype=np.float64))
    columns = _design(values.shape[1], period or 0, line, harmonics)
    tested = 1 if line else 0
    turns = period or 0 if columns.shape[1] > tested + 1 else 0
    shape = Shape(values.shape[1], turns, line, harmonics)
    parts = [
        _fit(values[start : start + _AT_ONCE], columns, tested, clip, prior, grid, shape)
        for start in range(0, max(len(values), 1), _AT_ONCE)
    ]
    joined = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Fit)
        if field.name not in SHARED
    }
    return Fit(design=columns.copy(), tested=tested, scenario_phi=parts[0].scenario_phi, **joined)


def _fit(
    values: Floats, columns: Floats, tested: int, clip: float | None, prior: Prior, grid: Grid, shape: Shape
) -> Fit:
    """`regress` for at most `_AT_ONCE` series: time first, centred, of size 1 until the end."""
    series, centre, scale = _standard(values)
    seen = ~np.isnan(series)
    patterns, which = patterns_of(seen)
    known = seen.sum(axis=0)
    flat = tested + 1
    filled = np.where(seen, series, 0.0)
    drawn, start = filled, np.zeros((columns.shape[1], series.shape[1]))
    if clip is not None:
        drawn, start = _drawn(filled, seen, columns, clip, (patterns, which))
    start[flat:] = 0.0  # the season is weighed against none, so it stays in what is left
    left = np.where(seen, drawn - _times(columns, start), 0.0)
    found = scenarios(left, seen, columns, flat, prior, (patterns, which), grid, shape)
    weights, given, phis = found.weights, found.coefficients, found.phi[:, None]
    mean = over_time(weights[:, None] * given)
    variance = over_time(weights[:, None] * (found.squared_errors + (given - mean) ** 2))
    phi = over_time(weights * phis)
    given_variance = found.variance / (1 - phis * phis)
    coefficients = start + mean
    fitted = _times(columns, coefficients)
    origin = np.zeros_like(coefficients)
    origin[0] = centre
    silent = known - columns.shape[1] < 3

    def out(numbers: Floats, unit: Floats | float = 1.0) -> Floats:
        turned: Floats = np.ascontiguousarray(np.where(silent, np.nan, numbers * unit).T)
        return turned

    return Fit(
        design=columns,
        coefficients=out(coefficients * scale + origin),
        errors=out(np.sqrt(variance), scale),
        phi=out(phi),
        phi_error=out(np.sqrt(over_time(weights * (phis - phi) ** 2))),
        innovation_sd=out(np.sqrt(over_time(weights * found.variance)), scale),
        sd=out(np.sqrt(over_time(weights * given_variance)), scale),
        fitted=out(fitted * scale + centre),
        residuals=out(np.where(seen, drawn - fitted, np.nan), scale),
        clipped=np.ascontiguousarray((seen & (drawn != filled)).T),
        known=known.astype(np.int64),
        degrees=known - float(flat),
        tested=tested,
        scenario_phi=found.phi,
        weights=out(weights),
        given_coefficient=out((start[tested] + given[:, tested]) * scale + (centre if tested == 0 else 0.0)),
        given_error=out(np.sqrt(found.squared_errors[:, tested]), scale),
        given_sd=out(np.sqrt(given_variance), scale),
    )


def _drawn(
    filled: Floats, seen: NDArray[np.bool_], columns: Floats, clip: float, gaps: Patterns
) -> tuple[Floats, Floats]:
    """Readings pulled in, twice, and the least squares coefficients of what came of it."""
    patterns, which = gaps
    solve = inverse(gram(columns, columns, patterns.astype(np.float64)))[0][:, :, which]
    drawn, start = filled, _least_squares(filled, columns, solve)
    for _ in range(2):
        drawn = _pulled_in(filled, seen, columns, start, clip)
        start = _least_squares(drawn, columns, solve)
    return drawn, start


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
