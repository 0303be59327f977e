"""Where this checkout keeps its state: databases, sockets, logs. In `var/`, else elsewhere, and said so."""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

LONGEST_SOCKET_PATH = 107  # bytes that a unix socket's address can hold on Linux
_LONGEST_SOCKET_NAME = len("/run/.s.PGSQL.5432.lock")
_UNPRIVILEGED_NAMES = ("nobody", "daemon", "postgres")
_FALLBACK_PARENTS = (Path("/var/tmp"), Path("/tmp"))  # noqa: S108 - the folder made there is checked for its owner


class StateUnusable(Exception):
    """The state cannot be kept where it was asked for; the message says why and what to do."""


@dataclass(frozen=True)
class ServerUser:
    """The account under which the servers run when we are root, because PostgreSQL refuses to run as root."""

    name: str
    user_id: int
    group_id: int


@dataclass(frozen=True)
class State:
    """The folder of one checkout's state. `moved_because` is empty where it is the ordinary one."""

    folder: Path
    moved_because: str = ""

    @property
    def sockets(self) -> Path:
        """Folder of the servers' unix sockets."""
        return self.folder / "run"

    @property
    def logs(self) -> Path:
        """Folder of one log per process."""
        return self.folder / "logs"

    @property
    def valkey_socket(self) -> Path:
        """The Redis-protocol server's unix socket."""
        return self.sockets / "valkey.sock"

    @property
    def secret_key(self) -> Path:
        """File of the secret key that is made at the first start where none is configured."""
        return self.folder / "secret-key"


def server_user() -> ServerUser | None:
    """The account for the servers: None (ourselves) unless we are root."""
    if os.geteuid() != 0:
        return None
    for name in _UNPRIVILEGED_NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return ServerUser(name, entry.pw_uid, entry.pw_gid)
    raise StateUnusable(
        "PostgreSQL does not run as root, and this machine has none of the accounts "
        f"{', '.join(_UNPRIVILEGED_NAMES)}. Make one (useradd --system nobody) or work as an ordinary user."
    )


def why_unusable(folder: Path, user: ServerUser | None) -> str:
    """Why the servers cannot keep their state below this folder; empty if they can."""
    length = len(os.fsencode(folder)) + _LONGEST_SOCKET_NAME
    if length > LONGEST_SOCKET_PATH:
        return (
            f"{folder} is too long for a unix socket: with the socket's name it has {length} bytes, "
            f"and {LONGEST_SOCKET_PATH} are possible"
        )
    closed = closed_parent(folder, user)
    if closed is not None and user is not None:
        return f"{closed} is not open to the account {user.name!r}, under which the servers run"
    return ""


def closed_parent(path: Path, user: ServerUser | None) -> Path | None:
    """The first existing folder on the way to `path` that `user` cannot pass through."""
    if user is None:
        return None
    for parent in [*reversed(path.resolve().parents), path.resolve()]:
        try:
            status = parent.stat()
        except FileNotFoundError:
            return None  # not made yet: we shall make it open
        if status.st_uid == user.user_id:
            passable = status.st_mode & stat.S_IXUSR
        elif status.st_gid == user.group_id:
            passable = status.st_mode & stat.S_IXGRP
        else:
            passable = status.st_mode & stat.S_IXOTH
        if not passable:
            return parent
    return None


def choose_state(root: Path, asked: Path | None) -> State:
    """The state folder of the checkout at `root`: `asked` if given, else `var/`, else one in the temporary folder.

    The last is named by a hash of the checkout, so that the next start finds it, and `moved_because` says why.
    Raises StateUnusable where `asked` cannot be used or no folder can.
    """
    user = server_user()
    if asked is not None:
        reason = why_unusable(asked, user)
        if reason:
            raise StateUnusable(
                f"PLUMBLINE_STATE cannot be used: {reason}. Choose another folder, such as /var/tmp/plumbline."
            )
        return State(asked)
    reason = why_unusable(root / "var", user)
    if not reason:
        return State(root / "var")
    name = "plumbline-" + hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:12]
    for parent in _FALLBACK_PARENTS:
        if parent.is_dir() and os.access(parent, os.W_OK) and not why_unusable(parent / name, user):
            return State(parent / name, moved_because=reason)
    raise StateUnusable(f"{reason}. Set PLUMBLINE_STATE to a short path that every account may pass through.")


def prepare(state: State) -> None:
    """Make the state folder and its parts; refuse a folder in a shared place that belongs to somebody else."""
    state.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    status = state.folder.lstat()
    shared = (
        stat.S_ISLNK(status.st_mode) or status.st_uid not in {os.geteuid()} or status.st_mode & stat.S_IWOTH
    )
    if state.moved_because and shared:
        raise StateUnusable(
            f"{state.folder} exists already and belongs to somebody else. Set PLUMBLINE_STATE to a folder of yours."
        )
    state.logs.mkdir(mode=0o700, exist_ok=True)
    give_to_servers(state.sockets)


def give_to_servers(folder: Path) -> None:
    """Make a folder that only the servers' account (and root) can enter."""
    folder.mkdir(mode=0o700, exist_ok=True)
    user = server_user()
    if user is not None and folder.stat().st_uid != user.user_id:
        os.chown(folder, user.user_id, user.group_id)
    folder.chmod(0o700)
