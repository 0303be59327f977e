"""Sums and small linear systems for many series at once, with the same bits for one series as among ten thousand.

numpy adds in another order when an array is laid out otherwise (pairwise along the contiguous axis), and BLAS for
other sizes; the last bits follow. So arrays here have time first and series last, every sum over time adds one row
after the other, and systems are solved by written-out elimination, one vector operation for each entry.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_HARDLY_ANY = 5


def over_time(terms: Floats) -> Floats:
    """The sum along the first axis, row after row, of an array (time, ...)."""
    terms = np.ascontiguousarray(terms)
    if len(terms) == 0:
        return np.zeros(terms.shape[1:])
    if terms[0].size == 1:  # numpy would take such a column for one long row and add it pairwise
        last: Floats = np.cumsum(terms, axis=0)[-1]
        return last
    total: Floats = np.add.reduce(terms, axis=0)
    return total


def weighed(columns: Floats, series: Floats) -> Floats:
    """Sum over time of each column (time, p) times each series (time, N): (p, N)."""
    few = _few(series)
    return np.stack([_times_summed(columns[:, j], series, few) for j in range(columns.shape[1])])


def gram(left: Floats, right: Floats, weights: Floats) -> Floats:
    """Sum over time of left times right, made symmetric, (time, p both) under weights (time, M): (p, p, M)."""
    size, few = left.shape[1], _few(weights)
    entries = np.empty((size, size, weights.shape[1]))
    for i in range(size):
        for j in range(i, size):
            both = (left[:, i] * right[:, j] + left[:, j] * right[:, i]) / 2
            entries[i, j] = entries[j, i] = _times_summed(both, weights, few)
    return entries


_Few = tuple[NDArray[np.intp], NDArray[np.intp], Floats]


def _few(numbers: Floats) -> _Few | None:
    """Places (time, then series) and values of the numbers other than 0 where hardly any are, as of gaps."""
    if np.count_nonzero(numbers) * _HARDLY_ANY > numbers.size:
        return None
    times, series = np.nonzero(numbers)
    return times, series, numbers[times, series]


def _times_summed(column: Floats, numbers: Floats, few: _Few | None) -> Floats:
    """`over_time(column * numbers)`; where few are not 0 only those are added, one time after the other as well, which
    gives the same bits."""
    if few is None:
        return over_time(column[:, None] * numbers)
    times, series, values = few
    total = np.bincount(series, weights=column[times] * values, minlength=numbers.shape[1])
    return np.asarray(total, dtype=np.float64)


def inverse(matrices: Floats) -> tuple[Floats, Floats]:
    """Inverses and logarithms of determinants of symmetric positive matrices (p, p, ...), by Cholesky.

    A pivot that rounding has made zero or less is taken as 1e-12 of its diagonal: the matrix is then singular and
    its errors large.
    """
    size = len(matrices)
    lower = np.zeros_like(matrices)
    log_determinant = np.zeros(matrices.shape[2:])
    for j in range(size):
        pivot = matrices[j, j].copy()
        for k in range(j):
            pivot -= lower[j, k] * lower[j, k]
        pivot = np.maximum(pivot, 1e-12 * np.maximum(matrices[j, j], 1e-290))
        log_determinant += np.log(pivot)
        lower[j, j] = np.sqrt(pivot)
        for i in range(j + 1, size):
            entry = matrices[i, j].copy()
            for k in range(j):
                entry -= lower[i, k] * lower[j, k]
            lower[i, j] = entry / lower[j, j]
    return _from_lower(lower), log_determinant


def _from_lower(lower: Floats) -> Floats:
    """The inverse of L L' from L."""
    size = len(lower)
    turned = np.zeros_like(lower)  # the inverse of L
    for j in range(size):
        turned[j, j] = 1.0 / lower[j, j]
        for i in range(j + 1, size):
            entry = lower[i, j] * turned[j, j]
            for k in range(j + 1, i):
                entry = entry + lower[i, k] * turned[k, j]
            turned[i, j] = -entry / lower[i, i]
    result = np.empty_like(lower)
    for i in range(size):
        for j in range(i, size):
            entry = turned[j, i] * turned[j, j]
            for k in range(j + 1, size):
                entry = entry + turned[k, i] * turned[k, j]
            result[i, j] = result[j, i] = entry
    return result


def least_squares(columns: Floats, series: Floats, weights: Floats) -> Floats:
    """Coefficients (p, N) of columns (time, p) in series (time, N), 0 where nothing is known; `weights` (time, N) are
    0 there, else 1."""
    solve = inverse(gram(columns, columns, weights))[0]
    return over_time(solve * weighed(columns, series)[:, None])


def middle_of(magnitudes: Floats) -> Floats:
    """Medians along the first axis of (time, N), NaN left out; NaN for a series of NaN alone."""
    ordered = np.sort(magnitudes, axis=0)  # NaN go last
    known = (~np.isnan(magnitudes)).sum(axis=0)
    last = len(magnitudes) - 1
    column = np.arange(magnitudes.shape[1])
    low = ordered[np.clip((known - 1) // 2, 0, last), column]
    high = ordered[np.clip(known // 2, 0, last), column]
    result: Floats = np.where(known > 0, (low + high) / 2, np.nan)
    return result


def rounded(number: float) -> float:
    """Ten significant digits: what is stored does not hang on the last bits of a library."""
    return float(f"{number:.10g}")
