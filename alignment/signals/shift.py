"""Shift: do the latest readings differ from those before? For one look, and for a year of weekly looks.

The evidence is the logarithm of a Bayes factor: a step some 2 to 16 readings ago, all places alike, against none
(averaging over the place is Shiryaev's rule, which detects soonest on average: A. N. Shiryaev, Theory of Probability
and its Applications 8, 1963, 22-46). It is the mean of two: errors are of Student's t (`late_steps`), which sees a
small step soonest among readings with heavy tails, and, at a fifth of the weight, normal and clipped (`steps`), which
sees a fall at the end of a climb. Looking again each week is what breeds false alarms, so beside the `p` of a single
look there is `yearly`: of 1,000 metrics that do not change, in how many would one look or more within a year of 52
show as much? Both come from simulated tables (`shift_table.json`). Alarms go by `yearly` alone.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from alignment.signals import late_steps
from alignment.signals.likelihood import Bools
from alignment.signals.luck import chance_at
from alignment.signals.steps import (
    CLIP,
    FAR,
    deseasoned,
    jump,
    log_sum,
    lone,
    one_effect,
    standard,
    weight,
    whitened,
)
from alignment.signals.sums import Floats, over_time

TABLE = Path(__file__).with_name("shift_table.json")
FEWEST, MOST = 2, late_steps.MOST
NORMAL = 0.2
"""Weight of normal errors against heavy-tailed ones."""
SHORTEST = 12
WINDOW = 104
"""Readings from which the season is known."""
LEVELS = 78
"""The latest of those, which are held against each other."""
YEARLY_ALARMS = 0.10
_AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class Shifts:
    """Of N series as of their last period; NaN where there are fewer than 12 readings."""

    evidence: Floats
    p: Floats  # share of unchanging series that show as much in one look
    yearly: Floats  # share of them that show as much at some look of 52 weekly ones
    size: Floats  # the latest level less the one before, in the series' unit
    begins: Floats  # likeliest first place of the new level

    def alarms(self) -> np.ndarray:
        """Where an alarm is due, at the stated yearly rate of false ones (one series in ten)."""
        return np.asarray(self.yearly < YEARLY_ALARMS)


@dataclass(frozen=True, slots=True)
class ShiftTable:
    """Evidence that luck exceeds with each of `chances`: in one look by length, and in a year."""

    version: int
    chances: tuple[float, ...]
    lengths: tuple[int, ...]
    looks: tuple[tuple[float, ...], ...]
    year: tuple[float, ...]
    stories: tuple[tuple[float, ...], ...]


@lru_cache(maxsize=1)
def shift_table() -> ShiftTable:
    """The stored table."""
    stored = json.loads(TABLE.read_text())
    return ShiftTable(
        stored["version"], tuple(stored["chances"]), tuple(stored["lengths"]),
        tuple(map(tuple, stored["looks"])), tuple(stored["year"]), tuple(map(tuple, stored["stories"])),
    )  # fmt: skip


def shifts(values: Floats, *, period: int | None = None) -> Shifts:
    """Judge the last period of each row of `values` (N, n), NaN at gaps; at most the last 104 periods count."""
    values = np.atleast_2d(np.asarray(values, dtype=np.float64))
    before = max(values.shape[1] - LEVELS, 0)
    values = deseasoned(values[:, -WINDOW:], period)[:, -LEVELS:]
    found, size, begins = evidence(values)
    begins = begins + before
    table = shift_table()
    rows = rows_at(table.looks, (~np.isnan(values)).sum(axis=1))
    year = np.tile(np.array(table.year), (len(found), 1))
    return Shifts(
        found, chance_at(found, rows, table.chances), chance_at(found, year, table.chances), size, begins
    )


def evidence(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Log Bayes factor of a late step, its size and its likeliest place, of rows without season."""
    parts = [_evidence(values[i : i + _AT_ONCE]) for i in range(0, max(len(values), 1), _AT_ONCE)]
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return joined[0], joined[1], joined[2]


def _evidence(values: Floats) -> tuple[Floats, Floats, Floats]:
    series, known, _ = standard(values)
    silent = known.sum(axis=0) < SHORTEST
    seen = (known & ~lone(series, known, FAR)) | silent  # the latter keeps the sums finite
    normal, begins = _of_normal_errors(np.where(seen, np.clip(series, -CLIP, CLIP), 0.0), seen)
    found = normal
    if len(series) >= late_steps.SHORTEST:
        heavy = late_steps.late_step(series, known | silent)
        found = np.logaddexp(normal + math.log(NORMAL), heavy + math.log(1 - NORMAL))
    hidden = np.where(silent, np.nan, 1.0)
    return found * hidden, jump(values, begins) * hidden, begins * hidden


def _of_normal_errors(series: Floats, seen: Bools) -> tuple[Floats, Floats]:
    """The logarithm of the Bayes factor where errors are normal, and the likeliest place."""
    n = len(series)
    late = slice(max(n - MOST, 2), n - FEWEST + 1)
    found = whitened(series, seen, late.start, line=False)
    product, square = found.step[:, : late.stop - late.start], found.step_square[:, : late.stop - late.start]
    taken, shrunk = one_effect(product, square)
    logs = weight(found, taken, shrunk) + np.where(seen[late], 0.0, -np.inf)
    none = log_sum(weight(found, np.zeros_like(found.squares), np.zeros_like(found.squares)))
    places = np.maximum(seen[late].sum(axis=0), 1)
    stepped = log_sum(logs, axes=2) - np.log(places)
    by_place = over_time(np.exp(logs - log_sum(logs, axes=2)))
    return stepped - none, late.start + by_place.argmax(axis=0).astype(np.float64)


def rows_at(rows: tuple[tuple[float, ...], ...], known: np.ndarray) -> Floats:
    """The tabled row for each count of readings, between lengths by the logarithm of the length."""
    lengths = [math.log(length) for length in shift_table().lengths]
    at = np.log(np.maximum(known, 1).astype(np.float64))
    return np.stack([np.interp(at, lengths, column) for column in zip(*rows, strict=True)], axis=1)
