"""With script off every page says the same as with it: headings, cells, facts, and what a form holds.

`make test` looks at one page of each kind, `make test-long` at every page in every state.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.counts import count
from tests.journeys.conftest import Visit
from tests.journeys.pages import KINDS, furnished, pages_of

Come = Callable[..., Visit]
Make = Callable[..., None]

WORDS = "main h1, main h2, main td, main th, main dd, main dt, main label, main .empty"


def test_without_script_every_page_says_the_same(visitor: Come, company: Make) -> None:
    company()
    pages = pages_of("technology-lead", furnished())[: count(small=KINDS, long=1_000)]
    with_script, without = visitor(), visitor(java_script_enabled=False)
    with_script.sign_in("technology-lead")
    without.page.context.add_cookies(with_script.page.context.cookies())  # type: ignore[arg-type]
    charts = 0
    for address in pages:
        with_script.open(address)
        without.page.goto(without.address + address)
        assert without.page.locator("h1:not(.specimen h1)").is_visible(), address
        words = _words(without)
        assert words == _words(with_script), address
        assert words[0], address
        for table in without.page.locator("main table:not(details table):not([hidden] table)").all():
            assert table.is_visible(), address
        for chart in without.page.locator("[data-figure]").all():
            assert chart.locator(".chart-drawing").is_visible(), address
            charts += 1
        assert without.page.locator("main [aria-busy=true]").count() == 0, address
        closed = without.page.locator("main form :is(input, button)[disabled]:not(.specimen *)")
        assert closed.count() == 0, address
    assert charts >= 8


def _words(visit: Visit) -> list[str]:
    """Headings, cells, facts and labels, in the order of the page."""
    return [" ".join(text.split()) for text in visit.page.locator(WORDS).all_text_contents()]
