"""The test session's own servers and database: migrated by the owner role, used by the application role."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2

from config.embedded import Postgres, Valkey, make_database, superuser_cursor
from config.state import State, server_user, why_unusable

TEST_DATABASE = "plumbline_test"
_PREFIX = "plumbline-test-"
_PRISTINE = "pristine"


def session_state() -> State:
    """A new private state folder in a temporary place that the servers can reach, whatever TMPDIR says."""
    user = server_user()
    tried = []
    for parent in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        if not parent.is_dir() or not os.access(parent, os.W_OK):
            continue
        reason = why_unusable(parent / f"{_PREFIX}0000000-xxxxxxxx", user)
        if not reason:
            _remove_left_over(parent)
            folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent))
            folder.chmod(0o711)
            return State(folder)
        tried.append(reason)
    raise RuntimeError(f"No place for the test servers: {'; '.join(tried)}")


def _remove_left_over(parent: Path) -> None:
    """Remove the folders of sessions that were killed before they could do so."""
    for folder in parent.glob(f"{_PREFIX}*"):
        process = folder.name.removeprefix(_PREFIX).split("-")[0]
        if (
            process.isdigit()
            and not Path(f"/proc/{process}").exists()
            and folder.stat().st_uid == os.geteuid()
        ):
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running_servers(state: State) -> Iterator[State]:
    """Both servers on `state`; stopped, and the folder removed, at the end."""
    postgres, valkey = Postgres(state, durable=False), Valkey(state)
    try:
        postgres.start()
        valkey.start()
        yield state
    finally:
        valkey.stop()
        postgres.stop()
        shutil.rmtree(state.folder, ignore_errors=True)


def make_test_database(state: State, name: str) -> None:
    """An empty database; its later tables can be written by the application role."""
    make_database(state, name)


def keep_pristine(state: State, name: str) -> None:
    """Copy the rows that migrations made into a schema of their own, from which `restore` brings them back."""
    with superuser_cursor(state, name) as cursor:
        cursor.execute(f"CREATE SCHEMA {_PRISTINE}")
        for table in _tables(cursor):
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM public."{table}")')
            if _one(cursor)[0] and table != "django_migrations":
                cursor.execute(f'CREATE TABLE {_PRISTINE}."{table}" AS TABLE public."{table}"')


def restore(state: State, name: str) -> None:
    """Bring every table back to what migrations left, past all guards; for tests that commit."""
    with superuser_cursor(state, name) as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET lock_timeout = '20s'")
        tables = [table for table in _tables(cursor) if table != "django_migrations"]
        filled = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM public.\"{table}\")" for table in tables
        )
        cursor.execute(filled)
        changed = [row[0] for row in cursor.fetchall()]
        kept = set(_tables(cursor, _PRISTINE))
        cursor.execute("BEGIN")
        if changed:
            cursor.execute("TRUNCATE " + ", ".join(f'public."{table}"' for table in changed) + " CASCADE")
        for table in kept:
            cursor.execute(f'DELETE FROM public."{table}"')
            cursor.execute(
                f'INSERT INTO public."{table}" OVERRIDING SYSTEM VALUE TABLE {_PRISTINE}."{table}"'
            )
        cursor.execute("COMMIT")


def _tables(cursor: psycopg2.extensions.cursor, schema: str = "public") -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [schema])
    return [row[0] for row in cursor.fetchall()]


def _one(cursor: psycopg2.extensions.cursor) -> tuple[object, ...]:
    row = cursor.fetchone()
    assert row is not None
    return row
