"""Imports at the same time, killed imports and a full disk: the whole file stands, or nothing of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError, connections

from alignment.importing.staging import _LOCK
from alignment.models import Company, ImportBatch, Metric, Observation, ObservationRevision
from config.state import State
from tests.alignment.importing.conftest import Import
from tests.counts import count

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[3]


def _weeks(first: int, last: int, value: int) -> str:
    start = date(2000, 1, 3)
    return "date,commits\n" + "".join(
        f"{start + timedelta(weeks=week)},{value}\n" for week in range(first, last + 1)
    )


def _take_from(take: Import, source: str, text: str, name: str) -> Any:
    return take(text, name, prefix=f"{source}.", source=source).result


def _at_once(functions: list[Callable[[], Any]]) -> list[Any]:
    def run(function: Callable[[], Any]) -> Any:
        try:
            return function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(functions)) as pool:
        return [future.result(60) for future in [pool.submit(run, function) for function in functions]]


def test_twenty_at_once_are_one_import(take: Import) -> None:
    text = _weeks(1, 50, 1)
    answers = _at_once([lambda: take(text, "git.csv").result] * 20)
    assert len({answer.batch_id for answer in answers}) == 1
    assert sum(answer.new for answer in answers) == 50
    assert sum(answer.already for answer in answers) == 19
    assert ImportBatch.objects.get().state == "loaded"
    assert Observation.objects.count() == 50


def test_overlapping_imports_end_as_one_after_the_other(take: Import) -> None:
    for attempt in range(count(small=3, long=30)):
        source = f"repository-{attempt}"
        files = [(_weeks(1, 200, 1), "one.csv"), (_weeks(101, 300, 2), "two.csv")]
        answers = _at_once([partial(_take_from, take, source, text, name) for text, name in files])
        later = max(answers, key=lambda answer: answer.changed)
        readings = Observation.objects.filter(metric__source=source)
        assert readings.count() == 300
        overlapping = readings.order_by("period_start")[100:200]
        assert {reading.batch_id for reading in overlapping} == {later.batch_id}
        revisions = ObservationRevision.objects.filter(metric__source=source)
        assert {revision.replaced_by_id for revision in revisions} == {later.batch_id}
        assert (revisions.count(), later.changed, sum(answer.changed for answer in answers)) == (
            100,
            100,
            100,
        )


def test_without_taking_turns_the_same_two_imports_collide(
    take: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin that shows that the test above can fail: both plan to create the metric, one is thrown out."""
    import threading

    from django.db import IntegrityError

    from alignment.importing import load, staging

    monkeypatch.setattr(staging, "take_turn", lambda: None)
    both_planned = threading.Barrier(2)
    plan = load.make_plan

    def planned(*given: Any) -> Any:
        made = plan(*given)
        both_planned.wait(20)
        return made

    monkeypatch.setattr(load, "make_plan", planned)
    one, two = _weeks(1, 9, 1), _weeks(1, 9, 2)
    with pytest.raises(IntegrityError):
        _at_once([lambda: take(one, "one.csv", source="x"), lambda: take(two, "two.csv", source="x")])


@contextmanager
def _blocked(servers: State, statement: str) -> Any:
    """Another session that holds a lock which stops the import at one point."""
    database = connections["default"].settings_dict
    session = psycopg2.connect(host=str(servers.sockets), dbname=database["NAME"], user=database["USER"])
    try:
        with session.cursor() as cursor:
            cursor.execute(statement)
            yield cursor
    finally:
        session.close()


def _wait_until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, f"waited 60 s until {what}"
        time.sleep(0.02)


def _start_import(servers: State, file: Path) -> subprocess.Popen[bytes]:
    database = connections["default"].settings_dict
    environment = os.environ | {
        "DATABASE_URL": f"postgresql:///{database['NAME']}?host={servers.sockets}&user={database['USER']}",
        "REDIS_URL": f"unix://{servers.valkey_socket}?db=0",
        "SECRET_KEY": "only-for-a-test-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJK",
        "ALLOWED_HOSTS": "localhost",
    }
    command = [sys.executable, "manage.py", "import_metrics", str(file), "--create-metrics"]
    command += ["--category", "technical-performance", "--unit", "count", "--direction", "higher"]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


@pytest.mark.parametrize(
    ("where", "statement"),
    [
        ("before the rows are sent", f"SELECT pg_advisory_lock({_LOCK})"),
        ("while the rows are merged", "LOCK TABLE alignment_observation IN SHARE MODE"),
        ("after all rows are written", ""),
    ],
)
def test_killed_at_any_point_leaves_nothing_half_written(
    where: str, statement: str, company: Company, servers: State, tmp_path: Path
) -> None:
    file = tmp_path / "git.csv"
    file.write_text(_weeks(1, count(small=500, long=5_000), 1))
    if not statement:
        _killed_at_the_last_line(file, servers)
        return
    with _blocked(servers, statement) as cursor:
        process = _start_import(servers, file)
        try:
            _wait_until(lambda: _waiting(cursor), f"the import waits {where}")
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    _nothing_stands(servers)
    _a_retry_works(servers, file)


def _killed_at_the_last_line(file: Path, servers: State) -> None:
    """All readings are written, only the batch's own last line is not: stopped on its row, then killed."""
    with _blocked(servers, f"SELECT pg_advisory_lock({_LOCK})") as gate:
        process = _start_import(servers, file)
        try:
            _wait_until(lambda: _waiting(gate), "the import waits for its turn")
            batch = ImportBatch.objects.get()
            lock = f"SELECT id FROM alignment_importbatch WHERE id = {batch.pk} FOR NO KEY UPDATE"
            with _blocked(servers, lock) as cursor:
                gate.execute(f"SELECT pg_advisory_unlock({_LOCK})")
                gate.connection.commit()
                _wait_until(lambda: _waiting(cursor), "the import waits to finish its batch")
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
    _nothing_stands(servers)
    _a_retry_works(servers, file)


def _waiting(cursor: Any) -> bool:
    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return bool(cursor.fetchone()[0])


def _nothing_stands(servers: State) -> None:
    with _blocked(servers, "SELECT 1") as cursor:

        def alone() -> bool:
            cursor.connection.rollback()  # within one transaction the answer would stay the same
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' "
                "AND pid <> pg_backend_pid()"
            )
            return bool(cursor.fetchone()[0] == 0)

        _wait_until(alone, "the killed import's session ends")
    assert (Observation.objects.count(), Metric.objects.count()) == (0, 0)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.error[:25]) == ("failed", "The import did not finish")


def _a_retry_works(servers: State, file: Path) -> None:
    process = _start_import(servers, file)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output.decode()
    assert Observation.objects.count() == len(file.read_text().splitlines()) - 1
    assert ImportBatch.objects.filter(state="loaded").count() == 1


def test_a_full_disk_fails_the_import_and_a_retry_works(take: Import, superuser: Any) -> None:
    superuser.execute(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"
    )
    superuser.execute(
        "CREATE TRIGGER full_disk AFTER INSERT ON alignment_observation EXECUTE FUNCTION full_disk()"
    )
    superuser.connection.commit()
    text = _weeks(1, 50, 1)
    with pytest.raises(OperationalError, match="No space left"):
        take(text, "git.csv")
    batch = ImportBatch.objects.get()
    assert (batch.state, Observation.objects.count(), Metric.objects.count()) == ("failed", 0, 0)
    assert "No space left" in batch.error
    superuser.execute("DROP TRIGGER full_disk ON alignment_observation; DROP FUNCTION full_disk()")
    superuser.connection.commit()
    assert take(text, "git.csv").result.new == 50
