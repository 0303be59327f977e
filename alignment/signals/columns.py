"""Readings laid out by period: one column for each, a gap where nothing was reported."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from alignment.periods import Cadence, Period

Key = TypeVar("Key", bound=Hashable)
CYCLES_NEEDED = 2
"""How often a season must be seen before it is reckoned with."""
YEARLY, NO_SEASON = "yearly", "none"
"""What may be declared of a metric's season; "" where nothing is."""
_SEASONS = {Cadence.DAY: 7, Cadence.WEEK: 52, Cadence.MONTH: 12, Cadence.QUARTER: 4}
_YEAR_OF_DAYS = 365
LONGEST = 156
"""Columns that signals look at: three years of weeks, thirteen of months, five months of days."""
DAYS_BEFORE = 3 * 365
"""Days before those from which the wave of the year is known."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Values by period, oldest first, None at gaps, and the first day of each period."""

    cadence: Cadence
    starts: tuple[date, ...]
    values: tuple[float | None, ...]

    def last_day(self, column: int) -> date:
        """The last day of a column's period."""
        return Period(self.starts[column], self.cadence).end

    @property
    def known(self) -> int:
        """How many readings there are."""
        return sum(value is not None for value in self.values)


def columns(
    readings: Iterable[tuple[date, float]], cadence: Cadence, *, longest: int | None = LONGEST
) -> Columns:
    """Lay out (first day of its period, value) by period, from the first reading to the last.

    At most the last `longest` periods; a first day that comes twice counts as it came last.
    """
    known = dict(readings)
    if not known:
        return Columns(cadence, (), ())
    period, first = Period(max(known), cadence), min(known)
    starts: list[date] = []
    while period.start >= first and (longest is None or len(starts) < longest):
        starts.append(period.start)
        period = period.previous()
    starts.reverse()
    while starts and starts[0] not in known:
        starts.pop(0)
    return Columns(cadence, tuple(starts), tuple(known.get(start) for start in starts))


def reach(cadence: Cadence) -> int:
    """How many of the latest columns signals want: of days also those before the ones that are judged."""
    return LONGEST + DAYS_BEFORE if cadence is Cadence.DAY else LONGEST


def period_words(columns: Columns, column: int) -> str:
    """`the week to 15 Nov 2026`, `Oct 2026`, `14 Nov 2026`, `the quarter to 30 Sep 2026`."""
    start, end = columns.starts[column], columns.last_day(column)
    if columns.cadence is Cadence.DAY:
        return f"{start.day} {start:%b %Y}"
    if columns.cadence is Cadence.MONTH and start.day == 1:
        return f"{start:%b %Y}"
    return f"the {EACH[columns.cadence]} to {end.day} {end:%b %Y}"


EACH = {
    Cadence.DAY: "day", Cadence.WEEK: "week", Cadence.MONTH: "month", Cadence.QUARTER: "quarter",
    Cadence.FISCAL_YEAR: "year",
}  # fmt: skip


def as_found(values: Sequence[float | None]) -> list[float]:
    """Values with NaN at gaps, as the sums take them."""
    return [float("nan") if value is None else value for value in values]


def season_of(cadence: Cadence, declared: str = "") -> int | None:
    """Periods in a season: a year's, of daily readings a week's. None where there is none, or none is declared.

    What is declared is about the year: daily readings have their week whatever is said, unless a yearly season is.
    """
    if cadence is Cadence.DAY:
        return _YEAR_OF_DAYS if declared == YEARLY else _SEASONS[cadence]
    return None if declared == NO_SEASON else _SEASONS.get(cadence)


def season_in_doubt(cadence: Cadence, declared: str) -> bool:
    """Whether nobody knows if there is a season: none is declared, and readings of days are taken to have a week's."""
    return not declared and cadence is not Cadence.DAY


def unseen_words(columns: int, cadence: Cadence, declared: str) -> str:
    """`a yearly season must be seen twice, and 40 of 104 weeks are there` where one is declared that so many columns
    do not show; else empty."""
    period = season_of(cadence, declared)
    if declared != YEARLY or period is None or columns >= CYCLES_NEEDED * period:
        return ""
    return f"a yearly season must be seen twice, and {columns} of {CYCLES_NEEDED * period} {EACH[cadence]}s are there"


def seen_twice(period: int | None, columns: int) -> int | None:
    """A season's length in columns where so many show it often enough, else None."""
    return period if period is not None and columns >= CYCLES_NEEDED * period else None


def alike(keys: Iterable[Key]) -> dict[Key, list[int]]:
    """Positions by key, in order: what has the same shape is judged together."""
    found: dict[Key, list[int]] = {}
    for place, key in enumerate(keys):
        found.setdefault(key, []).append(place)
    return found
