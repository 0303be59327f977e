"""What libraries for change points do by their usual settings: the mean changes, series scaled to variance 1, and each
change must lower the squares by twice the logarithm of the length (as `ruptures` has them: cost "l2", penalty 2 log n,
no segment shorter than 2).

Optimal partitioning is what PELT finds (R. Killick, P. Fearnhead, I. A. Eckley, JASA 107, 2012, 1590-1598: the pruning
changes the time that it takes and not the answer).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.bench.signals_noise import Floats

_SHORTEST = 2
Finder = Callable[[Floats], list[list[int]]]


def scaled(series: Floats) -> Floats:
    """Rows without gaps (a straight line over each) and with mean 0 and variance 1."""
    time = np.arange(series.shape[1])
    filled = np.stack([np.interp(time, time[~np.isnan(row)], row[~np.isnan(row)]) for row in series])
    spread = filled.std(axis=1, keepdims=True)
    return (filled - filled.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1.0)


def optimal_partitioning(series: Floats) -> list[list[int]]:
    """First places of new levels in each row, by the cheapest of all partitions."""
    values, (rows, n) = scaled(series), series.shape
    sums, squares = _running(values), _running(values**2)
    penalty = 2 * np.log(n)
    best = np.full((rows, n + 1), np.inf)
    best[:, 0] = -penalty
    before = np.zeros((rows, n + 1), dtype=np.intp)
    for end in range(_SHORTEST, n + 1):
        starts = np.arange(0, end - _SHORTEST + 1)
        inside = sums[:, [end]] - sums[:, starts]
        cost = squares[:, [end]] - squares[:, starts] - inside**2 / (end - starts)
        total = best[:, starts] + cost + penalty
        before[:, end] = total.argmin(axis=1)
        best[:, end] = total.min(axis=1)
    return [_walked(row, n) for row in before]


def _walked(before: np.ndarray, n: int) -> list[int]:
    found, at = [], int(before[n])
    while at > 0:
        found.append(at)
        at = int(before[at])
    return found[::-1]


def binary_segmentation(series: Floats) -> list[list[int]]:
    """First places of new levels in each row: the best single split, then the best of each part, while it pays."""
    values, n = scaled(series), series.shape[1]
    penalty = 2 * np.log(n)
    return [_split(row, penalty) for row in values]


def _split(row: Floats, penalty: float) -> list[int]:
    sums, found, open_parts = _running(row[None])[0], [], [(0, len(row))]
    while open_parts:
        low, high = open_parts.pop()
        places = np.arange(low + _SHORTEST, high - _SHORTEST + 1)
        if len(places) == 0:
            continue
        left, whole = sums[places] - sums[low], sums[high] - sums[low]
        gain = left**2 / (places - low) + (whole - left) ** 2 / (high - places) - whole**2 / (high - low)
        if gain.max() > penalty:
            at = int(places[gain.argmax()])
            found.append(at)
            open_parts += [(low, at), (at, high)]
    return sorted(found)


def _running(values: Floats) -> Floats:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


CHANGE_RIVALS: dict[str, Finder] = {
    "PELT, usual settings": optimal_partitioning,
    "binary segmentation, usual settings": binary_segmentation,
}
