"""Health checks for containers: `python -m config.probe web|worker|beat`; exits 0 where the process does its work."""

from __future__ import annotations

import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable

_BEAT_SILENCE_SECONDS = 180


def web() -> bool:
    """The web server answers and reaches its database."""
    port = os.environ.get("PORT", "8000")
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/health/ready",
        headers={"X-Forwarded-Proto": "https", "Host": _a_known_host()},
    )
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310 - a fixed http address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def worker() -> bool:
    """A worker on this host answers through the broker."""
    import socket

    from config.celery import application

    return bool(application.control.ping(destination=[f"celery@{socket.gethostname()}"], timeout=3))


def beat() -> bool:
    """The clock wrote down its last round within three minutes."""
    from django.conf import settings

    written = settings.STATE.folder / "beat-schedule"
    newest = max((file.stat().st_mtime for file in written.parent.glob(f"{written.name}*")), default=0.0)
    return time.time() - newest < _BEAT_SILENCE_SECONDS


def _a_known_host() -> str:
    return os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()


PROBES: dict[str, Callable[[], bool]] = {"web": web, "worker": worker, "beat": beat}


def main() -> int:
    """0 where the named process is healthy, else 1."""
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in PROBES:
        sys.stderr.write(f"Say which: python -m config.probe {'|'.join(PROBES)}\n")
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    return 0 if PROBES[name]() else 1


if __name__ == "__main__":
    sys.exit(main())
