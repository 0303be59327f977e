"""`manage.py` answers a wrong environment and a silent database with one message and no traceback."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"PLUMBLINE_DEBUG": "maybe"}, "Set it to 1 (on) or 0 (off)"),
        (
            {
                "SECRET_KEY": secrets.token_urlsafe(64),
                "ALLOWED_HOSTS": "plumbline.example.org",
                "DATABASE_URL": "postgresql://app:word@127.0.0.1:1/plumbline",
                "REDIS_URL": "redis://127.0.0.1:1/0",
            },
            "Check that it runs, and that DATABASE_URL names",
        ),
    ],
    ids=["wrong value", "no database"],
)
def test_a_command_says_how_to_mend_it(changes: dict[str, str], said: str) -> None:
    kept = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    answer = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "recompute"],
        env=kept | changes,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 1
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
