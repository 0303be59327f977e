"""Servers for one command: those of `make run` where it runs, else our own until the command ends."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import IO

from config.embedded import Postgres, ServerFailed, Valkey, postgres_answers, valkey_answers
from config.environment import read_environment
from config.state import State, choose_state, prepare

ROOT = Path(__file__).resolve().parent.parent
_WAIT_SECONDS = 60.0


class AlreadyRunning(Exception):
    """Another process runs the servers of this state folder; the message is what it wrote about itself."""


@contextmanager
def sole_keeper(state: State, note: str) -> Iterator[IO[str]]:
    """Be the one process that runs this state folder's servers; raises AlreadyRunning where there is one."""
    prepare(state)
    with (state.folder / "servers.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyRunning(file.read().strip()) from None
        file.seek(0)
        file.truncate()
        file.write(note)
        file.flush()
        yield file


@contextmanager
def servers_at_hand(*, migrated: bool = True) -> Iterator[None]:
    """PostgreSQL and the Redis-protocol server answer while the block runs, with all tables made if `migrated`.

    Does nothing where DATABASE_URL is set. Commands that run at once share the servers of the first; it waits for them.
    """
    environment = read_environment(os.environ)
    if environment.database is not None:
        yield
        return
    state = choose_state(ROOT, environment.state)
    say_where(state)
    os.environ["PLUMBLINE_STATE"] = str(state.folder)
    prepare(state)
    with (state.folder / "users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            with sole_keeper(state, f"process {os.getpid()}"), running(state):
                if migrated:
                    migrate(state)
                yield
                fcntl.flock(users, fcntl.LOCK_EX)  # until the commands that use our servers have ended
        except AlreadyRunning:
            _wait_for_servers(state)
            yield


@contextmanager
def running(state: State) -> Iterator[None]:
    """Both servers, as our children."""
    postgres, valkey = Postgres(state), Valkey(state)
    try:
        postgres.start()
        valkey.start()
        yield
    finally:
        valkey.stop()
        postgres.stop()


def migrate(state: State, *, own_servers: bool = True) -> None:
    """Bring the tables up to date as the owner role.

    Done at once where these are our own servers and no migration has changed since the last time.
    """
    mark = state.folder / "postgres" / "migrated"
    current = _migrations_hash()
    if own_servers and mark.exists() and mark.read_text() == current:
        return
    owner = own_servers or "DATABASE_OWNER_URL" in os.environ
    subprocess.run(
        [sys.executable, ROOT / "manage.py", "migrate", "--verbosity", "0", "--no-input"],
        check=True,
        env=os.environ | {"DATABASE_ROLE": "owner" if owner else "application"},
    )
    if own_servers:
        mark.write_text(current)


def say_where(state: State) -> None:
    """Say that the state is not in var/, and why."""
    if state.moved_because:
        sys.stderr.write(
            f"State is kept in {state.folder}: {state.moved_because}. Choose another folder with PLUMBLINE_STATE.\n"
        )


def _migrations_hash() -> str:
    """Changes whenever a migration of ours, or Django with its own, changes."""
    digest = hashlib.sha256(version("django").encode())
    for file in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()


def _wait_for_servers(state: State) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while not (postgres_answers(state) and valkey_answers(state)):
        if time.monotonic() > deadline:
            raise ServerFailed(
                f"Another process of this checkout is starting the servers, but they did not answer. See {state.logs}."
            )
        time.sleep(0.1)
