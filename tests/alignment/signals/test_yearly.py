"""Daily readings: the year is known from the years before, and nothing that happens lately is taken for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from alignment.periods import Cadence
from alignment.signals.columns import DAYS_BEFORE, LONGEST, Columns, columns, reach
from alignment.signals.verdict import Series
from alignment.signals.verdicts import verdicts
from alignment.signals.yearly import NEEDED, judged_days

LAST = date(2026, 10, 31)


def _days(n: int, wave: float = 10.0, step: float = 0.0, seed: int = 1) -> Columns:
    """`n` days to LAST with a wave of the year that falls steeply in autumn, a step 60 days ago and weekends."""
    starts = [LAST - timedelta(days=n - 1 - at) for at in range(n)]
    turn = np.array([2 * np.pi * start.timetuple().tm_yday / 365.25 for start in starts])
    values = 100 + wave * np.sin(turn) + np.random.default_rng(seed).normal(size=n)
    values += np.array([-5.0 if start.weekday() > 4 else 0.0 for start in starts])
    values[n - 60 :] += step
    return columns(zip(starts, values.tolist(), strict=True), Cadence.DAY, longest=reach(Cadence.DAY))


def test_the_wave_is_taken_out_of_the_days_that_are_judged_and_of_no_others() -> None:
    days = _days(1300)
    assert len(days.starts) == LONGEST + DAYS_BEFORE
    judged, known = judged_days(days)
    assert known
    assert judged.starts == days.starts[-LONGEST:]
    halves = np.array(judged.values, dtype=float)
    raw = np.array(days.values[-LONGEST:], dtype=float)
    assert abs(raw[:78].mean() - raw[78:].mean()) > 4, "the wave itself"
    assert abs(halves[:78].mean() - halves[78:].mean()) < 0.5


def test_a_season_is_no_trend_and_a_step_is_still_seen() -> None:
    plain, stepped = (Series(_days(1300, step=size), "higher", "flow") for size in (0.0, 4.0))
    latest = replace(
        plain.columns, starts=plain.columns.starts[-LONGEST:], values=plain.columns.values[-LONGEST:]
    )
    blind = replace(plain, columns=latest)
    quiet, seen, seasonal = verdicts([plain, stepped, blind])
    assert quiet.headline.verdict == "no clear change"
    assert (quiet.changes, quiet.without_year) == ((), True)
    [change] = seen.changes
    assert abs((change.start - (LAST - timedelta(days=59))).days) <= 1
    assert change.low < 4 < change.high
    assert seasonal.headline.verdict == "worsening"
    assert not seasonal.without_year


@pytest.mark.parametrize(
    ("days", "season", "known"),
    [
        (NEEDED + LONGEST - 1, "", False),
        (NEEDED + LONGEST, "", True),
        (1300, "none", False),
        (1300, "yearly", True),
    ],
)
def test_two_years_before_are_needed_and_no_season_means_none(days: int, season: str, known: bool) -> None:
    laid = _days(days)
    judged, found = judged_days(laid, season)
    assert found is known
    assert len(judged.values) == LONGEST
    assert (judged.values == laid.values[-LONGEST:]) is not known


def test_years_that_are_mostly_gaps_show_no_wave() -> None:
    laid = _days(1300)
    sparse = tuple(
        value if at % 4 == 0 or at >= DAYS_BEFORE else None for at, value in enumerate(laid.values)
    )
    gaps = tuple(value if at % 2 == 0 or at >= DAYS_BEFORE else None for at, value in enumerate(laid.values))
    assert not judged_days(Columns(laid.cadence, laid.starts, sparse))[1]
    judged, known = judged_days(Columns(laid.cadence, laid.starts, gaps))
    assert known
    halves = np.array(judged.values, dtype=float)
    assert abs(halves[:78].mean() - halves[78:].mean()) < 0.6


def test_gaps_stay_gaps_and_other_cadences_stay_as_they_are() -> None:
    laid = _days(1300)
    holed = Columns(laid.cadence, laid.starts, (*laid.values[:-2], None, laid.values[-1]))
    assert judged_days(holed)[0].values[-2] is None
    weeks = columns(
        [(date(2020, 1, 6) + timedelta(days=7 * at), float(at)) for at in range(300)], Cadence.WEEK
    )
    assert len(weeks.values) == LONGEST == reach(Cadence.WEEK)
    assert judged_days(weeks) == (weeks, False)


def test_one_series_has_the_same_bits_alone_as_among_others() -> None:
    many = [Series(_days(1300, seed=seed), "higher", "flow") for seed in range(3)]
    assert verdicts(many)[1] == verdicts([many[1]])[0]
