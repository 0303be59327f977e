"""Every page that the registry of addresses knows, in a real browser: nothing is stopped by the security policy,
nothing fails in the console, all charts are drawn as sent, a phone's screen is wide enough, and without script the
pages say the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Visit
from tests.journeys.pages import PHONE, WIDE, furnished, pages_of, reading_pages

Come = Callable[..., Visit]
Make = Callable[..., None]

DRAWN = """() => {
  const points = (trace) => (trace.x || trace.y || trace.r || trace.values || trace.z || trace.link?.value
    || [trace.value]).length;
  const told = (trace) => ({ type: trace.type, points: points(trace), values: JSON.stringify(trace.y ?? null) });
  return [...document.querySelectorAll("[data-figure]")].map((chart) => {
    const live = chart.querySelector(".chart-live");
    const box = live.getBoundingClientRect();
    return {
      sent: JSON.parse(document.getElementById(chart.dataset.figure).textContent).data.map(told),
      drawn: (live._fullData || []).map(told),
      scatter: live.querySelectorAll(".scatterlayer .trace").length,
      bars: live.querySelectorAll(".barlayer .trace").length,
      seen: box.width > 60 && box.height > 30,
      behind: [...live.querySelectorAll(".main-svg")].length > 0,
    };
  });
}"""
WORDS = "main h1, main td, main th, main dd, main dt"


def check_charts(visit: Visit, address: str) -> int:
    """Every figure that the server sent stands on the page, trace by trace and point by point; how many charts."""
    charts: list[dict[str, Any]] = visit.page.evaluate(DRAWN)
    for chart in charts:
        assert chart["drawn"] == chart["sent"] != [], address
        kinds = [trace["type"] for trace in chart["sent"]]
        assert (chart["scatter"], chart["bars"]) == (kinds.count("scatter"), kinds.count("bar")), address
        assert chart["seen"], address
        assert chart["behind"], address
    return len(charts)


@pytest.mark.parametrize("role", ["executive", "technology-lead"])
@pytest.mark.parametrize("options", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_page_draws_its_charts_fits_and_goes_without_a_fault(
    visitor: Come, company: Make, role: str, options: dict[str, Any]
) -> None:
    company()
    pages = pages_of(role, furnished())
    visit = visitor(**options)
    visit.sign_in(role)
    charts = 0
    for address in pages:
        visit.open(address)
        charts += check_charts(visit, address)
        assert visit.violations() == [], address
        assert visit.errors == [], address
        assert visit.overflow() <= 0, address
        assert visit.page.locator("h1:not(.specimen h1)").count() == 1, address
    assert charts >= 3


def test_without_script_every_page_says_the_same(visitor: Come, company: Make) -> None:
    company()
    with_script, without = visitor(), visitor(java_script_enabled=False)
    with_script.sign_in("executive")
    without.page.goto(f"{without.address}/sign-in")
    without.page.click('button[value="executive"]')
    for address in reading_pages():
        with_script.open(address)
        without.page.goto(without.address + address)
        assert without.page.locator("h1:not(.specimen h1)").is_visible(), address
        assert _words(without) == _words(with_script), address
        for table in without.page.locator("main table:not(details table)").all():
            assert table.is_visible(), address
        for chart in without.page.locator("[data-figure]").all():
            assert chart.locator(".chart-drawing").is_visible(), address
        assert without.page.locator("main [aria-busy=true]").count() == 0, address


def _words(visit: Visit) -> list[str]:
    """Heading, cells and facts, in the order of the page."""
    return [" ".join(text.split()) for text in visit.page.locator(WORDS).all_text_contents()]
