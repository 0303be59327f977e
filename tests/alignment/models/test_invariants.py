"""Each invariant stands in the database: for each, a try to break it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from alignment.models import (
    BudgetLine,
    Company,
    Epic,
    Guardrail,
    ImportBatch,
    Job,
    KeyResult,
    KeyResultStatus,
    KeyResultTarget,
    Metric,
    Objective,
    Observation,
    ObservationRevision,
    Score,
    ScorePolicy,
    Team,
    Theme,
)

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> dict[str, Any]:
    """One of each noun, all valid."""
    company = Company.objects.create(name="Acme")
    theme = Theme.objects.create(slug="core", name="Core", weight=3)
    team = Team.objects.create(slug="red", name="Red")
    metric = Metric.objects.create(
        key="retention.nrr", name="NRR", category="business-outcomes", unit="%", cadence="month"
    )
    objective = Objective.objects.create(
        slug="keep", name="Keep", theme=theme, period_start=date(2026, 10, 1), period_end=date(2026, 12, 31)
    )
    key_result = KeyResult.objects.create(
        objective=objective, name="NRR to 112 %", metric=metric, baseline=103, target=112,
        start=date(2026, 10, 1), due=date(2026, 12, 31),
    )  # fmt: skip
    epic = Epic.objects.create(slug="bill", name="Billing", theme=theme)
    guardrail = Guardrail.objects.create(slug="up", name="Up", metric=metric, lower_bound=99, kind="slo")
    return {
        "company": company, "theme": theme, "team": team, "metric": metric, "objective": objective,
        "key_result": key_result, "epic": epic, "guardrail": guardrail,
        "policy": ScorePolicy.objects.get(version=1),
    }  # fmt: skip


BROKEN: list[tuple[str, str, dict[str, Any]]] = [
    ("company", "company_single_row", {"id": 2}),
    ("company", "company_currency_code", {"currency": "usd"}),
    ("company", "company_fiscal_year_month", {"fiscal_year_start_month": 13}),
    ("company", "company_first_week_day", {"first_day_of_week": 7}),
    ("company", "company_revenue_not_negative", {"yearly_revenue": -1}),
    ("metric", "metric_key_form", {"key": "Retention NRR"}),
    ("metric", "metric_has_name", {"name": ""}),
    ("metric", "metric_cadence_known", {"cadence": "hourly"}),
    ("metric", "metric_direction_known", {"direction": "sideways"}),
    ("metric", "metric_kind_known", {"kind": "gas"}),
    ("metric", "metric_season_known", {"season": "lunar"}),
    ("metric", "metric_margin_above_zero", {"margin": 0}),
    ("metric", "metric_hard_bounds_ordered", {"hard_minimum": 2, "hard_maximum": 1}),
    ("theme", "theme_weight_not_negative", {"weight": -1}),
    ("objective", "objective_period_ordered", {"period_end": date(2026, 9, 30)}),
    ("objective", "objective_weight_not_negative", {"weight": -1}),
    ("key_result", "key_result_kind_known", {"kind": "wish"}),
    ("key_result", "key_result_start_before_due", {"due": date(2026, 10, 1)}),
    ("key_result", "key_result_weight_not_negative", {"weight": -1}),
    ("key_result", "key_result_bounds_ordered", {"lower_bound": 2, "upper_bound": 1}),
    ("key_result", "key_result_journey_has_length", {"target": 103}),
    ("key_result", "key_result_cumulative_from_zero", {"kind": "cumulative"}),
    ("key_result", "key_result_override_has_reason", {"override_status": "on-track"}),
    ("epic", "epic_effort_not_negative", {"effort": -1}),
    ("epic", "epic_money_not_negative", {"money": -1}),
    ("epic", "epic_dates_ordered", {"started_on": date(2026, 2, 1), "finished_on": date(2026, 1, 1)}),
    ("epic", "epic_active_has_started", {"state": "active"}),
    ("epic", "epic_done_has_finished", {"state": "done", "started_on": date(2026, 1, 1)}),
    ("guardrail", "guardrail_has_bound", {"lower_bound": None}),
    ("guardrail", "guardrail_bounds_ordered", {"upper_bound": 98}),
    ("guardrail", "guardrail_importance_not_negative", {"importance": -1}),
    ("policy", "score_policy_weights_sum_to_100", {"funding_weight": 21}),
]


@pytest.mark.parametrize(("noun", "constraint", "change"), BROKEN, ids=[name for _, name, _ in BROKEN])
def test_an_update_that_breaks_it_is_refused(
    world: dict[str, Any], noun: str, constraint: str, change: dict[str, Any]
) -> None:
    row = world[noun]
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**change)


def test_scopes_hold_at_most_one(world: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="metric_one_scope"), transaction.atomic():
        Metric.objects.update(theme=world["theme"], team=world["team"])
    with pytest.raises(IntegrityError, match="guardrail_one_scope"), transaction.atomic():
        Guardrail.objects.update(theme=world["theme"], epic=world["epic"])
    with pytest.raises(IntegrityError, match="objective_not_own_parent"), transaction.atomic():
        Objective.objects.update(parent=world["objective"])


INSERTS: list[tuple[str, Any]] = [
    ("budget_line_first_of_month", lambda w: BudgetLine(month=date(2026, 1, 2), planned=1)),
    ("score_within_0_and_100", lambda w: _score(w, value=100.5)),
    ("score_coverage_is_share", lambda w: _score(w, coverage=1.5)),
    ("score_company_is_zero", lambda w: _score(w, subject_id=3)),
    ("job_state_known", lambda w: _job(state="lost")),
    ("job_running_has_lease", lambda w: _job(state="running")),
    ("job_progress_within_total", lambda w: _job(progress_done=2, progress_total=1)),
    ("import_batch_state_known", lambda w: _batch(state="half")),
    ("import_batch_loaded_has_time", lambda w: _batch(imported_at=None)),
    ("import_batch_undone_has_times", lambda w: _batch(state="undone")),
    ("revision_reason_known", lambda w: _revision(w, reason="whim")),
    ("key_result_status_has_reason", lambda w: _status(w, reason="")),
]


@pytest.mark.parametrize(("constraint", "make"), INSERTS, ids=[name for name, _ in INSERTS])
def test_an_insert_that_breaks_it_is_refused(world: dict[str, Any], constraint: str, make: Any) -> None:
    row = make(world)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize(("value", "error"), [("NaN", IntegrityError), ("1e18", DataError)])
def test_a_reading_that_is_no_number_or_too_long_is_refused_not_rounded(
    world: dict[str, Any], value: str, error: type[Exception]
) -> None:
    with pytest.raises(error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO alignment_observation (metric_id, period_start, value, known_at, reconstructed,"
            " source_column) VALUES (%s, '2026-11-01', %s::numeric, now(), false, '')",
            [world["metric"].pk, value],
        )


ONCE: list[tuple[str, Any]] = [
    ("budget_line_once_a_month", lambda w: BudgetLine(theme=None, month=date(2026, 1, 1), planned=1)),
    ("score_once_a_day", lambda w: _score(w)),
    ("job_queued_once", lambda w: _job()),
    ("import_batch_loaded_once", lambda w: _batch()),
    ("key_result_status_once_a_day", lambda w: _status(w)),
    ("key_result_target_once", lambda w: KeyResultTarget(
        key_result=w["key_result"], period_end=date(2026, 10, 31), value=1)),
    ("score_policy_one_active", lambda w: ScorePolicy(
        version=len(ScorePolicy.objects.all()) + 1, name="x", is_active=True, created_at=NOW)),
]  # fmt: skip


@pytest.mark.parametrize(("constraint", "make"), ONCE, ids=[name for name, _ in ONCE])
def test_a_second_one_is_refused(world: dict[str, Any], constraint: str, make: Any) -> None:
    if constraint != "score_policy_one_active":
        make(world).save(force_insert=True)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make(world).save(force_insert=True)


@pytest.mark.parametrize(
    ("cadence", "wrong", "right"),
    [
        ("week", date(2026, 11, 22), date(2026, 11, 16)),
        ("month", date(2026, 11, 2), date(2026, 11, 1)),
        ("quarter", date(2026, 11, 1), date(2026, 10, 1)),
        ("fiscal-year", date(2026, 2, 1), date(2026, 1, 1)),
    ],
)
def test_an_observation_stands_on_the_first_day_of_its_period(
    world: dict[str, Any], cadence: str, wrong: date, right: date
) -> None:
    Metric.objects.update(cadence=cadence)
    with pytest.raises(IntegrityError, match=f"no first day of a {cadence}"), transaction.atomic():
        _observation(world, period_start=wrong).save(force_insert=True)
    _observation(world, period_start=right).save(force_insert=True)
    with pytest.raises(IntegrityError, match="no first day"), transaction.atomic():
        Observation.objects.update(period_start=wrong)
    assert Observation.objects.get().period_start == right


def test_revisions_are_append_only(world: dict[str, Any]) -> None:
    _revision(world).save(force_insert=True)
    for statement in (ObservationRevision.objects.all().delete, lambda: _touch_revisions()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            statement()
    assert ObservationRevision.objects.get().by_name == "kim"


def _touch_revisions() -> None:
    ObservationRevision.objects.update(value=0)


def _score(world: dict[str, Any], **changes: Any) -> Score:
    fields: dict[str, Any] = {
        "subject_kind": "company", "subject_id": 0, "day": date(2026, 11, 1), "policy": world["policy"],
        "value": 50.0, "coverage": 1.0, "fingerprint": "f", "computed_at": NOW,
    }  # fmt: skip
    return Score(**(fields | changes))


def _job(**changes: Any) -> Job:
    return Job(**({"kind": "recompute", "deduplication_key": "k", "created_at": NOW} | changes))


def _batch(**changes: Any) -> ImportBatch:
    fields: dict[str, Any] = {
        "file_name": "a.csv", "file_sha256": "0" * 64, "options_fingerprint": "0" * 64, "by_name": "kim",
        "started_at": NOW, "imported_at": NOW, "state": "loaded",
    }  # fmt: skip
    return ImportBatch(**(fields | changes))


def _observation(world: dict[str, Any], **changes: Any) -> Observation:
    fields: dict[str, Any] = {
        "metric": world["metric"], "period_start": date(2026, 11, 1), "value": Decimal("1.5"), "known_at": NOW
    }  # fmt: skip
    return Observation(**(fields | changes))


def _revision(world: dict[str, Any], **changes: Any) -> ObservationRevision:
    fields: dict[str, Any] = {
        "metric": world["metric"], "period_start": date(2026, 11, 1), "value": Decimal("1.5"),
        "known_at": NOW, "replaced_at": NOW, "reason": "restated", "by_name": "kim",
    }  # fmt: skip
    return ObservationRevision(**(fields | changes))


def _status(world: dict[str, Any], **changes: Any) -> KeyResultStatus:
    fields: dict[str, Any] = {
        "key_result": world["key_result"], "day": date(2026, 11, 1), "policy": world["policy"],
        "status": "on-track", "reason": "on its path", "computed_at": NOW,
    }  # fmt: skip
    return KeyResultStatus(**(fields | changes))
