"""The order of things: what follows when readings arrive, are taken back, or when goals, money or work change.

    file -> observations -> [here] signals -> statuses -> scores

Each step is a job: a row with ids in its payload, safe to run twice, touching only what the batch touched. A lower
app starts a job by the name of its kind; only this module knows the functions behind the names. Job functions are
doors: they read the clock and call one verb.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from alignment import queueing
from alignment.models import Job

RECOMPUTE = "recompute"
NIGHTLY = "nightly"


# -- events: what happened, and the job that follows. Readings that came or were taken back store theirs together with
# -- the readings (alignment.importing.score_again), a new day in alignment.tasks.begin_day.


def object_edited(*, kind: str, object_id: int, since: date, by: str) -> Job:
    """A goal, budget line, epic, guardrail or policy changed: all days from `since` on, whatever the object was.

    A metric's own settings count as they are now for every day, so kind "metric" means everything anew.
    """
    everything = kind == "metric"
    payload: dict[str, Any] = {
        "touched_metrics": None if everything else [],
        "since": None if everything else since.isoformat(),
        "by": by,
    }
    return queueing.enqueue(
        RECOMPUTE, payload=payload, deduplication_key=f"edit:{kind}:{object_id}:{since.isoformat()}", by=by
    )


# -- steps: what a job does ------------------------------------------------------------------------------------


def _recompute(job: Job, payload: dict[str, Any]) -> None:
    """Signals, statuses and scores, in one transaction; `touched_metrics` null means all, from the first day."""
    from alignment.scoring.loading import load_house
    from alignment.scoring.recompute import recompute

    now = timezone.now()
    since = payload.get("since")
    recompute(
        touched_metrics=payload.get("touched_metrics"),
        since=date.fromisoformat(since) if since else None,
        until=load_house().day_of(now),
        by=payload.get("by") or job.by_name or "system:recompute",
        now=now,
    )


def _nightly(job: Job, payload: dict[str, Any]) -> None:
    """A new day has begun (alignment.tasks stores the job): paths rose, readings aged; new days are caught up."""
    _recompute(job, {"touched_metrics": [], "since": None, "by": "system:nightly"})


queueing.register(RECOMPUTE, _recompute)
queueing.register(NIGHTLY, _nightly)
