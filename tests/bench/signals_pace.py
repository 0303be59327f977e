"""How well pace's probabilities hold: reliability in ten bins, range, and score against what else is done.

    python -m tests.bench.signals_pace [--seed 11] [--rows 1500]

Sets: steady (a line goes on: none, or up to 3, or more standard deviations over the window), broken (it changes once,
before or after now), total (sums to come), stock (random walks with drift); and `unseen`, `unseen total`,
`unseen stock`: the same where half of the series have a season of .5 to 2 sd that was seen less than twice and nobody
knows which. `gap` is the largest distance between
said and happened of a bin with at least 50 cases, with its standard error by chance alone; `brier` is the mean square
of said minus happened: smaller is sharper. Reliability: cases, said, happened (standard error) of each of ten bins.
Rivals: the pace from first to last reading goes on; the least-squares line goes on; the same with its normal range;
of `unseen` also our own forecast that knows of no season.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
from scipy.special import ndtr

from alignment.signals.pace import Goal, pace
from tests.bench.signals_noise import TUNE, Floats, mixed, season

SHAPES = ((26, 8, None), (26, 13, 12), (52, 13, 12), (52, 26, None), (104, 26, 52))
UNSEEN = (
    (26, 8, 52), (26, 26, 52), (40, 13, 52), (52, 26, 52), (78, 26, 52), (103, 39, 52), (12, 4, 12), (12, 12, 12),
    (18, 6, 12), (23, 12, 12),
)  # fmt: skip
"""(readings, periods ahead, season): less than two cycles."""
SETS = ("steady", "broken", "total", "stock", "unseen", "unseen total", "unseen stock")


def pace_set(
    seed: int, rows: int, n: int, ahead: int, period: int | None, kind: str
) -> tuple[Floats, Floats, Floats]:
    """(readings known, outcome at the due date, target). Targets know nothing of what comes."""
    chance = np.random.default_rng([seed, n, ahead, SETS.index(kind), 77])
    unseen = kind.startswith("unseen")
    noise, dirty = mixed(chance, rows, n + ahead, None if unseen else period)
    wave = np.zeros(noise.shape)
    if unseen and period:
        sizes = chance.uniform(0.5, 2, rows) * (chance.random(rows) < 0.5)
        wave = season(chance, rows, n + ahead, period, sizes)
    drift = np.choose(
        chance.integers(0, 3, rows), [np.zeros(rows), chance.uniform(-3, 3, rows), chance.normal(0, 5, rows)]
    )[:, None]
    time = np.arange(n + ahead) / (n - 1)
    line = drift * time
    if kind == "broken":
        at = chance.uniform(0.3, 1 + ahead / (n - 1), (rows, 1))
        line = np.where(
            time < at, line, drift * (at + chance.choice([-0.5, 0, 0.5, 2], (rows, 1)) * (time - at))
        )
    if kind.endswith("stock"):
        steps = chance.standard_normal((rows, n + ahead)) + drift / n + wave
        series = known = np.cumsum(steps, axis=1)
        known = known[:, :n]
    else:
        series = noise + line + wave
        known = dirty(series[:, :n])
    apart = chance.normal(0, 3.5, rows) * (np.sqrt(ahead) / 2 if kind.endswith("stock") else 1)
    if kind.endswith("total"):
        coming = 100 * (1 + 0.1 * series[:, n:]).sum(axis=1)
        return (
            100 * (1 + 0.1 * known),
            coming,
            ahead * 100 * (1 + 0.1 * (series[:, :n].mean(axis=1) + 0.7 * apart)),
        )
    base = known[:, -1] if kind.endswith("stock") else series[:, :n].mean(axis=1)
    return 100 * (1 + 0.1 * known), 100 * (1 + 0.1 * series[:, -1]), 100 * (1 + 0.1 * (base + apart))


def said(known: Floats, ahead: int, target: Floats, period: int | None, kind: str) -> tuple[Floats, Floats]:
    """(probability, NaN where it cannot be told; the range (2, N))."""
    goal = {"total": Goal.CUMULATIVE, "stock": Goal.STOCK}.get(kind.split()[-1], Goal.READING)
    found = pace(
        known, ahead=ahead, target=target, goal=goal, period=period, perhaps=kind.startswith("unseen"),
        since=known.shape[1],
    )  # fmt: skip
    told = [(f.probability, f.low, f.high) if f.probability is not None else (np.nan,) * 3 for f in found]
    table = np.array(told, dtype=np.float64).T
    return table[0], table[1:]


def rivals(known: Floats, ahead: int, target: Floats, kind: str) -> dict[str, Floats]:
    """Probabilities by the pace from first to last, the least-squares line, and that line with its normal range."""
    n = known.shape[1]
    seen = ~np.isnan(known)
    time = np.broadcast_to(np.arange(n, dtype=np.float64), known.shape)
    count = seen.sum(axis=1, keepdims=True)
    filled = np.where(seen, known, 0.0)
    middle, level = (
        np.where(seen, time, 0).sum(1, keepdims=True) / count,
        filled.sum(1, keepdims=True) / count,
    )
    spread = np.where(seen, (time - middle) ** 2, 0).sum(1, keepdims=True)
    slope = (np.where(seen, time - middle, 0) * filled).sum(1, keepdims=True) / spread
    coming = n + np.arange(ahead) if kind.endswith("total") else np.array([n - 1 + ahead])
    line = (level + slope * (coming - middle)).sum(axis=1)
    left = np.where(seen, known - level - slope * (time - middle), 0)
    noise = np.sqrt((left**2).sum(axis=1) / (count[:, 0] - 2) * len(coming))
    pace_so_far = (known[:, -1] - known[:, 0]) / (n - 1)
    straight = (known[:, -1:] + pace_so_far[:, None] * (coming - n + 1)).sum(axis=1)
    return {
        "current pace continues": (straight >= target) * 1.0,
        "least-squares line": (line >= target) * 1.0,
        "line with normal range": ndtr((line - target) / noise),
    }


def reliability(probability: Floats, happened: Floats) -> list[tuple[int, float, float, float]]:
    """(cases, mean said, share that happened, standard error of said less happened) of each of ten bins."""
    bins = np.minimum((probability * 10).astype(int), 9)
    return [
        (
            int(inside.sum()),
            float(probability[inside].mean()),
            float(happened[inside].mean()),
            _error(probability[inside]),
        )
        for inside in (bins == number for number in range(10))
        if inside.any()
    ]


def _error(said: Floats) -> float:
    """Of the share that happens in a bin, by chance alone, if what is said holds."""
    return float(np.sqrt((said * (1 - said)).sum()) / len(said))


def measure(seed: int, rows: int, kind: str) -> dict[str, object]:
    """All shapes of one set together."""
    tables, outcomes, wrong, ranges = [], [], {}, []
    spent = time.process_time()
    shapes = UNSEEN if kind.startswith("unseen") else SHAPES
    for n, ahead, period in shapes:
        known, outcome, target = pace_set(seed, rows, n, ahead, period, kind)
        probability, (low, high) = said(known, ahead, target, period, kind)
        told = ~np.isnan(probability)
        happened = (outcome >= target) * 1.0
        tables.append(probability[told])
        outcomes.append(happened[told])
        ranges.append(((outcome >= low) & (outcome <= high))[told])
        others = rivals(known, ahead, target, kind)
        if kind.startswith("unseen"):
            others["no season"] = said(known, ahead, target, None, kind)[0]
        for name, other in others.items():
            wrong.setdefault(name, []).append((other - happened)[told & ~np.isnan(other)] ** 2)
    joined, happened = np.concatenate(tables), np.concatenate(outcomes)
    table = reliability(joined, happened)
    gap, error = max((abs(mean - share), error) for cases, mean, share, error in table if cases >= 50)
    return {
        "set": kind,
        "gap": round(gap, 3),
        "its standard error": round(error, 3),
        "inside the range of 80 %": round(float(np.concatenate(ranges).mean()), 3),
        "cannot tell": round(1 - len(joined) / (rows * len(shapes)), 4),
        "brier": round(float(((joined - happened) ** 2).mean()), 4),
        "brier of rivals": {
            name: round(float(np.concatenate(parts).mean()), 4) for name, parts in wrong.items()
        },
        "reliability": [
            f"{cases}: {mean:.3f} {share:.3f} ({error:.3f})" for cases, mean, share, error in table
        ],
        "seconds": round(time.process_time() - spent, 1),
    }


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--seed", type=int, default=TUNE)
    words.add_argument("--rows", type=int, default=1500)
    words.add_argument("--sets", nargs="*", default=SETS)
    asked = words.parse_args()
    for name in asked.sets:
        print(json.dumps(measure(asked.seed, asked.rows, name)))
