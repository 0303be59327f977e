"""Doors for the worker: a number in, one call, nothing else. The work itself stands in rows (alignment.queueing)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from celery import shared_task
from django.utils import timezone

from alignment import queueing
from alignment.data_version import fold_changes
from alignment.importing.uploads import forget_old_uploads
from alignment.models import Company
from alignment.throttle import forget_old_attempts

NIGHTLY = "nightly"


@shared_task(name="alignment.tasks.run_jobs")
def run_jobs(job_id: int | None = None) -> None:
    """Run the named job if it still waits, then whatever else is due."""
    queueing.run_due(job_id)


@shared_task(name="alignment.tasks.sweep")
def sweep() -> None:
    """Find jobs whose worker ended and jobs whose nudge was lost; begin the company's day, once, however late."""
    begin_day()
    queueing.sweep()
    forget_old_attempts(now=timezone.now())
    forget_old_uploads(now=timezone.now())
    fold_changes()


def begin_day() -> None:
    """Store the nightly job of the company's today unless it was stored before; nothing without a company."""
    company = Company.objects.first()
    if company is None or NIGHTLY not in queueing.registered_kinds():
        return
    today = timezone.localdate(timezone=ZoneInfo(company.time_zone)).isoformat()
    queueing.enqueue_once(
        NIGHTLY, payload={"day": today}, deduplication_key=f"nightly:{today}", by="system:nightly"
    )
