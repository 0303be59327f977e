"""Taking a batch back: what it replaced stands again, what it added is gone, and the history says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from alignment.audit import acting_as
from alignment.importing import staging
from alignment.importing.score_again import ask_for_scores
from alignment.models import Company, ImportBatch


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What an undo did. `touched` gives for each metric the earliest day whose readings changed."""

    batch_id: int
    file_name: str
    restored: int
    removed: int
    touched: tuple[tuple[int, date], ...]


class UndoRefused(Exception):
    """The batch cannot be taken back; the message says why and what to do first."""


_LEAVE_REVISIONS = """
    INSERT INTO alignment_observationrevision (metric_id, period_start, value, known_at, reconstructed, batch_id,
        source_line, source_column, replaced_at, replaced_by_id, reason, by_name)
    SELECT metric_id, period_start, value, GREATEST(known_at, %(imported)s), reconstructed, batch_id,
        source_line, source_column, %(now)s, %(batch)s, 'undone', %(by)s
    FROM alignment_observation WHERE batch_id = %(batch)s ORDER BY metric_id, period_start"""

_TOUCHED = """
    SELECT metric_id, (min(known_at) AT TIME ZONE %(zone)s)::date FROM alignment_observation
    WHERE batch_id = %(batch)s GROUP BY metric_id ORDER BY metric_id"""

_RESTORE = """
    UPDATE alignment_observation o SET value = r.value, known_at = r.known_at, reconstructed = r.reconstructed,
        batch_id = r.batch_id, source_line = r.source_line, source_column = r.source_column
    FROM alignment_observationrevision r
    WHERE o.batch_id = %(batch)s AND r.replaced_by_id = %(batch)s AND r.reason = 'restated'
        AND r.metric_id = o.metric_id AND r.period_start = o.period_start"""

_REMOVE = "DELETE FROM alignment_observation WHERE batch_id = %(batch)s"

_FORGET_FIRST_IMPORT = """
    UPDATE alignment_metric m SET first_imported_at = NULL
    WHERE m.first_imported_at = %(imported)s
        AND NOT EXISTS (SELECT 1 FROM alignment_observation o WHERE o.metric_id = m.id)"""


def undo_batch(*, batch_id: int, by: str, now: datetime) -> UndoResult:
    """Take a loaded batch back in one transaction. Raises UndoRefused when it is not loaded, or when later
    batches restated readings of it: those are named, and must be undone first."""
    with acting_as(by):
        staging.take_turn()
        batch = ImportBatch.objects.select_for_update().filter(pk=batch_id).first()
        if batch is None:
            raise UndoRefused(f"There is no batch {batch_id}. manage.py undo_import --list shows the latest.")
        if batch.state != ImportBatch.State.LOADED or batch.imported_at is None:
            raise UndoRefused(
                f"Batch {batch_id} ({batch.file_name}) is {batch.state}; there is nothing to undo."
            )
        if blocked := why_not_undone(batch):
            raise UndoRefused(blocked)
        company = Company.objects.first()
        values: dict[str, Any] = {
            "batch": batch.pk,
            "imported": batch.imported_at,
            "now": now,
            "by": by,
            "zone": company.time_zone if company else "UTC",
        }
        with connection.cursor() as cursor:
            cursor.execute(_TOUCHED, values)
            touched = tuple(cursor.fetchall())
            cursor.execute(_LEAVE_REVISIONS, values)
            cursor.execute(_RESTORE, values)
            restored = cursor.rowcount
            cursor.execute(_REMOVE, values)
            removed = cursor.rowcount
            cursor.execute(_FORGET_FIRST_IMPORT, values)
        batch.state, batch.undone_at, batch.undone_by_name = ImportBatch.State.UNDONE, now, by
        batch.save()
        ask_for_scores(batch_id=batch.pk, touched=touched, by=by)
    return UndoResult(batch.pk, batch.file_name, restored, removed, touched)


def why_not_undone(batch: ImportBatch) -> str | None:
    """Why a loaded batch cannot be taken back now, or None: later batches restated readings of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM alignment_observation WHERE batch_id = %s", [batch.pk])
        standing = cursor.fetchone()[0]
        if standing == batch.rows_new + batch.rows_changed:
            return None
        cursor.execute(
            "SELECT r.replaced_by_id, b.file_name, count(*) FROM alignment_observationrevision r "
            "JOIN alignment_importbatch b ON b.id = r.replaced_by_id "
            "WHERE r.batch_id = %s AND r.reason = 'restated' AND b.state = 'loaded' "
            "GROUP BY r.replaced_by_id, b.file_name ORDER BY r.replaced_by_id DESC",
            [batch.pk],
        )
        later = cursor.fetchall()
    named = ", ".join(f"batch {pk} ({name}, {count:,} readings)" for pk, name, count in later)
    return (
        f"Batch {batch.pk} ({batch.file_name}) cannot be undone: later imports restated readings of it: "
        f"{named or 'unknown'}. Undo those first, the newest first."
    )
