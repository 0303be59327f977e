"""Readings into observations: one transaction that either writes everything it promised or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from alignment.audit import acting_as
from alignment.importing import staging
from alignment.importing.again import earlier_batch, fingerprint_of, may_lack_readings, standing_batch
from alignment.importing.files import SourceFile
from alignment.importing.matching import KnownMetric, NewMetric, Plan, is_our_export, make_plan, source_of
from alignment.importing.options import Limits, Options
from alignment.importing.recognise import Recognition
from alignment.importing.refusals import ImportRefused, Refusal, Refusals
from alignment.importing.rows import copy_lines
from alignment.importing.score_again import ask_for_scores
from alignment.models import Company, ImportBatch, Metric, User
from alignment.periods import Cadence

UNFINISHED = "The import did not finish; nothing was written. Start it again."


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load did. `touched` gives for each changed metric the earliest day on which something became known;
    `unended` counts readings of periods that had not ended; `already` is set where the same file was imported before
    in the same way and stands, and nothing was done. `again` is the earlier batch of the same file some of whose
    readings had been taken back since and came back now; `kept` counts readings that later imports restated, which
    were left as those have them."""

    batch_id: int | None
    touched: tuple[tuple[int, date], ...]
    new: int
    changed: int
    unchanged: int
    refused: int
    repeated: int
    refusals: tuple[Refusal, ...]
    created: tuple[NewMetric, ...]
    source: str
    already: bool = False
    unended: int = 0
    again: int | None = None
    kept: int = 0


class _DryRun(Exception):
    """Ends a dry run, so that its transaction is rolled back."""


class _Stands(Exception):
    """The file was imported before and every reading of it stands; what was tried is taken back."""

    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(str(batch))
        self.batch = batch


def load_rows(
    *,
    recognition: Recognition,
    file: SourceFile,
    options: Options,
    by: str,
    now: datetime,
    user: User | None = None,
    dry_run: bool = False,
    limits: Limits | None = None,
) -> LoadResult:
    """Match, stage and merge what was recognised. Raises ImportRefused with every refusal where a row is refused
    and `good_rows_only` was not chosen. A dry run does all of it and takes it back.

    A failed import leaves a batch in state “failed” that says why, and no reading. Of a file that was imported
    before, only what was taken back since is imported again.
    """
    if earlier := standing_batch(file, options):
        return already_loaded(earlier)
    batch = None if dry_run else _begin(file, options, by, now, user)
    result: list[LoadResult] = []
    try:
        with acting_as(by):
            result.append(_load(recognition, file, options, by, now, user, batch, limits or Limits()))
            if dry_run:
                raise _DryRun
    except _DryRun:
        return result[0]
    except _Stands as stands:
        if batch is not None:
            with acting_as(by):
                batch.delete()
        return already_loaded(stands.batch)
    except ImportRefused as refused:
        _fail(batch, by, "Refused; nothing was written.", refused)
        raise
    except Exception as error:
        _fail(batch, by, f"{type(error).__name__}: {error}"[:2000])
        raise
    return result[0]


def already_loaded(batch: ImportBatch) -> LoadResult:
    """The answer to a file that this batch holds already."""
    rows = batch.rows_new + batch.rows_changed + batch.rows_unchanged
    return LoadResult(batch.pk, (), 0, 0, rows, batch.rows_refused, 0, (), (), batch.source, already=True)


def _begin(file: SourceFile, options: Options, by: str, now: datetime, user: User | None) -> ImportBatch:
    """Write the batch down as failed, so that a process that is killed leaves exactly that."""
    with acting_as(by):
        return ImportBatch.objects.create(
            file_name=file.name,
            file_sha256=file.sha256,
            options=options.as_json(),
            options_fingerprint=fingerprint_of(file, options),
            source=source_of(options, file.family),
            by=user,
            by_name=by,
            started_at=now,
            state=ImportBatch.State.FAILED,
            error=UNFINISHED,
        )


def _fail(batch: ImportBatch | None, by: str, error: str, refused: ImportRefused | None = None) -> None:
    if batch is None or transaction.get_connection().needs_rollback:
        return
    batch.refresh_from_db()
    batch.error = error
    if refused:
        batch.rows_refused = refused.total
        batch.refusals = [refusal.as_json() for refusal in refused.refusals]
    with acting_as(by):
        batch.save()


def _load(
    recognition: Recognition,
    file: SourceFile,
    options: Options,
    by: str,
    now: datetime,
    user: User | None,
    batch: ImportBatch | None,
    limits: Limits,
) -> LoadResult:
    staging.take_turn()
    earlier = earlier_batch(file, options)
    if earlier is not None and not may_lack_readings(earlier):
        raise _Stands(earlier)  # somebody else loaded the same file while this one waited
    zone = _zone()
    today = now.astimezone(ZoneInfo(zone)).date()
    plan = make_plan(recognition, options, known_metrics(), source_of(options, file.family), limits)
    refusals = Refusals()
    for refusal in plan.refusals:
        refusals.add(replace(refusal, whole=True))
    if plan.refusals and (not options.good_rows_only or not plan.targets):
        _count_bad_rows(recognition, plan, refusals, today)
        raise ImportRefused(*refusals.kept, total=refusals.total)
    metric_ids = _metric_ids(plan)
    rounded = options.round_decimals
    lines = copy_lines(recognition, plan.targets, metric_ids, refusals, today=today, rounded=rounded)
    staging.copy_rows(lines)
    doubles = staging.settle_doubles(refusals)
    kept = staging.leave_restated(earlier.pk, earlier.imported_at) if earlier and earlier.imported_at else 0
    if not options.restate and options.source is None:
        staging.refuse_rewrites(refusals)
    if refusals.total and not options.good_rows_only:
        raise ImportRefused(*refusals.kept, total=refusals.total)
    batch = batch or _begin(file, options, by, now, user)
    merged = staging.merge(batch_id=batch.pk, now=now, zone=zone, by=by)
    if earlier is not None and not (merged.new or merged.changed):
        raise _Stands(earlier)
    batch.again = earlier
    if not (merged.new or merged.changed or merged.unchanged):
        refusals.add(Refusal("No row of the file can be imported.", "Correct the rows named here."))
        raise ImportRefused(*refusals.kept, total=refusals.total)
    # A metric is refused once, with all its readings.
    unplaced = sum(metric.readings for metric in recognition.metrics if metric.label not in plan.targets)
    refused = refusals.total - len(plan.refusals) + unplaced
    result = LoadResult(
        batch.pk, merged.touched, merged.new, merged.changed, merged.unchanged + kept, refused,
        doubles.repeated, tuple(refusals.kept), plan.new, plan.source,
        unended=staging.count_unended(today), again=earlier.pk if earlier else None, kept=kept,
    )  # fmt: skip
    _finish(batch, result, now)
    ask_for_scores(batch_id=batch.pk, touched=merged.touched, by=by)
    return result


def _count_bad_rows(recognition: Recognition, plan: Plan, refusals: Refusals, today: date) -> None:
    """Also name the faulty rows of a file that is refused for its metrics, so that both are mended at once."""
    placeholders = {target.key: 0 for target in plan.targets.values()}
    for _ in copy_lines(recognition, plan.targets, placeholders, refusals, today=today):
        pass


def known_metrics() -> list[KnownMetric]:
    """All metrics, as matching needs them. One query."""
    rows = Metric.objects.order_by("id").values_list("id", "key", "name", "cadence", "source")
    return [KnownMetric(pk, key, name, Cadence(cadence), source) for pk, key, name, cadence, source in rows]


def _metric_ids(plan: Plan) -> dict[str, int]:
    """Create what the plan creates, claim for this source what no source has claimed; ids by key."""
    created = Metric.objects.bulk_create(
        Metric(
            key=new.key,
            name=new.name,
            category=new.category,
            unit=new.unit,
            direction=new.direction,
            cadence=new.cadence.value,
            kind=new.kind,
            source=plan.source,
        )
        for new in plan.new
    )
    ours = is_our_export(plan.source)
    unclaimed = [metric.id for metric in plan.known.values() if not metric.source and not ours]
    Metric.objects.filter(pk__in=unclaimed).update(source=plan.source)
    ids = {metric.key: metric.id for metric in plan.known.values()}
    return ids | {metric.key: metric.pk for metric in created}


def _zone() -> str:
    company = Company.objects.first()
    return company.time_zone if company else "UTC"


def _finish(batch: ImportBatch, result: LoadResult, now: datetime) -> None:
    batch.state = ImportBatch.State.LOADED
    batch.error = ""
    batch.imported_at = now
    batch.rows_new, batch.rows_changed = result.new, result.changed
    batch.rows_unchanged, batch.rows_refused = result.unchanged, result.refused
    batch.refusals = [refusal.as_json() for refusal in result.refusals]
    batch.save()
