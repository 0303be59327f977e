"""Attainment and status by policy: worked examples, all presets, and statuses that change only on evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from alignment.periods import Cadence, Period
from alignment.scoring.attainment import (
    attainment_of,
    expected_on,
    leaned,
    progress_of,
    reach,
    share_over,
    standing_of,
)
from alignment.scoring.inputs import KeyResultInput, MetricInput, Reading
from alignment.scoring.policy import (
    Parameters,
    Policy,
)
from alignment.scoring.status import Status, judge

METRIC = MetricInput(1, "growth.users", "Users", "users", Cadence.WEEK, lag_days=1)
START, DUE = date(2026, 1, 5), date(2026, 12, 28)
KEY_RESULT = KeyResultInput(1, "Users at 200", 1, START, DUE, METRIC, baseline=100.0, target=200.0)
POLICY = Policy()
ORDER = ("plumbline", "cascade", "viva", "engagedly", "servicenow", "mooncamp", "puzzle")


def test_the_worked_example() -> None:
    """100 -> 200, now 130, half gone: progress .30, expected .50, r .60, gap 20, attainment .80."""
    assert progress_of(KEY_RESULT, 130.0) == 0.3
    assert attainment_of(0.3, 0.5) == pytest.approx(0.8)
    said = {
        name: judge(KEY_RESULT, _weeks(130.0, until=_middle()), _middle(), Policy(preset=name))
        for name in ORDER
    }
    assert {name: j.preset_class for name, j in said.items() if j.preset_class} == {
        "cascade": "at risk",
        "viva": "behind",
        "engagedly": "behind",
        "servicenow": "red",
        "mooncamp": "off track",
        "puzzle": "commit",
    }
    assert said["plumbline"].status is Status.AT_RISK
    assert "pace unknown" in said["plumbline"].reason
    unlikely = judge(KEY_RESULT, _weeks(130.0, until=_middle()), _middle(), POLICY, probability=0.04)
    assert unlikely.status is Status.OFF_TRACK


def test_a_year_at_sixty_percent_of_pace() -> None:
    """Four quarters, looked at each week, always at 60 % of the pace: 63..68 instead of 63..100."""
    bare, leant, prior = [], [], 1.0 - 0.4 * 12 / 13
    for _ in range(4):
        value = None
        for week in range(13):
            share = week / 13
            attainment = attainment_of(0.6 * share, share)
            value = leaned(attainment, share, prior, 0.25)
            assert value is not None
            bare.append(attainment)
            leant.append(value)
        assert value is not None
        prior = value
    assert (round(100 * min(bare)), round(100 * max(bare))) == (63, 100)
    assert (round(100 * min(leant)), round(100 * max(leant))) == (63, 68)


def test_a_young_result_without_a_past_is_unknown_for_a_quarter_of_its_path() -> None:
    assert leaned(0.9, 0.2499, None, 0.25) is None
    assert leaned(0.9, 0.25, None, 0.25) == 0.9
    assert leaned(0.5, 1.0, 0.9, 0.25) == 0.5


def test_expected() -> None:
    assert expected_on(KEY_RESULT, START - timedelta(days=1)) == 0.0
    assert expected_on(KEY_RESULT, START) == 0.0
    assert expected_on(KEY_RESULT, DUE) == expected_on(KEY_RESULT, DUE + timedelta(days=400)) == 1.0
    assert expected_on(KEY_RESULT, _middle()) == pytest.approx(0.5, abs=0.002)


def test_own_targets_may_plan_a_dip() -> None:
    """The path goes down to 80 first: -0.2 of the way, and only own targets may leave 0..1."""
    dip = replace(KEY_RESULT, targets=((date(2026, 3, 30), 80.0), (date(2026, 9, 28), 220.0)))
    assert expected_on(dip, date(2026, 3, 30)) == pytest.approx(-0.2)
    assert expected_on(dip, date(2026, 2, 16)) == pytest.approx(-0.1)
    assert expected_on(dip, date(2026, 9, 28)) == pytest.approx(1.2)
    assert expected_on(dip, DUE) == 1.0
    said = judge(dip, _weeks(82.0, until=date(2026, 3, 30)), date(2026, 3, 30), POLICY)
    assert said.status is Status.ON_TRACK
    assert said.attainment == 1.0


def test_share_over() -> None:
    assert share_over(START, DUE, START) == 0
    assert share_over(START, DUE, DUE) == 1
    assert 0 < share_over(START, DUE, START + timedelta(days=1)) < 0.01


def test_cumulative_counts_from_its_start() -> None:
    total = replace(KEY_RESULT, kind="cumulative", baseline=0.0, target=52.0)
    readings = _weeks(2.0, until=date(2026, 2, 2), since=date(2025, 12, 1))
    said = judge(total, readings, date(2026, 2, 2), POLICY)
    assert said.progress == pytest.approx(8.0 / 52)  # four weeks of 2 since the start, none from before


# -- the order of states ---------------------------------------------------------------------------------------


def test_states_in_order() -> None:
    at = START + timedelta(days=90)
    fresh = _weeks(130.0, until=at)
    assert judge(replace(KEY_RESULT, metric=None), fresh, at, POLICY).status is Status.NOT_MEASURABLE
    assert judge(replace(KEY_RESULT, baseline=None), fresh, at, POLICY).status is Status.NOT_MEASURABLE
    assert judge(KEY_RESULT, fresh, START - timedelta(days=1), POLICY).status is Status.NOT_STARTED
    assert judge(KEY_RESULT, fresh, at + timedelta(days=40), POLICY).status is Status.STALE
    assert judge(KEY_RESULT, _weeks(201.0, until=DUE), DUE, POLICY).status is Status.ACHIEVED
    after = DUE + timedelta(days=3)
    missed = judge(KEY_RESULT, _weeks(180.0, until=after), after, POLICY)
    assert missed.status is Status.MISSED
    assert missed.attainment == pytest.approx(0.8)
    assert judge(KEY_RESULT, _weeks(199.0, until=DUE), DUE, POLICY).status is Status.ON_TRACK


def test_reached_early_needs_two_readings() -> None:
    at = START + timedelta(days=91)
    one = [*_weeks(150.0, until=at - timedelta(days=7)), *_weeks(205.0, until=at)[-1:]]
    assert judge(KEY_RESULT, one, at, POLICY).status is Status.ON_TRACK
    two = [*one[:-2], replace(one[-2], value=201.0), one[-1]]
    assert judge(KEY_RESULT, two, at, POLICY).status is Status.ACHIEVED


def test_stale_to_the_day() -> None:
    """A week's reading, lag 1: stale later than end + 7 + 1 + 3 days; its attainment is kept two weeks more."""
    last = _weeks(130.0, until=date(2026, 3, 1))
    end = last[-1].period_end
    assert end == date(2026, 3, 1)
    assert judge(KEY_RESULT, last, end + timedelta(days=11), POLICY).status is not Status.STALE
    assert judge(KEY_RESULT, last, end + timedelta(days=12), POLICY).status is Status.STALE
    standing, limits = standing_of(KEY_RESULT, last), Parameters()
    before = reach(KEY_RESULT, standing, end + timedelta(days=11), limits)
    kept = reach(KEY_RESULT, standing, end + timedelta(days=25), limits)
    assert kept.attainment == before.attainment
    assert kept.kept
    assert reach(KEY_RESULT, standing, end + timedelta(days=26), limits).attainment is None


def test_no_reading_yet_is_not_started_until_the_first_is_overdue() -> None:
    assert judge(KEY_RESULT, [], START + timedelta(days=3), POLICY).status is Status.NOT_STARTED
    assert judge(KEY_RESULT, [], START + timedelta(days=40), POLICY).status is Status.STALE


def test_a_period_still_running_is_left_out() -> None:
    at = START + timedelta(days=90)
    readings = _weeks(130.0, until=at)
    running = Period.containing(at, Cadence.WEEK)
    if running.end > at:
        readings.append(Reading(running.start, running.end, 500.0, at, at))
    assert judge(KEY_RESULT, readings, at, POLICY).progress == 0.3


# -- bands -----------------------------------------------------------------------------------------------------


def _band(inside: int, outside: int) -> list[Reading]:
    values = [50.0] * inside + [90.0] * outside
    end = START + timedelta(days=7 * len(values) - 1)
    return [replace(r, value=v) for r, v in zip(_weeks(0.0, until=end, since=START), values, strict=True)]


BAND = KeyResultInput(2, "Keep", 1, START, DUE, METRIC, kind="band", lower_bound=40.0, upper_bound=60.0)


@pytest.mark.parametrize(
    ("inside", "outside", "share"), [(4, 0, 1.0), (3, 1, 0.75), (20, 2, 11 / 13), (0, 1, 0.0)]
)
def test_band_looks_at_the_last_thirteen_weeks(inside: int, outside: int, share: float) -> None:
    readings = _band(inside, outside)
    said = judge(BAND, readings, readings[-1].period_end + timedelta(days=1), POLICY)
    assert said.attainment == pytest.approx(share)


def test_band_is_unknown_when_more_than_half_is_missing() -> None:
    readings = _band(12, 0)
    at = readings[-1].period_end + timedelta(days=1)
    assert judge(BAND, readings[::2] + readings[-1:], at, POLICY).attainment == 1.0
    assert judge(BAND, readings[-5:], at, POLICY).attainment is None
    assert judge(BAND, [], at, POLICY).attainment is None


def test_a_target_that_equals_its_baseline_is_a_band() -> None:
    keep = replace(KEY_RESULT, baseline=100.0, target=100.0)
    at = START + timedelta(days=60)
    assert judge(keep, _weeks(101.0, until=at), at, POLICY).attainment == 1.0
    assert judge(keep, _weeks(99.0, until=at), at, POLICY).attainment == 0.0
    lower = replace(keep, metric=replace(METRIC, direction="lower"))
    assert judge(lower, _weeks(99.0, until=at), at, POLICY).attainment == 1.0


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
