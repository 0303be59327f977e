"""Loading: what is new, changed, unchanged; history; the same file twice; undo to the last byte."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from alignment.importing.digest import readings_digest
from alignment.importing.refusals import ImportRefused
from alignment.importing.undo import UndoRefused, undo_batch
from alignment.models import Company, ImportBatch, Job, Metric, Observation, ObservationRevision
from tests.alignment.importing.conftest import NOW, Import

FIRST = "date,commits,merges\n2026-01-05,10,1\n2026-01-12,20,2\n2026-01-19,30,3\n"
SECOND = "date,commits,merges\n2026-01-12,21,2\n2026-01-19,30,3\n2026-01-26,40,4\n"
LATER = NOW + timedelta(days=7)


def test_a_first_import_creates_metrics_and_readings(take: Import) -> None:
    done = take(FIRST, "git.csv")
    assert (done.result.new, done.result.changed, done.result.unchanged) == (6, 0, 0)
    metric = Metric.objects.get(key="commits")
    assert (metric.cadence, metric.source, metric.unit) == ("week", "git", "count")
    reading = Observation.objects.get(metric=metric, period_start=date(2026, 1, 12))
    assert reading.value == Decimal(20)
    assert (reading.source_line, reading.source_column, reading.batch_id) == (
        3,
        "commits",
        done.result.batch_id,
    )


def test_history_from_before_the_first_import_is_reconstructed(take: Import, company: Company) -> None:
    company.time_zone = "Europe/Berlin"
    company.save()
    take(FIRST, "git.csv")
    reading = Observation.objects.get(metric__key="commits", period_start=date(2026, 1, 12))
    assert reading.reconstructed
    assert reading.known_at == datetime(
        2026, 1, 18, 23, 0, tzinfo=UTC
    )  # Monday 19 January, midnight in Berlin


def test_reporting_lag_delays_reconstructed_knowledge_but_never_past_now(take: Import) -> None:
    take(FIRST, "git.csv", now=datetime(2026, 1, 20, tzinfo=UTC))
    last = Observation.objects.get(metric__key="commits", period_start=date(2026, 1, 19))
    assert last.known_at == datetime(2026, 1, 20, tzinfo=UTC)
    Metric.objects.filter(key="merges").update(reporting_lag_days=3, first_imported_at=None)
    Observation.objects.filter(metric__key="merges").delete()
    take(FIRST + "\n", "git.csv")
    lagging = Observation.objects.get(metric__key="merges", period_start=date(2026, 1, 5))
    assert lagging.known_at == datetime(2026, 1, 15, tzinfo=UTC)


def test_a_restated_value_leaves_a_revision(take: Import) -> None:
    first = take(FIRST, "git.csv").result.batch_id
    second = take(SECOND, "git.csv", now=LATER, by="grace")
    assert (second.result.new, second.result.changed, second.result.unchanged) == (2, 1, 3)
    revision = ObservationRevision.objects.get()
    assert (revision.value, revision.batch_id, revision.replaced_by_id) == (20, first, second.result.batch_id)
    assert (revision.reason, revision.by_name, revision.replaced_at) == ("restated", "grace", LATER)
    reading = Observation.objects.get(metric__key="commits", period_start=date(2026, 1, 12))
    assert (reading.value, reading.known_at, reading.reconstructed) == (21, LATER, False)
    later = Observation.objects.get(metric__key="commits", period_start=date(2026, 1, 26))
    assert (later.known_at, later.reconstructed) == (LATER, False)


def test_touched_names_the_earliest_day_that_something_became_known(take: Import) -> None:
    first = take(FIRST, "git.csv").result
    assert {day for _, day in first.touched} == {date(2026, 1, 12)}
    second = take(SECOND, "git.csv", now=LATER).result
    assert {day for _, day in second.touched} == {LATER.date()}
    job = Job.objects.get(deduplication_key=f"recompute-batch-{second.batch_id}")
    assert job.payload["since"] == LATER.date().isoformat()
    assert job.payload["touched_metrics"] == [metric for metric, _ in second.touched]


def test_the_same_file_twice_answers_with_the_first_batch(take: Import) -> None:
    first = take(FIRST, "git.csv").result
    before = readings_digest()
    again = take(FIRST, "git.csv", now=LATER).result
    assert again.already
    assert again.batch_id == first.batch_id
    assert (ImportBatch.objects.count(), readings_digest()) == (1, before)


def test_the_same_content_in_other_bytes_changes_nothing(take: Import) -> None:
    take(FIRST, "git.csv")
    before = readings_digest()
    again = take(FIRST + "\r\n", "git.csv", now=LATER).result
    assert (again.new, again.changed, again.unchanged, again.touched) == (0, 0, 6, ())
    assert readings_digest() == before


def test_undo_restores_by_hash(take: Import) -> None:
    empty = readings_digest()
    first = take(FIRST, "git.csv").result
    before = readings_digest()
    second = take(SECOND, "git.csv", now=LATER).result
    assert readings_digest() != before
    undone = undo_batch(batch_id=second.batch_id or 0, by="ada", now=LATER + timedelta(hours=1))
    assert (undone.restored, undone.removed) == (1, 2)
    assert readings_digest() == before
    undo_batch(batch_id=first.batch_id or 0, by="ada", now=LATER + timedelta(hours=2))
    assert readings_digest() == empty
    assert not Metric.objects.exclude(first_imported_at=None).exists()


def test_undo_leaves_revisions_that_are_never_known_before_the_import(take: Import) -> None:
    batch = take(FIRST, "git.csv").result.batch_id or 0
    undo_batch(batch_id=batch, by="ada", now=LATER)
    revisions = ObservationRevision.objects.filter(reason="undone")
    assert revisions.count() == 6
    assert {revision.known_at for revision in revisions} == {NOW}
    assert {revision.replaced_at for revision in revisions} == {LATER}


def test_an_undone_file_can_be_imported_again(take: Import) -> None:
    first = take(FIRST, "git.csv").result
    before = list(Observation.objects.values_list("metric_id", "period_start", "value", "known_at"))
    undo_batch(batch_id=first.batch_id or 0, by="ada", now=LATER)
    again = take(FIRST, "git.csv", now=LATER + timedelta(days=1)).result
    assert not again.already
    assert again.new == 6
    assert list(Observation.objects.values_list("metric_id", "period_start", "value", "known_at")) == before


def test_undo_is_refused_where_a_later_batch_restated(take: Import) -> None:
    first = take(FIRST, "git.csv").result
    second = take(SECOND, "git.csv", now=LATER).result
    before = readings_digest()
    with pytest.raises(UndoRefused, match=rf"batch {second.batch_id} \(git.csv, 1 readings\)"):
        undo_batch(batch_id=first.batch_id or 0, by="ada", now=LATER)
    assert readings_digest() == before
    undo_batch(batch_id=second.batch_id or 0, by="ada", now=LATER)
    undo_batch(batch_id=first.batch_id or 0, by="ada", now=LATER)
    assert not Observation.objects.exists()


def test_undo_of_an_unknown_or_undone_batch_is_refused(take: Import) -> None:
    with pytest.raises(UndoRefused, match="no batch 7"):
        undo_batch(batch_id=7, by="ada", now=NOW)
    batch = take(FIRST, "git.csv").result.batch_id or 0
    undo_batch(batch_id=batch, by="ada", now=NOW)
    with pytest.raises(UndoRefused, match="undone"):
        undo_batch(batch_id=batch, by="ada", now=NOW)


def test_a_refused_file_leaves_a_failed_batch_and_no_reading(take: Import) -> None:
    with pytest.raises(ImportRefused):
        take("metric,date,value\na,2026-01-01,1\na,2026-02-01,x\na,2026-03-01,3\n")
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.rows_refused, batch.refusals[0]["line"]) == ("failed", 1, 3)
    assert (Observation.objects.count(), Metric.objects.count()) == (0, 0)


def test_good_rows_only_takes_the_others(take: Import) -> None:
    text = (
        "metric,date,value\na,2026-01-01,1\na,2026-02-01,x\na,2026-03-01,3\na,2026-04-01,4\na,2026-04-01,5\n"
    )
    done = take(text, good_rows_only=True).result
    assert (done.new, done.refused) == (2, 2)
    assert [refusal.line for refusal in done.refusals] == [3, 6]
    assert ImportBatch.objects.get().rows_refused == 2


def test_good_rows_only_counts_every_reading_of_a_refused_metric(take: Import) -> None:
    take("metric,date,value\na,2026-01,1\na,2026-02,2\n")
    text = "metric,date,value\na,2026-03,1\nb,2026-03,1\nb,2026-04,x\nb,2026-05,1\n"
    done = take(text, good_rows_only=True, create_metrics=False).result
    assert (done.new, done.refused, len(done.refusals)) == (1, 3, 1)


def test_a_dry_run_says_the_same_and_writes_nothing(take: Import, company: Company) -> None:
    from alignment.importing.files import from_bytes
    from alignment.importing.import_file import import_file
    from alignment.importing.options import Options
    from tests.alignment.importing.conftest import CREATE

    file, options = from_bytes("git.csv", FIRST.encode()), Options(**CREATE)
    seen = import_file(file=file, options=options, by="ada", now=NOW, dry_run=True).result
    assert (seen.new, len(seen.created)) == (6, 2)
    assert (ImportBatch.objects.count(), Observation.objects.count(), Metric.objects.count()) == (0, 0, 0)
    assert take(FIRST, "git.csv").result.new == seen.new
