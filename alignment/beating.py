"""The heartbeat of a running job: a thread with its own database connection prolongs the lease and shows progress."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import DatabaseError, connection

from alignment.models import Job

logger = logging.getLogger(__name__)

PROGRESS_SECONDS = 2.0
"""How often new progress is stored at most."""

_hearts: dict[UUID, Heart] = {}


class Heart(threading.Thread):
    """Beats for one job until it is stopped."""

    def __init__(self, job: Job, *, every: float, lease: float) -> None:
        super().__init__(name=f"heart of job {job.pk}", daemon=True)
        self._job = job
        self._every = every
        self._lease = lease
        self._over = threading.Event()
        self._progress: tuple[int, int] | None = None

    def progress(self, done: int, total: int) -> None:
        """Remember how far the job is; the next beat stores it."""
        self._progress = (min(done, total), total)

    def run(self) -> None:
        """Beat when the time has come or there is progress to show."""
        waited = 0.0
        try:
            while not self._over.wait(PROGRESS_SECONDS):
                waited += PROGRESS_SECONDS
                if self._progress is not None or waited >= self._every:
                    waited = 0.0
                    self._beat()
        finally:
            connection.close()

    def stop(self) -> None:
        """End the thread; it stores nothing more."""
        self._over.set()
        self.join()

    def _beat(self) -> None:
        progress, self._progress = self._progress, None
        done, total = progress or (None, None)
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    """
                    UPDATE alignment_job SET lease_until = now() + make_interval(secs => %s),
                        progress_done = COALESCE(%s, progress_done), progress_total = COALESCE(%s, progress_total)
                    WHERE id = %s AND state = 'running' AND lease_token = %s
                    """,
                    [self._lease, done, total, self._job.pk, self._job.lease_token],
                )
        except DatabaseError:
            logger.warning("job %s: a heartbeat was missed", self._job.pk, exc_info=True)
            connection.close()


@contextmanager
def heart(job: Job, *, every: float, lease: float) -> Iterator[Heart]:
    """Let a heart beat for the claimed job; `every` and `lease` in seconds."""
    assert job.lease_token is not None
    beating = Heart(job, every=every, lease=lease)
    _hearts[job.lease_token] = beating
    beating.start()
    try:
        yield beating
    finally:
        del _hearts[job.lease_token]
        beating.stop()


def progress(job: Job, *, done: int, total: int) -> None:
    """Say how far a running job is; without effect on a job that does not run here."""
    if job.lease_token in _hearts:
        _hearts[job.lease_token].progress(done, total)
