"""What journeys share: the server on plain HTTP with the sample's one-click sign-in, and watched browser pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from pytest_django.fixtures import Settings

from tests.alignment.small_company import Naming, build, cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_WATCH = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
"""


@pytest.fixture(scope="session")
def assets() -> None:
    """The bundle, the typeface and htmx, built where they are not up to date, and findable."""
    call_command("build_assets", verbosity=0)
    folder = Path(django_settings.ASSETS)
    if folder not in django_settings.STATICFILES_DIRS:
        django_settings.STATICFILES_DIRS = [*django_settings.STATICFILES_DIRS, folder]
        from django.contrib.staticfiles.finders import get_finder

        get_finder.cache_clear()


@pytest.fixture
def address(transactional_db: None, assets: None, settings: Settings, live_server: Any) -> str:
    """The running server's address, as `make run` would serve it: plain HTTP, one click per role."""
    settings.SAMPLE_SIGN_IN = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "session", "csrf"
    return str(live_server.url)


@pytest.fixture
def company(address: str) -> Callable[..., None]:
    """Makes the small company and its people; names may be made hostile."""

    def make(naming: Naming = lambda name: name, copies: int = 1) -> None:
        build(copies, naming=naming)
        cast()

    return make


@dataclass
class Visit:
    """A browser page with all that went wrong in it."""

    page: Page
    address: str
    errors: list[str] = field(default_factory=list)

    def sign_in(self, role: str) -> None:
        """One click on the sign-in page."""
        self.page.goto(f"{self.address}/sign-in")
        self.page.click(f'button[value="{role}"]')
        self.page.wait_for_url(f"{self.address}/")

    def open(self, path: str) -> None:
        """Go there; all charts are drawn when this returns."""
        response = self.page.goto(self.address + path)
        assert response is not None
        assert response.status == 200, path
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('[data-figure]')].every((chart) => chart.dataset.drawn)"
        )

    def violations(self) -> list[str]:
        """What the page's security policy had to stop."""
        return list(self.page.evaluate("() => window.violations"))

    def overflow(self) -> int:
        """Pixels by which the page is wider than the screen."""
        width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(f"() => {width}"))


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Callable[..., Visit]]:
    """Opens a fresh browser context; nothing may go wrong in any of its pages."""
    opened: list[tuple[Any, Visit]] = []

    def come(**options: Any) -> Visit:
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = browser.new_context(locale="en-GB", timezone_id="UTC", **options)
        context.set_default_timeout(15_000)
        context.add_init_script(_WATCH)
        visit = Visit(context.new_page(), address)
        visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
        visit.page.on("console", lambda said: said.type == "error" and visit.errors.append(said.text))
        opened.append((context, visit))
        return visit

    yield come
    for context, visit in opened:
        context.close()
        assert visit.errors == []
