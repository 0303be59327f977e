"""Jobs are rows: stored with the work that asks for them, run once in effect, found again when a worker ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection, transaction

from alignment import queueing, tasks
from alignment.models import Company, Job, SignInThrottle
from config.celery import make_application

KIND = "test-kind"


def _enqueue(key: str = "one", **payload: Any) -> Job:
    return queueing.enqueue(KIND, payload=payload, deduplication_key=key)


@pytest.fixture
def does(monkeypatch: pytest.MonkeyPatch, servers: Any) -> list[dict[str, Any]]:
    """A job kind whose function notes its payload; the broker is this session's own."""
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(queueing, "_functions", {KIND: lambda job, payload: seen.append(payload)})
    monkeypatch.setattr(queueing, "_broker_rests_until", 0.0)
    monkeypatch.setattr(queueing, "SETTLE_SECONDS", 0)
    monkeypatch.setattr(queueing, "current_app", make_application(settings.REDIS_URL))
    return seen


def _let_lease_run_out(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=datetime.now(UTC) - timedelta(seconds=1))


@pytest.mark.django_db
class TestEnqueue:
    def test_stores_a_queued_row(self, does: list[dict[str, Any]]) -> None:
        job = _enqueue(amount=3)
        assert (job.kind, job.state, job.payload, job.attempts) == (KIND, "queued", {"amount": 3}, 0)

    def test_the_same_work_waits_once(self, does: list[dict[str, Any]]) -> None:
        assert _enqueue("same").pk == _enqueue("same").pk
        assert Job.objects.count() == 1

    def test_work_asked_for_while_it_runs_waits_behind(self, does: list[dict[str, Any]]) -> None:
        first = _enqueue("same")
        assert queueing.claim(first.pk)
        assert _enqueue("same").pk != first.pk

    def test_an_unknown_kind_is_refused(self, does: list[dict[str, Any]]) -> None:
        with pytest.raises(queueing.UnknownJobKind, match="nobody-does-this"):
            queueing.enqueue("nobody-does-this", payload={}, deduplication_key="x")

    def test_a_kind_has_one_function(self, does: list[dict[str, Any]]) -> None:
        with pytest.raises(ValueError, match="has a function already"):
            queueing.register(KIND, "alignment.tasks.sweep")


@pytest.mark.django_db(transaction=True)
class TestNudge:
    def test_nothing_is_sent_for_work_that_was_rolled_back(self, does: list[dict[str, Any]]) -> None:
        before = _messages()
        with transaction.atomic():
            _enqueue()
            transaction.set_rollback(True)
        assert (_messages(), Job.objects.count()) == (before, 0)

    def test_one_message_for_committed_work(self, does: list[dict[str, Any]]) -> None:
        before = _messages()
        _enqueue()
        assert _messages() == before + 1

    def test_a_broker_that_refuses_costs_no_second(
        self, does: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            queueing, "current_app", make_application(f"redis://127.0.0.1:{_closed_port()}/0")
        )
        assert _seconds_to_enqueue(20) < 1.0
        assert Job.objects.filter(state="queued").count() == 20

    def test_a_silent_broker_costs_one_second_at_most(
        self, does: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            monkeypatch.setattr(
                queueing, "current_app", make_application(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
            )
            assert _seconds_to_enqueue(20) < 1.0
        assert Job.objects.filter(state="queued").count() == 20


def _messages() -> int:
    import redis

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        return int(client.llen("plumbline"))


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _seconds_to_enqueue(number: int) -> float:
    began = time.monotonic()
    for position in range(number):
        _enqueue(f"key {position}")
    return time.monotonic() - began


@pytest.mark.django_db(transaction=True)
class TestRun:
    def test_done_and_seen_once(self, does: list[dict[str, Any]]) -> None:
        job = queueing.run_now(_enqueue(amount=3))
        assert (job.state, job.attempts, does) == ("done", 1, [{"amount": 3}])
        assert queueing.run_now(job).state == "done"
        assert does == [{"amount": 3}]

    def test_the_longest_waiting_runs_first_and_later_work_waits(self, does: list[dict[str, Any]]) -> None:
        _enqueue("a", name="a")
        later = datetime.now(UTC) + timedelta(hours=1)
        queueing.enqueue(KIND, payload={"name": "later"}, deduplication_key="later", run_after=later)
        last = _enqueue("b", name="b")
        assert queueing.run_due(last.pk) == 2
        assert does == [{"name": "b"}, {"name": "a"}]

    def test_what_failed_is_tried_three_times_then_given_up(
        self, does: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def poison(job: Job, payload: dict[str, Any]) -> None:
            Group.objects.create(name="half done")
            raise RuntimeError("poison")

        monkeypatch.setattr(queueing, "_functions", {KIND: poison})
        job = _enqueue()
        states = []
        for _ in range(4):
            Job.objects.update(run_after=None)
            queueing.run_due()
            job.refresh_from_db()
            states.append((job.state, job.attempts))
        assert states == [("queued", 1), ("queued", 2), ("dead", 3), ("dead", 3)]
        assert job.error == "RuntimeError: poison"
        assert not Group.objects.filter(name="half done").exists()

    def test_no_second_try_where_the_function_says_so(
        self, does: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(job: Job, payload: dict[str, Any]) -> None:
            raise queueing.JobFailed("The file is gone. Import it again.")

        monkeypatch.setattr(queueing, "_functions", {KIND: refuse})
        job = _enqueue()
        with pytest.raises(queueing.JobFailed):
            queueing.run_now(job)
        job.refresh_from_db()
        assert (job.state, job.error) == ("failed", "The file is gone. Import it again.")

    def test_progress_is_seen_while_the_job_runs(
        self, does: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("alignment.beating.PROGRESS_SECONDS", 0.05)
        seen: list[int] = []

        def slow(job: Job, payload: dict[str, Any]) -> None:
            queueing.report(job, done=30, total=100)
            deadline = time.monotonic() + 5
            while not seen and time.monotonic() < deadline:
                time.sleep(0.05)
                seen.extend(
                    Job.objects.filter(progress_done=30, progress_total=100).values_list("pk", flat=True)
                )

        monkeypatch.setattr(queueing, "_functions", {KIND: slow})
        job = queueing.run_now(_enqueue())
        assert (seen, job.state) == ([job.pk], "done")


@pytest.mark.django_db(transaction=True)
class TestTwins:
    def test_many_workers_one_effect(self, does: list[dict[str, Any]]) -> None:
        for number in range(10):
            _enqueue(f"key {number}", number=number)
        threads = [threading.Thread(target=_run_due_and_close) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(item["number"] for item in does) == list(range(10))

    def test_a_late_twin_changes_nothing(
        self, does: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A worker that stalls beyond its lease, while another does its job, writes nothing when it comes back."""

        def write(job: Job, payload: dict[str, Any]) -> None:
            if job.attempts == 1:
                _in_another_connection(lambda: _take_over(job))
            Group.objects.create(name=f"by attempt {job.attempts}")

        monkeypatch.setattr(queueing, "_functions", {KIND: write})
        job = _enqueue()
        with pytest.raises(queueing.LeaseLost):
            queueing.run_now(job)
        job.refresh_from_db()
        assert (job.state, job.attempts) == ("done", 2)
        assert list(Group.objects.filter(name__startswith="by attempt").values_list("name", flat=True)) == [
            "by attempt 2"
        ]

    def test_without_the_fence_both_would_count(
        self, does: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The test above can fail: with the check of the lease taken out, the late twin's row stays too."""

        def write(job: Job, payload: dict[str, Any]) -> None:
            if job.attempts == 1:
                _in_another_connection(lambda: _take_over(job))
            Group.objects.create(name=f"by attempt {job.attempts}")

        monkeypatch.setattr(queueing, "_functions", {KIND: write})
        monkeypatch.setattr(
            queueing, "_fenced", lambda job, **values: Job.objects.filter(pk=job.pk).update(**values)
        )
        queueing.run_now(_enqueue())
        assert Group.objects.filter(name__startswith="by attempt").count() == 2


def _run_due_and_close() -> None:
    queueing.run_due()
    connection.close()


def _in_another_connection(action: Any) -> None:
    def run() -> None:
        action()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def _take_over(job: Job) -> None:
    """What happens elsewhere while a worker stalls: its lease runs out and another worker does the job.

    The stalled worker still holds the lock that shows its life; the other does not wait for it.
    """
    _let_lease_run_out(job)
    assert queueing.sweep().offered_again == 1
    queueing.run_now(Job.objects.get(pk=job.pk))


@pytest.mark.django_db(transaction=True)
class TestSweep:
    def test_leaves_a_living_worker_alone(
        self, does: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found: list[queueing.Sweep] = []
        monkeypatch.setattr(
            queueing,
            "_functions",
            {KIND: lambda job, payload: _in_another_connection(lambda: found.append(queueing.sweep()))},
        )
        assert queueing.run_now(_enqueue()).state == "done"
        assert found == [queueing.Sweep(offered_again=0, given_up=0, due=0)]

    def test_gives_up_after_three_attempts(self, does: list[dict[str, Any]]) -> None:
        job = _enqueue()
        for _ in range(queueing.MOST_ATTEMPTS):
            assert queueing.claim(job.pk)
            queueing.sweep()
        job.refresh_from_db()
        assert (job.state, job.attempts) == ("dead", 3)
        assert job.finished_at is not None

    def test_a_lost_job_gives_way_to_the_same_work_waiting(self, does: list[dict[str, Any]]) -> None:
        lost = _enqueue("same")
        assert queueing.claim(lost.pk)
        waiting = _enqueue("same")
        assert queueing.sweep() == queueing.Sweep(offered_again=0, given_up=0, due=1)
        assert [Job.objects.get(pk=pk).state for pk in (lost.pk, waiting.pk)] == ["failed", "queued"]

    def test_finds_work_whose_message_was_lost(self, does: list[dict[str, Any]]) -> None:
        _enqueue()
        import redis

        with redis.Redis.from_url(settings.REDIS_URL) as client:
            client.flushall()
        queueing.sweep()
        assert _messages() == 1


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_nothing_and_its_job_is_done_by_the_next(
    does: list[dict[str, Any]], outside: dict[str, str], tmp_path: Path
) -> None:
    began = tmp_path / "began"
    job = _enqueue(file=str(began))
    script = f"""
import time, django; django.setup()
from pathlib import Path
from django.contrib.auth.models import Group
from alignment import queueing
def stall(job, payload):
    Group.objects.create(name="half done"); Path(payload["file"]).touch(); time.sleep(60)
queueing.register({KIND!r}, stall)
queueing.run_due({job.pk})
"""
    worker = subprocess.Popen(
        [sys.executable, "-c", script], env=outside | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    )
    deadline = time.monotonic() + 30
    while not began.exists():
        assert worker.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert queueing.sweep().offered_again == 0, "the worker lives"
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    while queueing.sweep().offered_again == 0:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    done = queueing.run_now(job)
    assert (done.state, done.attempts, len(does)) == ("done", 2, 1)
    assert not Group.objects.filter(name="half done").exists()


@pytest.mark.django_db
class TestPeriodicWork:
    def test_a_day_begins_once_however_often_the_clock_ticks(
        self, does: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        queueing.register(tasks.NIGHTLY, lambda job, payload: does.append(payload))
        Company.objects.update_or_create(defaults={"name": "Example", "time_zone": "Pacific/Kiritimati"})
        moment = datetime(2026, 3, 31, 10, 30, tzinfo=UTC)  # the first of April on Kiritimati
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        tasks.begin_day()
        queueing.run_due()
        tasks.begin_day()
        assert queueing.run_due() == 0
        assert does == [{"day": "2026-04-01"}]

    def test_without_a_company_no_day_begins(self, does: list[dict[str, Any]]) -> None:
        queueing.register(tasks.NIGHTLY, lambda job, payload: does.append(payload))
        Company.objects.all().delete()
        tasks.begin_day()
        assert not Job.objects.exists()


@pytest.mark.django_db
def test_the_tick_forgets_sign_in_attempts_whose_window_is_over(does: list[dict[str, Any]]) -> None:
    now = datetime.now(UTC)
    SignInThrottle.objects.create(key="old", count=3, since=now - timedelta(days=1))
    SignInThrottle.objects.create(key="new", count=3, since=now)
    tasks.sweep()
    assert list(SignInThrottle.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.django_db(transaction=True)
def test_a_job_may_compute_for_longer_than_a_page_between_statements(
    does: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page's limit of 30 seconds ended the recompute after a million readings."""
    seen = []

    def limit() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            return str(cursor.fetchone()[0])

    usual = limit()
    monkeypatch.setattr(queueing, "_functions", {KIND: lambda job, payload: seen.append(limit())})
    queueing.run_now(_enqueue())
    assert seen == ["30min"]
    assert limit() == usual != "30min"
