"""A line, a season and AR(1) errors, averaged over everything that a short series cannot settle.

Twelve to two hundred readings tell neither the lag-one correlation phi of the errors nor the slope well; a fit that
takes its own best phi for true says too much. Here each value of a grid of phi, and each of a few scales that a
slope may have, is one regression with known weights; the answers are averaged by how well each explains the readings
(Bayesian model averaging: Zellner, An Introduction to Bayesian Inference in Econometrics, 1971, ch. 3 and 4). For
each, errors have the exact AR(1) likelihood over gaps: between readings k periods apart the correlation is phi^k.
The level and the season have flat priors and the variance 1/sigma^2, the drift over the window a normal prior of
`scale` times the noise's standard deviation: so every part is closed form, and what is predicted is a mixture of
Student's t. No chance is drawn, and no BLAS is used: sums run along a row, so that a series gives the same bits alone
as among ten thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

PHIS = (-0.2, 0.0, 0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.9, 0.96, 0.99)
PHI_WEIGHTS = (0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 0.8, 0.6, 0.4, 0.3, 0.3)
"""How likely each phi is before anything is seen: business series resemble their last reading, few entirely."""
STEP_WEIGHTS = (1.0, 1.0, 1.0, 0.9, 0.8, 0.6, 0.4, 0.3, 0.2, 0.1, 0.05)
"""The same for the steps of a stock, which resemble each other less."""
FLAT = float("inf")
_HARMONICS = 3
_ROUNDS = 2
_CLIP = 3.0
_PLAIN = 0.3
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Gaps:
    """Where readings are, and for each the periods since the reading before (0 for the first of a row)."""

    known: NDArray[np.bool_]
    before: Ints
    steps: Floats
    last: Ints
    count: Ints


@dataclass(frozen=True, slots=True)
class Fit:
    """One regression per series: coefficients (p, N), the lower Cholesky factor of their precision (p, p, N) in
    units of the noise variance, sum of squares, freedom, and the logarithm of the evidence for it.
    """

    phi: float
    scale: float
    coefficients: Floats
    factor: Floats
    square: Floats
    freedom: Floats
    evidence: Floats


def gaps_of(series: Floats) -> Gaps:
    """Describe where the readings of (N, n) series are; NaN is a gap."""
    known = ~np.isnan(series)
    places = np.broadcast_to(np.arange(series.shape[1], dtype=np.intp), series.shape)
    seen = np.maximum.accumulate(np.where(known, places, -1), axis=1)
    before = np.concatenate([np.full((len(series), 1), -1, dtype=np.intp), seen[:, :-1]], axis=1)
    steps = np.where(before >= 0, places - before, 0).astype(np.float64)
    return Gaps(known, np.maximum(before, 0), steps, seen[:, -1], known.sum(axis=1))


def columns(gaps: Gaps, ahead: int, period: int | None) -> Floats:
    """The design (p, N, n + ahead): ones, a line of height 1 from each row's first reading to its last, where it is
    0, and up to three harmonics of the season.
    """
    rows, n = gaps.known.shape
    time = np.broadcast_to(np.arange(n + ahead, dtype=np.float64), (rows, n + ahead))
    last = gaps.last[:, None]
    span = np.maximum(last - gaps.known.argmax(axis=1)[:, None], 1)
    found = [np.ones_like(time), (time - last) / span]
    if period is not None:
        for harmonic in range(1, min(_HARMONICS, period // 2) + 1):
            angle = 2 * np.pi * harmonic * time / period
            found.append(np.cos(angle))
            if 2 * harmonic != period:
                found.append(np.sin(angle))
    return np.stack(found)


def whitened(values: Sequence[Floats], gaps: Gaps, phi: float) -> list[Floats]:
    """Rows (N, n) of each with what the reading before tells taken off, at unit variance; 0 in gaps."""
    weight = np.where(gaps.steps > 0, phi**gaps.steps, 0.0)
    root = np.sqrt(1 - weight * weight)
    return [
        np.where(gaps.known, (part - weight * np.take_along_axis(part, gaps.before, axis=1)) / root, 0.0)
        for part in values
    ]


def fits(
    series: Floats,
    gaps: Gaps,
    design: Floats,
    phi: float,
    scales: Sequence[float],
    line: int = 1,
    seasons: Sequence[Floats | None] = (None,),
) -> list[Fit]:
    """Regress every series on the design's first n columns under one phi, once for each season's prior and, within,
    each scale of the slope.

    `line` is the design's row that the scale is about; the season's rows follow it. A scale of 0 means no slope,
    `FLAT` no prior on it. A season's prior is the standard deviation of each of its rows, in the noise's; empty for no
    season, None for a flat prior.
    """
    shape = series.shape
    told = np.where(gaps.known, series, 0.0)
    answer, *rows = whitened([told, *(column[:, : shape[1]] for column in design)], gaps, phi)
    size = len(rows)
    gram = np.empty((size, size, shape[0]))
    right = np.empty((size, shape[0]))
    for i in range(size):
        right[i] = (rows[i] * answer).sum(axis=1)
        for j in range(i + 1):
            gram[i, j] = gram[j, i] = (rows[i] * rows[j]).sum(axis=1)
    total = (answer * answer).sum(axis=1)
    steps = np.where(gaps.known & (gaps.steps > 0), gaps.steps, np.inf)
    apart = np.log1p(-(abs(phi) ** (2 * steps))).sum(axis=1) if phi else np.zeros(shape[0])
    sums = gram, right, total, apart, gaps.count
    return [_solved((phi, scale, line), season, *sums) for season in seasons for scale in scales]


def _solved(
    prior: tuple[float, float, int],
    season: Floats | None,
    gram: Floats,
    right: Floats,
    total: Floats,
    apart: Floats,
    count: Ints,
) -> Fit:
    """Solve one regression from its sums and weigh it."""
    phi, scale, line = prior
    size = len(gram) if season is None else line + 1 + len(season)
    gram, right = gram[:size, :size].copy(), right[:size].copy()
    proper, known = scale != FLAT, 0.0
    for place, spread in enumerate(() if season is None else season.tolist(), line + 1):
        gram[place, place] = gram[place, place] + 1 / spread**2
        known += float(np.log(spread))
    if scale == 0:
        gram[line, :], gram[:, line], gram[line, line], right[line] = 0.0, 0.0, 1.0, 0.0
    elif proper:
        gram[line, line] = gram[line, line] + 1 / scale**2
    factor = cholesky(gram)
    half = forward(factor, right)
    square = np.maximum(total - dot(half, half), total * 1e-12)
    flat = size - (0 if season is None else len(season)) - (1.0 if proper else 0.0)
    freedom = np.maximum(count - flat, 1.0)
    volume = known + sum(np.log(factor[i, i]) for i in range(size))
    volume = volume + (np.log(scale) if proper and scale else 0.0)
    evidence = -0.5 * apart - volume - 0.5 * freedom * np.log(np.maximum(square, _TINY))
    return Fit(phi, scale, backward(factor, half), factor, square, freedom, evidence)


def cholesky(gram: Floats) -> Floats:
    """Lower Cholesky factors of (p, p, N) matrices, always in one order of sums."""
    size = len(gram)
    factor = np.zeros_like(gram)
    for i in range(size):
        for j in range(i + 1):
            left = gram[i, j] - dot(factor[i, :j], factor[j, :j])
            if i == j:
                factor[i, i] = np.sqrt(np.maximum(left, 1e-12 * np.maximum(gram[i, i], _TINY)))
            else:
                factor[i, j] = left / factor[j, j]
    return factor


def forward(factor: Floats, right: Floats) -> Floats:
    """Solve L x = right."""
    found = np.zeros_like(right)
    for i in range(len(right)):
        found[i] = (right[i] - dot(factor[i, :i], found[:i])) / factor[i, i]
    return found


def backward(factor: Floats, right: Floats) -> Floats:
    """Solve L' x = right."""
    found = np.zeros_like(right)
    for i in reversed(range(len(right))):
        found[i] = (right[i] - dot(factor[i + 1 :, i], found[i + 1 :])) / factor[i, i]
    return found


def dot(first: Floats, second: Floats) -> Floats:
    """Products summed over the first axis, one term after the other."""
    if not len(first):
        return np.zeros(np.broadcast_shapes(first.shape[1:], second.shape[1:]))
    total: Floats = first[0] * second[0] + 0.0  # no negative zero
    for i in range(1, len(first)):
        total += first[i] * second[i]
    return total


def clipped(series: Floats, gaps: Gaps, design: Floats) -> Floats:
    """The series with what lies over three robust standard deviations from a first fit drawn in to there."""
    for _ in range(_ROUNDS):
        first = fits(series, gaps, design, _PLAIN, (FLAT,))[0]
        fitted = np.zeros_like(series)
        for i in range(len(design)):
            fitted = fitted + first.coefficients[i][:, None] * design[i][:, : series.shape[1]]
        left = series - fitted
        shifted = left - _medians(left)
        reach = _CLIP * 1.4826 * _medians(np.abs(shifted))
        series = np.where(reach > 0, fitted + np.clip(left, -reach, reach), series)
    return series


def _medians(values: Floats) -> Floats:
    """The median of each row's readings as a column; rows without readings give 0."""
    ordered = np.sort(values, axis=1)
    count = (~np.isnan(values)).sum(axis=1)
    low = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0)[:, None], axis=1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, values.shape[1] - 1)[:, None], axis=1)
    return np.where(count[:, None] > 0, (low + high) / 2, 0.0)


def standardised(series: Floats) -> tuple[Floats, Floats, Floats]:
    """(series with each row's first reading taken off and its largest distance from it scaled to 1, those firsts,
    those scales): so that neither unit nor level has a say. A constant row has scale 1.
    """
    known = ~np.isnan(series)
    first = np.take_along_axis(series, known.argmax(axis=1)[:, None], axis=1)
    first = np.where(np.isnan(first), 0.0, first)
    size = np.max(np.abs(np.where(known, series - first, 0.0)), axis=1, keepdims=True)
    size = np.where(size > 0, size, 1.0)
    return (series - first) / size, first[:, 0], size[:, 0]


def in_parts(work: Callable[[slice], None], rows: int, part: int = 256) -> None:
    """Do the work some hundred series at a time, which keeps it in the processor's near memory."""
    for start in range(0, rows, part):
        work(slice(start, min(start + part, rows)))
