"""What counts after the due date, while a metric is silent, and at two successive readings."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from alignment.periods import Cadence, Period
from alignment.scoring.history import MetricHistory, Version
from alignment.scoring.inputs import (
    Definitions,
    KeyResultInput,
    MetricInput,
    ObjectiveInput,
    Reading,
    Snapshot,
)
from alignment.scoring.outcomes import leaf_of
from alignment.scoring.policy import Policy
from alignment.scoring.status import Judgement, Status, judge
from alignment.scoring.status_history import statuses_by_day

METRIC = MetricInput(1, "growth.users", "Users", "users", Cadence.MONTH, lag_days=5)
START, DUE = date(2026, 1, 1), date(2026, 6, 30)
LEVEL = KeyResultInput(1, "Users at 200", 1, START, DUE, METRIC, baseline=100.0, target=200.0)
SUM = replace(LEVEL, kind="cumulative", baseline=0.0, target=400.0)
BAND = replace(LEVEL, kind="band", baseline=None, target=None, lower_bound=90.0)
POLICY = Policy()


def _months(values: Mapping[int, float], known: Mapping[int, date] | None = None) -> list[Reading]:
    """Readings of months of 2026 (0 is December 2025), known five days after their end unless told otherwise."""
    made = []
    for month, value in values.items():
        period = Period.containing(START, Cadence.MONTH).next(month - 1)
        day = (known or {}).get(month, period.end + timedelta(days=5))
        made.append(Reading(period.start, period.end, value, day, day))
    return made


def _judged(key_result: KeyResultInput, readings: list[Reading], day: date) -> Judgement:
    return judge(key_result, [r for r in readings if r.known_on <= day], day, POLICY)


def _missed(key_result: KeyResultInput, half: dict[int, float], later: float) -> None:
    readings = _months(half | {7: later, 8: later})
    at_due = _judged(key_result, readings, date(2026, 7, 6))
    assert at_due.status is Status.MISSED
    for day in (date(2026, 8, 6), date(2026, 9, 6), date(2026, 9, 30)):
        later_on = _judged(key_result, readings, day)
        assert (later_on.status, later_on.attainment) == (Status.MISSED, at_due.attainment)


def test_readings_of_later_periods_change_nothing() -> None:
    """A sum missed at three quarters is not achieved by what July adds, a level kept is not lost in July."""
    _missed(SUM, dict.fromkeys(range(1, 7), 50.0), 100.0)
    _missed(LEVEL, dict.fromkeys(range(1, 7), 150.0), 300.0)
    _missed(BAND, {1: 1.0, 2: 1.0, 3: 1.0, 4: 95.0, 5: 95.0, 6: 95.0}, 95.0)
    reached = _months(dict.fromkeys(range(1, 7), 210.0) | {7: 100.0})
    assert _judged(LEVEL, reached, date(2026, 8, 6)).status is Status.ACHIEVED


def test_a_complete_result_does_not_go_stale() -> None:
    """The metric stopped with June: nothing more was to come, so the result stands."""
    readings = _months(dict.fromkeys(range(1, 7), 210.0))
    for key_result in (LEVEL, SUM, BAND):
        assert _judged(key_result, readings, date(2026, 9, 30)).status is Status.ACHIEVED


def test_a_reading_of_its_own_time_may_come_late() -> None:
    values = {**dict.fromkeys(range(1, 6), 150.0), 6: 210.0}
    late = _months(values, {6: date(2026, 9, 20)})
    assert _judged(LEVEL, late, date(2026, 9, 19)).status is Status.STALE
    assert _judged(LEVEL, late, date(2026, 9, 20)).status is Status.ACHIEVED
    too_late = _months(values, {6: date(2026, 10, 20)})
    assert _judged(LEVEL, too_late, date(2026, 10, 21)).status is not Status.ACHIEVED


def test_two_successive_readings_are_of_neighbouring_periods_since_the_start() -> None:
    day = date(2026, 5, 10)
    assert _judged(LEVEL, _months({3: 210.0, 4: 210.0}), day).status is Status.ACHIEVED
    assert _judged(LEVEL, _months({2: 210.0, 4: 210.0}), day).status is Status.ON_TRACK
    begun = date(2026, 2, 7)
    assert _judged(LEVEL, _months({0: 210.0, 1: 210.0}), begun).status is Status.ON_TRACK
    assert _judged(SUM, _months({2: 410.0, 4: 10.0}), day).status is Status.ON_TRACK


@pytest.mark.parametrize("prior", [0.9, 0.2])
def test_silence_does_not_move_a_young_result(prior: float) -> None:
    """While its last attainment is kept, so is how much it leans on what went before."""
    objective = ObjectiveInput(1, "users", "Users", 1, START, DUE)
    readings = tuple(_months({1: 100.0}))
    leaves = [
        leaf_of(
            LEVEL,
            objective,
            Snapshot(Definitions(), day, {(1, START): prior}, {1: readings}, day, day),
            POLICY,
        )
        for day in (date(2026, 3, 20) + timedelta(days=n) for n in range(60))
    ]
    kept = [leaf.value for leaf in leaves if leaf.note.startswith("stale: keeps")]
    assert len(kept) > 40
    assert len(set(kept)) == 1


def test_the_calendar_is_heard_through_noise() -> None:
    """Flat at its baseline with a noise of 8: the path asks for off track from day 55, and so it comes."""
    weekly = replace(METRIC, cadence=Cadence.WEEK, lag_days=1)
    start = date(2026, 1, 5)
    key_result = replace(LEVEL, metric=weekly, start=start, due=start + timedelta(days=181))
    delays = []
    for seed in range(100):
        chance, versions = random.Random(seed), []
        period = Period.containing(start, Cadence.WEEK).previous(26)
        while period.end < key_result.due:
            known = period.end + timedelta(days=1)
            moment = datetime.combine(known, time(8), tzinfo=UTC)
            versions.append(Version(period.start, 100 + chance.gauss(0, 8), moment, known))
            period = period.next()
        histories = {weekly.id: MetricHistory(weekly, tuple(versions))}
        rows = statuses_by_day(lambda day: key_result, histories, start, key_result.due, POLICY)
        delays.append(next(row.day for row in rows if row.judgement.status is Status.OFF_TRACK))
    days = sorted((day - start).days - 55 for day in delays)
    assert days[50] <= 0  # half of them no later than without noise
    assert days[-1] <= 6 * 7
