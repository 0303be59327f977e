"""`make check`: every gate runs, each says how long it took, and all that failed is shown."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PRODUCTION = {
    "SECRET_KEY": "qY3v-0nly-for-the-deployment-check-8JxW2mPz5LkR7tNbVcXd1Gf4Hs6Qa9Ze",
    "DATABASE_URL": "postgresql://plumbline_app:unused@localhost:5432/plumbline",
    "REDIS_URL": "redis://localhost:6379/0",
    "ALLOWED_HOSTS": "plumbline.example.org",
    "PLUMBLINE_HTTPS": "1",
    "PLUMBLINE_DEBUG": "0",
}


def gates() -> list[tuple[str, list[str], dict[str, str]]]:
    """Name, command and extra environment of each gate."""
    python = [sys.executable]
    return [
        ("ruff check", [f"{BIN}/ruff", "check", "--quiet", "."], {}),
        ("ruff format", [f"{BIN}/ruff", "format", "--check", "--quiet", "."], {}),
        ("djlint", [f"{BIN}/djlint", "templates", "--lint", "--quiet"], {}),
        ("hadolint", [f"{BIN}/hadolint", "Dockerfile"], {}),
        ("dclint", [*python, "-m", "tests.compose_lint"], {}),
        ("import contracts", [f"{BIN}/lint-imports", "--no-cache"], {}),
        ("mypy", [f"{BIN}/mypy"], {}),
        ("migrations", [*python, "manage.py", "makemigrations", "--check", "--dry-run"], {}),
        (
            "check --deploy",
            [
                *python,
                "-W",
                "error::ResourceWarning",
                "manage.py",
                "check",
                "--deploy",
                "--fail-level",
                "WARNING",
            ],
            PRODUCTION,
        ),
    ]


def main() -> int:
    """Run all gates; the exit code is the number of those that failed."""
    failed = []
    for name, command, variables in gates():
        began = time.monotonic()
        finished = subprocess.run(
            command, check=False, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True
        )
        verdict = "ok" if finished.returncode == 0 else "FAILED"
        print(f"{name:<18}{verdict:<8}{time.monotonic() - began:5.1f} s", flush=True)
        if finished.returncode != 0:
            failed.append(name)
            print(finished.stdout + finished.stderr, flush=True)
    print(
        f"{len(gates()) - len(failed)} of {len(gates())} gates passed"
        + (f"; failed: {', '.join(failed)}" if failed else "")
    )
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
