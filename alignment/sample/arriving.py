"""Takes the sample company's files in, oldest first, as if each had been imported on the day it arrived."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256

from django.db.models import Max

from alignment.models import ImportBatch, Metric, Observation, ObservationRevision
from alignment.sample.deliveries import VALUE_COLUMN, DeliveredFile, Row
from alignment.sample.world import World

GENERATOR = "Sample company"
_Place = tuple[int, date]


@dataclass(frozen=True)
class Taken:
    """How many files, new readings and corrections were taken in, of which metrics, from which day on."""

    files: int
    readings: int
    restated: int
    metrics: frozenset[int]
    first_day: date | None


@dataclass
class _Pile:
    """What is to be written once all files are read."""

    known: dict[_Place, Observation]
    new: dict[_Place, Observation] = field(default_factory=dict)
    changed: dict[_Place, Observation] = field(default_factory=dict)
    revisions: list[ObservationRevision] = field(default_factory=list)


def source_name(world: World) -> str:
    """Where the readings come from, as batches and pages name it."""
    return f"{GENERATOR}, seed {world.seed}{', healthy twin' if world.healthy else ''}"


def last_arrival(world: World) -> datetime | None:
    """When the newest file of this company was taken in."""
    newest = ImportBatch.objects.filter(source=source_name(world)).aggregate(newest=Max("imported_at"))
    moment: datetime | None = newest["newest"]
    return moment


def take_in(files: Sequence[DeliveredFile], world: World, *, by: str) -> Taken:
    """Store those of the files that are not stored yet: batches, readings, and a revision for each correction.

    A reading that somebody else's import wrote meanwhile is left as it is.
    """
    stored = set(ImportBatch.objects.filter(source=source_name(world)).values_list("file_name", flat=True))
    due = [file for file in files if file.name not in stored]
    if not due:
        return Taken(0, 0, 0, frozenset(), None)
    batches = [_batch(file, world, by) for file in due]
    metric_ids = dict(Metric.objects.values_list("key", "id"))
    pile = _Pile(_stored_readings(due, metric_ids) if stored else {})
    own = set(ImportBatch.objects.filter(source=source_name(world)).values_list("id", flat=True))
    for file, batch in zip(due, batches, strict=True):
        _read(file, batch, metric_ids, own, pile, by)
    _store(pile, batches)
    return Taken(
        files=len(due),
        readings=len(pile.new),
        restated=len(pile.revisions),
        metrics=frozenset(metric for metric, _ in (*pile.new, *pile.changed)),
        first_day=min(file.arrived_at for file in due).date(),
    )


def _batch(file: DeliveredFile, world: World, by: str) -> ImportBatch:
    options = {
        "generator": GENERATOR,
        "seed": world.seed,
        "healthy": world.healthy,
        "opened_on": world.opened_on.isoformat(),
        "feed": file.feed.slug,
        "shape": "long",
        "delimiter": ",",
        "decimal": ".",
    }
    return ImportBatch(
        file_name=file.name,
        file_sha256=file.sha256,
        options=options,
        options_fingerprint=sha256(json.dumps(options, sort_keys=True).encode()).hexdigest(),
        source=source_name(world),
        by_name=by,
        started_at=file.arrived_at,
        imported_at=file.arrived_at,
        state=ImportBatch.State.LOADED,
    )


def _stored_readings(files: Sequence[DeliveredFile], metric_ids: dict[str, int]) -> dict[_Place, Observation]:
    rows = [row for file in files for row in file.rows]
    keys = {metric_ids[row.metric] for row in rows if row.metric in metric_ids}
    earliest = min(row.period.start for row in rows)
    found = Observation.objects.filter(metric_id__in=keys, period_start__gte=earliest).select_related("batch")
    return {(reading.metric_id, reading.period_start): reading for reading in found}


def _read(
    file: DeliveredFile,
    batch: ImportBatch,
    metric_ids: dict[str, int],
    own: set[int],
    pile: _Pile,
    by: str,
) -> None:
    for row in file.rows:
        metric_id = metric_ids.get(row.metric)
        if metric_id is None:  # somebody took the metric away
            batch.rows_unchanged += 1
            continue
        place = (metric_id, row.period.start)
        old = pile.known.get(place)
        if old is None:
            reading = _observation(row, metric_id, batch, file)
            pile.known[place] = pile.new[place] = reading
            batch.rows_new += 1
        elif old.value == row.value or (place not in pile.new and old.batch_id not in own):
            batch.rows_unchanged += 1
        else:
            pile.revisions.append(_revision(old, batch, file, by))
            reading = _observation(row, metric_id, batch, file)
            pile.known[place] = reading
            (pile.new if place in pile.new else pile.changed)[place] = reading
            batch.rows_changed += 1


def _observation(row: Row, metric_id: int, batch: ImportBatch, file: DeliveredFile) -> Observation:
    return Observation(
        metric_id=metric_id,
        period_start=row.period.start,
        value=row.value,
        known_at=file.arrived_at,
        batch=batch,
        source_line=row.line,
        source_column=VALUE_COLUMN,
    )


def _revision(old: Observation, batch: ImportBatch, file: DeliveredFile, by: str) -> ObservationRevision:
    return ObservationRevision(
        metric_id=old.metric_id,
        period_start=old.period_start,
        value=old.value,
        known_at=old.known_at,
        reconstructed=old.reconstructed,
        batch=old.batch,
        source_line=old.source_line,
        source_column=old.source_column,
        replaced_at=file.arrived_at,
        replaced_by=batch,
        reason=ObservationRevision.Reason.RESTATED,
        by_name=by,
    )


def _store(pile: _Pile, batches: Sequence[ImportBatch]) -> None:
    ImportBatch.objects.bulk_create(batches, batch_size=500)
    Observation.objects.bulk_create(pile.new.values(), batch_size=2000)
    for reading in pile.changed.values():
        Observation.objects.filter(metric_id=reading.metric_id, period_start=reading.period_start).update(
            value=reading.value,
            known_at=reading.known_at,
            batch=reading.batch,
            source_line=reading.source_line,
            source_column=reading.source_column,
        )
    ObservationRevision.objects.bulk_create(pile.revisions, batch_size=2000)
    _note_first_imports(pile)


def _note_first_imports(pile: _Pile) -> None:
    first: dict[int, datetime] = {}
    for revision in pile.revisions:
        first[revision.metric_id] = min(revision.known_at, first.get(revision.metric_id, revision.known_at))
    for (metric_id, _), reading in pile.new.items():
        first[metric_id] = min(reading.known_at, first.get(metric_id, reading.known_at))
    unknown = list(Metric.objects.filter(first_imported_at=None, id__in=first))
    for metric in unknown:
        metric.first_imported_at = first[metric.pk]
    Metric.objects.bulk_update(unknown, ["first_imported_at"])
