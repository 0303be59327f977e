"""After readings changed: a recompute of what they touched, stored with them and run by whoever comes first."""

from __future__ import annotations

from datetime import date

from alignment import queueing
from alignment.models import Job

KIND = "recompute"
_SAID = {
    Job.State.DONE: "Scores are recomputed (job {job}).",
    Job.State.QUEUED: "Scores are not recomputed yet: job {job} waits, for a worker or for its next attempt.",
    Job.State.RUNNING: "Scores are being recomputed by a worker (job {job}).",
    Job.State.FAILED: "Scores are not recomputed: job {job} failed. Run manage.py recompute.",
    Job.State.DEAD: "Scores are not recomputed: job {job} was given up. Run manage.py recompute.",
}


def ask_for_scores(*, batch_id: int, touched: tuple[tuple[int, date], ...], by: str) -> None:
    """Store the job in the caller's transaction, so that changed readings never stand without it."""
    if not touched:
        return
    payload = {
        "batch": batch_id,
        "touched_metrics": [metric_id for metric_id, _ in touched],
        "since": min(day for _, day in touched).isoformat(),
        "by": by,
    }
    queueing.enqueue(KIND, payload=payload, deduplication_key=_key(batch_id), by=by)


def recompute_now(batch_id: int | None) -> list[str]:
    """Run the waiting recompute of a batch here, unless a worker took it; lines that say what was done."""
    job = Job.objects.filter(deduplication_key=_key(batch_id), state=Job.State.QUEUED).first()
    if job is None:
        return []
    try:
        done = queueing.run_now(job)
    except Exception as fault:  # noqa: BLE001 - the readings stand and the job waits, whatever went wrong with it
        return [
            f"  Scores are not recomputed yet ({type(fault).__name__}: {fault}). Job {job.pk} waits for a worker."
        ]
    return [f"  {_SAID[Job.State(done.state)].format(job=done.pk)}"]


def _key(batch_id: int | None) -> str:
    return f"recompute-batch-{batch_id}"
