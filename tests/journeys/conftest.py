"""What journeys share: the server on plain HTTP with the sample's one-click sign-in, and watched browser pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from alignment import queueing
from config.state import State
from tests.alignment.small_company import Naming, build, cast
from tests.database import TEST_DATABASE, restore

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

_WATCH = """
    document.addEventListener("securitypolicyviolation", (event) => {
      window.tellViolation(`${location.pathname} ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
"""
"""Stands in every document before its own scripts do; what it tells is kept outside of the page."""


def watched(context: BrowserContext, stopped: list[str], errors: list[str]) -> Page:
    """A page of the context; what the security policy stops in any of its pages lands in `stopped`, scripts that
    fail and what the console calls an error (a stopped thing is one more) in `errors`."""
    context.expose_binding("tellViolation", lambda _, told: stopped.append(told))
    context.add_init_script(_WATCH)
    context.on("weberror", lambda fault: errors.append(str(fault.error)))
    context.on("console", lambda said: said.type == "error" and errors.append(said.text))
    return context.new_page()


def work() -> None:
    """What a worker does: everything that is due."""

    def run() -> None:
        queueing.run_due()
        connections.close_all()

    worker = Thread(target=run)
    worker.start()
    worker.join(120)
    assert not worker.is_alive()


@pytest.fixture(scope="session")
def assets() -> None:
    """The bundle, the typeface and htmx, built where they are not up to date, and findable."""
    call_command("build_assets", verbosity=0)
    folder = Path(django_settings.ASSETS)
    if folder not in django_settings.STATICFILES_DIRS:
        django_settings.STATICFILES_DIRS = [*django_settings.STATICFILES_DIRS, folder]
        from django.contrib.staticfiles.finders import get_finder

        get_finder.cache_clear()


AS_IT_RUNS = {
    "SAMPLE_SIGN_IN": True,
    "SESSION_COOKIE_SECURE": False,
    "CSRF_COOKIE_SECURE": False,
    "SESSION_COOKIE_NAME": "session",
    "CSRF_COOKIE_NAME": "csrf",
}
"""As `make run` would serve it: plain HTTP, one click per role."""


@pytest.fixture
def address(
    kept_company: None, transactional_db: None, assets: None, settings: Settings, live_server: Any
) -> str:
    """The running server's address; what a test writes is gone after it."""
    for name, value in AS_IT_RUNS.items():
        setattr(settings, name, value)
    return str(live_server.url)


@pytest.fixture(scope="session")
def standing_server(django_db_setup: None) -> Iterator[LiveServer]:
    """A server for tests that share what is stored; pytest-django's own empties the database after each test."""
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def standing(
    standing_server: LiveServer, servers: State, assets: None, django_db_blocker: Any
) -> Iterator[str]:
    """The address of a server whose database keeps what a module's own fixture writes until the module's tests are
    over. They read and no more; a module has either such tests or tests that use `address`."""
    with (
        django_db_blocker.unblock(),
        override_settings(**AS_IT_RUNS, ALLOWED_HOSTS=["localhost", "testserver"]),
    ):
        yield standing_server.url
        restore(servers, TEST_DATABASE)
        connections.close_all()


@pytest.fixture
def company(address: str) -> Callable[..., None]:
    """Makes the small company and its people, or its people alone; names may be made hostile."""

    def make(naming: Naming | None = None, *, build_nothing: bool = False) -> None:
        if not build_nothing:
            build(naming=naming) if naming else build()
        cast()

    return make


@dataclass
class Visit:
    """A browser page with all that went wrong in it."""

    page: Page
    address: str
    errors: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)

    def sign_in(self, role: str) -> None:
        """One click on the sign-in page."""
        self.page.goto(f"{self.address}/sign-in")
        self.page.click(f'button[value="{role}"]')
        self.page.wait_for_url(f"{self.address}/")

    def is_signed_in(self, role: str) -> None:
        """As if they had signed in by name; where no sample stands there is no one-click sign-in."""
        from django.test import Client

        from alignment.models import User

        client = Client()
        client.force_login(User.objects.filter(groups__name=role)[0])
        kept = {"name": "session", "value": client.cookies["session"].value, "url": self.address}
        self.page.context.add_cookies([kept])  # type: ignore[list-item]

    def open(self, path: str, *, charts: bool = True) -> None:
        """Go there, and look at each chart, so that all are live when this returns; or leave them as they came."""
        response = self.page.goto(self.address + path)
        assert response is not None
        assert response.status == 200, path
        assert response.headers["content-type"].startswith("text/html"), path
        if charts:
            self.look_at_charts()

    def look_at_charts(self) -> None:
        """Point at each chart, or tap it where there is no pointer, until all are live; then look at the top again."""
        has_pointer = self.page.evaluate("() => matchMedia('(hover: hover)').matches")
        for chart in self.page.locator("[data-figure]").all():
            chart.scroll_into_view_if_needed()
            if not chart.evaluate("(element) => element.closest('[inert]') !== null"):
                chart.hover() if has_pointer else chart.tap()
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('[data-figure]')].every((chart) => chart.dataset.drawn)"
        )
        self.page.evaluate("() => scrollTo(0, 0)")
        self.page.mouse.move(0, 0)

    def violations(self) -> list[str]:
        """What the security policy had to stop on any page of the visit so far."""
        self.page.evaluate("() => 0")  # what was told before is here when this is answered
        return self.stopped

    def answered(self, status: int) -> None:
        """The browser itself writes a line about an answer that is no success: there is one, and it is no fault."""
        lines = [error for error in self.errors if f"status of {status} " in error]
        assert lines, f"no answer with {status}: {self.errors}"
        self.errors[:] = [error for error in self.errors if error not in lines]

    def overflow(self) -> int:
        """Pixels by which the page is wider than the screen."""
        width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(f"() => {width}"))


@contextmanager
def visits(browser: Browser, address: str) -> Iterator[Callable[..., Visit]]:
    """Opens fresh browser contexts; nothing may go wrong in any of their pages."""
    opened: list[tuple[Any, Visit]] = []

    def come(**options: Any) -> Visit:
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = browser.new_context(locale="en-GB", timezone_id="UTC", **options)
        context.set_default_timeout(15_000)
        errors: list[str] = []
        stopped: list[str] = []
        visit = Visit(watched(context, stopped, errors), address, errors, stopped)
        opened.append((context, visit))
        return visit

    try:
        yield come
    finally:
        for context, _ in opened:
            context.close()
    for _, visit in opened:
        assert visit.stopped == []
        assert visit.errors == []


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Callable[..., Visit]]:
    """`visits` to the server whose database is empty before each test."""
    with visits(browser, address) as come:
        yield come


@pytest.fixture
def reader(browser: Browser, standing: str) -> Iterator[Callable[..., Visit]]:
    """`visits` to the server whose database stands for the whole module."""
    with visits(browser, standing) as come:
        yield come
