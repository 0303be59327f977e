"""What an import would move: scores and statuses as they stand, and as they would stand with its readings.

Nothing is guessed: the readings are written, the scores computed as they will be, and both taken back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from alignment.models import KeyResult, KeyResultStatus, Objective, Score, ScorePolicy
from alignment.scoring.recompute import recompute

_BY = "system:import-preview"


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand on a day: the company's score, and by id each objective's score and key result's status."""

    company: float | None
    objectives: dict[int, float | None]
    statuses: dict[int, str]


@dataclass(frozen=True, slots=True)
class MovedObjective:
    """An objective whose score would change. Scores are 0..100, None where too little is known."""

    slug: str
    name: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class MovedKeyResult:
    """A key result whose status would change; statuses are stored values."""

    objective_slug: str
    objective: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Consequence:
    """What would move on `day`."""

    day: date
    before: float | None
    after: float | None
    objectives: tuple[MovedObjective, ...]
    key_results: tuple[MovedKeyResult, ...]

    def as_json(self) -> dict[str, Any]:
        """For storing with the preview."""
        return {**asdict(self), "day": self.day.isoformat()}


def stand(day: date) -> Standing:
    """How things stand at the end of `day` under the active policy. Three queries."""
    policy = ScorePolicy.objects.get(is_active=True)
    scores = {
        (kind, subject_id): value
        for kind, subject_id, value in Score.objects.filter(policy=policy, day=day).values_list(
            "subject_kind", "subject_id", "value"
        )
    }
    statuses = (
        KeyResultStatus.objects.filter(policy=policy, day__lte=day)
        .order_by("key_result_id", "-day")
        .distinct("key_result_id")
        .values_list("key_result_id", "status")
    )
    objectives = {subject_id: value for (kind, subject_id), value in scores.items() if kind == "objective"}
    return Standing(scores.get(("company", 0)), objectives, dict(statuses))


def catch_up(day: date, now: datetime) -> None:
    """Compute the days that have no scores yet, so that what follows is the import's doing alone."""
    recompute(touched_metrics=[], since=None, until=day, by=_BY, now=now)


def consequence_of(
    before: Standing, touched: Collection[tuple[int, date]], day: date, now: datetime
) -> Consequence:
    """Recompute what the touched metrics move, and compare. Only within a transaction that is taken back."""
    if touched:
        since = min(known for _, known in touched)
        ids = [metric_id for metric_id, _ in touched]
        recompute(touched_metrics=ids, since=since, until=day, by=_BY, now=now)
    after = stand(day)
    return Consequence(
        day, before.company, after.company, _objectives(before, after), _key_results(before, after)
    )


def _objectives(before: Standing, after: Standing) -> tuple[MovedObjective, ...]:
    moved = {
        objective_id: (before.objectives.get(objective_id), value)
        for objective_id, value in after.objectives.items()
        if _shown(before.objectives.get(objective_id)) != _shown(value)
    }
    rows = Objective.objects.filter(pk__in=moved).values_list("pk", "slug", "name")
    found = [MovedObjective(slug, name, *moved[pk]) for pk, slug, name in rows]
    return tuple(sorted(found, key=lambda row: (row.after or 0) - (row.before or 0)))


def _key_results(before: Standing, after: Standing) -> tuple[MovedKeyResult, ...]:
    moved = {
        pk: (before.statuses.get(pk, KeyResult.Status.NOT_STARTED), status)
        for pk, status in after.statuses.items()
        if before.statuses.get(pk, KeyResult.Status.NOT_STARTED) != status
    }
    rows = KeyResult.objects.filter(pk__in=moved).order_by("objective_id", "pk")
    return tuple(
        MovedKeyResult(slug, objective, name, *moved[pk])
        for pk, name, slug, objective in rows.values_list("pk", "name", "objective__slug", "objective__name")
    )


def _shown(value: float | None) -> float | None:
    """To the place that pages show: what is not seen to move is not said to."""
    return None if value is None else round(value, 1)
