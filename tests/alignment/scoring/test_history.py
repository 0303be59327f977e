"""What was known when: versions, walks through time, and counts of readings in time."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.periods import Cadence, Period
from alignment.scoring.evidence import reporting_of
from alignment.scoring.history import Counts, MetricHistory, Version
from alignment.scoring.inputs import MetricInput
from tests.counts import count

FIRST, LAST = date(2026, 1, 1), date(2026, 5, 31)


def _history(seed: int) -> MetricHistory:
    """A metric with late readings, gaps, restatements and undos."""
    chance = random.Random(seed)
    cadence = chance.choice([Cadence.DAY, Cadence.WEEK, Cadence.MONTH])
    first_import = chance.choice([None, FIRST, FIRST + timedelta(days=chance.randrange(100))])
    metric = MetricInput(1, "m", "M", "count", cadence, chance.choice([0, 2, 9]), first_import=first_import)
    versions, period = [], Period.containing(FIRST - timedelta(days=70), cadence)
    while period.start < LAST:
        day = period.end + timedelta(days=chance.choice([-1, 0, metric.lag_days, metric.lag_days + 1, 20]))
        for _ in range(chance.choice([0, 1, 1, 1, 1, 2, 3])):
            until = chance.choice([None, day + timedelta(days=chance.randrange(0, 30))])
            versions.append(_version(period.start, chance.random(), day, until))
            day += timedelta(days=chance.randrange(0, 15))
        period = period.next()
    return MetricHistory(metric, tuple(versions))


def _version(start: date, value: float, known: date, replaced: date | None) -> Version:
    return Version(start, value, datetime.combine(known, time(9), tzinfo=UTC), known, replaced)


def _days() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days)]


@settings(max_examples=count(small=40, long=500), deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_walking_is_asking_anew_each_day(seed: int) -> None:
    history = _history(seed)
    walk = history.walk()
    for day in _days():
        assert walk.to(day) == history.readings(day)


@settings(max_examples=count(small=40, long=500), deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_reporting_by_day_is_asking_anew_each_day(seed: int) -> None:
    history = _history(seed)
    counts = Counts()
    first = FIRST + timedelta(days=seed % 97)
    points = history.reporting(first, LAST, 4)
    assert [day for day, _, _ in points] == sorted({day for day, _, _ in points})
    counts.add(points)
    for day in _days()[seed % 97 :]:
        assert counts.at(day) == reporting_of(history.metric, history.readings(day), day, 4)


def test_counts_can_be_taken_out_again() -> None:
    histories = [_history(seed) for seed in range(20)]
    points = [history.reporting(FIRST, LAST, 4) for history in histories]
    whole, part = Counts(), Counts()
    for number, one in enumerate(points):
        whole.add(one)
        if number != 7:
            part.add(one)
    whole.add(points[7], sign=-1)
    assert [whole.at(day) for day in _days()] == [part.at(day) for day in _days()]


def test_a_restatement_counts_from_the_day_it_was_known() -> None:
    metric = MetricInput(1, "m", "M", "count", Cadence.MONTH)
    history = MetricHistory(
        metric,
        (
            _version(FIRST, 5.0, date(2026, 2, 2), date(2026, 3, 10)),
            _version(FIRST, 7.0, date(2026, 3, 10), None),
        ),
    )
    assert [r.value for r in history.readings(date(2026, 2, 1))] == []
    assert [r.value for r in history.readings(date(2026, 3, 9))] == [5.0]
    after = history.readings(date(2026, 3, 10))
    assert [(r.value, r.first_known_on) for r in after] == [(7.0, date(2026, 2, 2))]


def test_an_undone_reading_leaves_what_it_replaced() -> None:
    metric = MetricInput(1, "m", "M", "count", Cadence.MONTH)
    history = MetricHistory(
        metric,
        (
            _version(FIRST, 5.0, date(2026, 2, 2), None),
            _version(FIRST, 9.0, date(2026, 3, 1), date(2026, 3, 5)),
        ),
    )
    values = [history.readings(date(2026, 3, day))[0].value for day in (1, 4, 5)]
    assert values == [9.0, 9.0, 5.0]
