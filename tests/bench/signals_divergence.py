"""Divergence of two series: how well those that part are told from those that do not, false alarms, power, speed.

    python -m tests.bench.signals_divergence [--seed 11] [--rows 1000]

Flows: both share a drift and on half the pairs common shocks; the first drifts 3 standard deviations of the log-ratio's
noise more over the window. Stocks: random walks, the first's steps larger by 3 standard deviations of what the ratio's
walk strays over the window. "Cannot tell" counts as silence in false alarms and as a miss in power; its share stands
beside. Rivals: least squares on the log ratio, two least-squares slopes, and "one has a trend, the other has not".
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
from scipy.stats import norm, rankdata
from scipy.stats import t as student

from alignment.signals.divergence import divergences
from tests.bench.signals_noise import TUNE, Floats, ar1, mixed

SHAPES = ((12, 4), (26, None), (26, 12), (52, 12), (104, 52))


def pair_set(seed: int, rows: int, n: int, gap: float, period: int | None) -> tuple[Floats, Floats]:
    """Two positive series in other units, the first's logarithm drifting `gap` more."""
    chance = np.random.default_rng([seed, n, int(1000 * abs(gap)), 1, 9])
    (first, dirty_first), (second, dirty_second) = (mixed(chance, rows, n, period) for _ in range(2))
    common = ar1(chance, rows, n, 0.4)
    share = (chance.random(rows) < 0.5)[:, None] * np.sqrt(0.6)
    first, second = (share * common + np.sqrt(1 - share**2) * own for own in (first, second))
    time = np.linspace(0, 1, n)
    together = chance.uniform(-3, 3, (rows, 1)) * time
    first = dirty_first(first + together + gap * np.sqrt(2 * (1 - share**2)) * time)
    second = dirty_second(second + together)
    size = chance.uniform(0.03, 0.12, (rows, 1))
    units = (chance.uniform(1, 1e4, (rows, 1)) for _ in range(2))
    return np.exp(size * first) * next(units), np.exp(size * second) * next(units)


def stock_pairs(seed: int, rows: int, n: int, gap: float) -> tuple[Floats, Floats]:
    """Two random walks in logarithms with common drift; 8 % of readings missing on half of the pairs."""
    chance = np.random.default_rng([seed, n, int(1000 * abs(gap)), 31])
    steps = chance.standard_normal((2, rows, n)) + chance.uniform(-0.3, 0.3, (rows, 1))
    steps[0] += gap * np.sqrt(2 * n) / n
    missing = 0.08 * (chance.random(rows) < 0.5)[:, None]
    pair = np.exp(0.02 * np.cumsum(steps, axis=2))
    for series in pair:
        gone = chance.random((rows, n)) < missing
        gone[:, [0, -1]] = False
        series[gone] = np.nan
    return pair[0] * 100, pair[1] * 7


def area(parting: Floats, alike: Floats) -> float:
    """Chance that a pair that parts scores higher than one that does not."""
    ranks = rankdata(np.concatenate([parting, alike]))[: len(parting)]
    return float((ranks.sum() - len(parting) * (len(parting) + 1) / 2) / (len(parting) * len(alike)))


def ours(
    first: Floats, second: Floats, period: int | None, kind: str = "flow"
) -> tuple[Floats, Floats, float]:
    """(p with 1 where nothing can be told, direction, share of those)."""
    found = divergences(first, second, period=period, kind=kind)
    return np.nan_to_num(found.p, nan=1.0), np.nan_to_num(found.direction), float(found.silent.mean())


def _line(series: Floats) -> tuple[Floats, Floats, Floats]:
    """Least-squares slope, its error and degrees of freedom, gaps left out, no season."""
    known = ~np.isnan(series)
    count = known.sum(axis=1)
    time = np.where(known, np.arange(series.shape[1]), 0.0)
    time = np.where(known, time - (time.sum(axis=1) / count)[:, None], 0.0)
    filled = np.where(known, series - np.nanmean(series, axis=1)[:, None], 0.0)
    spread = (time**2).sum(axis=1)
    slope = (time * filled).sum(axis=1) / spread
    left = ((filled - slope[:, None] * time) ** 2).sum(axis=1)
    return slope, np.sqrt(left / (count - 2) / spread), count - 2.0


def log_ratio_line(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Least squares on the logarithm of the ratio."""
    slope, error, degrees = _line(np.log(first) - np.log(second))
    return 2 * student.sf(np.abs(slope / error), degrees), np.sign(slope)


def two_slopes(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Slopes of the two indexed series, and z of their difference."""
    a, b = (_line(series / np.nanmean(series, axis=1, keepdims=True)) for series in (first, second))
    z = (a[0] - b[0]) / np.hypot(a[1], b[1])
    return 2 * norm.sf(np.abs(z)), np.sign(z)


def verdicts_differ(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """One has a trend, the other not, or the other way."""
    verdicts = []
    for series in (first, second):
        slope, error, degrees = _line(series)
        verdicts.append(np.sign(slope) * (2 * student.sf(np.abs(slope / error), degrees) < 0.05))
    return np.where(verdicts[0] != verdicts[1], 0.0, 1.0), np.sign(verdicts[0] - verdicts[1])


RIVALS = {"log ratio line": log_ratio_line, "two slopes": two_slopes, "verdicts differ": verdicts_differ}


def compare(alike: tuple[Floats, Floats], parting: tuple[Floats, Floats]) -> dict[str, float]:
    """False alarms, area under the curve of signed evidence, and power at .05."""
    scores = [sign * -np.log10(np.maximum(p, 1e-12)) for p, sign in (parting, alike)]
    return {
        "false": round(float((alike[0] < 0.05).mean()), 4),
        "auc": round(area(*scores), 4),
        "power": round(float(((parting[0] < 0.05) & (parting[1] > 0)).mean()), 3),
    }


def measure(seed: int, rows: int, n: int, period: int | None, kind: str = "flow") -> dict[str, object]:
    """One shape, with rivals."""
    sets = [
        stock_pairs(seed, rows, n, gap) if kind == "stock" else pair_set(seed, rows, n, gap, period)
        for gap in (0.0, 3.0)
    ]
    spent = time.process_time()
    alike, parting = (ours(*pair, period, kind) for pair in sets)
    spent = (time.process_time() - spent) / (2 * rows)
    answer: dict[str, object] = {"n": n, "period": period, "kind": kind, **compare(alike[:2], parting[:2])}
    answer["cannot tell"] = round(alike[2], 3)
    answer["seconds for 10,000"] = round(spent * 10_000, 2)
    answer["rivals"] = {name: compare(rival(*sets[0]), rival(*sets[1])) for name, rival in RIVALS.items()}
    return answer


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--seed", type=int, default=TUNE)
    words.add_argument("--rows", type=int, default=1000)
    asked = words.parse_args()
    for length, cycle in SHAPES:
        print(json.dumps(measure(asked.seed, asked.rows, length, cycle)))
    for length in (12, 26, 52):
        print(json.dumps(measure(asked.seed, asked.rows, length, None, "stock")))
