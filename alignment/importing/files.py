"""A file that somebody handed in: its bytes, its name made safe, and the source that its name tells."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from alignment.importing.options import Limits
from alignment.importing.refusals import ImportRefused, Refusal, visible

_CHUNK = 1024 * 1024
_NAME_LENGTH = 200
_COUNTERS = re.compile(r"([ _.-]*(\(\d+\)|v\d+|q[1-4]|w\d+|copy|refused-rows|\d+))+$")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """Bytes that can be read more than once. `name` is for people only and never a path on our disk."""

    name: str
    open: Callable[[], BinaryIO]
    size: int
    sha256: str

    @property
    def extension(self) -> str:
        """The lower-case ending without its dot; empty when there is none."""
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""

    @property
    def family(self) -> str:
        """The name without ending, dates and counters: `kpis-2026-10 (2).csv` belongs to `kpis`."""
        stem = self.name.rpartition(".")[0] if "." in self.name else self.name
        return _COUNTERS.sub("", stem.strip().lower()) or stem.strip().lower() or "file"


def safe_name(name: str) -> str:
    """The last part of a path of any system, with nothing invisible in it, at most 200 characters."""
    last = re.split(r"[/\\]", name)[-1]
    if re.fullmatch(r"[A-Za-z]:.*", last):
        last = last[2:]
    shown = visible(last, length=10_000).strip(" .") or "file"
    if len(shown) <= _NAME_LENGTH:
        return shown
    stem, dot, ending = shown.rpartition(".")
    ending = dot + ending if dot and len(ending) <= 5 else ""
    return (stem or shown)[: _NAME_LENGTH - len(ending) - 1] + "…" + ending


def from_path(path: Path, limits: Limits | None = None) -> SourceFile:
    """The file at `path`. Raises ImportRefused when it cannot be read, is empty or is too large."""
    limits = limits or Limits()
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise ImportRefused(Refusal(f"{visible(str(path))} is not a file.", "Name one CSV or XLSX file."))
        _refuse_size(size, limits)
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        reason = f"{visible(str(path), 300)} cannot be read: {error.strerror or error}."
        raise ImportRefused(Refusal(reason, "Check the path and its permissions.")) from error
    return SourceFile(safe_name(path.name), lambda: path.open("rb"), size, digest.hexdigest())


def from_bytes(name: str, content: bytes, limits: Limits | None = None) -> SourceFile:
    """A file held in memory under the name that its sender gave it."""
    _refuse_size(len(content), limits or Limits())
    digest = hashlib.sha256(content).hexdigest()
    return SourceFile(safe_name(name), lambda: io.BytesIO(content), len(content), digest)


def _refuse_size(size: int, limits: Limits) -> None:
    if size == 0:
        raise ImportRefused(Refusal("The file is empty.", "Export it again, with a header and its rows."))
    if size > limits.file_bytes:
        raise ImportRefused(
            Refusal(
                f"The file has {size:,} bytes; at most {limits.file_bytes:,} are read.",
                "Split it by period or by metric.",
            )
        )
