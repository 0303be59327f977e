"""The noise of a difference of two series, and how often luck alone would let them part this far.

The fit is the trend's (`regression`) with scenarios of its own: the difference of two kinds of noise has none of the
sharp edges that would ask for a finer grid, and a season that fades with its harmonics. The evidence is the same
Bayes factor (`luck`) with a wider reach, since pairs part by more than single series drift; its p is read from
`pair_table.json`, simulated with both series' noise, gaps and cleaning (`parting_calibration`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from alignment.signals.likelihood import Grid
from alignment.signals.luck import Evidence, chance_at, evidence_of, kind_of, limit_in
from alignment.signals.regression import Fit, regress
from alignment.signals.sums import Floats

TABLE = Path(__file__).with_name("pair_table.json")
REACH = 8.0
MOST_BRIDGED = 0.2
"""Share of missing readings up to which the gaps of stocks are filled."""
_LEVELS = Grid((-0.1, 0.2, 0.45, 0.7, 0.92), (0.0, 1.0, 20.0), fading=True)
_STEPS = Grid((-0.3, -0.15, 0.0, 0.15, 0.3, 0.5, 0.7, 0.9), (0.0, 1.0, 20.0), fading=True)


@dataclass(frozen=True, slots=True)
class PairTable:
    """By kind of columns: known readings, and for each the evidence that luck exceeds with each of `chances`."""

    version: int
    chances: tuple[float, ...]
    known: dict[str, tuple[float, ...]]
    rows: dict[str, tuple[tuple[float, ...], ...]]


def step_prior(phi: Floats) -> Floats:
    """Steps of a stock resemble each other less than values of a flow."""
    return np.where(phi < 0, 0.4, np.maximum((1 - phi) ** 2, 0.02))


def levels_apart(difference: Floats, period: int | None) -> Fit:
    """Line and season of a difference of flows."""
    return regress(difference, period=period, clip=None, grid=_LEVELS)


def steps_apart(difference: Floats, period: int | None) -> Fit:
    """Mean step and season of a difference of stocks."""
    return regress(np.diff(difference, axis=1), period=period, line=False, prior=step_prior, grid=_STEPS)


def bridged(levels: Floats) -> Floats:
    """Levels of stocks, their gaps filled along a straight line where few are: the whole way they went stays in the
    steps. Where many are missing the filled steps would look too calm, and the steps beside a gap are left out."""
    known = ~np.isnan(levels)
    n = levels.shape[1]
    places = np.broadcast_to(np.arange(n), levels.shape)
    before = np.maximum.accumulate(np.where(known, places, -1), axis=1)
    after = np.minimum.accumulate(np.where(known, places, n)[:, ::-1], axis=1)[:, ::-1]
    inside = (before >= 0) & (after < n)
    few = (inside & ~known).sum(axis=1) <= MOST_BRIDGED * inside.sum(axis=1)
    low = np.take_along_axis(levels, np.clip(before, 0, n - 1), axis=1)
    high = np.take_along_axis(levels, np.clip(after, 0, n - 1), axis=1)
    way = (places - before) / np.maximum(after - before, 1)
    filled: Floats = np.where(~known & inside & few[:, None], low + (high - low) * way, levels)
    return filled


def chance_of_parting(fit: Fit) -> Floats:
    """Share of pairs that move alike and show as much evidence as each of these; NaN where nothing can be told."""
    return chance_at(parted(fit).against(0.0), _rows_of(fit), pair_table().chances)


def judged_at(fit: Fit, chance: float) -> tuple[Evidence, Floats]:
    """The evidence, and what luck exceeds of it with this chance, for each pair."""
    return parted(fit), limit_in(_rows_of(fit), pair_table().chances, chance)


def parted(fit: Fit) -> Evidence:
    """The evidence in a fit of a difference."""
    return evidence_of(fit, REACH)


def _rows_of(fit: Fit) -> Floats:
    """Tabled rows for each pair, between counts of readings by their logarithm."""
    kind = kind_of(fit)
    tabled = np.log(pair_table().known[kind])
    known = np.log(np.maximum(fit.known, 1).astype(np.float64))
    columns = zip(*pair_table().rows[kind], strict=True)
    return np.stack([np.interp(known, tabled, column) for column in columns], axis=1)


@lru_cache(maxsize=1)
def pair_table() -> PairTable:
    """The stored table."""
    stored = json.loads(TABLE.read_text())
    return PairTable(
        stored["version"],
        tuple(stored["chances"]),
        {kind: tuple(row) for kind, row in stored["known"].items()},
        {kind: tuple(tuple(row) for row in part) for kind, part in stored["rows"].items()},
    )
