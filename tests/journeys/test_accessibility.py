"""Every page under axe, with no rule and no part of a page left out: wide and on a phone, light and dark, as the
roles whose pages differ.

`make test` looks at each kind of page as the technology lead, wide and light, at each third kind on the phone in the
dark, and as the others at the pages that are different for them; `make test-long` at all pages of all four roles in all
four forms.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from tests.counts import LONG
from tests.journeys.axe import VARIANTS, examined
from tests.journeys.conftest import Visit
from tests.journeys.furnishing import give_team
from tests.journeys.pages import KINDS, furnished, on_the_day, pages_of

Come = Callable[..., Visit]
Make = Callable[..., None]

EXAMINED = {"technology-lead": 40, "product-manager": 32, "finance": 34, "executive": 28}
"""How many pages each role opens."""
DIFFERENT = {
    "product-manager": ("/", "/objectives/objective-0", "/objectives/new"),
    "finance": ("/portfolio/theme-0",),
    "executive": ("/", "/objectives/objective-0"),
}
"""Pages that have other contents for a role: amounts, and what may be changed."""


@pytest.mark.parametrize("variant", VARIANTS)
def test_axe_finds_nothing_on_any_page(visitor: Come, company: Make, variant: str) -> None:
    company()
    pages = _all_pages("technology-lead", furnished())
    if not LONG:
        pages = pages[: KINDS : 3 if variant == "phone-dark" else 1]
    _look_at(visitor(**VARIANTS[variant]), "technology-lead", pages)


@pytest.mark.parametrize("variant", VARIANTS if LONG else ["wide-light"])
def test_axe_finds_nothing_on_the_pages_of_others(visitor: Come, company: Make, variant: str) -> None:
    company()
    imports = furnished() if LONG else {}
    give_team()
    for role, different in DIFFERENT.items():
        pages = _all_pages(role, imports) if LONG else [on_the_day(path) for path in different]
        _look_at(visitor(**VARIANTS[variant]), role, pages)


def _all_pages(role: str, imports: dict[str, str]) -> list[str]:
    pages = pages_of(role, imports)
    assert len(pages) == EXAMINED[role]
    return pages


def _look_at(visit: Visit, role: str, pages: list[str]) -> None:
    visit.sign_in(role)
    faults = []
    for address in pages:
        visit.open(address)
        faults += examined(visit, f"{role} {address}")
    assert faults == []


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
