"""Statuses that change only on evidence, day by day."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest

from alignment.periods import Cadence, Period
from alignment.scoring.attainment import (
    standing_of,
)
from alignment.scoring.history import MetricHistory, Version
from alignment.scoring.inputs import KeyResultInput, MetricInput, Reading
from alignment.scoring.policy import (
    Policy,
)
from alignment.scoring.status import Held, Judgement, Status, advance, judge, noise_of
from alignment.scoring.status_history import StatusRow, statuses_by_day

METRIC = MetricInput(1, "growth.users", "Users", "users", Cadence.WEEK, lag_days=1)
START, DUE = date(2026, 1, 5), date(2026, 12, 28)
KEY_RESULT = KeyResultInput(1, "Users at 200", 1, START, DUE, METRIC, baseline=100.0, target=200.0)
POLICY = Policy()
ORDER = ("plumbline", "cascade", "viva", "engagedly", "servicenow", "mooncamp", "puzzle")


def _rows(values: list[float], key_result: KeyResultInput = KEY_RESULT) -> list[StatusRow]:
    versions, period = [], Period.containing(START, Cadence.WEEK)
    for value in values:
        known = period.end + timedelta(days=1)
        versions.append(Version(period.start, value, datetime.combine(known, time(8), tzinfo=UTC), known))
        period = period.next()
    history = MetricHistory(METRIC, tuple(versions))
    return list(statuses_by_day(lambda day: key_result, {METRIC.id: history}, START, period.start, POLICY))


def test_noise_alone_does_not_change_a_status() -> None:
    """Readings that stray around 90 % of the path: judged afresh the status flaps, held it hardly moves."""
    chance = random.Random(3)
    journey = 100.0 / 51
    values = [100 + journey * week - 10 + chance.gauss(0, 5) for week in range(50)]
    fresh = [
        judge(KEY_RESULT, _readings(values[:n]), START + timedelta(days=7 * n), POLICY).status
        for n in range(12, 50)
    ]
    flaps = sum(a != b for a, b in pairwise(fresh))
    held = [row for row in _rows(values) if row.day > START + timedelta(days=84)]
    assert flaps >= 12
    assert len(held) <= flaps / 3


def test_the_calendar_is_evidence() -> None:
    rows = _rows([100.0] * 30)
    states = [row.judgement.status for row in rows]
    assert states[-3:] == [Status.ON_TRACK, Status.AT_RISK, Status.OFF_TRACK]


def test_a_hard_threshold_is_evidence() -> None:
    """The same reading within noise: held where it is ordinary, taken where it is beyond a hard threshold."""
    held = Held(_said(150.0), Status.ON_TRACK, _behind(150.0), START, 150.0)
    for hard_minimum, status in ((None, Status.ON_TRACK), (110.0, Status.ON_TRACK), (145.0, Status.AT_RISK)):
        bound = replace(KEY_RESULT, metric=replace(METRIC, hard_minimum=hard_minimum))
        standing = standing_of(bound, _weeks(138.0, until=_middle()))
        after = advance(held, _said(138.0), bound, standing, 30.0, _middle())
        assert after.judgement.status is status


def _said(value: float) -> Judgement:
    return judge(KEY_RESULT, _weeks(value, until=_middle()), _middle(), POLICY)


def _behind(value: float) -> float:
    said = _said(value)
    assert said.expected is not None
    assert said.progress is not None
    return 100 * (said.expected - said.progress)


def test_a_person_overrides_until_the_next_reading() -> None:
    set_on = START + timedelta(days=60)
    person = replace(
        KEY_RESULT, override_status="at-risk", override_reason="Vendor left", overridden_on=set_on
    )
    rows = _rows([100.0 + 2 * week for week in range(12)], person)
    by_person = [row for row in rows if "Vendor left" in row.judgement.reason]
    assert [row.day for row in by_person] == [set_on]
    after = rows[rows.index(by_person[0]) + 1]
    assert after.day <= set_on + timedelta(days=7)
    assert after.judgement.status is Status.ON_TRACK


def test_noise() -> None:
    assert noise_of(_readings([1.0, 2.0, 3.0])) == 0.0
    assert noise_of(_readings([5.0] * 12)) == 0.0
    chance = random.Random(1)
    assert noise_of(_readings([chance.gauss(0, 3) for _ in range(50)])) == pytest.approx(2 * 3, rel=0.35)


# -- what the tests are made of ------------------------------------------------------------------------------------


def _middle() -> date:
    return START + (DUE - START) / 2


def _weeks(value: float, *, until: date, since: date = START - timedelta(days=28)) -> list[Reading]:
    """A reading of this value for each week that ended by a day."""
    readings, period = [], Period.containing(since, Cadence.WEEK)
    while period.end <= until:
        readings.append(Reading(period.start, period.end, value, period.end, period.end))
        period = period.next()
    return readings


def _readings(values: list[float]) -> list[Reading]:
    end = START + timedelta(days=7 * len(values) - 1)
    return [replace(r, value=v) for r, v in zip(_weeks(0.0, until=end, since=START), values, strict=True)]
