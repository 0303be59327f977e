"""Every page that the registry of addresses knows, in a real browser: nothing is stopped by the security policy,
nothing fails in the console, a phone's screen is wide enough, every chart is drawn as the server meant it, axe finds
nothing wrong with no rule and no part of a page left out, and with script off each page says the same.

Each page is loaded once for all of that (tests/journeys/walking.py); each test reads its own part of what was seen.

`make test` goes through all pages wide and light as the technology lead, with axe at each kind of page, and on the
phone as the executive; axe also looks at each third kind on the phone in the dark, and at the pages that are different
for others. `make test-long` goes through all pages of all four roles in all four forms, with axe at all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.alignment.small_company import build, cast
from tests.counts import LONG, count
from tests.journeys.axe import VARIANTS
from tests.journeys.charts import CHARTS, check_charts
from tests.journeys.conftest import Visit, visits
from tests.journeys.pages import KINDS, furnished, on_the_day, pages_of
from tests.journeys.walking import Seen, walk, words_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Come = Callable[..., Visit]


class Way(NamedTuple):
    """Who walks, in which form of `VARIANTS`; through all of their pages, or each `stride`-th kind, or those that are
    named; and at how many of these axe looks."""

    role: str
    variant: str
    named: tuple[str, ...] = ()
    stride: int = 0
    axe: int = 1_000

    def __str__(self) -> str:
        return f"{self.role} {self.variant}"

    def pages(self, imports: dict[str, str]) -> list[str]:
        """Addresses, in the order in which they are gone through."""
        every = pages_of(self.role, imports)
        assert len(every) == OPENED[self.role]
        named = [on_the_day(path) for path in self.named]
        assert set(named) <= set(every)
        return named or (every[: KINDS : self.stride] if self.stride else every)


OPENED = {"technology-lead": 42, "product-manager": 34, "finance": 36, "executive": 30}
"""How many pages each role opens."""
WIDE_LEAD = Way("technology-lead", "wide-light", axe=KINDS)
WHOLE = [WIDE_LEAD, Way("executive", "phone-light", axe=0)]
"""Ways on which every chart is met."""
WAYS = [
    *WHOLE,
    Way("technology-lead", "phone-dark", stride=3),
    Way("product-manager", "wide-light", ("/", "/objectives/objective-0", "/objectives/new")),
    Way("finance", "wide-light", ("/portfolio/theme-0",)),
    Way("executive", "wide-light", ("/", "/objectives/objective-0")),
]
"""The last three are pages that have other contents for a role: amounts, and what may be changed."""
if LONG:
    WAYS = [Way(role, variant) for role in OPENED for variant in VARIANTS]
    WHOLE = [way for way in WAYS if way.role in ("technology-lead", "executive")]
    WIDE_LEAD = WAYS[0]
Walks = Callable[[Way], list[Seen]]
on_every_way = pytest.mark.parametrize("way", WAYS, ids=str)


@pytest.fixture(scope="module")
def imports(standing: str) -> dict[str, str]:
    """The small company with its people, and files and imports in every state; addresses of those."""
    build()
    cast()
    return furnished()


@pytest.fixture(scope="module")
def walks(browser: Browser, standing: str, imports: dict[str, str]) -> Walks:
    """What was seen on a way; it is gone once, when it is first asked about."""

    @cache
    def gone(way: Way) -> list[Seen]:
        with visits(browser, standing) as come:
            visit = come(**VARIANTS[way.variant])
            visit.sign_in(way.role)
            pages = way.pages(imports)
            return walk(visit, pages, under_axe=pages[: way.axe])

    return gone


@on_every_way
def test_charts_are_drawn_as_the_server_meant_them(walks: Walks, way: Way) -> None:
    charts: dict[str, Any] = {}
    for page in walks(way):
        charts = check_charts(page.charts, page.address) | charts
    known = CHARTS if way in WHOLE else {name: CHARTS.get(name) for name in charts}
    assert charts == known


@on_every_way
def test_nothing_is_stopped_and_nothing_fails(walks: Walks, way: Way) -> None:
    assert [(page.address, page.stopped) for page in walks(way) if page.stopped] == []
    assert [(page.address, page.errors) for page in walks(way) if page.errors] == []


@on_every_way
def test_the_screen_is_wide_enough_and_has_one_heading(walks: Walks, way: Way) -> None:
    assert [(page.address, page.overflow) for page in walks(way) if page.overflow > 0] == []
    assert [(page.address, page.headings) for page in walks(way) if page.headings != 1] == []


@pytest.mark.parametrize("way", [way for way in WAYS if way.axe], ids=str)
def test_axe_finds_nothing(walks: Walks, way: Way) -> None:
    looked_at = [page.faults for page in walks(way) if page.faults is not None]
    assert len(looked_at) == min(way.axe, len(walks(way)))
    assert [fault for faults in looked_at for fault in faults] == []


def test_without_script_every_page_says_the_same(walks: Walks, reader: Come) -> None:
    pages = walks(WIDE_LEAD)[: count(small=KINDS, long=1_000)]
    without = reader(java_script_enabled=False)
    without.sign_in("technology-lead")
    charts = 0
    for seen in pages:
        address = seen.address
        without.open(address, charts=False)
        assert without.page.locator("h1:not(.specimen h1)").is_visible(), address
        words = words_of(without)
        assert words == seen.words, address
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
