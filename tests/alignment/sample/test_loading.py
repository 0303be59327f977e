"""Loading and extending the sample company in a real database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from alignment.models import (
    AuditEvent,
    BudgetLine,
    Company,
    Epic,
    Guardrail,
    ImportBatch,
    KeyResult,
    KeyResultTarget,
    Metric,
    Objective,
    Observation,
    ObservationRevision,
    Team,
    Theme,
    User,
    ValueStream,
)
from alignment.sample.loading import BY, LoadOutcome, SampleRefused, extend, load

pytestmark = pytest.mark.django_db
OPENED = date(2026, 11, 22)


def at_end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)


def load_at(
    day: date = OPENED, *, seed: int = 7, healthy: bool = False, opened: date = OPENED
) -> LoadOutcome:
    return load(by=BY, seed=seed, healthy=healthy, opened_on=opened, now=at_end_of(day))


def extend_to(day: date) -> LoadOutcome:
    outcome = extend(by=BY, now=at_end_of(day))
    assert outcome is not None
    return outcome


def picture() -> dict[str, list[Any]]:
    """Everything that was written, in names instead of ids."""
    questions = {
        "readings": Observation.objects.values_list(
            "metric__key", "period_start", "value", "known_at", "batch__file_name", "source_line"
        ),
        "revisions": ObservationRevision.objects.values_list(
            "metric__key", "period_start", "value", "known_at", "batch__file_name", "replaced_at",
            "replaced_by__file_name",
        ),
        "batches": ImportBatch.objects.values_list(
            "file_name", "file_sha256", "imported_at", "rows_new", "rows_changed", "rows_unchanged"
        ),
        "metrics": Metric.objects.values_list("key", "epic__slug", "team__slug", "first_imported_at"),
        "objectives": Objective.objects.values_list("slug", "parent__slug", "theme__slug", "is_ready"),
        "results": KeyResult.objects.values_list(
            "objective__slug", "name", "metric__key", "baseline", "target", "path", "due"
        ),
        "targets": KeyResultTarget.objects.values_list("key_result__name", "period_end", "value"),
        "epics": Epic.objects.values_list(
            "slug", "state", "started_on", "finished_on", "first_signal_seen", "objective__slug", "impact_to",
            "guardrail_served__slug",
        ),
        "guardrails": Guardrail.objects.values_list("slug", "metric__key", "epic__slug"),
        "budget": BudgetLine.objects.values_list("theme__slug", "month", "planned", "revised", "actual"),
        "company": Company.objects.values_list("name", "yearly_revenue", "sample_seed", "sample_healthy"),
    }  # fmt: skip
    return {name: sorted(rows, key=repr) for name, rows in questions.items()}


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("healthy", [False, True])
def test_the_counts_are_those_that_were_asked_for(healthy: bool) -> None:
    outcome = load_at(healthy=healthy)
    company = Company.objects.get()
    assert (company.staff, company.currency, company.fiscal_year_start_month) == (400, "USD", 1)
    assert (company.sample_seed, company.sample_healthy) == (7, healthy)
    assert Decimal(40_000_000) < company.yearly_revenue < Decimal(120_000_000)
    assert Theme.objects.count() == 6
    assert Objective.objects.count() == 20
    assert Epic.objects.count() == 60
    assert (Team.objects.count(), ValueStream.objects.count()) == (8, 4)
    assert Metric.objects.count() == (89 if healthy else 85)
    assert set(Metric.objects.values_list("category", flat=True)) == set(Metric.Category.values)
    assert set(Metric.objects.values_list("cadence", flat=True)) == {"week", "month", "quarter"}
    assert set(Guardrail.objects.values_list("kind", flat=True)) == set(Guardrail.Kind.values)
    assert set(Metric.objects.values_list("season", flat=True)) == {"", *Metric.Season.values}
    assert Observation.objects.count() == outcome.readings > 8000
    assert ObservationRevision.objects.count() == outcome.restated > 80
    assert BudgetLine.objects.filter(theme=None).exists()
    assert not BudgetLine.objects.filter(actual=None, month__lt=date(2026, 10, 1)).exists()
    assert not BudgetLine.objects.filter(actual__isnull=False, month__gte=date(2026, 11, 1)).exists()


@pytest.mark.parametrize("steps", [(40,), (1, 8, 40, 130)])
def test_extending_ends_where_one_load_of_the_whole_time_would(steps: tuple[int, ...]) -> None:
    with undone():
        load_at(OPENED + timedelta(days=steps[-1]))
        whole = picture()
    load_at()
    for step in steps:
        outcome = extend_to(OPENED + timedelta(days=step))
        assert not outcome.is_first
    for name, rows in picture().items():
        assert rows == whole[name], name


def test_extending_into_a_new_year_brings_its_objectives_epics_and_months() -> None:
    load_at()
    outcome = extend_to(date(2027, 2, 20))
    assert outcome.files > 20
    assert outcome.since is not None
    assert outcome.since <= OPENED
    assert Objective.objects.filter(period_start=date(2027, 1, 1)).count() == 6 + 5
    assert BudgetLine.objects.filter(month=date(2027, 12, 1)).count() == 7
    assert not BudgetLine.objects.filter(month=date(2027, 1, 1), actual=None).exists()
    assert Epic.objects.count() == 60 + 12
    assert Epic.objects.filter(started_on__gt=OPENED, state="active").exists()


def test_a_second_run_changes_nothing() -> None:
    load_at()
    before, events = picture(), AuditEvent.objects.count()
    assert not load_at().changed_anything
    assert not load_at(OPENED + timedelta(days=90)).changed_anything
    assert not extend_to(OPENED).changed_anything
    assert not extend_to(OPENED - timedelta(days=30)).changed_anything
    assert (picture(), AuditEvent.objects.count()) == (before, events)


def test_another_seed_is_refused_with_the_way_to_begin_anew() -> None:
    load_at()
    before = picture()
    with pytest.raises(SampleRefused, match=r"seed 7, not of seed 8\. Nothing was changed\. To begin anew"):
        load_at(seed=8)
    with pytest.raises(SampleRefused, match="not of seed 7 without the story"):
        load_at(healthy=True)
    assert picture() == before


def test_a_company_that_the_sample_did_not_fill_is_left_alone() -> None:
    Company.objects.create(name="Acme")
    with pytest.raises(SampleRefused, match="holds the company “Acme”, which the sample did not fill"):
        load_at()
    assert extend(by=BY, now=at_end_of(OPENED)) is None
    assert not Metric.objects.exists()
    assert not ImportBatch.objects.exists()


def test_a_database_with_metrics_but_no_company_is_left_alone() -> None:
    Metric.objects.create(key="a", name="A", category="ai-performance", unit="%", cadence="week")
    with pytest.raises(SampleRefused, match="no company but already holds metrics"):
        load_at()
    assert extend(by=BY, now=at_end_of(OPENED)) is None
    assert Metric.objects.count() == 1


def test_a_taken_user_name_is_named() -> None:
    User.objects.create(username="finance")
    with pytest.raises(SampleRefused, match="user name finance is taken"):
        load_at()
    assert not Company.objects.exists()


def test_an_extension_keeps_what_people_changed() -> None:
    load_at()
    epic = Epic.objects.filter(state="active").earliest("id")
    Epic.objects.filter(pk=epic.pk).update(state="stopped", finished_on=OPENED)
    line = BudgetLine.objects.get(theme__slug="platform", month=date(2026, 11, 1))
    BudgetLine.objects.filter(pk=line.pk).update(actual=Decimal("12.34"))
    velocity = Metric.objects.get(key="delivery.velocity")
    theirs = ImportBatch.objects.create(
        file_name="ours.csv", file_sha256="0" * 64, options_fingerprint="1" * 64, by_name="someone",
        started_at=at_end_of(OPENED), imported_at=at_end_of(OPENED), state="loaded",
    )  # fmt: skip
    Observation.objects.create(
        metric=velocity, period_start=date(2026, 11, 23), value=1, known_at=at_end_of(OPENED), batch=theirs
    )
    extend_to(date(2027, 3, 31))
    epic.refresh_from_db()
    line.refresh_from_db()
    assert (epic.state, epic.finished_on) == ("stopped", OPENED)
    assert line.actual == Decimal("12.34")
    assert Observation.objects.get(metric=velocity, period_start=date(2026, 11, 23)).value == 1
    assert Observation.objects.get(metric=velocity, period_start=date(2026, 11, 30)).value > 100


def test_no_file_is_taken_in_twice_after_an_undo() -> None:
    load_at()
    batch = ImportBatch.objects.order_by("-imported_at").first()
    assert batch is not None
    ImportBatch.objects.filter(pk=batch.pk).update(state="undone", undone_at=at_end_of(OPENED))
    assert not extend_to(OPENED).changed_anything
