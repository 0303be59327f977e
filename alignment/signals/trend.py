"""Trend: is a metric improving, worsening, or is there no clear change? The first, simple form of the answer.

A straight line (with one yearly wave where two full years are there), residuals clipped at three robust standard
deviations, an AR(1) model whose coefficient has its small-sample bias removed, and generalised least squares. The
statistic is held against limits that were simulated for its length and coefficient (`null_limits`), so that of
metrics that do not move at all about one in twenty is called moving. Stocks are tested on their differences.

The seam is `trend(values, cadence=, direction=, kind=) -> Trend`; callers know nothing of what is inside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from alignment.periods import Cadence

Series = NDArray[np.float64]

FEWEST = 12
MOST_SLUGGISH = 0.7
LONGEST = 156
LENGTHS = (12, 16, 20, 26, 39, 52, 78, 104, 156)
PHI_EDGES = (0.1, 0.3, 0.5)
_YEARS_NEEDED = 2


@dataclass(frozen=True, slots=True)
class Trend:
    """The verdict: "improving", "worsening", "no clear change" or "cannot tell", with its figures.

    `slope` is in the metric's unit for each period; `statistic` is slope over its standard error.
    """

    verdict: str
    sentence: str
    n: int
    slope: float | None = None
    phi: float | None = None
    statistic: float | None = None


def trend(values: Sequence[float], *, cadence: Cadence, direction: str, kind: str = "flow") -> Trend:
    """Judge the readings of a metric, oldest first, at most the last 156."""
    series = np.asarray(values[-LONGEST:], dtype=np.float64)
    if kind == "stock":
        series = np.diff(series)
    n = len(series)
    if n < FEWEST:
        return Trend("cannot tell", f"Too short to tell: {n} readings, {FEWEST} are needed.", n)
    if float(np.ptp(series)) == 0.0:
        return Trend("no clear change", "It has not moved at all.", n, 0.0, 0.0, 0.0)
    slope, statistic, phi = line_statistic(series, _waves(n, cadence), mean_only=kind == "stock")
    slope, statistic, phi = (_rounded(number) for number in (slope, statistic, phi))
    if phi > MOST_SLUGGISH:
        words = "Each reading resembles the last too much to tell a trend from chance."
        return Trend("cannot tell", words, n, slope, phi, statistic)
    if direction == "range":
        words = "It is to stay in a range, so neither way is better."
        return Trend("cannot tell", words, n, slope, phi, statistic)
    if abs(statistic) <= limit(n, phi):
        words = f"No clear change over the last {n} readings."
        return Trend("no clear change", words, n, slope, phi, statistic)
    better = (slope > 0) == (direction == "higher")
    words = (
        f"{'Improving' if better else 'Worsening'} over the last {n} readings: of 1,000 metrics this noisy and "
        "this sluggish that do not move at all, about 50 would drift this far by luck."
    )
    return Trend("improving" if better else "worsening", words, n, slope, phi, statistic)


def line_statistic(series: Series, waves: int, *, mean_only: bool = False) -> tuple[float, float, float]:
    """(slope, its t statistic, AR(1) coefficient) of a series; `mean_only` tests the mean, for differences."""
    n = len(series)
    design, inverted = _design(n, waves, mean_only)
    fitted, residuals = _fit(series, design, inverted)
    spread = 1.4826 * float(np.median(np.abs(residuals - np.median(residuals))))
    if spread > 0:
        series = fitted + np.clip(residuals, -3 * spread, 3 * spread)
        _, residuals = _fit(series, design, inverted)
    phi = _phi(residuals, design.shape[1])
    used = min(max(phi, -0.5), 0.95)
    root = math.sqrt(1 - used * used)
    whitened = np.concatenate(([series[0] * root], series[1:] - used * series[:-1]))
    columns = np.vstack((design[:1] * root, design[1:] - used * design[:-1]))
    inverse = _inverse(np.einsum("ij,ik->jk", columns, columns))
    coefficients = np.einsum("jk,k->j", inverse, np.einsum("ij,i->j", columns, whitened))
    left = whitened - np.einsum("ij,j->i", columns, coefficients)
    variance = math.fsum((left * left).tolist()) / (n - design.shape[1])
    error = math.sqrt(variance * float(inverse[0, 0]))
    slope = float(coefficients[0])
    return slope, (slope / error if error > 0 else 0.0), phi


def limit(n: int, phi: float) -> float:
    """The size of the statistic that chance alone exceeds in one series of twenty, between the tabled
    lengths.
    """
    column = sum(phi >= edge for edge in PHI_EDGES)
    tabled = [row[column] for row in LIMITS]
    return float(np.interp(n, LENGTHS, tabled))


def null_limits(n: int, *, runs: int, seed: int) -> tuple[float, ...]:
    """Simulate the limits for one length: the 95 % point of |t| among series without a trend, by estimated phi.

    The series have a true coefficient drawn evenly from 0 to 0.7. `LIMITS` is this with 12,000 runs, seed 1.
    """
    chance = np.random.default_rng(seed)
    found: list[list[float]] = [[] for _ in range(len(PHI_EDGES) + 1)]
    for true in chance.uniform(0.0, MOST_SLUGGISH, runs):
        noise = chance.standard_normal(n)
        series = np.empty(n)
        series[0] = noise[0] / math.sqrt(1 - true * true)
        for i in range(1, n):
            series[i] = true * series[i - 1] + noise[i]
        _, statistic, phi = line_statistic(series, 0)
        if phi <= MOST_SLUGGISH:
            found[sum(phi >= edge for edge in PHI_EDGES)].append(abs(statistic))
    return tuple(round(float(np.quantile(column, 0.95)), 2) for column in found)


LIMITS: tuple[tuple[float, ...], ...] = (
    (4.31, 2.94, 2.56, 2.05),  # 12
    (3.65, 2.96, 2.39, 1.94),  # 16
    (3.46, 2.72, 2.44, 1.93),  # 20
    (2.96, 2.63, 2.41, 2.0),  # 26
    (2.69, 2.36, 2.33, 1.95),  # 39
    (2.48, 2.32, 2.25, 1.96),  # 52
    (2.19, 2.13, 2.12, 2.03),  # 78
    (2.24, 2.04, 2.1, 2.01),  # 104
    (2.18, 2.0, 2.08, 1.99),  # 156
)


def _waves(n: int, cadence: Cadence) -> int:
    """Readings in a year where a yearly wave can be told (two full years), else 0."""
    return cadence.per_year if cadence.per_year > 1 and n >= _YEARS_NEEDED * cadence.per_year else 0


@lru_cache(maxsize=1_000)
def _design(n: int, waves: int, mean_only: bool) -> tuple[Series, Series]:
    """The columns of the fit and the inverse of their products, which hang on its shape alone."""
    time = np.arange(n, dtype=np.float64)
    columns = [] if mean_only else [time - time.mean()]
    columns.append(np.ones(n))
    if waves:
        angle = 2 * np.pi * time / waves
        columns += [np.sin(angle), np.cos(angle)]
    design = np.stack(columns, axis=1)
    return design, _inverse(np.einsum("ij,ik->jk", design, design))


def _inverse(matrix: Series) -> Series:
    """The inverse of a small matrix by elimination, largest pivot first: the same bits on every machine."""
    size = len(matrix)
    rows = [[*row, *(float(i == j) for j in range(size))] for i, row in enumerate(matrix.tolist())]
    for i in range(size):
        pivot = max(range(i, size), key=lambda row: abs(rows[row][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [number / rows[i][i] for number in rows[i]]
        for j in range(size):
            if j != i:
                factor = rows[j][i]
                rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i], strict=True)]
    return np.array([row[size:] for row in rows])


def _fit(series: Series, design: Series, inverted: Series) -> tuple[Series, Series]:
    fitted = np.einsum(
        "ij,j->i", design, np.einsum("jk,k->j", inverted, np.einsum("ij,i->j", design, series))
    )
    return fitted, series - fitted


def _phi(residuals: Series, fitted: int) -> float:
    """Lag-one correlation of residuals with its small-sample bias removed: phi + (fitted + 2 fitted phi) / n."""
    square = math.fsum((residuals * residuals).tolist())
    if square <= 0:
        return 0.0
    raw = math.fsum((residuals[1:] * residuals[:-1]).tolist()) / square
    return raw + (fitted + 2 * fitted * raw) / len(residuals)


def _rounded(number: float) -> float:
    """Ten significant digits: what is stored does not hang on the last bits of a library."""
    return float(f"{number:.10g}")
