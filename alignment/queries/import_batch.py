"""One import: how its file was read, what it wrote and replaced, what was refused, and whether it can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from alignment.exporting.readings import READINGS_FILE
from alignment.importing.confirmed import undo_job
from alignment.importing.refusals import KEPT_REFUSALS
from alignment.importing.undo import why_not_undone
from alignment.models import ImportBatch, Job
from alignment.queries.import_refused import RefusedFile, refused_file
from alignment.queries.import_upload import Refused, refused_rows
from alignment.queries.imports import state_at
from alignment.queries.words import counted, day_words, joined, measure, number_words

_SHOWN_METRICS, _SHOWN_CHANGES, _SHOWN_REFUSALS = 60, 30, 100
_NAMED_LATER = 3
_OPTION_WORDS = {
    "prefix": "Prefix",
    "encoding": "Encoding",
    "delimiter": "Delimiter",
    "sheet": "Sheet",
    "decimal": "Decimal mark",
    "dates": "Order of dates",
    "cadence": "Cadence",
    "date_column": "Date column",
    "metric_column": "Metric column",
    "ignored_columns": "Columns left out",
    "metrics": "Matched by hand",
    "round_decimals": "Decimals beyond 12",
    "good_rows_only": "Faulty rows",
    "restate": "Most readings of a metric may change",
    "create_metrics": "Metrics that did not exist",
    "category": "Category of new metrics",
    "unit": "Unit of new metrics",
    "direction": "Better direction of new metrics",
}
_YES = {
    "round_decimals": ("rounded", "refused"),
    "good_rows_only": ("left out", "the whole file is refused"),
    "restate": ("yes", "no"),
    "create_metrics": ("created", "refused"),
}


@dataclass(frozen=True, slots=True)
class TouchedMetric:
    """A metric that the import wrote to, or was undone from."""

    key: str
    name: str
    readings: str
    span: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """A reading that the import replaced."""

    key: str
    name: str
    period: date
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class BatchPage:
    """Everything that the page of an import shows, as it stood at the end of a day; `is_later` where the import was
    made after that day, and nothing more is known."""

    batch: ImportBatch
    state: ImportBatch.State
    is_later: bool
    sentence: str
    options: tuple[tuple[str, str], ...]
    metrics: tuple[TouchedMetric, ...]
    metrics_more: int
    replaced: tuple[Replaced, ...]
    replaced_more: int
    refused: tuple[Refused, ...]
    refused_more: int
    refused_file: RefusedFile | None
    repeating: str
    scores: str
    undo_words: str
    undo_blocked: str
    undo_fault: str
    is_undoing: bool


def batch_page(batch: ImportBatch, until: datetime, *, is_today: bool) -> BatchPage:
    """The import as it stood before `until`. A constant number of queries."""
    metrics = _metrics(batch)
    replaced = _replaced(batch)
    refused = refused_rows(batch.refusals[:_SHOWN_REFUSALS])
    state = state_at(batch, until)
    is_loaded = is_today and state == ImportBatch.State.LOADED
    undoing = undo_job(batch)
    return BatchPage(
        batch=batch,
        state=state,
        is_later=batch.started_at >= until,
        sentence=_sentence(batch, state),
        options=_options(batch.options),
        metrics=metrics[:_SHOWN_METRICS],
        metrics_more=max(0, len(metrics) - _SHOWN_METRICS),
        replaced=replaced,
        replaced_more=max(0, batch.rows_changed - len(replaced)) if replaced else 0,
        refused=refused,
        refused_more=_refused_more(batch),
        refused_file=refused_file(batch) if batch.refusals else None,
        repeating=_repeating(batch) if is_today else "",
        scores=_scores(batch) if is_today else "",
        undo_words=_undo_words(batch, len(metrics)) if is_loaded else "",
        undo_blocked=(why_not_undone(batch) or "") if is_loaded else "",
        undo_fault=undoing.error
        if undoing is not None and undoing.state == Job.State.FAILED and is_loaded
        else "",
        is_undoing=is_today
        and undoing is not None
        and undoing.state in (Job.State.QUEUED, Job.State.RUNNING),
    )


def _sentence(batch: ImportBatch, state: ImportBatch.State) -> str:
    if state == ImportBatch.State.FAILED:
        return f"{batch.file_name} was not imported"
    parts = [f"added {number_words(batch.rows_new)}"] if batch.rows_new else []
    parts += [f"changed {number_words(batch.rows_changed)}"] if batch.rows_changed else []
    did = (
        f"{joined(parts)} {'reading' if batch.rows_new + batch.rows_changed == 1 else 'readings'}"
        if parts
        else "changed nothing"
    )
    if state == ImportBatch.State.UNDONE:
        return f"{batch.file_name} {did}, and was undone"
    return f"{batch.file_name} {did}"


def _options(stored: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (label, _option(name, stored.get(name))) for name, label in _OPTION_WORDS.items() if name in stored
    )


def _option(name: str, value: Any) -> str:
    if name in _YES:
        return _YES[name][0 if value else 1]
    if name == "metrics":
        return "; ".join(f"“{label}” is {key}" for label, key in value) or "none"
    if isinstance(value, list):
        return ", ".join(value) or "none"
    if not value:
        return "none" if name in ("prefix", "category", "unit", "direction") else "decided from the file"
    return "tab" if value == "\t" else str(value)


# Each table is summed by itself, which is ten times faster than over their union. A reading that was replaced and
# came back with an undo stands in both and counts once. EXCEPT sorts or hashes, whatever the planner has heard; an
# anti-join right after an undo of a million readings was planned for a handful and took a minute.
_TOUCHED = """
    SELECT m.key, m.name, sum(readings), min(first), max(last) FROM (
        SELECT metric_id, count(*) AS readings, min(period_start) AS first, max(period_start) AS last
        FROM alignment_observation WHERE batch_id = %s GROUP BY metric_id
        UNION ALL
        SELECT metric_id, count(*), min(period_start), max(period_start) FROM (
            SELECT metric_id, period_start FROM alignment_observationrevision WHERE batch_id = %s
            EXCEPT SELECT metric_id, period_start FROM alignment_observation WHERE batch_id = %s
        ) gone GROUP BY metric_id
    ) touched JOIN alignment_metric m ON m.id = metric_id GROUP BY m.key, m.name ORDER BY m.key
"""

# What the batch put in an old reading's place stands, or became a revision itself.
_CHANGED = """
    SELECT m.key, m.name, m.unit, r.period_start, r.value, coalesce(
        (SELECT o.value FROM alignment_observation o WHERE o.metric_id = r.metric_id
            AND o.period_start = r.period_start AND o.batch_id = %s),
        (SELECT v.value FROM alignment_observationrevision v WHERE v.metric_id = r.metric_id
            AND v.period_start = r.period_start AND v.batch_id = %s ORDER BY v.id LIMIT 1))
    FROM alignment_observationrevision r JOIN alignment_metric m ON m.id = r.metric_id
    WHERE r.replaced_by_id = %s AND r.reason = 'restated' ORDER BY r.period_start DESC, m.key LIMIT %s
"""


def _metrics(batch: ImportBatch) -> tuple[TouchedMetric, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, [batch.pk, batch.pk, batch.pk])
        return tuple(
            TouchedMetric(key, name, _readings(count), _span(first, last))
            for key, name, count, first, last in cursor.fetchall()
        )


def _readings(count: int) -> str:
    return f"{number_words(count)} {'reading' if count == 1 else 'readings'}"


def _span(first: date, last: date) -> str:
    return day_words(first) if first == last else f"{day_words(first)} to {day_words(last)}"


def _replaced(batch: ImportBatch) -> tuple[Replaced, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [batch.pk, batch.pk, batch.pk, _SHOWN_CHANGES])
        rows: list[tuple[str, str, str, date, Decimal, Decimal | None]] = cursor.fetchall()
    return tuple(
        Replaced(key, name, period, measure(old, unit), measure(new, unit))
        for key, name, unit, period, old, new in rows
    )


def _scores(batch: ImportBatch) -> str:
    """What became of the recompute that the import (or its undo) asked for."""
    if batch.state == ImportBatch.State.FAILED:
        return "not touched"
    job = Job.objects.filter(deduplication_key=f"recompute-batch-{batch.pk}").order_by("-id").first()
    if job is None:
        changed = batch.rows_new or batch.rows_changed
        return "were computed with other imports" if changed else "not touched: nothing changed"
    return {
        Job.State.QUEUED: "wait to be computed by a worker",
        Job.State.RUNNING: "are being computed",
        Job.State.DONE: "are up to date with this import",
    }.get(Job.State(job.state), "could not be computed: an administrator can run manage.py recompute")


def _refused_more(batch: ImportBatch) -> int:
    """How many refusals are not shown. A metric that was refused as a whole is one, however many readings it has."""
    kept = len(batch.refusals)
    all_kept = kept < KEPT_REFUSALS
    total = kept if all_kept else batch.rows_refused
    return max(0, total - _SHOWN_REFUSALS)


def _repeating(batch: ImportBatch) -> str:
    """What an undo of the batch takes from later files that held the same readings, and what to do about it."""
    if batch.state == ImportBatch.State.FAILED or not batch.rows_new + batch.rows_changed:
        return ""
    loaded = ImportBatch.objects.filter(state=ImportBatch.State.LOADED)
    later = loaded.filter(pk__gt=batch.pk, rows_unchanged__gt=0).filter(
        Q(source=batch.source) | Q(source__startswith=READINGS_FILE)
    )
    removes = "An undo removes those too"
    if batch.undone_at is not None:
        later = later.filter(started_at__lt=batch.undone_at).exclude(
            pk__in=loaded.filter(again__isnull=False).values("again")
        )
        removes = "The undo removed those too"
    found = later.order_by("-pk").values_list("pk", "file_name")[:_NAMED_LATER]
    if not found:
        return ""
    named = joined([f"import {pk} ({name})" for pk, name in found])
    whose, which = ("A later file", "that file") if len(found) == 1 else ("Later files", "those files")
    return (
        f"{whose} held readings that stood already, perhaps some of this import: {named}. {removes}; to have them "
        f"back, hand {which} in again: what is missing is imported anew."
    )


def _undo_words(batch: ImportBatch, metrics: int) -> str:
    parts = [f"removes the {_readings(batch.rows_new)} that it added"] if batch.rows_new else []
    if batch.rows_changed:
        parts.append(f"puts back the {_readings(batch.rows_changed)} that it replaced")
    if not parts:
        return "Undo takes the import off the list of what is loaded; it changed no reading."
    of = counted(metrics, "metric")
    return f"Undo {joined(parts)}, of {of}, and computes the scores anew. The history keeps both."
