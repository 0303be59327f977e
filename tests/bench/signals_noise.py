"""Seeded series with known truth, in standard deviations of their noise, for changes, divergence and pace.

`mixed` is the noise of a company's metrics: phi from 0 to .7, half heavy-tailed, a season of .5 to 2 sd on half of them
where two cycles are there, 3 % outliers on half, 8 % gaps on half. Seeds: 11 to tune on, 20240 to compare on, a fresh
one to read once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TUNE, COMPARE = 11, 20_240


def ar1(chance: np.random.Generator, rows: int, n: int, phi: Floats | float, heavy: bool = False) -> Floats:
    """(rows, n) AR(1) noise of standard deviation 1; Student's t with 4 degrees where heavy."""
    phis = np.broadcast_to(np.asarray(phi, dtype=np.float64), (rows,))
    shocks = chance.standard_t(4, (rows, n)) / np.sqrt(2) if heavy else chance.standard_normal((rows, n))
    noise = np.empty((rows, n))
    noise[:, 0] = shocks[:, 0]
    for t in range(1, n):
        noise[:, t] = phis * noise[:, t - 1] + np.sqrt(1 - phis**2) * shocks[:, t]
    return noise


def season(chance: np.random.Generator, rows: int, n: int, period: int, size: Floats) -> Floats:
    """A smooth season with one period that stands out; `size` is its standard deviation over a cycle."""
    time = np.arange(period)
    waves = np.zeros((rows, period))
    for h in range(1, min(3, period // 2) + 1):
        height, turn = chance.standard_normal((rows, 1)) / h, chance.uniform(0, 6.28, (rows, 1))
        waves = waves + height * np.sin(2 * np.pi * h * time / period + turn)
    waves[np.arange(rows), chance.integers(0, period, rows)] += chance.uniform(-1, 2, rows)
    waves -= waves.mean(1, keepdims=True)
    waves /= waves.std(1, keepdims=True)
    places = (np.arange(n)[None] + chance.integers(0, period, rows)[:, None]) % period
    return size[:, None] * np.take_along_axis(waves, places, 1)


def mixed(
    chance: np.random.Generator, rows: int, n: int, period: int | None = None
) -> tuple[Floats, Callable[[Floats], Floats]]:
    """(noise, what adds outliers and gaps to a finished series)."""
    phi = chance.uniform(0, 0.7, rows)
    noise = ar1(chance, rows, n, phi)
    heavy = chance.random(rows) < 0.5
    noise[heavy] = ar1(chance, int(heavy.sum()), n, phi[heavy], heavy=True)
    if period and n >= 2 * period:
        noise = noise + season(
            chance, rows, n, period, chance.uniform(0.5, 2, rows) * (chance.random(rows) < 0.5)
        )
    outliers, gaps = 0.03 * (chance.random(rows) < 0.5), 0.08 * (chance.random(rows) < 0.5)

    def dirty(series: Floats) -> Floats:
        series, shape = series.copy(), series.shape
        out = chance.random(shape) < outliers[:, None]
        series += out * chance.uniform(4, 8, shape) * chance.choice([-1, 1], shape)
        gone = chance.random(shape) < gaps[:, None]
        gone[:, [0, -1]] = False
        series[gone] = np.nan
        return series

    return noise, dirty
