"""How well the probabilities of bands hold: ten bins, as tests/bench/signals_pace.py does for targets.

python -m tests.bench.signals_band [--seed 11] [--rows 1000]
"""

from __future__ import annotations

import argparse
import json

import numpy as np

from alignment.signals.band import ENOUGH, band_pace
from tests.bench.signals_noise import TUNE, Floats, mixed
from tests.bench.signals_pace import reliability

SHAPES = ((26, 8, 13), (52, 13, 13), (52, 6, 6), (26, 10, 6))


def band_set(seed: int, rows: int, n: int, ahead: int, window: int) -> tuple[Floats, Floats, Floats, Floats]:
    """(readings known, low bounds, high bounds, whether enough lie inside at the due date). Half drift; of three
    in ten the upper bound is missing."""
    chance = np.random.default_rng([seed, n, ahead, 99])
    noise, dirty = mixed(chance, rows, n + ahead)
    drift = chance.normal(0, 2, rows) * (chance.random(rows) < 0.5)
    series = noise + drift[:, None] * np.arange(n + ahead) / (n - 1)
    known = dirty(series[:, :n])
    half, middle = chance.uniform(0.8, 4, rows), chance.normal(0, 0.7, rows)
    low, high = middle - half, np.where(chance.random(rows) < 0.3, np.inf, middle + half)
    last = np.concatenate([known, series[:, n:]], axis=1)[:, -window:]
    inside = (last >= low[:, None]) & (last <= high[:, None])
    return known, low, high, inside.sum(axis=1) / (~np.isnan(last)).sum(axis=1) >= ENOUGH - 1e-9


def measure(seed: int, rows: int) -> dict[str, object]:
    """All shapes together."""
    said, happened = [], []
    for n, ahead, window in SHAPES:
        known, low, high, kept = band_set(seed, rows, n, ahead, window)
        found = band_pace(known, ahead=ahead, low=low, high=high, window=window)
        said.append(np.array([each.probability for each in found], dtype=np.float64))
        happened.append(kept * 1.0)
    probability, outcome = np.concatenate(said), np.concatenate(happened)
    table = reliability(probability, outcome)
    gap, error = max((abs(mean - share), error) for cases, mean, share, error in table if cases >= 50)
    return {
        "gap": round(gap, 3),
        "its standard error": round(error, 3),
        "brier": round(float(((probability - outcome) ** 2).mean()), 4),
        "brier of the mean rate": round(float(outcome.mean() * (1 - outcome.mean())), 4),
        "reliability": [
            f"{cases}: {mean:.3f} {share:.3f} ({error:.3f})" for cases, mean, share, error in table
        ],
    }


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--seed", type=int, default=TUNE)
    words.add_argument("--rows", type=int, default=1000)
    asked = words.parse_args()
    print(json.dumps(measure(asked.seed, asked.rows)))
