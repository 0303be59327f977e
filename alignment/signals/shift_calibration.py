"""Rebuilds `shift_table.json`: how much evidence of a shift, or of any change, luck gives. See `calibration`."""

from __future__ import annotations

import numpy as np

from alignment.signals import arbiter, shift
from alignment.signals.calibration import store
from alignment.signals.noise import company_noise
from alignment.signals.sums import Floats

VERSION = 2
SEED = 43
CHANCES = (0.9, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005)
LENGTHS = (12, 16, 20, 26, 36, 52, 78, 104)
BASELINE, YEAR = 26, 52
CAUTION = 0.95


def build(*, runs: int = 6000, seed: int = SEED) -> dict[str, object]:
    """Simulate the table: one look and all changes by length, and the largest evidence of a year of looks."""
    looks, told = [], []
    for n in LENGTHS:
        noise = company_noise(np.random.default_rng([seed, n]), runs, n)
        looks.append(_quantiles(shift.evidence(noise)[0]))
        told.append(_quantiles(arbiter.evidence(noise)))
    return {
        "version": VERSION, "seed": seed, "runs": runs, "chances": CHANCES, "lengths": LENGTHS,
        "looks": looks, "year": _quantiles(of_a_year(runs, seed)), "stories": told,
    }  # fmt: skip


def of_a_year(runs: int, seed: int) -> Floats:
    """The largest evidence at 52 looks, after 26 readings that came before."""
    noise = company_noise(np.random.default_rng([seed, 1]), runs, BASELINE + YEAR)
    found = [shift.evidence(noise[:, : t + 1])[0] for t in range(BASELINE, BASELINE + YEAR)]
    highest: Floats = np.fmax.reduce(np.stack(found), axis=0)
    return highest


def write(table: dict[str, object]) -> int:
    """Store a table; the number of bytes written."""
    return store(table, shift.TABLE, shift.shift_table.cache_clear)


def _quantiles(found: Floats) -> list[float]:
    found = found[~np.isnan(found)]
    return [round(float(np.quantile(found, 1 - CAUTION * share)), 3) for share in CHANCES]
