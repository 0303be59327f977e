"""Doors for the worker: a number in, one call, nothing else. The work itself stands in rows (alignment.queueing)."""

from __future__ import annotations

from celery import shared_task

from alignment import queueing


@shared_task(name="alignment.tasks.run_jobs")
def run_jobs(job_id: int | None = None) -> None:
    """Run the named job if it still waits, then whatever else is due."""
    queueing.run_due(job_id)


@shared_task(name="alignment.tasks.sweep")
def sweep() -> None:
    """Find jobs whose worker ended, and jobs whose nudge was lost."""
    queueing.sweep()
