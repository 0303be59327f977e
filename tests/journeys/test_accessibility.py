"""Every page under axe, with no rule and no part of a page left out: wide and on a phone, light and dark.

`make test` looks at wide and light, and at the phone in the dark; `make test-long` at all four.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.counts import LONG
from tests.journeys.conftest import Visit
from tests.journeys.pages import PHONE, WIDE, pages_of, reading_pages

Come = Callable[..., Visit]
Make = Callable[..., None]

VARIANTS: dict[str, dict[str, Any]] = {
    "wide-light": {**WIDE, "color_scheme": "light"},
    "phone-dark": {**PHONE, "color_scheme": "dark"},
}
if LONG:
    VARIANTS |= {
        "wide-dark": {**WIDE, "color_scheme": "dark"},
        "phone-light": {**PHONE, "color_scheme": "light"},
    }
FOUND = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return {
    rules: found.passes.length,
    violations: found.violations.flatMap((rule) => rule.nodes.map((node) =>
      `${rule.id}: ${node.target.join(" ")} ${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 240)}`)),
  };
}"""


@cache
def axe() -> str:
    """The text of axe-core, which build_assets installs beside what is served and never into it."""
    return (Path(settings.ASSETS).parent / "npm/node_modules/axe-core/axe.min.js").read_text()


def examined(visit: Visit, address: str) -> list[str]:
    """What axe finds wrong on the page that is open."""
    visit.page.evaluate(f"() => {{ {axe()} }}")
    found = visit.page.evaluate(FOUND)
    assert found["rules"] > 5, address
    return [f"{address} {fault}" for fault in found["violations"]]


@pytest.mark.parametrize("variant", VARIANTS)
def test_axe_finds_nothing_on_any_page(visitor: Come, company: Make, variant: str) -> None:
    company()
    pages = pages_of("technology-lead")
    assert len(pages) > len(reading_pages()), "no form was found"
    visit = visitor(**VARIANTS[variant])
    visit.page.goto(f"{visit.address}/sign-in")
    faults = examined(visit, "/sign-in")
    visit.sign_in("technology-lead")
    for address in pages:
        visit.open(address)
        faults += examined(visit, address)
    assert faults == []


def test_axe_finds_what_is_wrong(visitor: Come) -> None:
    """The check itself: a page with a fault has one."""
    visit = visitor()
    visit.page.goto(f"{visit.address}/sign-in")
    visit.page.evaluate("() => document.querySelector('main').append(document.createElement('button'))")
    assert any("button-name" in fault for fault in examined(visit, "/sign-in"))


def test_axe_is_not_among_what_is_served() -> None:
    served = [path for folder in settings.STATICFILES_DIRS for path in Path(folder).rglob("*axe*")]
    assert [path for path in [*served, *Path(settings.ASSETS).rglob("*axe*")] if path.is_file()] == []
