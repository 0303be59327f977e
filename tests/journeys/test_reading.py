"""Reading the pages in a real browser: wide, on a phone, in the dark, without script, with hostile names."""

from __future__ import annotations

import json
from collections.abc import Callable

from alignment.models.people import Role
from tests.alignment.small_company import DAY
from tests.journeys.axe import examined
from tests.journeys.conftest import Visit

Come = Callable[..., Visit]
Make = Callable[..., None]
PAGES = [
    f"{path}?as_of={DAY}"
    for path in ("/", "/objectives", "/objectives/objective-0", "/why/company", "/why/theme/theme-0")
]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
HOSTILE = '<a href="https://evil.example">x</a><b>&"<svg onload=alert(1)>'
COLOURS = """() => ["backgroundColor", "color"].map((name) =>
  getComputedStyle(document.body)[name].match(/\\d+/g).slice(0, 3).map(Number))"""
OVERLAPS = """() => {
  const cards = [...document.querySelectorAll("main .card")].map((card) => card.getBoundingClientRect());
  const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  return cards.flatMap((a, i) => cards.slice(i + 1).filter((b) => over(a, b)).map((b) => [a.top, b.top]));
}"""


def test_one_click_brings_each_role_to_the_overview(visitor: Come, company: Make) -> None:
    company()
    visit = visitor()
    for role in Role.values:
        visit.page.context.clear_cookies()
        visit.sign_in(role)
        assert visit.page.title() == "Overview – Plumbline"
        assert Role(role).label in visit.page.inner_text(".person")


def test_an_executive_reads_the_overview_on_a_phone_in_the_dark(visitor: Come, company: Make) -> None:
    company()
    visit = visitor(**PHONE, color_scheme="dark")
    visit.sign_in("executive")
    visit.open(PAGES[0])
    page = visit.page
    assert visit.overflow() <= 0
    assert page.evaluate(OVERLAPS) == []
    assert page.inner_text("h1").startswith("Aligned at ")
    assert page.locator("h1").bounding_box()["y"] < PHONE["viewport"]["height"] / 2  # type: ignore[index, operator, call-overload]
    assert page.locator(".numbers > .card").count() == 4
    for part in ("h1", ".lede", ".number-value", ".contributions li", ".dumbbell li", "#objectives tbody tr"):
        for shown in page.locator(part).all():
            box = shown.bounding_box()
            assert box is not None, part
            assert 0 <= box["x"] <= box["x"] + box["width"] <= 390, part
            assert shown.inner_text().strip(), part
    paper, ink = page.evaluate(COLOURS)
    assert sum(paper) < 200 < 450 < sum(ink)
    assert examined(visit, "the overview on a phone in the dark") == []
    page.tap("summary:has-text('Show as table') >> nth=0")
    assert page.locator(".table-behind table").first.is_visible()
    page.tap("#objectives a:has-text('Objective 0')")
    page.wait_for_url("**/objectives/objective-0**")
    assert visit.overflow() <= 0
    assert visit.violations() == []


def test_no_card_lies_over_another(visitor: Come, company: Make) -> None:
    company()
    for options in ({}, PHONE):
        visit = visitor(**options)
        visit.sign_in("executive")
        for page in PAGES:
            visit.open(page)
            assert visit.page.locator("main .card").count() >= 1, page
            assert visit.page.evaluate(OVERLAPS) == [], page


def test_charts_take_the_colours_of_dark_and_light(visitor: Come, company: Make) -> None:
    company()
    visit = visitor()
    visit.sign_in("executive")
    visit.open(PAGES[0])
    accent = "() => getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"
    stroke = "() => document.querySelector('.chart-live')._fullData.at(-1).line.color"
    light = visit.page.evaluate(accent)
    assert visit.page.evaluate(stroke) == light
    visit.page.emulate_media(color_scheme="dark")
    visit.page.wait_for_function(f"() => ({stroke})() !== '{light}'")
    assert visit.page.evaluate(stroke) == visit.page.evaluate(accent) != light


def test_letters_in_charts_are_large_enough_on_a_phone(visitor: Come, company: Make) -> None:
    company()
    for script in (True, False):
        visit = visitor(**PHONE, java_script_enabled=script)
        visit.page.goto(f"{visit.address}/sign-in")
        visit.page.click('button[value="executive"]')
        visit.page.goto(visit.address + PAGES[0])
        if script:
            visit.open(PAGES[0])
        holder = ".chart-live text" if script else ".chart-drawing text"
        sizes = (
            [
                float(text.evaluate("(node) => getComputedStyle(node).fontSize").removesuffix("px"))
                for text in visit.page.query_selector_all(holder)
            ]
            if script
            else _heights(visit)
        )
        assert sizes
        assert min(sizes) >= 12


def _heights(visit: Visit) -> list[float]:
    """Without script nothing can be asked of the styles: the height of a line of letters on the screen."""
    boxes = [text.bounding_box() for text in visit.page.query_selector_all(".chart-drawing text:not(.minor)")]
    return [box["height"] for box in boxes if box]


def test_without_script_the_pages_say_it_all(visitor: Come, company: Make) -> None:
    company()
    visit = visitor(java_script_enabled=False)
    visit.page.goto(f"{visit.address}/sign-in")
    visit.page.click('button[value="finance"]')
    visit.page.goto(visit.address + PAGES[0])
    assert visit.page.locator(".chart-drawing").is_visible()
    assert visit.page.inner_text("h1").startswith("Aligned at ")
    visit.page.click("text=Show as table >> nth=0")
    assert visit.page.locator(".table-behind table").first.is_visible()
    visit.page.click("text=Objective 0")
    assert visit.page.locator(".chart-drawing").first.is_visible()
    visit.page.click("text=Sign out")
    assert visit.page.url.endswith("/sign-in")


def test_hostile_names_are_shown_as_they_were_typed(visitor: Come, company: Make) -> None:
    company(naming=lambda name: f"{name} {HOSTILE}")
    visit = visitor()
    visit.sign_in("technology-lead")
    visit.page.on("dialog", lambda dialog: visit.errors.append(dialog.message))
    for page in PAGES:
        visit.open(page)
        assert visit.page.locator("svg a, a[href*=evil]").count() == 0, page
        assert HOSTILE in visit.page.inner_text("main"), page
    visit.open(f"/objectives/objective-0?as_of={DAY}")
    named = visit.page.evaluate(
        "() => document.querySelector('.chart-live')._fullData.map((trace) => trace.name)"
    )
    assert any("&lt;a href" in name for name in named)
    visit.page.locator(".chart-live .nsewdrag").first.hover()
    visit.page.wait_for_selector(".chart-live .hovertext")
    assert visit.page.locator(".hoverlayer a").count() == 0
    assert "<a href" in visit.page.locator(".hoverlayer").first.text_content()


def test_after_signing_out_nothing_is_left_behind(visitor: Come, company: Make) -> None:
    company()
    visit = visitor()
    visit.sign_in("executive")
    visit.open(PAGES[0])
    visit.page.click("text=Sign out")
    visit.page.wait_for_url("**/sign-in")
    visit.page.go_back()
    assert "Objective 0" not in visit.page.content()
    assert json.loads(
        visit.page.evaluate("() => JSON.stringify([localStorage.length, sessionStorage.length])")
    ) == [0, 0]


def test_the_keyboard_reaches_the_content_first(visitor: Come, company: Make) -> None:
    company()
    visit = visitor()
    visit.sign_in("executive")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("() => document.activeElement.textContent") == "Skip to the content"
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("() => document.activeElement.id") == "main"
