"""Drift of a score and drift in money."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from alignment.periods import Cadence, Period
from alignment.scoring.drift import money_drift, score_drift, spend_between
from alignment.scoring.drift_rules import drift_beginning, drift_window, last_success
from alignment.scoring.explanation import Subject, SubjectKind
from alignment.scoring.inputs import BudgetInput, Definitions, KeyResultInput, MetricInput, Reading
from tests.alignment.scoring.conftest import TODAY, Firm

DAY = date(2026, 6, 1)
METRIC = MetricInput(1, "m", "M", "count", Cadence.WEEK)
KEY_RESULT = KeyResultInput(
    1, "Up", 1, date(2026, 1, 5), date(2026, 12, 28), METRIC, baseline=100.0, target=200.0
)


def _scores(values: list[float]) -> dict[date, float | None]:
    return {DAY - timedelta(weeks=len(values) - 1 - i): value for i, value in enumerate(values)}


def test_a_change_far_outside_of_what_chance_moves() -> None:
    quiet = [60 + 0.2 * (-1) ** week + 0.05 * (week % 3) for week in range(40)]
    drifting = [*quiet, 58.0, 56.0, 54.0, 52.0]
    window = drift_window(_scores(drifting), DAY, 4, [DAY - timedelta(days=3)])
    assert window.change is not None
    assert window.change < -7_000
    assert window.high is not None
    assert window.high < 0
    assert window.crosses_period_start


def test_no_interval_without_a_past() -> None:
    window = drift_window(_scores([60.0, 59.0, 58.0, 57.0, 55.0]), DAY, 4, [])
    assert (window.change, window.low, window.high) == (-5_000, None, None)
    assert drift_window({}, DAY, 12, []).change is None


def test_a_fall_is_said_to_have_begun_when_it_did() -> None:
    chance = random.Random(4)
    quiet, fall = [chance.gauss(0, 0.4) for _ in range(30)], [chance.gauss(-1.2, 0.4) for _ in range(22)]
    scores = _scores([80 + sum([*quiet, *fall][: week + 1]) for week in range(52)])
    found = drift_beginning(scores, DAY)
    assert found is not None
    turned = DAY - timedelta(weeks=22)
    assert found.falls
    assert not found.always
    assert abs((found.began - turned).days) <= 28
    assert found.earliest <= found.began <= found.latest


def test_no_beginning_is_named_where_no_drift_is_sure() -> None:
    chance = random.Random(5)
    steps = [chance.gauss(0, 0.5) for _ in range(52)]
    assert drift_beginning(_scores([60 + sum(steps[: week + 1]) for week in range(52)]), DAY) is None
    assert drift_beginning(_scores([60.0, 59.0, 58.0]), DAY) is None
    assert drift_beginning({}, DAY) is None


def _readings(values: list[float]) -> tuple[Reading, ...]:
    rows, period = [], Period.containing(KEY_RESULT.start, Cadence.WEEK)
    for value in values:
        rows.append(Reading(period.start, period.end, value, period.end, period.end))
        period = period.next()
    return tuple(rows)


def test_the_last_success_is_the_last_time_the_path_was_met() -> None:
    on_path = [100 + 100 * 7 * (week + 1) / 357 for week in range(6)]
    readings = _readings([*on_path, 105.0, 104.0, 104.0])
    found = last_success([(KEY_RESULT, readings)], DAY)
    assert found is not None
    assert (found.day, found.how) == (readings[5].period_end, "met its path")


def test_an_improvement_beyond_noise_is_a_success() -> None:
    jitter = [90.0, 91.0, 89.5, 90.5, 89.0, 90.0, 91.0, 90.0]
    readings = _readings([*jitter, 99.0, 92.0])
    found = last_success([(KEY_RESULT, readings)], DAY)
    assert found is not None
    assert (found.day, found.how) == (readings[8].period_end, "improved by more than noise")
    assert last_success([(replace(KEY_RESULT, metric=None), readings)], DAY) is None


def test_spend_counts_months_by_their_days_to_the_cent() -> None:
    budget = tuple(
        BudgetInput(
            1, date(2026, month, 1), Decimal("310.00"), None, Decimal("300.00") if month < 3 else None
        )
        for month in (1, 2, 3)
    )
    definitions = Definitions(budget=budget)
    assert spend_between(definitions, 1, date(2026, 1, 31), date(2026, 2, 28)) == Decimal("300.00")
    assert spend_between(definitions, 1, date(2026, 2, 14), date(2026, 3, 10)) == Decimal("250.00")
    assert spend_between(definitions, 2, date(2026, 1, 1), date(2026, 3, 10)) == Decimal("0.00")


def test_drift_of_a_firm(firm: Firm) -> None:
    firm.recompute()
    windows = score_drift(Subject(SubjectKind.COMPANY), TODAY)
    assert [window.weeks for window in windows] == [4, 12]
    drifts = money_drift(TODAY)
    assert [drift.theme for drift in drifts] == ["theme-1", "theme-2", "theme-3"]
    assert all(drift.spend >= 0 and drift.reason for drift in drifts)
