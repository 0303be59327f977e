"""The Celery application. Its messages are nudges: the work stands in rows of alignment.Job (alignment.queueing).

A message may be lost, doubled or late without harm. So nothing here stores results, and a sender that meets a dead or
silent broker gives up after half a second: the row is there, and the next sweep finds it.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

from celery import Celery
from celery.signals import beat_init, celeryd_init, setup_logging, worker_process_init
from django.conf import settings
from kombu.exceptions import OperationalError

SENDER_TIMEOUT_SECONDS = 0.5
WORKER_TIMEOUT_SECONDS = 5.0
SWEEP_EVERY_SECONDS = 20.0
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def broker_address(redis_url: str) -> str:
    """The address as Celery writes it: unix:///path?db=1 becomes redis+socket:///path?virtual_host=1."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"


def transport_options(seconds: float) -> dict[str, Any]:
    """How long to wait for the broker; messages not acknowledged come again after twice the longest job and more."""
    return {
        "socket_timeout": seconds,
        "socket_connect_timeout": seconds,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "visibility_timeout": 2 * settings.LONGEST_JOB_SECONDS + 600,
    }


_TRY_ONCE = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
"""A sender does not wait for a broker that refuses: without these four it tries for two seconds."""


def make_application(redis_url: str) -> Celery:
    """A Celery application that speaks to this broker."""
    made = Celery("plumbline", include=["alignment.tasks"])
    made.conf.update(broker_url=broker_address(redis_url), **_CONFIGURATION)
    return made


_CONFIGURATION: dict[str, Any] = dict(  # noqa: C408 - keywords read as the settings are written
    broker_connection_timeout=SENDER_TIMEOUT_SECONDS,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options=transport_options(SENDER_TIMEOUT_SECONDS) | _TRY_ONCE,
    accept_content=["json"],
    task_serializer="json",
    event_serializer="json",
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_time_limit=settings.LONGEST_JOB_SECONDS,
    task_soft_time_limit=settings.LONGEST_JOB_SECONDS - 60,
    task_publish_retry=False,
    task_default_queue="plumbline",
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=30.0,
    worker_enable_soft_shutdown_on_idle=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_send_task_events=False,
    enable_utc=True,
    timezone="UTC",
    beat_schedule={
        "sweep": {
            "task": "alignment.tasks.sweep",
            "schedule": SWEEP_EVERY_SECONDS,
            "options": {"expires": 60},
        },
    },
    beat_sync_every=1,  # the schedule's file shows that the clock lives (config.probe)
    beat_schedule_filename=str(settings.STATE.folder / "beat-schedule"),
)


application = make_application(settings.REDIS_URL)


@celeryd_init.connect
def _be_patient(conf: Any, **_: Any) -> None:
    """A worker may wait longer than a page: it has nobody waiting for it."""
    conf.broker_connection_timeout = WORKER_TIMEOUT_SECONDS
    conf.broker_transport_options = transport_options(WORKER_TIMEOUT_SECONDS)


@beat_init.connect
def _sweep_at_once(**_: Any) -> None:
    """What waited while nothing ran is found at the start, not at the first round."""
    with suppress(OperationalError):
        application.send_task("alignment.tasks.sweep", retry=False, ignore_result=True)


@setup_logging.connect
def _keep_logging(**_: Any) -> None:
    """Django's LOGGING holds for workers too."""


@worker_process_init.connect
def _end_with_parent(**_: Any) -> None:
    """A worker's child ends when the worker is killed; its job is offered again when the lease runs out."""
    from config.embedded import end_with_parent

    end_with_parent(signal.SIGKILL, parent=os.getppid())()
