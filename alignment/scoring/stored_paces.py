"""Reads the stored chances of key results: as of a day for pages, over a life for judging again. No sums, no numpy."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from alignment.models import KeyResultPace, KeyResultStatus
from alignment.scoring.explanation import StoredPace
from alignment.scoring.status_history import Told
from alignment.signals.pace_words import reason_of

_KEPT = ("day", "probability", "sentence", "expected", "low", "high", "target", "steps")


def with_pace(rows: QuerySet[KeyResultStatus], day: date) -> QuerySet[KeyResultStatus]:
    """Status rows with what `pace_of` reads: the chance by what was known at the end of `day`, in the same query."""
    latest = KeyResultPace.objects.filter(key_result_id=OuterRef("key_result_id"), day__lte=day).order_by(
        "-day"
    )
    told = latest.annotate(told=JSONObject(**{name: name for name in _KEPT})).values("told")[:1]
    return rows.annotate(pace=Subquery(told))


def pace_of(row: KeyResultStatus) -> StoredPace | None:
    """The chance beside a status row that was read by `with_pace`; None where none was ever asked."""
    told: dict[str, Any] | None = getattr(row, "pace", None)
    if told is None:
        return None
    steps = tuple((date.fromisoformat(day), at, low, high) for day, at, low, high in told["steps"])
    return StoredPace(
        date.fromisoformat(told["day"]),
        told["probability"],
        told["sentence"],
        told["expected"],
        told["low"],
        told["high"],
        told["target"],
        steps,
    )


def told_by_key_result() -> dict[int, list[Told]]:
    """Every chance by key result, in order of day. One query."""
    found: dict[int, list[Told]] = defaultdict(list)
    rows = KeyResultPace.objects.order_by("key_result_id", "day")
    for key_result_id, day, probability, sentence in rows.values_list(
        "key_result_id", "day", "probability", "sentence"
    ):
        found[key_result_id].append(Told(day, probability, reason_of(sentence)))
    return dict(found)
