"""Staleness: later than the end of the last reported period + its cadence + the lag + half a cadence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from alignment.periods import Cadence
from alignment.signals.staleness import kept_until, stale_from, staleness


@pytest.mark.parametrize(
    ("cadence", "last_start", "lag", "first_stale_day"),
    [
        (
            Cadence.DAY,
            date(2026, 3, 1),
            0,
            date(2026, 3, 3),
        ),  # 1 March + 1 + half a day: on 3 March it is later
        (Cadence.WEEK, date(2026, 3, 2), 0, date(2026, 3, 19)),  # to 8 March, next to 15 March, + 3.5 days
        (Cadence.WEEK, date(2026, 3, 2), 2, date(2026, 3, 21)),
        (Cadence.MONTH, date(2026, 1, 1), 5, date(2026, 3, 20)),  # next to 28 February, + 5 + 14 days
        (Cadence.QUARTER, date(2026, 1, 1), 0, date(2026, 8, 15)),  # next to 30 June, + 45 days
    ],
)
def test_the_first_stale_day(cadence: Cadence, last_start: date, lag: int, first_stale_day: date) -> None:
    assert stale_from(cadence, last_start, lag) == first_stale_day
    day_before = first_stale_day - timedelta(days=1)
    assert staleness(cadence, lag, last_start, day_before).verdict in ("fresh", "late")
    assert staleness(cadence, lag, last_start, first_stale_day).verdict == "stale"


def test_kept_two_whole_periods() -> None:
    gone = stale_from(Cadence.MONTH, date(2026, 1, 1), 0)
    assert kept_until(gone, Cadence.MONTH, date(2026, 1, 1)) == date(2026, 3, 14) + timedelta(days=31 + 30)


def test_words() -> None:
    assert staleness(Cadence.WEEK, 0, None, date(2026, 3, 1)).verdict == "never reported"
    fresh = staleness(Cadence.WEEK, 0, date(2026, 3, 2), date(2026, 3, 10))
    assert (fresh.verdict, fresh.sentence) == ("fresh", "Up to date: the last reading is for 2026-W10.")
    late = staleness(Cadence.WEEK, 0, date(2026, 3, 2), date(2026, 3, 17))
    assert late.sentence == "Late: the reading for 2026-W11 was due on 2026-03-15."
