"""After signing out nothing of the company comes back: not from the browser's cache, not from its memory of pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.alignment.small_company import DAY
from tests.browser import _ARGUMENTS, _named

Make = Callable[..., None]
PAGE = f"/?as_of={DAY}"
LIST = f"/objectives?as_of={DAY}"
SIGN_IN_FORM = re.compile(r"/sign-in\?next=")


@pytest.fixture(params=["with a memory of pages", "without one"])
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """People's browsers keep whole pages in memory for Back; Playwright turns that off unless told."""
    remembers = request.param == "with a memory of pages"
    running = browser.browser_type.launch(
        executable_path=_named() or browser.browser_type.executable_path,
        args=list(_ARGUMENTS),
        ignore_default_args=["--disable-back-forward-cache"] if remembers else None,
    )
    context, errors = running.new_context(), list[str]()
    context.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    yield context  # nothing is put into its pages: that would keep them out of the browser's memory
    running.close()
    assert errors == []


def sign_in(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.click('button[value="executive"]')
    page.wait_for_url(f"{address}/")
    page.goto(address + PAGE)
    page.goto(address + LIST)
    assert "Objective 0" in page.inner_text("main")
    return page


def test_back_shows_what_was_kept_while_the_person_is_there(
    address: str, company: Make, context: BrowserContext
) -> None:
    company()
    page = sign_in(context, address)
    page.go_back(wait_until="commit")
    page.wait_for_function("() => !document.documentElement.hidden && document.querySelector('h1')")
    assert page.inner_text("h1").startswith("Aligned at ")


def test_back_after_signing_out_leads_to_the_sign_in_form(
    address: str, company: Make, context: BrowserContext
) -> None:
    company()
    page = sign_in(context, address)
    page.click("text=Sign out")
    page.wait_for_url("**/sign-in")
    page.go_back(wait_until="commit")
    page.wait_for_url(SIGN_IN_FORM)
    assert "Objective 0" not in page.content()


def test_back_after_signing_out_in_another_tab_leads_there_too(
    address: str, company: Make, context: BrowserContext
) -> None:
    company()
    page = sign_in(context, address)
    other = context.new_page()
    other.goto(address + PAGE)
    other.click("text=Sign out")
    other.wait_for_url("**/sign-in")
    page.go_back(wait_until="commit")
    page.wait_for_url(SIGN_IN_FORM)
    assert "Aligned at" not in page.content()
