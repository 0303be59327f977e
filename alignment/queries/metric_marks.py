"""What happened to a metric: work that serves it, files that came in, edits of its definition. Numbered for a chart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from alignment.models import AuditEvent, ImportBatch, Metric
from alignment.queries.metric_uses import EpicUse
from alignment.queries.words import counted
from alignment.scoring.loading import House

MOST = 12
"""Numbers on one chart; of more, the latest are shown."""
_WRITTEN_BY_IMPORTS = frozenset({"first_imported_at", "source"})


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing on one day. `batch_id` leads to an import."""

    day: date
    kind: str
    words: str
    batch_id: int | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A number on the chart and the things that it stands for, close together in time."""

    number: int
    day: date
    happenings: tuple[Happening, ...]


@dataclass(frozen=True, slots=True)
class Restatement:
    """A reading that was replaced or taken back. `value` is what it was before, in exact digits."""

    period_start: date
    value: Any
    known_at: datetime
    replaced_at: datetime
    reason: str
    by: str
    batch_id: int | None
    file: str
    line: int | None
    column: str
    new_batch_id: int | None
    new_file: str


def marks_of(happenings: Iterable[Happening], first: date, last: date) -> tuple[tuple[Mark, ...], int]:
    """Happenings from `first` to `last` as numbered marks, those close together under one number, and how many
    earlier ones were left out."""
    near = max((last - first).days // 40, 1)
    groups: list[list[Happening]] = []
    for happening in sorted(happenings, key=lambda h: (h.day, h.kind, h.words)):
        if not first <= happening.day <= last:
            continue
        if groups and (happening.day - groups[-1][0].day).days < near:
            groups[-1].append(happening)
        else:
            groups.append([happening])
    left_out = sum(len(group) for group in groups[:-MOST])
    kept = groups[-MOST:]
    return tuple(Mark(n, group[0].day, tuple(group)) for n, group in enumerate(kept, start=1)), left_out


def work(epics: Sequence[EpicUse], until: date) -> list[Happening]:
    """Starts and launches of epics up to a day."""
    found = []
    for epic in epics:
        if epic.started_on and epic.started_on <= until:
            found.append(Happening(epic.started_on, "work", f"{epic.name} was started"))
        if epic.finished_on and epic.finished_on <= until:
            ended = "was stopped" if epic.state == "Stopped" else "was launched"
            found.append(Happening(epic.finished_on, "work", f"{epic.name} {ended}"))
    return found


def imports(
    batches: Collection[ImportBatch], restatements: Sequence[Restatement], house: House
) -> list[Happening]:
    """The first file with readings of the metric, the latest, and each that restated some."""
    loaded = sorted((b for b in batches if b.imported_at is not None), key=lambda b: (b.imported_at, b.pk))
    restated: dict[int, int] = {}
    for restatement in restatements:
        if restatement.new_batch_id is not None and restatement.reason == "restated":
            restated[restatement.new_batch_id] = restated.get(restatement.new_batch_id, 0) + 1
    found = []
    for place, batch in enumerate(loaded):
        if batch.imported_at is None or (place not in (0, len(loaded) - 1) and batch.pk not in restated):
            continue
        words = f"{batch.file_name} was imported by {batch.by_name}"
        if batch.pk in restated:
            words += f" and restated {counted(restated[batch.pk], 'reading')}"
        elif place == 0:
            words += ": the first readings"
        found.append(Happening(house.day_of(batch.imported_at), "import", words, batch.pk))
    return found


def edits(metric: Metric, until: datetime, house: House) -> list[Happening]:
    """Changes of the definition, from the audit trail. One query."""
    events = AuditEvent.objects.filter(
        table_name="alignment_metric", row_id=str(metric.pk), operation="update", at__lt=until
    ).order_by("id")
    found = []
    for event in events:
        before, after = event.before or {}, event.after or {}
        changed = [name for name in after if after[name] != before.get(name)]
        if set(changed) <= _WRITTEN_BY_IMPORTS:
            continue
        words = ", ".join(_change(name, before.get(name), after[name]) for name in changed)
        found.append(Happening(house.day_of(event.at), "definition", f"{event.actor} changed {words}"))
    return found


def _change(name: str, before: Any, after: Any) -> str:
    label = name.removesuffix("_id").replace("_", " ")
    if name.endswith("_id") or len(f"{before}{after}") > 80:
        return label
    return f"{label} from {_value(before)} to {_value(after)}"


def _value(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    return (
        f"{value:.12g}"
        if isinstance(value, float)
        else f"“{value}”"
        if isinstance(value, str)
        else str(value)
    )
