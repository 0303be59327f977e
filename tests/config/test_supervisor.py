"""`make run` from the outside: it starts, answers, refuses what it cannot do, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from config.supervisor import CannotStart, listen

ROOT = Path(__file__).resolve().parent.parent.parent


def _members(folder: Path) -> list[int]:
    """Every living process that carries this state folder in its environment or command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            mentions = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if str(folder).encode() in mentions and state != "Z":
            found.append(int(process.name))
    return found


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="plumbline-test-", dir="/tmp"))
    made.chmod(0o711)
    for built in ("assets", "npm/built-from"):  # as at any later start: the build has tests of its own
        if (settings.STATE.folder / built).is_dir():
            shutil.copytree(settings.STATE.folder / built, made / built)
        elif (settings.STATE.folder / built).is_file():
            (made / built).parent.mkdir()
            shutil.copy2(settings.STATE.folder / built, made / built)
    yield made
    for process in _members(made):
        os.kill(process, signal.SIGKILL)
    shutil.rmtree(made, ignore_errors=True)


def _start(folder: Path, port: int) -> subprocess.Popen[str]:
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE_", "REDIS_", "MAKE"))
    }
    return subprocess.Popen(
        [sys.executable, "-m", "config.supervisor"],
        cwd=ROOT,
        env=variables | {"PLUMBLINE_STATE": str(folder), "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _until_address(running: subprocess.Popen[str]) -> str:
    assert running.stdout is not None
    said = []
    for line in running.stdout:
        said.append(line)
        address = re.search(r"Plumbline is at (http://\S+)", line)
        if address:
            return address[1]
    raise AssertionError("".join(said))


def _until_gone(folder: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while _members(folder):
        assert time.monotonic() < deadline, _members(folder)
        time.sleep(0.1)


def _serves_its_static_files(address: str, page: str) -> None:
    linked = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert linked
    for path in linked:
        with urllib.request.urlopen(f"{address}{path}", timeout=30) as answer:
            assert answer.status == 200


def test_starts_fills_answers_and_stops(folder: Path) -> None:
    port = _free_port()
    running = _start(folder, port)
    address = _until_address(running)
    assert address == f"http://127.0.0.1:{port}"
    with urllib.request.urlopen(f"{address}/", timeout=30) as answer:
        assert answer.url.startswith(f"{address}/sign-in"), "pages are closed to strangers"
        page = answer.read().decode()
    assert "sign-in/sample" in page
    _serves_its_static_files(address, page)
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(f"{address}/nowhere", timeout=30)
    told = missing.value.read().decode()
    assert missing.value.code == 404
    assert "Plumbline" in told
    assert "DEBUG" not in told

    again = _start(folder, _free_port())
    said, _ = again.communicate(timeout=30)
    assert again.returncode == 1
    assert f"runs already from this checkout, at {address}" in said

    os.kill(running.pid, signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    assert (running.returncode, said.strip().splitlines()[-1]) == (0, "Stopped.")
    _until_gone(folder, 5)

    running = _start(folder, port)
    _until_address(running)
    os.kill(running.pid, signal.SIGKILL)
    running.communicate(timeout=10)
    _until_gone(folder, 20)


def test_a_busy_port_is_told_with_one_that_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(CannotStart) as caught:
        listen(other.getsockname()[1])
    told = re.fullmatch(
        r"Port (\d+) is taken by another program. Choose another: make run PORT=(\d+)", str(caught.value)
    )
    assert told
    with listen(int(told[2])) as free:
        assert free.getsockname()[1] == int(told[2])


def test_a_wrong_port_is_told(folder: Path) -> None:
    running = _start(folder, 0)
    said, _ = running.communicate(timeout=30)
    assert running.returncode == 1
    assert "PORT is '0'. Set it to a whole number from 1 to 65535" in said
