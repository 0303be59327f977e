"""The check by axe itself: it finds faults, and it is not handed out. What it says of each page is asked in
test_every_page.py and test_accessibility_states.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from tests.journeys.axe import examined
from tests.journeys.conftest import Visit

Come = Callable[..., Visit]


def test_axe_finds_what_is_wrong(visitor: Come) -> None:
    """The check itself: a page with a fault has one, and another for letters that are too pale."""
    visit = visitor()
    visit.page.goto(f"{visit.address}/sign-in")
    assert examined(visit, "/sign-in") == []
    visit.page.evaluate("() => document.querySelector('main').append(document.createElement('button'))")
    visit.page.evaluate("() => { document.querySelector('h1').style.color = 'rgb(250, 250, 250)' }")
    faults = " ".join(examined(visit, "/sign-in"))
    assert "button-name" in faults
    assert "color-contrast" in faults


def test_axe_is_not_among_what_is_served() -> None:
    served = [path for folder in settings.STATICFILES_DIRS for path in Path(folder).rglob("*axe*")]
    assert [path for path in [*served, *Path(settings.ASSETS).rglob("*axe*")] if path.is_file()] == []
