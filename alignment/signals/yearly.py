"""The year's wave in daily readings, known from the years before the days that are judged.

The signals look at some five months of days, in which a year cannot be seen: each September would be a step. Where at
least two years of days stand before them, the wave of the year is fitted to the last three of those (line bent once a
year, harmonics of the year, days of the week; readings far from the fit drawn in, fitted twice) and taken out of the
days that are judged, so nothing that happens among these can hide in it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from alignment.periods import Cadence
from alignment.signals.columns import DAYS_BEFORE, LONGEST, Columns, as_found
from alignment.signals.sums import Floats, least_squares, middle_of, over_time, rounded

YEAR = 365.25
NEEDED = 2 * 365
"""Days before those that are judged from which the wave can be told."""
_HARMONICS = 6
_CLIP = 2.0
_DAYS = 7


def judged_days(columns: Columns, season: str = "") -> tuple[Columns, bool]:
    """The last of daily columns, those that are judged, less the year's wave, and whether it is known; others as they
    are. Nothing is taken out where the metric says that it has no season.
    """
    if columns.cadence is not Cadence.DAY or len(columns.starts) <= LONGEST:
        return columns, False
    cut = len(columns.starts) - LONGEST
    latest = replace(columns, starts=columns.starts[cut:], values=columns.values[cut:])
    before = slice(max(cut - DAYS_BEFORE, 0), cut)
    known = sum(value is not None for value in columns.values[before])
    if season == "none" or cut < NEEDED or known < NEEDED / 2:
        return latest, False
    wave = _wave(columns.starts[before], columns.values[before], latest.starts)
    values = tuple(
        None if value is None else rounded(value - height)
        for value, height in zip(latest.values, wave, strict=True)
    )
    return replace(latest, values=values), True


def _wave(starts: tuple[date, ...], values: tuple[float | None, ...], asked: tuple[date, ...]) -> list[float]:
    """The height of the year's wave on the days asked about, less its mean over a year."""
    row = np.array(as_found(values), dtype=np.float64)
    seen = ~np.isnan(row)
    design = np.concatenate([_level(len(row)), _week(starts), _harmonics(starts)])[:, seen].T
    found, all_known = row[seen, None], np.ones((int(seen.sum()), 1))
    for _ in range(2):
        coefficients = least_squares(design, found, all_known)
        fitted = over_time(coefficients[:, None] * design.T[:, :, None])
        left = found - fitted
        reach = _CLIP * 1.4826 * middle_of(np.abs(left))
        found = fitted + np.clip(left, -reach, reach)
    heights = least_squares(design, found, all_known)[-2 * _HARMONICS :]
    return [float(height) for height in over_time(heights * _harmonics(asked))]


def _level(n: int) -> Floats:
    """A level, a line, and bends of it once a year, (2 + years, n)."""
    time = np.arange(n) / YEAR
    bends = [np.maximum(time - year, 0.0) for year in range(1, int(time[-1] - 0.5) + 1)]
    return np.array([np.ones(n), time, *bends])


def _week(starts: tuple[date, ...]) -> Floats:
    days = np.array([start.weekday() for start in starts])
    return np.array([(days == day).astype(np.float64) for day in range(1, _DAYS)])


def _harmonics(starts: tuple[date, ...]) -> Floats:
    turn = 2 * np.pi * np.array([start.toordinal() for start in starts]) / YEAR
    return np.array([wave(k * turn) for k in range(1, _HARMONICS + 1) for wave in (np.sin, np.cos)])
