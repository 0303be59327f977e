"""Staleness: has a metric reported when its cadence says it should?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from alignment.periods import Cadence, Period


@lru_cache(maxsize=100_000)
def stale_from(cadence: Cadence, last_start: date, lag_days: int, grace_cadences: float = 0.5) -> date:
    """First day on which a metric whose last reported period began on `last_start` is stale.

    That is the day later than: end of that period + one cadence + the reporting lag + half a cadence.
    """
    following = Period(last_start, cadence).next()
    return following.end + timedelta(days=lag_days + int(following.days * grace_cadences) + 1)


@lru_cache(maxsize=100_000)
def kept_until(gone_stale: date, cadence: Cadence, last_start: date, cadences: int = 2) -> date:
    """Last day on which a stale reading still counts: `cadences` whole periods after it went stale."""
    period = Period(last_start, cadence)
    return gone_stale - timedelta(days=1) + (period.next(1 + cadences).end - period.next(1).end)


@dataclass(frozen=True, slots=True)
class Staleness:
    """The verdict: "fresh", "late" (due, within the grace), "stale" or "never reported"."""

    verdict: str
    last_period_end: date | None
    stale_since: date | None
    sentence: str


def staleness(
    cadence: Cadence, lag_days: int, last_start: date | None, today: date, grace_cadences: float = 0.5
) -> Staleness:
    """Judge a metric by the first day of its last reported period (None: it never reported)."""
    if last_start is None:
        return Staleness("never reported", None, None, "Has never reported.")
    last = Period(last_start, cadence)
    gone_stale = stale_from(cadence, last_start, lag_days, grace_cadences)
    if today >= gone_stale:
        words = f"Stale since {gone_stale.isoformat()}: the last reading is for {last.name()}."
        return Staleness("stale", last.end, gone_stale, words)
    due = last.next().end + timedelta(days=lag_days)
    if today > due:
        words = f"Late: the reading for {last.next().name()} was due on {due.isoformat()}."
        return Staleness("late", last.end, None, words)
    return Staleness("fresh", last.end, None, f"Up to date: the last reading is for {last.name()}.")
