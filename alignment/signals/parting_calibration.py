"""Rebuilds `pair_table.json`: how much evidence that two series part luck gives. See `calibration`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from alignment.signals import parting
from alignment.signals.calibration import LENGTHS, SEASONS, season_for, store
from alignment.signals.cleaning import cleaned
from alignment.signals.luck import kind_name
from alignment.signals.noise import autoregressive, seasons, soiled
from alignment.signals.sums import Floats

VERSION = 1
SEED = 47
CHANCES = (0.999, 0.97, 0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002)
CAUTION = 0.93
"""A stated chance of 5 % is tabled at 4.65 %: some room for noise unlike the simulated."""
CAUTION_SHORT, SHORT = 0.86, 20
"""The same of fewer than 20 periods, where the simulated pairs differ most from one set to another."""
SHARED = 0.6
"""Correlation of the two series on half of the pairs, by shocks that both have."""
MOST_SLUGGISH_FLOW, MOST_SLUGGISH_STEP = 0.7, 0.6


def build(
    *, runs: int = 12_000, seed: int = SEED, said: Callable[[str], None] = lambda line: None
) -> dict[str, object]:
    """Simulate the whole table: `runs` pairs for each length and kind."""
    rows: dict[str, list[list[float]]] = {}
    known: dict[str, list[float]] = {}
    for line in (True, False):
        for season in SEASONS:
            kind = kind_name(line, season)
            found = [_luck(n, line=line, season=season, runs=runs, seed=seed) for n in LENGTHS]
            known[kind], rows[kind] = [count for count, _ in found], [row for _, row in found]
            said(f"pairs {kind}")
    return {
        "version": VERSION, "seed": seed, "runs": runs, "chances": CHANCES, "known": known, "rows": rows,
    }  # fmt: skip


def flow_pairs(chance: np.random.Generator, pairs: int, n: int, period: int | None) -> tuple[Floats, Floats]:
    """Two series of noise like a company's, on half of the pairs with common shocks; (pairs, n), NaN at gaps."""
    share = np.where(chance.random((pairs, 1)) < 0.5, SHARED, 0.0)
    common = autoregressive(chance, pairs, n, np.full(pairs, 0.4))
    pair = []
    for _ in range(2):
        own = autoregressive(chance, pairs, n, MOST_SLUGGISH_FLOW * chance.random(pairs))
        own = own[chance.permutation(pairs)]
        if period:
            own = own + seasons(chance, pairs, n, period)
        pair.append(soiled(chance, np.sqrt(share) * common + np.sqrt(1 - share) * own))
    return pair[0], pair[1]


def stock_walks(chance: np.random.Generator, pairs: int, n: int, period: int | None) -> Floats:
    """Differences of two stocks: random walks whose steps resemble the last a little, with gaps."""
    phi = MOST_SLUGGISH_STEP * chance.random(pairs)
    steps = autoregressive(chance, pairs, n, phi)
    if period:
        steps = steps + seasons(chance, pairs, n, period)
    return soiled(chance, np.cumsum(steps, axis=1), wild=0.0)


def write(table: dict[str, object]) -> int:
    """Store a table; the number of bytes written."""
    return store(table, parting.TABLE, parting.pair_table.cache_clear)


def _luck(n: int, *, line: bool, season: int, runs: int, seed: int) -> tuple[float, list[float]]:
    """Mean count of known readings, and the evidence that luck exceeds with each of `CHANCES`, at one length."""
    chance = np.random.default_rng([seed, n, season, int(line)])
    period = season_for(n, season)
    if line:
        first, second = flow_pairs(chance, runs, n, period)
        fit = parting.levels_apart(cleaned(first, period) - cleaned(second, period), period)
    else:
        fit = parting.steps_apart(parting.bridged(stock_walks(chance, runs, n, period)), period)
    found = parting.parted(fit).against(0.0)
    found = found[~np.isnan(found)]
    caution = CAUTION if n >= SHORT else CAUTION_SHORT
    limits = [round(float(np.quantile(found, 1 - caution * share)), 3) for share in CHANCES]
    return round(float(fit.known.mean()), 2), limits
