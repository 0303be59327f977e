"""Background work as rows. The row is the truth, the broker's message a nudge that may be lost, doubled or late.

    enqueue -> queued -> claim -> running (lease) -> done
                 ^                   |  the worker ended, or the function raised
                 +--- 3 attempts ----+--> dead; failed where the function says that trying again is no use

Every write of a running job carries its lease token, so that a twin whose lease was lost changes nothing. A worker's
end shows at once, because its database connection ends; its silence shows when the lease runs out, by the database's
clock. Only this module writes `Job`.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import IntegrityError, connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, Value
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from alignment import beating
from alignment.models import Job

logger = logging.getLogger(__name__)

LEASE_SECONDS = 180
HEARTBEAT_SECONDS = 60
MOST_ATTEMPTS = 3
RETRY_AFTER_SECONDS = 15
BROKER_REST_SECONDS = 10
SETTLE_SECONDS = 5
_LONGEST_SILENCE_MINUTES = 30
_LONGEST_ERROR = 4000

JobFunction = Callable[[Job, dict[str, Any]], None]
_functions: dict[str, JobFunction | str] = {}
_broker_rests_until = 0.0


@dataclass(frozen=True)
class Sweep:
    """What a sweep found: jobs offered again, jobs given up, jobs that wait and are due."""

    offered_again: int
    given_up: int
    due: int


class JobFailed(Exception):
    """Raised by a job's function where another attempt would be no use; the message is for people."""


class LeaseLost(Exception):
    """Another worker took the job over; whatever this one still writes must not count."""


class UnknownJobKind(LookupError):
    """No function is registered for a job's kind; config/pipeline.py registers them."""


def register(kind: str, function: JobFunction | str) -> None:
    """Say which function does the jobs of this kind: the function, or its dotted path to import it at first use.

    Raises ValueError where the kind has another function already.
    """
    if _functions.setdefault(kind, function) != function:
        raise ValueError(f"The job kind {kind!r} has a function already: {_functions[kind]!r}.")


def registered_kinds() -> tuple[str, ...]:
    """The kinds that have a function, in order of name."""
    return tuple(sorted(_functions))


def enqueue(
    kind: str,
    *,
    payload: dict[str, Any],
    deduplication_key: str,
    by: str = "",
    run_after: datetime | None = None,
) -> Job:
    """Store a job in the caller's transaction and nudge a worker once that is committed.

    A job with the same key that still waits is returned instead, held until the caller commits, so that whoever runs
    it sees the caller's rows. One that runs already has read its rows, so a second is stored behind it. The payload of
    a waiting job stands: derive the key from it. The nudge never fails and never waits more than a second.
    """
    if kind not in _functions:
        raise UnknownJobKind(f"No function is registered for jobs of kind {kind!r}.")
    job = Job(
        kind=kind, deduplication_key=deduplication_key, payload=payload, by_name=by, run_after=run_after
    )
    with transaction.atomic():
        identity = _insert_or_find(job)
        transaction.on_commit(lambda: nudge(identity), robust=True)
        return Job.objects.get(pk=identity)


def enqueue_once(kind: str, *, payload: dict[str, Any], deduplication_key: str, by: str = "") -> Job | None:
    """Store a job unless there ever was one with this key, whatever became of it; None then. For periodic work."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [deduplication_key])
        if Job.objects.filter(deduplication_key=deduplication_key).exists():
            return None
        return enqueue(kind, payload=payload, deduplication_key=deduplication_key, by=by)


def _insert_or_find(job: Job) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO alignment_job (kind, deduplication_key, payload, state, attempts, progress_done,
                                       progress_total, error, by_name, created_at, run_after)
            VALUES (%s, %s, %s, 'queued', 0, 0, 0, '', %s, now(), %s)
            ON CONFLICT (deduplication_key) WHERE state = 'queued'
            DO UPDATE SET deduplication_key = excluded.deduplication_key
            RETURNING id
            """,
            [
                job.kind,
                job.deduplication_key,
                Job._meta.get_field("payload").get_db_prep_value(job.payload, connection),
                job.by_name,
                job.run_after,
            ],
        )
        return int(cursor.fetchone()[0])


def nudge(job_id: int | None = None) -> bool:
    """Tell a worker that there is work; False, and a line in the log, where the broker does not take the message.

    After a failure the broker is left alone for ten seconds, so that a burst of jobs waits for it once.
    """
    global _broker_rests_until
    if time.monotonic() < _broker_rests_until:
        return False
    try:
        current_app.send_task("alignment.tasks.run_jobs", args=[job_id], retry=False, ignore_result=True)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the row stands and the sweep finds it
        _broker_rests_until = time.monotonic() + BROKER_REST_SECONDS
        logger.warning("the broker did not take a nudge for job %s: %s", job_id, fault)
        return False
    return True


def claim(job_id: int | None = None) -> Job | None:
    """Take a queued job (this one, or the one that waits longest) under a lease of 180 seconds; None if none is due."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE alignment_job SET state = 'running', attempts = attempts + 1, lease_token = %s, error = '',
                   lease_until = now() + make_interval(secs => %s), started_at = now(), finished_at = NULL,
                   progress_done = 0, progress_total = 0
            WHERE id = (
                SELECT id FROM alignment_job
                WHERE state = 'queued' AND (run_after IS NULL OR run_after <= now())
                      AND (%s::bigint IS NULL OR id = %s::bigint)
                ORDER BY run_after NULLS FIRST, id
                FOR UPDATE SKIP LOCKED LIMIT 1
            )
            RETURNING id
            """,
            [uuid.uuid4(), LEASE_SECONDS, job_id, job_id],
        )
        row = cursor.fetchone()
        return Job.objects.get(pk=row[0]) if row else None


def report(job: Job, *, done: int, total: int) -> None:
    """Say how far the job is; stored by the heartbeat, so that it costs nothing and is seen while the job runs."""
    beating.progress(job, done=done, total=total)


def finish(job: Job) -> None:
    """Mark the job as done. Raises LeaseLost where another worker has it now."""
    _fenced(job, state=Job.State.DONE, finished_at=Now(), lease_until=None, lease_token=None, error="")


def run_now(job: Job) -> Job:
    """Run this job here and now, whoever is nudged for it; waits for nobody.

    Returns the job as it then stands. What the function raises is stored with the job and raised again. A job that
    another worker runs or ran already is returned as it is.
    """
    claimed = claim(job.pk)
    if claimed is None:
        return Job.objects.get(pk=job.pk)
    perform(claimed)
    return Job.objects.get(pk=job.pk)


def perform(job: Job) -> None:
    """Run a claimed job's function and store how it ended; raises what the function raised.

    What the function writes and the end of the job are one transaction: where the lease was lost meanwhile, nothing of
    it stays. An advisory lock of that transaction shows the sweep that the job's worker lives.
    """
    try:
        with beating.heart(job, every=HEARTBEAT_SECONDS, lease=LEASE_SECONDS), transaction.atomic():
            _show_life(job)
            _function(job.kind)(job, job.payload)
            finish(job)
    except LeaseLost:
        logger.warning(
            "job %s (%s): another worker took it over; nothing of this run stays", job.pk, job.kind
        )
        raise
    except JobFailed as fault:
        _end(job, Job.State.FAILED, str(fault))
        raise
    except Exception as fault:
        logger.exception("job %s (%s): attempt %s failed", job.pk, job.kind, job.attempts)
        _end(
            job,
            Job.State.DEAD if job.attempts >= MOST_ATTEMPTS else Job.State.QUEUED,
            f"{type(fault).__name__}: {fault}",
        )
        raise


def run_due(job_id: int | None = None, *, most: int = 50) -> int:
    """Run the named job, then whatever else is due, up to `most`; returns how many ran. For workers."""
    ran = 0
    wanted: int | None = job_id
    while ran < most:
        job = claim(wanted)
        if job is None:
            if wanted is None:
                break
            wanted = None
            continue
        wanted = None
        ran += 1
        try:
            perform(job)
        except Exception as fault:  # noqa: BLE001 - stored with the job and logged by perform; the next job must run
            logger.info("job %s ended with %s; going on", job.pk, type(fault).__name__)
    return ran


def sweep() -> Sweep:
    """Offer again the jobs whose worker ended, give up those with no attempts left, nudge for what is due.

    Safe to run at any time, twice at once too.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SWEEP, {"most": MOST_ATTEMPTS, "settle": SETTLE_SECONDS})
        states = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT count(*) FROM alignment_job WHERE state = 'queued' AND (run_after IS NULL OR run_after <= now())"
        )
        due = int(cursor.fetchone()[0])
    result = Sweep(offered_again=states.count("queued"), given_up=states.count("dead"), due=due)
    if result.given_up:
        logger.error("%s jobs were given up after %s attempts", result.given_up, MOST_ATTEMPTS)
    if due:
        nudge()
    return result


_SWEEP = """
    WITH running AS MATERIALIZED (
        SELECT id, attempts, deduplication_key, lease_until, lease_token, started_at FROM alignment_job
        WHERE state = 'running' ORDER BY id FOR UPDATE SKIP LOCKED
    ), lost AS MATERIALIZED (
        SELECT running.*, CASE
            WHEN attempts >= %(most)s THEN 'dead'
            WHEN EXISTS (SELECT 1 FROM alignment_job AS waiting WHERE waiting.state = 'queued'
                         AND waiting.deduplication_key = running.deduplication_key) THEN 'failed'
            WHEN row_number() OVER (PARTITION BY deduplication_key ORDER BY id DESC) > 1 THEN 'failed'
            ELSE 'queued' END AS next_state
        FROM running
        WHERE lease_until < now()
           OR CASE WHEN started_at < now() - make_interval(secs => %(settle)s)
                   THEN pg_try_advisory_xact_lock(
                       ('x' || left(replace(lease_token::text, '-', ''), 16))::bit(64)::bigint) ELSE false END
    )
    UPDATE alignment_job AS job SET
        state = lost.next_state, lease_until = NULL, lease_token = NULL,
        finished_at = CASE WHEN lost.next_state = 'queued' THEN NULL ELSE now() END,
        error = CASE lost.next_state
            WHEN 'failed' THEN 'The worker ended while it ran this job; the same work waits as a later job.'
            ELSE 'The worker ended or fell silent while it ran this job.' END
    FROM lost WHERE job.id = lost.id
    RETURNING job.state
"""


def _show_life(job: Job) -> None:
    """Take the lock that shows the sweep our transaction, then check that the job is still ours.

    Its number comes from the lease, not from the job, so that whoever takes the job over never waits for us. A job may
    compute for longer than a page between two statements: its silence is bounded by the lease, not by a page's limit.
    """
    assert job.lease_token is not None
    number = int.from_bytes(job.lease_token.bytes[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s), set_config('idle_in_transaction_session_timeout', %s, true)",
            [number, f"{_LONGEST_SILENCE_MINUTES}min"],
        )
    if not Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease_token=job.lease_token).exists():
        raise LeaseLost(f"Another worker took over job {job.pk}.")


def _fenced(job: Job, **values: Any) -> None:
    """Change the job's row if, and only if, our lease still holds."""
    ours = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease_token=job.lease_token)
    if not ours.update(**values):
        raise LeaseLost(f"Another worker took over job {job.pk}.")


def _end(job: Job, state: Job.State, error: str) -> None:
    """Store that an attempt failed; to be tried again later unless the same work waits already as another job."""
    values: dict[str, Any] = {"lease_until": None, "lease_token": None, "error": error[:_LONGEST_ERROR]}
    again = values | {"state": Job.State.QUEUED, "run_after": _after(RETRY_AFTER_SECONDS * job.attempts)}
    over = values | {"state": Job.State.FAILED if state == Job.State.QUEUED else state, "finished_at": Now()}
    try:
        with transaction.atomic():
            _fenced(job, **(again if state == Job.State.QUEUED else over))
    except IntegrityError:
        _fenced(job, **over)
    except LeaseLost:
        logger.warning("job %s (%s): failed after its lease was lost", job.pk, job.kind)


def _after(seconds: int) -> Any:
    return ExpressionWrapper(Now() + Value(timedelta(seconds=seconds)), output_field=DateTimeField())


def _function(kind: str) -> JobFunction:
    if kind not in _functions:
        raise UnknownJobKind(f"No function is registered for jobs of kind {kind!r}.")
    function = _functions[kind]
    return import_string(function) if isinstance(function, str) else function
