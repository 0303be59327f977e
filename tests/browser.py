"""A real browser for journeys: the one that is found, else one that is installed. None to be had is a failure."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip


def _named() -> str | None:
    """A browser that somebody installed: PLUMBLINE_CHROMIUM, or one of the usual names."""
    asked = os.environ.get("PLUMBLINE_CHROMIUM")
    if asked:
        return asked
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def _runs(program: str | Path) -> bool:
    try:
        finished = subprocess.run([program, "--version"], check=False, capture_output=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return finished.returncode == 0


def _install_with_playwright(playwright: Playwright) -> str | None:
    """Playwright's own build; needs its download host and the system's libraries."""
    own = playwright.chromium.executable_path
    if not Path(own).exists():
        _attempt([sys.executable, "-m", "playwright", "install", "chromium"], seconds=300)
    return own if Path(own).exists() and _runs(own) else None


def _install_with_debian() -> str | None:
    """Debian's package; needs root."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        _attempt(["apt-get", "update", "-qq"], seconds=180, variables=quiet)
        _attempt(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
            seconds=600,
            variables=quiet,
        )
    return _named()


def _attempt(command: list[str], *, seconds: int, variables: dict[str, str] | None = None) -> None:
    try:
        subprocess.run(
            command, check=False, capture_output=True, timeout=seconds, env=os.environ | (variables or {})
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        print(f"{' '.join(command)}: {fault}", file=sys.stderr)


def find_or_install(playwright: Playwright) -> str:
    """The path of a Chromium that runs; fails the test, loudly, where none can be had."""
    with (Path(tempfile.gettempdir()) / f"plumbline-browser-{os.geteuid()}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # tests run in several processes; one of them installs
        return _find_or_install(playwright)


def _find_or_install(playwright: Playwright) -> str:
    found = _named()
    if found and _runs(found):
        return found
    installed = _install_with_playwright(playwright) or _install_with_debian()
    if installed and _runs(installed):
        return installed
    pytest.fail(
        "NO BROWSER: no Chromium was found, and neither `playwright install chromium` nor `apt-get install chromium` "
        "brought one. Install Chromium or name one with PLUMBLINE_CHROMIUM=/path/to/chromium.",
        pytrace=False,
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the session."""
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the tests' thread
    with sync_playwright() as playwright:
        program = find_or_install(playwright)
        running = playwright.chromium.launch(executable_path=program, args=list(_ARGUMENTS))
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a fresh, signed-out visitor on a wide screen."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="UTC")
    yield context.new_page()
    context.close()
