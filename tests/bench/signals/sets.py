"""Seeded sets of series with known truth that nothing was tuned on: (rows, n), around 100, noise of 10.

`drift`, `step` are in standard deviations of the noise. Noise: "company" (see `signals_noise`), AR(1) of one phi,
AR(2), counts of a Poisson whose rate is sluggish, lognormal, and a standard deviation that trebles half way.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np

from tests.bench.signals_noise import Floats, ar1, mixed

Noise = Callable[[np.random.Generator, int, int], Floats]


def _chance(seed: int, *names: object) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(repr(names).encode())])


def drifting(seed: int, rows: int, n: int, drift: float, period: int | None = None) -> Floats:
    """Company noise with a drift over the window."""
    chance = _chance(seed, "drift", n, drift, period)
    noise, dirty = mixed(chance, rows, n, period)
    return 100 + 10 * dirty(noise + drift * np.linspace(0, 1, n))


def sluggish(seed: int, rows: int, n: int, phi: float) -> Floats:
    """AR(1) of one phi, nothing else."""
    return 100 + 10 * ar1(_chance(seed, "ar1", n, phi), rows, n, phi)


def walking(seed: int, rows: int, n: int) -> Floats:
    """Random walks."""
    return 100 + np.cumsum(_chance(seed, "walk", n).standard_normal((rows, n)), axis=1)


def second_order(chance: np.random.Generator, rows: int, n: int) -> Floats:
    """AR(2) with coefficients .4 and .25 (lag-one correlation .53), run in over 100 periods."""
    fresh = chance.standard_normal((rows, n + 100))
    values = fresh.copy()
    for t in range(2, n + 100):
        values[:, t] += 0.4 * values[:, t - 1] + 0.25 * values[:, t - 2]
    return values[:, 100:] / values[:, 100:].std()


def counts(chance: np.random.Generator, rows: int, n: int) -> Floats:
    """Poisson counts around 5 whose rate is itself sluggish (phi .5)."""
    return chance.poisson(5 * np.exp(0.25 * ar1(chance, rows, n, 0.5))).astype(np.float64)


def lognormal(chance: np.random.Generator, rows: int, n: int) -> Floats:
    """Sizes with a long tail: the exponential of AR(1), phi .4."""
    return np.exp(0.8 * ar1(chance, rows, n, 0.4))


def louder(chance: np.random.Generator, rows: int, n: int) -> Floats:
    """AR(1), phi .3, three times as loud in the second half."""
    return ar1(chance, rows, n, 0.3) * np.where(np.arange(n) < n // 2, 1.0, 3.0)


OTHER_NOISE: dict[str, Noise] = {
    "AR(2)": second_order, "counts": counts, "lognormal": lognormal, "noise trebles": louder,
}  # fmt: skip


def other_noise(seed: int, name: str, rows: int, n: int, drift: float = 0.0) -> Floats:
    """One of `OTHER_NOISE`, with a drift in its own standard deviations over the window."""
    noise = OTHER_NOISE[name](_chance(seed, name, n), rows, n)
    return noise + drift * noise.std() * np.linspace(0, 1, n)


def stepping(seed: int, rows: int, n: int, size: float) -> tuple[Floats, Floats]:
    """A step at a uniform place of the middle 60 %, in company noise; the places."""
    chance = _chance(seed, "step", n, size)
    noise, dirty = mixed(chance, rows, n)
    places = chance.integers(round(0.2 * n), round(0.8 * n), rows)
    return 100 + 10 * dirty(noise + size * (np.arange(n) >= places[:, None])), places


def watched(seed: int, rows: int, size: float, noise: str = "company") -> Floats:
    """78 periods; a step of that size from period 40 on; "company" noise, or AR(1) of the phi named."""
    chance = _chance(seed, "watch", size, noise)
    late = size * (np.arange(78) >= 40)
    if noise == "company":
        values, dirty = mixed(chance, rows, 78)
        return 100 + 10 * dirty(values + late)
    return 100 + 10 * (ar1(chance, rows, 78, float(noise)) + late)
