"""The order of things: what follows when readings arrive, are taken back, or when goals, money or work change.

    file -> observations -> [here] signals -> statuses -> scores

Each step is a job: a row with ids in its payload, safe to run twice, touching only what the batch touched. A lower
app starts a job by the name of its kind; only this module knows the functions behind the names. Job functions are
doors: they read the clock and call one verb.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils import timezone

from alignment import queueing
from alignment.models import Job

RECOMPUTE = "recompute"
NIGHTLY = "nightly"


# -- events: what happened, and the job that follows. Readings that came or were taken back store theirs together with
# -- the readings (alignment.importing.score_again), an edit with the row (alignment.editing), a new day in
# -- alignment.tasks.begin_day.


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


def _preview_upload(job: Job, payload: dict[str, Any]) -> None:
    """Look at an uploaded file with its choices."""
    from alignment.importing.previewing import preview_upload

    preview_upload(upload_id=payload["upload"], now=timezone.now(), report=_reporter(job))


def _import_upload(job: Job, payload: dict[str, Any]) -> None:
    """Import an uploaded file that a person confirmed."""
    from alignment.importing.confirmed import import_upload

    import_upload(
        upload_id=payload["upload"], user_id=payload["by"], now=timezone.now(), report=_reporter(job)
    )


def _undo_import(job: Job, payload: dict[str, Any]) -> None:
    """Take a batch back."""
    from alignment.importing.confirmed import undo_asked

    undo_asked(batch_id=payload["batch"], by=payload["by"], now=timezone.now())


def _reporter(job: Job) -> Callable[[int, int], None]:
    return lambda done, total: queueing.report(job, done=done, total=total)


queueing.register(RECOMPUTE, _recompute)
queueing.register(NIGHTLY, _nightly)
queueing.register("import-preview", _preview_upload)
queueing.register("import-upload", _import_upload)
queueing.register("undo-import", _undo_import)
