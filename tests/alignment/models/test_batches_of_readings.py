"""Readings name batches that exist, and a batch that a reading names stays: held by triggers, not by foreign keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from alignment.importing.undo import undo_batch
from alignment.models import ImportBatch, Observation
from tests.alignment.importing.conftest import NOW, Import, company, take

__all__ = ["company", "take"]
FILE = "date,visits\n2026-01-05,1\n2026-01-12,2\n2026-01-19,3\n"
NONE_SUCH = 999_999


def _refused(statement: str, *values: int) -> None:
    with (
        pytest.raises(IntegrityError, match="import batch"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)


def test_a_reading_of_no_batch_is_refused(take: Import) -> None:
    take(FILE)
    _refused("UPDATE alignment_observation SET batch_id = %s", NONE_SUCH)
    _refused(
        "INSERT INTO alignment_observation (metric_id, period_start, value, known_at, reconstructed, batch_id, "
        "source_column) SELECT metric_id, period_start + 700, 1, known_at, false, %s, '' FROM alignment_observation",
        NONE_SUCH,
    )
    for column in ("batch_id", "replaced_by_id"):
        _refused(
            f"INSERT INTO alignment_observationrevision (metric_id, period_start, value, known_at, reconstructed, "
            f"{column}, source_column, replaced_at, reason, by_name) SELECT metric_id, period_start, 1, known_at, "
            f"false, %s, '', known_at, 'undone', 'x' FROM alignment_observation",
            NONE_SUCH,
        )
    assert Observation.objects.count() == 3


def test_readings_of_no_batch_at_all_are_let_in(take: Import) -> None:
    take(FILE)
    assert Observation.objects.update(batch=None) == 3


def _undone(first: int, second: int) -> int:
    undo_batch(batch_id=second, by="ada", now=NOW + timedelta(days=2))
    return second


@pytest.mark.parametrize("which", [lambda first, second: first, lambda first, second: second, _undone])
def test_a_batch_that_readings_or_revisions_name_stays(
    take: Import, which: Callable[[int, int], int]
) -> None:
    first = take(FILE, "visits.csv").result.batch_id or 0
    second = (
        take(FILE.replace(",3\n", ",4\n"), "visits.csv", now=NOW + timedelta(days=1)).result.batch_id or 0
    )
    _refused("DELETE FROM alignment_importbatch WHERE id = %s", which(first, second))
    assert ImportBatch.objects.count() == 2


def test_a_batch_that_nothing_names_can_go(take: Import) -> None:
    batch = take(FILE).result.batch_id or 0
    Observation.objects.update(batch=None)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM alignment_importbatch WHERE id = %s", [batch])
    assert not ImportBatch.objects.exists()
