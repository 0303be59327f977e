"""Pages in Chromium as production serves them: bytes, first paint, all charts drawn, those in view live; cold and warm.

    python -m tests.bench.bench_browser [--rounds 5] [--page / --page /metrics ...]

Without --page all pages of the sample company. Each round opens, in turn, the page and a bare page with the same
figures and the same bundle, each in a new browser context (cold) and once more in it (warm). Charts come with the page
as drawings: "all drawn" is the moment at which its document stands and has been painted. "Live" is the moment at which
every chart in view answers the pointer, by itself and without one; the bare page has drawn all of its figures then.
Goals: all drawn at most 1.3 times the bare page's; first paint at most 0.3 of what it takes to be live.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.bench_import import ROOT, Bench
from tests.bench.sample_pages import READER
from tests.database import running_servers, session_state

ADDRESS = "http://localhost:8917"
WARMING = 2
"""Visits before counting: the first answers of each of the server's processes are slower."""
WATCH = """
    new MutationObserver(() => {
      const charts = [...document.querySelectorAll("[data-figure]")];
      const isInView = (chart) => chart.getBoundingClientRect().top < innerHeight;
      if (charts.length && charts.filter(isInView).every((chart) => chart.dataset.drawn)) {
        window.allLive ??= performance.now();
      }
    }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-drawn"] });
    addEventListener("load", () => {
      const charts = [...document.querySelectorAll("[data-figure]")];
      const isInView = (chart) => chart.getBoundingClientRect().top < innerHeight;
      if (charts.some(isInView) || document.querySelector("#bare-figures")) return;
      window.allLive = performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd;
    });
"""
READ = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
  const parts = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  return {
    paint,
    drawn: Math.max(paint, parts[0].domContentLoadedEventEnd),
    live: window.allLive ?? window.allDrawn ?? 0,
    bytes: parts.reduce((sum, entry) => sum + entry.transferSize, 0),
    requests: parts.length,
  };
}"""


def prepare_company() -> None:
    """Load the sample, collect the static files, sign in; prints the sessions by role, and the pages."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from tests.bench.sample_pages import EDITOR, READER, client_of, prepare_pages

    settings.SESSION_COOKIE_NAME = "session"
    call_command("build_assets", verbosity=0, stdout=sys.stderr)
    call_command("collectstatic", interactive=False, verbosity=0, stdout=sys.stderr)
    call_command("load_sample", verbosity=0, stdout=sys.stderr)
    call_command("recompute", "--full", verbosity=0, stdout=sys.stderr)
    settings.SECURE_SSL_REDIRECT = False
    sessions = {role: client_of(role).cookies["session"].value for role in (READER, EDITOR)}
    print(json.dumps({"sessions": sessions, "pages": prepare_pages()}))


def look(browser: Any, session: str, address: str) -> list[dict[str, float]]:
    """One cold and one warm visit."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.add_cookies([{"name": "session", "value": session, "url": ADDRESS}])
    context.add_init_script(WATCH)
    seen = []
    for _ in range(2):
        page = context.new_page()
        page.goto(ADDRESS + address)
        page.wait_for_function(
            "() => (window.allLive || window.allDrawn)"
            " && performance.getEntriesByName('first-contentful-paint').length"
        )
        seen.append(page.evaluate(READ))
        page.close()
    context.close()
    return seen


def measure(sessions: dict[str, str], pages: dict[str, str], rounds: int) -> None:
    """Interleaved rounds; prints medians."""
    from playwright.sync_api import sync_playwright

    from tests.browser import _ARGUMENTS, find_or_install

    found: dict[tuple[str, str, int], list[dict[str, float]]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_or_install(playwright), args=list(_ARGUMENTS)
        )
        for page in list(pages) * WARMING:
            look(browser, sessions[pages[page]], page)
            look(browser, sessions[pages[page]], f"/bare?of={page}")
        for _ in range(rounds):
            for page, role in pages.items():
                for kind, address in (("page", page), ("bare", f"/bare?of={page}")):
                    for visit, seen in enumerate(look(browser, sessions[role], address)):
                        found.setdefault((page, kind, visit), []).append(seen)
        browser.close()
    print(
        "page                          visit  requests     bytes   first paint    all drawn  live in view    bare drawn"
        "  drawn/bare  live/bare"
    )
    for page in pages:
        for visit, name in enumerate(("cold", "warm")):
            own, bare = found[page, "page", visit], found[page, "bare", visit]
            middle = {key: median(seen[key] for seen in own) for key in own[0]}
            bare_drawn = median(seen["live"] for seen in bare)
            print(
                f"{page[:28]:<30}{name:<6}{middle['requests']:>8.0f} {middle['bytes']:>10,.0f} "
                f"{middle['paint']:>10.0f} ms {middle['drawn']:>9.0f} ms {middle['live']:>9.0f} ms "
                f"{bare_drawn:>10.0f} ms {middle['drawn'] / bare_drawn:>10.2f} {middle['live'] / bare_drawn:>10.2f}"
            )


def main() -> None:
    """Serve the sample company with gunicorn and visit it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--page", action="append", help="a path; may be repeated")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        prepare_company()
        return
    with running_servers(session_state()) as state, tempfile.TemporaryDirectory() as folder:
        Bench(state, Path(folder)).prepare()
        child = [sys.executable, "-m", "tests.bench.bench_browser", "--child"]
        said = subprocess.run(child, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        prepared = json.loads(said.strip().splitlines()[-1])
        pages = {page: prepared["pages"].get(page, READER) for page in given.page or prepared["pages"]}
        serve = [sys.executable, "-m", "gunicorn", "tests.bench.served", "--config", "config/gunicorn.py"]
        server = subprocess.Popen([*serve, "--bind", ADDRESS.removeprefix("http://")], cwd=ROOT)
        try:
            wait_until_it_answers()
            measure(prepared["sessions"], pages, given.rounds)
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_until_it_answers() -> None:
    """At most 30 seconds. Raises TimeoutError."""
    for _ in range(150):
        try:
            urllib.request.urlopen(f"{ADDRESS}/health/live", timeout=2)
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("the server did not answer within 30 seconds")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
