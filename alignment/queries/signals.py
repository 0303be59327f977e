"""What metrics' readings show as the last run stored it, with figures: many metrics in one query, without statistics.

Of any other day one metric's readings are judged afresh by `alignment.queries.metric_signals.verdicts_on`; what was
said of it then stands in `alignment.queries.said`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, F, When

from alignment.models import Signal


@dataclass(frozen=True, slots=True)
class StoredSignals:
    """What the last run said of one metric.

    `verdict`, `sentence` and `tone` ("better", "worse", "") are the headline, `trend` the trend's own verdict with its
    figures in the metric's unit for each period. `changes` are first days of new levels. `shown` is true where the
    trend stands out among those of its category, `shown_since` the day from which it did, None if it always did.
    """

    verdict: str
    sentence: str
    tone: str
    as_of: date | None
    trend: str
    p: float | None
    slope: float | None
    low: float | None
    high: float | None
    per_quarter: float | None
    readings: int
    story: str
    shift: str
    shifted_on: date | None
    changes: tuple[date, ...]
    guess: str | None
    guess_reason: str
    shown: bool
    shown_since: date | None


def signals_of(metric_ids: Collection[int]) -> dict[int, StoredSignals]:
    """By metric id, of those that a run has judged, as it is known now. One query."""
    figures = Case(When(kind="staleness", then=None), default=F("details"))  # whose readings by day are many
    rows = Signal.objects.filter(metric_id__in=list(metric_ids)).values_list(
        "metric_id", "kind", "verdict", "sentence", "as_of", figures
    )
    told: dict[int, dict[str, tuple[Any, ...]]] = defaultdict(dict)
    for metric_id, kind, *row in rows:
        told[metric_id][kind] = tuple(row)
    return {metric_id: _stored(found) for metric_id, found in told.items() if "headline" in found}


def _stored(rows: Mapping[str, tuple[Any, ...]]) -> StoredSignals:
    verdict, sentence, as_of, first = rows["headline"]
    trend, shift, changes = rows["trend"], rows["shift"], rows["changes"]
    claim, _, since, _ = rows.get("news", ("", "", None, {}))
    figures = {name: trend[3].get(name) for name in ("p", "slope", "low", "high", "per_quarter")}
    return StoredSignals(
        verdict, sentence, first["tone"], as_of, trend[0], **figures, readings=trend[3]["n"],
        story=rows["story"][0], shift=shift[0], shifted_on=_day(shift[3]["start"]),
        changes=tuple(date.fromisoformat(change["start"]) for change in changes[3]["changes"]),
        guess=first["guess"]["kind"], guess_reason=first["guess"]["reason"],
        shown=bool(claim), shown_since=since,
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
