"""Noise like that of company metrics, for tables of luck: what a metric that does not move at all looks like.

Each value resembles the last (AR(1), correlation from 0 to 0.7); half the series have heavy tails (Student's t with 4
degrees), half a season of half to twice the noise where one is asked for, half wild readings in 3 of 100 periods, half
gaps in 8 of 100. The unit is the noise's standard deviation. Seeds make it repeatable.
"""

from __future__ import annotations

import numpy as np

from alignment.signals.sums import Floats

MOST_SLUGGISH = 0.7


def company_noise(
    chance: np.random.Generator, series: int, n: int, *, period: int | None = None, skew: float = 1.0
) -> Floats:
    """(series, n) with NaN at gaps. `skew` under 1 makes sluggish series more frequent: phi = 0.7 u^skew."""
    phi = MOST_SLUGGISH * chance.random(series) ** skew
    values = autoregressive(chance, series, n, phi)
    if period:
        values = values + seasons(chance, series, n, period)
    return soiled(chance, values)


def soiled(chance: np.random.Generator, values: Floats, *, wild: float = 0.03, lost: float = 0.08) -> Floats:
    """The same with wild readings on half of the series and gaps on half."""
    series, n = values.shape
    far = chance.random((series, n)) < wild * _half(chance, series)
    values = values + far * chance.choice([-1.0, 1.0], (series, n)) * chance.uniform(4, 8, (series, n))
    gone = chance.random((series, n)) < lost * _half(chance, series)
    gone[:, 0] = gone[:, -1] = False
    return np.where(gone, np.nan, values)


def autoregressive(chance: np.random.Generator, series: int, n: int, phi: Floats) -> Floats:
    """Stationary AR(1) of standard deviation 1, phi for each series; every other one with heavy tails."""
    fresh = chance.standard_normal((series, n))
    fresh[1::2] = chance.standard_t(4, fresh[1::2].shape) / np.sqrt(2)
    values = np.empty((series, n))
    values[:, 0] = fresh[:, 0]
    new = np.sqrt(1 - phi * phi)
    for t in range(1, n):
        values[:, t] = phi * values[:, t - 1] + new * fresh[:, t]
    return values


def _half(chance: np.random.Generator, series: int) -> Floats:
    return (chance.random((series, 1)) < 0.5).astype(np.float64)


def seasons(chance: np.random.Generator, series: int, n: int, period: int) -> Floats:
    """A random smooth cycle with one month that stands out, on half of the series."""
    turn = 2 * np.pi * np.arange(period) / period
    cycle = np.zeros((series, period))
    for order in range(1, min(3, period // 2) + 1):
        cycle += chance.normal(0, 1 / order, (series, 1)) * np.cos(
            order * turn + chance.uniform(0, 2 * np.pi, (series, 1))
        )
    cycle[np.arange(series), chance.integers(0, period, series)] += chance.uniform(-1, 2, series)
    cycle -= cycle.mean(axis=1, keepdims=True)
    cycle *= chance.uniform(0.5, 2, (series, 1)) / cycle.std(axis=1, keepdims=True)
    repeated: Floats = np.tile(cycle, (1, n // period + 1))[:, :n] * _half(chance, series)
    return repeated
