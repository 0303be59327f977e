"""How often would luck alone drift this far? The evidence in a fit, and its p from a table of simulated luck.

The evidence against an effect `d` is the logarithm of a Bayes factor, averaged over all scenarios of the fit: effect
normal around d with standard deviation `REACH` noise deviations, against exactly d (R. E. Kass and A. E. Raftery,
JASA 90, 1995, 773-795; for one scenario it grows with the usual t statistic alone). It is the test of greatest mean
power over what a company's noise may be. No claim rests on its priors: its p is read from `luck_table.json`, the
simulated distribution of the same number among series that do not move (`alignment.signals.calibration` rebuilds it),
by known readings and by the kind of columns fitted.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alignment.signals.regression import Fit
from alignment.signals.sums import Floats, over_time

TABLE = Path(__file__).with_name("luck_table.json")
REACH = {1: 2.5, 0: 1.0}  # by the tested column: of a line over the window; of the mean of a stock's steps
LEAST = 1e-6
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LuckTable:
    """Evidence that luck exceeds with each of `chances`, by kind of columns and known readings."""

    version: int
    chances: tuple[float, ...]
    lengths: tuple[int, ...]
    rows: dict[str, tuple[tuple[float, ...], ...]]
    flow_below: dict[str, tuple[float, ...]]  # phi, by kind and length: see `kinds`
    stock_above: dict[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a fit says about its tested effect, for each scenario (S) and series (N), made ready to be asked."""

    effect: Floats
    error: Floats
    held: Floats  # share of the squared error in squared error and squared reach
    weights: Floats  # logarithms
    degrees: Floats

    def against(self, supposed: Floats | float = 0.0) -> Floats:
        """Log Bayes factor against the effect being what is supposed, a number or one for each series."""
        still = self.error <= 0
        apart = self.effect - supposed
        distance = apart / np.where(still, 1.0, self.error)
        distance = distance * distance / self.degrees
        power = -(self.degrees + 1) / 2
        exact = _log_sum(self.weights + power * np.log1p(distance))
        near = _log_sum(self.weights + 0.5 * np.log(self.held) + power * np.log1p(distance * self.held))
        without_noise = np.where(apart[0] == 0, -9.0, 99.0)
        result: Floats = np.where(still[0], without_noise, near - exact)
        return result


def evidence_of(fit: Fit, reach: float | None = None) -> Evidence:
    """The evidence in a fit on its tested effect, of so many deviations of the noise (by default `REACH`)."""
    error = np.ascontiguousarray(fit.given_error.T)
    wide = (
        (REACH[fit.tested] if reach is None else reach) * np.ascontiguousarray(fit.given_sd.T) * _stretch(fit)
    )
    still = error <= 0
    squared = np.where(still, 1.0, error * error)
    return Evidence(
        effect=np.ascontiguousarray(fit.given_coefficient.T),
        error=error,
        held=squared / (squared + np.where(still, 1.0, wide * wide)),
        weights=np.log(np.ascontiguousarray(fit.weights.T) + 1e-300) - 0.5 * np.log(squared),
        degrees=fit.degrees,
    )


def evidence(fit: Fit) -> Floats:
    """Log Bayes factor against there being no effect."""
    return evidence_of(fit).against(0.0)


def chance_of_luck(fit: Fit) -> Floats:
    """Share of series without an effect that show as much evidence as each of these; NaN where nothing can be told."""
    return chance_at(evidence(fit), _rows_at(luck_table(), kind_of(fit), fit.known), luck_table().chances)


def limit_at(fit: Fit, chance: float) -> Floats:
    """The evidence that luck exceeds with a chance between the tabled ones, for each series."""
    table = luck_table()
    return limit_in(_rows_at(table, kind_of(fit), fit.known), table.chances, chance)


def limit_in(rows: Floats, chances: tuple[float, ...], chance: float) -> Floats:
    """The same from tabled rows of evidence for each of `chances`."""
    logs = [math.log(each) for each in chances]
    k = min(max(sum(each > chance for each in chances) - 1, 0), len(logs) - 2)
    share = (math.log(chance) - logs[k]) / (logs[k + 1] - logs[k])
    limit: Floats = rows[:, k] + share * (rows[:, k + 1] - rows[:, k])
    return limit


def chance_at(found: Floats, rows: Floats, chances: tuple[float, ...]) -> Floats:
    """Between the tabled chances: logarithm of the chance linear in the evidence; beyond the last one goes on so."""
    logs = [math.log(chance) for chance in chances]
    result = np.zeros(found.shape)  # below the first: chance 1
    for k in range(len(logs) - 1):
        low, high = rows[:, k], rows[:, k + 1]
        slope = (logs[k + 1] - logs[k]) / np.maximum(high - low, 1e-3)
        result = np.where(found >= low, logs[k] + slope * (found - low), result)
    result = np.clip(result, math.log(LEAST), 0.0)
    answer: Floats = np.where(np.isnan(found), np.nan, np.exp(result))
    return answer


def kind_of(fit: Fit) -> str:
    """Name of the table's part: what is tested and how many columns the season has, as tabled."""
    return kind_name(fit.tested == 1, fit.design.shape[1] - 1 - fit.tested)


def kind_name(line: bool, season: int) -> str:
    """`line-0`, `line-3`, `line-6`, `mean-0` ...: the tabled count of seasonal columns not below this one."""
    return f"{'line' if line else 'mean'}-{0 if season == 0 else 3 if season <= 3 else 6}"


def at_length(column: dict[str, tuple[float, ...]], kind: str, known: Counts) -> Floats:
    """A tabled column for each count of readings, between lengths by the logarithm of the length."""
    lengths = [math.log(length) for length in luck_table().lengths]
    return np.asarray(np.interp(np.log(np.maximum(known, 1).astype(np.float64)), lengths, column[kind]))


def _rows_at(table: LuckTable, kind: str, known: Counts) -> Floats:
    columns = zip(*table.rows[kind], strict=True)
    return np.stack([at_length({kind: column}, kind, known) for column in columns], axis=1)


def _stretch(fit: Fit) -> Floats:
    """Periods of the window for each period between the first known reading and the last: gaps at the ends."""
    if fit.tested == 0:
        return np.ones(len(fit.known))
    seen = ~np.isnan(fit.residuals)
    n = seen.shape[1]
    between = n - 1 - seen.argmax(axis=1) - seen[:, ::-1].argmax(axis=1)
    stretch: Floats = (n - 1) / np.maximum(between, 1)
    return stretch


@lru_cache(maxsize=1)
def luck_table() -> LuckTable:
    """The stored table."""
    stored = json.loads(TABLE.read_text())
    rows = {kind: tuple(tuple(row) for row in part) for kind, part in stored["rows"].items()}
    bounds = (
        {kind: tuple(row) for kind, row in stored[name].items()} for name in ("flow_below", "stock_above")
    )
    return LuckTable(stored["version"], tuple(stored["chances"]), tuple(stored["lengths"]), rows, *bounds)


def _log_sum(logs: Floats) -> Floats:
    highest = logs.max(axis=0)
    total: Floats = np.log(over_time(np.exp(logs - highest))) + highest
    return total
