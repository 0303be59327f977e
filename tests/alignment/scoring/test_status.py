"""Attainment and status by policy: worked examples, all presets, and statuses that change only on evidence."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

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
from alignment.scoring.history import MetricHistory, Version
from alignment.scoring.inputs import KeyResultInput, MetricInput, Reading
from alignment.scoring.policy import (
    PRESETS,
    STATUS_OF_CLASS,
    Parameters,
    Policy,
    PolicyError,
    classify,
    parameters_from,
)
from alignment.scoring.status import Held, Judgement, Status, advance, judge, noise_of
from alignment.scoring.status_history import StatusRow, statuses_by_day

METRIC = MetricInput(1, "growth.users", "Users", "users", Cadence.WEEK, lag_days=1)
START, DUE = date(2026, 1, 5), date(2026, 12, 28)
KEY_RESULT = KeyResultInput(1, "Users at 200", 1, START, DUE, METRIC, baseline=100.0, target=200.0)
POLICY = Policy()
ORDER = ("plumbline", "cascade", "viva", "engagedly", "servicenow", "mooncamp", "puzzle")

CASES = [
    (
        "half gone, 130 of 100 -> 200",
        100,
        200,
        130,
        0.5,
        "at risk, at risk, behind, behind, red, off track, commit",
    ),
    (
        "half gone, exactly on the path",
        100,
        200,
        150,
        0.5,
        "on track, on track, on track, on track, green, on track, commit",
    ),
    (
        "half gone, ahead",
        100,
        200,
        170,
        0.5,
        "on track, on track, on track, on track, green, on track, target",
    ),
    (
        "half gone, nothing moved",
        100,
        200,
        100,
        0.5,
        "off track, at risk, behind, at risk, red, off track, fail",
    ),
    (
        "half gone, worse than the baseline",
        100,
        200,
        80,
        0.5,
        "off track, at risk, behind, at risk, red, off track, fail",
    ),
    (
        "half gone, past the target",
        100,
        200,
        210,
        0.5,
        "on track, on track, on track, on track, green, on track, stretch",
    ),
    (
        "before the start, unmoved",
        100,
        200,
        100,
        0.0,
        "on track, on track, on track, on track, green, on track, fail",
    ),
    (
        "before the start, below the baseline",
        100,
        200,
        90,
        0.0,
        "on track, on track, behind, on track, green, on track, fail",
    ),
    (
        "on the first day, ahead",
        100,
        200,
        105,
        0.0,
        "on track, on track, on track, on track, green, on track, fail",
    ),
    (
        "at due, reached",
        100,
        200,
        200,
        1.0,
        "on track, on track, on track, on track, green, on track, stretch",
    ),
    ("at due, almost", 100, 200, 196, 1.0, "on track, on track, behind, on track, green, on track, target"),
    (
        "at due, most of the way",
        100,
        200,
        188,
        1.0,
        "at risk, behind, behind, on track, yellow, progressing, target",
    ),
    (
        "at due, three quarters",
        100,
        200,
        175,
        1.0,
        "at risk, at risk, behind, behind, yellow, progressing, target",
    ),
    ("after due, half", 100, 200, 150, 1.0, "off track, at risk, behind, at risk, red, off track, commit"),
    (
        "after due, below the baseline",
        100,
        200,
        95,
        1.0,
        "off track, at risk, behind, at risk, red, off track, fail",
    ),
    (
        "lower is better, half gone, on the path",
        40,
        20,
        30,
        0.5,
        "on track, on track, on track, on track, green, on track, commit",
    ),
    (
        "lower is better, half gone, behind",
        40,
        20,
        36,
        0.5,
        "at risk, at risk, behind, behind, red, off track, fail",
    ),
    (
        "lower is better, half gone, worse",
        40,
        20,
        44,
        0.5,
        "off track, at risk, behind, at risk, red, off track, fail",
    ),
    (
        "lower is better, a quarter gone, a little behind",
        40,
        20,
        36,
        0.25,
        "on track, at risk, behind, on track, yellow, progressing, fail",
    ),
    (
        "lower is better, at due, past the target",
        40,
        20,
        18,
        1.0,
        "on track, on track, on track, on track, green, on track, stretch",
    ),
]


@pytest.mark.parametrize(("label", "baseline", "target", "current", "expected", "classes"), CASES)
def test_presets(
    label: str, baseline: float, target: float, current: float, expected: float, classes: str
) -> None:
    progress = (current - baseline) / (target - baseline)
    assert [classify(name, progress, expected) for name in ORDER] == classes.split(", "), label


def test_all_presets_have_cases_and_statuses() -> None:
    assert set(ORDER) == set(PRESETS)
    for name, preset in PRESETS.items():
        column = ORDER.index(name)
        assert {case[5].split(", ")[column] for case in CASES} == set(preset.classes)
        assert name == "plumbline" or set(preset.classes) <= set(STATUS_OF_CLASS)


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


# -- only on evidence ------------------------------------------------------------------------------------------


def _rows(values: list[float], key_result: KeyResultInput = KEY_RESULT) -> list[StatusRow]:
    versions, period = [], Period.containing(START, Cadence.WEEK)
    for value in values:
        known = period.end + timedelta(days=1)
        versions.append(Version(period.start, value, datetime.combine(known, time(8), tzinfo=UTC), known))
        period = period.next()
    history = MetricHistory(METRIC, tuple(versions))
    return list(statuses_by_day(lambda day: key_result, history, START, period.start, POLICY))


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


# -- policies are data ---------------------------------------------------------------------------------------------


def test_policy_weights_add_up_to_a_hundred() -> None:
    with pytest.raises(PolicyError, match="100"):
        Policy(weights=(35, 20, 20, 15, 11))
    with pytest.raises(PolicyError, match="no preset"):
        Policy(preset="gut feeling")


@pytest.mark.parametrize(
    "values", [{"nonsense": 1}, {"on_track_from": "high"}, {"on_track_from": 1.5}, {"spend_months": -1}]
)
def test_wrong_parameters_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(PolicyError):
        parameters_from(values)


def test_parameters_stand_over_the_defaults() -> None:
    assert parameters_from({"on_track_from": 0.85}) == Parameters(on_track_from=0.85)


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
