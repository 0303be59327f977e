"""What one load of the sample company leaves in the database; loaded once for all of these tests, which only read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Max

from alignment.models import (
    AuditEvent,
    Epic,
    ImportBatch,
    Metric,
    Objective,
    Observation,
    ObservationRevision,
    User,
)
from alignment.models.people import Role
from alignment.sample.deliveries import delivered_files
from alignment.sample.loading import BY, load
from alignment.sample.series import Company
from alignment.sample.world import World

OPENED = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)
FILES = delivered_files(Company(World(7, OPENED), OPENED), NOW)


@pytest.fixture(scope="module", autouse=True)
def _loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        load(by=BY, seed=7, healthy=False, opened_on=OPENED, now=NOW)
        yield
        transaction.set_rollback(True)


def test_there_is_one_person_for_each_role_who_cannot_sign_in_with_a_password() -> None:
    for role in Role.values:
        person = User.objects.get(username=role)
        assert person.roles == {role}
        assert not person.has_usable_password()
        assert person.display_name
    assert not Metric.objects.filter(owner=None).exists()
    assert not Objective.objects.filter(owner=None).exists()


def test_every_reading_can_be_traced_to_a_line_of_a_file() -> None:
    lines = {file.name: file.text.splitlines() for file in FILES}
    for key, start, value, name, line in Observation.objects.values_list(
        "metric__key", "period_start", "value", "batch__file_name", "source_line"
    ):
        metric, _, text = lines[name][line - 1].split(",")
        assert metric == key, (name, line, start)
        assert Decimal(text) == value
    batch = ImportBatch.objects.order_by("id").first()
    assert batch is not None
    assert batch.source == "Sample company, seed 7"
    assert batch.options["opened_on"] == "2026-11-22"
    assert not Observation.objects.exclude(known_at=F("batch__imported_at")).exists()
    assert not Observation.objects.filter(reconstructed=True).exists()


def test_a_correction_keeps_what_it_replaced() -> None:
    assert not ObservationRevision.objects.exclude(reason="restated").exists()
    for revision in ObservationRevision.objects.select_related("replaced_by", "batch"):
        now = Observation.objects.get(metric_id=revision.metric_id, period_start=revision.period_start)
        assert now.value != revision.value
        assert revision.batch is not None
        assert revision.known_at == revision.batch.imported_at < revision.replaced_at == now.known_at
        assert now.batch == revision.replaced_by


def test_nothing_is_known_before_its_time() -> None:
    for metric in Metric.objects.annotate(newest=Max("observations__known_at")):
        assert metric.first_imported_at is not None
        assert metric.newest <= NOW
    assert not Epic.objects.filter(first_signal_seen__gt=OPENED).exists()
    assert not Epic.objects.filter(started_on__gt=OPENED).exists()
    assert not Epic.objects.filter(finished_on__gt=OPENED).exists()


def test_a_first_load_leaves_no_change_of_plan_behind() -> None:
    """Scores take the audit trail back in time: an update on the day of the load would rewrite the past."""
    updates = AuditEvent.objects.exclude(operation="insert").values_list("table_name", flat=True)
    assert set(updates) <= {"alignment_metric"}
    actors = set(
        AuditEvent.objects.exclude(table_name="alignment_scorepolicy").values_list("actor", flat=True)
    )
    assert actors == {BY}


def test_files_are_told_apart_by_name() -> None:
    assert {file.name for file in FILES} == set(ImportBatch.objects.values_list("file_name", flat=True))
