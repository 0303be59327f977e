"""Rebuilds the tables of luck: `manage.py calibrate_signals` writes what `build` returns.

Every table is simulated from `noise`, with seeds of its own; none of the seeds by which error rates are measured is
used. Where no season is fitted, sluggish series are drawn more often than others, so that even the most sluggish ones
(phi 0.7) keep near the stated rate; with a season fitted, all phi from 0 to 0.7 are as frequent.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np

from alignment.signals.kinds import sluggishness
from alignment.signals.luck import TABLE, evidence, kind_name, luck_table
from alignment.signals.noise import autoregressive, company_noise
from alignment.signals.regression import regress

VERSION = 1
SEED = 41
CHANCES = (0.9, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002)
LENGTHS = (12, 16, 20, 26, 36, 52, 78, 104, 156)
SEASONS = (0, 3, 6)
SKEW, SKEW_OF_SHORT, SHORT = 0.45, 0.3, 20  # short series tell least how sluggish they are
CAUTION = 0.97  # a stated chance of 5 % is tabled at 4.85 %: some room for noise unlike the simulated
WALKS_LET_THROUGH = 0.035
FLOWS_LET_THROUGH = 0.05


def build(
    *, runs: int = 12_000, seed: int = SEED, said: Callable[[str], None] = lambda line: None
) -> dict[str, object]:
    """Simulate the whole table: `runs` series for each length and kind (about a minute for 12,000)."""
    rows: dict[str, list[list[float]]] = {}
    below: dict[str, list[float]] = {}
    above: dict[str, list[float]] = {}
    for line in (True, False):
        for season in SEASONS:
            kind = kind_name(line, season)
            found = [luck(n, line=line, season=season, runs=runs, seed=seed) for n in LENGTHS]
            rows[kind] = [row for row, _ in found]
            if line:
                above[kind] = [bound for _, bound in found]
                below[kind] = [
                    walks(n, season=season, limit=row[CHANCES.index(0.05)], runs=runs, seed=seed)
                    for n, row in zip(LENGTHS, rows[kind], strict=True)
                ]
            said(kind)
    return {
        "version": VERSION, "seed": seed, "runs": runs, "chances": CHANCES, "lengths": LENGTHS, "rows": rows,
        "flow_below": below, "stock_above": above,
    }  # fmt: skip


def luck(n: int, *, line: bool, season: int, runs: int, seed: int) -> tuple[list[float], float]:
    """Evidence that luck exceeds with each of `CHANCES` at one length, and the phi that few flows exceed."""
    chance = np.random.default_rng([seed, n, season, int(line)])
    period = season_for(n, season)
    skew = 1.0 if period else SKEW if n >= SHORT else SKEW_OF_SHORT
    values = company_noise(chance, runs, n, period=period, skew=skew)
    fit = regress(values, period=period, line=line)
    found = evidence(fit)
    found = found[~np.isnan(found)]
    quantiles = [round(float(np.quantile(found, 1 - CAUTION * share)), 3) for share in CHANCES]
    return quantiles, round(float(np.nanquantile(sluggishness(fit), 1 - FLOWS_LET_THROUGH)), 3)


def walks(n: int, *, season: int, limit: float, runs: int, seed: int) -> float:
    """The phi under which only `WALKS_LET_THROUGH` of random walks lie that show evidence above `limit`."""
    chance = np.random.default_rng([seed, n, season, 2])
    period = season_for(n, season)
    fit = regress(np.cumsum(autoregressive(chance, runs, n, np.zeros(runs)), axis=1), period=period)
    moved = np.sort(sluggishness(fit)[evidence(fit) > limit])
    allowed = int(WALKS_LET_THROUGH * runs)
    return round(float(moved[allowed]) if allowed < len(moved) else 1.0, 3)


def season_for(n: int, columns: int) -> int | None:
    """A period of which two cycles fit into n readings, with so many seasonal columns (as many as fit)."""
    if columns == 0:
        return None
    return 4 if columns == 3 or n < 14 else 7 if n < 24 else 12 if n < 104 else 52


def write(table: dict[str, object]) -> int:
    """Store a table; the number of bytes written."""
    return store(table, TABLE, luck_table.cache_clear)


def store(table: dict[str, object], path: Path, forget: Callable[[], None]) -> int:
    """Write a table where it is read from, and forget what was read before; the number of bytes written."""
    text = json.dumps(table, separators=(",", ":")) + "\n"
    path.write_text(text)
    forget()
    return len(text)


def furthest_off(table: dict[str, object]) -> float:
    """The largest difference between the stored 5 % limits and those of a newly built table."""
    column = CHANCES.index(0.05)
    stored, rows = luck_table().rows, cast("dict[str, list[list[float]]]", table["rows"])
    return max(
        abs(new[column] - old[column])
        for kind, part in rows.items()
        for new, old in zip(part, stored[kind], strict=True)
    )
