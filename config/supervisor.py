"""`make run`: one process that starts everything, prints the address, and stops everything on Ctrl-C.

Each child runs in a session of its own, so that Ctrl-C reaches the supervisor alone, which then stops them in order;
each is tied to the supervisor's life by the kernel, so that none outlives it, even where it is killed.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from config.at_hand import AlreadyRunning, migrate, running, say_where, sole_keeper
from config.embedded import ServerFailed, end_with_parent
from config.environment import WrongEnvironment, read_environment
from config.state import State, StateUnusable, choose_state

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
_READY_SECONDS = 60.0
_STOP_SECONDS = 35.0
_MOST_RESTARTS = 5


class CannotStart(Exception):
    """Start-up failed; the message is for the person at the terminal."""


class Interrupted(Exception):
    """Ctrl-C, or a request to end."""


@dataclass
class Child:
    """One long-running process of ours."""

    name: str
    arguments: list[str]
    death_signal: signal.Signals
    log: Path
    listener: int | None = None
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0

    def start(self) -> None:
        """Start the process, its output in its log."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.arguments,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent(self.death_signal),
                pass_fds=() if self.listener is None else (self.listener,),
            )

    def ended(self) -> bool:
        """Whether the process is no longer there."""
        return self.process is None or self.process.poll() is not None

    def ask_to_stop(self) -> None:
        """Send the polite signal."""
        if self.process is not None and not self.ended():
            self.process.terminate()

    def end(self, deadline: float) -> None:
        """Wait for the end until `deadline` (monotonic seconds), then kill the whole session of the process."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def listen(port: int) -> socket.socket:
    """Take the port at once, before anything is started; raises CannotStart naming a free one where it is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(256)
    except PermissionError:
        listener.close()
        raise CannotStart(
            f"Port {port} may not be used by this account. Choose another: make run PORT=8000"
        ) from None
    except OSError:
        listener.close()
        raise CannotStart(
            f"Port {port} is taken by another program. Choose another: make run PORT={_free_port(port)}"
        ) from None
    return listener


def _free_port(taken: int) -> int:
    for port in range(taken + 1, min(taken + 100, 65536)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((HOST, port))
            except OSError:
                continue
            return port
    return 8000


class Supervisor:
    """Starts, watches and stops the children of `make run`."""

    def __init__(self, state: State, port: int, listener: socket.socket, *, own_servers: bool) -> None:
        self._state = state
        self._port = port
        self._own_servers = own_servers
        self._listener = listener
        self._began = time.monotonic()
        self._children: list[Child] = []
        self._commands: list[subprocess.Popen[bytes]] = []

    def run(self) -> None:
        """Start everything, print the address, watch until interrupted, stop everything."""
        assets = self._command("build_assets")
        try:
            with running(self._state) if self._own_servers else nullcontext():
                migrate(self._state, own_servers=self._own_servers)
                self._fill_and_serve(assets)
        finally:
            for command in self._commands:
                if command.poll() is None:
                    command.terminate()
                    command.wait()

    def _fill_and_serve(self, assets: subprocess.Popen[bytes]) -> None:
        """The sample company before the first page; its story up to today, at later starts, behind the pages."""
        filled = self._state.folder / "postgres" / "filled"
        try:
            if self._own_servers and filled.exists():
                if not (self._state.folder / "assets" / "vendor").exists():
                    _finish(assets, "build_assets")
                self._serve()
                self._command("load_sample", "--extend")
            else:
                _finish(self._command("load_sample", "--extend"), "load_sample --extend")
                if self._own_servers:
                    filled.touch()
                _finish(assets, "build_assets")
                self._serve()
            self._watch()
        finally:
            self._stop_children()

    def _command(self, *arguments: str) -> subprocess.Popen[bytes]:
        """One of Django's commands as our child, its output on the terminal."""
        command = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent(signal.SIGKILL),
        )
        self._commands.append(command)
        return command

    def _serve(self) -> None:
        gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi", "--config", "config/gunicorn.py"]
        celery = [sys.executable, "-m", "celery", "--app", "config.celery", "--quiet"]
        worker = [
            *celery,
            "worker",
            "--loglevel",
            "INFO",
            "--concurrency",
            "1",
            "--without-gossip",
            "--without-mingle",
        ]
        web = self._add("web", [*gunicorn, "--bind", f"fd://{self._listener.fileno()}"], signal.SIGTERM)
        web.listener = self._listener.fileno()
        web.start()
        self._wait_until_it_answers(web)
        print(
            f"\nPlumbline is at http://{HOST}:{self._port}  ({time.monotonic() - self._began:.1f} s; Ctrl-C stops it)"
        )
        print(f"Logs: {self._state.logs}\n", flush=True)
        self._add("worker", worker, signal.SIGKILL).start()
        self._add("beat", [*celery, "beat", "--loglevel", "WARNING"], signal.SIGKILL).start()

    def _add(self, name: str, arguments: list[str], death_signal: signal.Signals) -> Child:
        child = Child(name, arguments, death_signal, self._state.logs / f"{name}.log")
        self._children.append(child)
        return child

    def _wait_until_it_answers(self, web: Child) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"http://{HOST}:{self._port}/health/ready", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                if web.ended() or time.monotonic() > deadline:
                    raise CannotStart(f"The web server did not start:\n{_tail(web.log)}") from None
                time.sleep(0.05)

    def _watch(self) -> None:
        """Start again what ended by itself, a few times; the reason stands in its log."""
        while True:
            time.sleep(0.5)
            for child in self._children:
                if not child.ended():
                    continue
                assert child.process is not None
                child.restarts += 1
                if child.restarts > _MOST_RESTARTS:
                    raise CannotStart(
                        f"{child.name} ended {child.restarts} times. Its last words:\n{_tail(child.log)}"
                    )
                print(
                    f"{child.name} ended ({child.process.returncode}); starting it again. See {child.log}",
                    flush=True,
                )
                time.sleep(0.5 * child.restarts)
                child.start()

    def _stop_children(self) -> None:
        deadline = time.monotonic() + _STOP_SECONDS
        for child in reversed(self._children):
            child.ask_to_stop()
        for child in reversed(self._children):
            child.end(deadline)


def _finish(process: subprocess.Popen[bytes], name: str) -> None:
    try:
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if code != 0:
        raise CannotStart(f"`manage.py {name}` ended with {code}; what it said stands above.")


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else "(no log)"


def _interrupt(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # once is enough: stopping takes its time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Interrupted


def main() -> int:
    """Run until interrupted; the exit code is 0 after a clean stop and 1, with a message, where it cannot run."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    if os.environ.get("MAKELEVEL"):
        end_with_parent(signal.SIGTERM, parent=os.getppid())()  # a killed `make` takes us along
    os.environ |= {"PLUMBLINE_HTTPS": "0", "PLUMBLINE_SAMPLE_SIGN_IN": "1"}
    os.environ.setdefault("LOG_LEVEL", "INFO")
    try:
        environment = read_environment(os.environ)
        state = choose_state(ROOT, environment.state)
        say_where(state)
        os.environ["PLUMBLINE_STATE"] = str(state.folder)
        address = f"http://{HOST}:{environment.port}"
        with (
            sole_keeper(state, f"at {address} (process {os.getpid()})"),
            listen(environment.port) as listener,
        ):
            listener.set_inheritable(False)
            Supervisor(state, environment.port, listener, own_servers=environment.database is None).run()
    except Interrupted:
        print("\nStopped.", flush=True)
        return 0
    except AlreadyRunning as note:
        print(f"Plumbline runs already from this checkout, {note}. Stop that one first.", file=sys.stderr)
        return 1
    except (CannotStart, ServerFailed, StateUnusable, WrongEnvironment) as fault:
        print(fault, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as fault:
        print(f"{fault}; what it said stands above.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
