"""Finding things and choosing days with the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.alignment.small_company import DAY
from tests.journeys.conftest import Visit

Come = Callable[..., Visit]
Make = Callable[..., None]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
FOCUSED = "() => document.activeElement.id"
BROKEN_WORDS = """() => [...document.querySelectorAll(".places a")].map((place) => {
  const range = document.createRange();
  range.selectNodeContents(place);
  return new Set([...range.getClientRects()].map((line) => Math.round(line.top))).size;
})"""


FOUND = (
    ("objective 1", 0, "/objectives/objective-1", "Objective 1"),
    ("sales 0", 0, "/metrics/sales.0", "sales 0"),
    ("objective", 2, "/objectives/objective-1", "Objective 1"),
    ("epic 1", 0, "/objectives/objective-1#epic-epic-1", "Epic 1"),
    ("theme 1", 0, "/portfolio/theme-1", "Theme 1"),
    ("weekly", 0, "/imports/", "weekly.csv"),
    ("portfolio", 0, "/portfolio", "Theme 0"),
)
"""What is typed, how often the arrow is pressed, where Enter leads, and what stands there: one for each kind."""


def test_the_palette_finds_anything_by_keyboard_alone(visitor: Come, company: Make) -> None:
    company()
    visit = visitor()
    visit.sign_in("executive")
    visit.page.mouse.move(-1, -1)
    for words, arrows, lands, shows in FOUND:
        _find(visit, words, arrows)
        visit.page.wait_for_url(f"{visit.address}{lands}*")
        assert shows in visit.page.inner_text("main"), words
        assert not visit.page.locator("#palette").is_visible(), words
        assert visit.violations() == []


def _find(visit: Visit, words: str, arrows: int) -> None:
    """Wherever one is: Ctrl+K, the words, the arrows, Enter."""
    keyboard = visit.page.keyboard
    keyboard.press("Control+k")
    assert visit.page.evaluate(FOCUSED) == "palette-words"
    keyboard.type(words)
    assert visit.page.locator('#palette [aria-selected="true"]').count() == 0, "found for other words"
    visit.page.wait_for_selector('#palette [aria-selected="true"]')
    visit.page.wait_for_function("() => !document.querySelector('.htmx-request')")
    for _ in range(arrows):
        keyboard.press("ArrowDown")
    active = visit.page.get_attribute("#palette-words", "aria-activedescendant")
    assert visit.page.get_attribute(f"#{active}", "aria-selected") == "true"
    assert visit.page.locator('#palette [aria-selected="true"]').count() == 1
    keyboard.press("Enter")


def test_escape_closes_the_palette_and_gives_the_focus_back(visitor: Come, company: Make) -> None:
    company()
    visit = visitor()
    visit.sign_in("executive")
    visit.page.keyboard.press("Control+k")
    visit.page.keyboard.press("Escape")
    visit.page.wait_for_function("() => !document.getElementById('palette').open")
    assert visit.page.evaluate(FOCUSED) == "find-anything"


def test_without_script_the_button_leads_to_a_page_that_finds(visitor: Come, company: Make) -> None:
    company()
    visit = visitor(java_script_enabled=False)
    visit.page.goto(f"{visit.address}/sign-in")
    visit.page.click('button[value="executive"]')
    visit.page.click("#find-anything")
    visit.page.fill('main input[name="q"]', "objective 1")
    visit.page.press('main input[name="q"]', "Enter")
    visit.page.click("main .found a >> nth=0")
    assert visit.page.url.startswith(f"{visit.address}/objectives/objective-1")


def test_a_day_is_chosen_by_keyboard_and_kept_from_place_to_place(visitor: Come, company: Make) -> None:
    company()
    visit = visitor()
    visit.sign_in("executive")
    visit.page.focus("details.picker > summary")
    visit.page.keyboard.press("Enter")
    for _ in range(2):
        visit.page.keyboard.press("Tab")
    chosen = visit.page.evaluate("() => document.activeElement.href")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url(chosen)
    day = re.findall(r"as_of=(\d{4}-\d{2}-\d{2})", chosen)[0]
    for place in range(1, visit.page.locator(".places a").count()):
        visit.page.locator(".places a").nth(place).click()
        visit.page.wait_for_url(f"**?as_of={day}")
        assert "as it was known on" in visit.page.inner_text(".topbar")
    visit.page.click("text=Back to today")
    visit.page.wait_for_function("() => !location.search.includes('as_of')")
    assert "as it was known on" not in visit.page.inner_text(".topbar")
    assert visit.violations() == []


@pytest.mark.parametrize("options", [PHONE, PHONE | {"color_scheme": "dark"}], ids=["light", "dark"])
def test_the_shell_fits_a_phone(visitor: Come, company: Make, options: dict[str, object]) -> None:
    company()
    visit = visitor(**options)
    visit.sign_in("executive")
    for path in ("/", f"/objectives?as_of={DAY}", f"/find?q=sales&as_of={DAY}", "/components/"):
        visit.open(path)
        assert visit.overflow() <= 0, path
        assert set(visit.page.evaluate(BROKEN_WORDS)) == {1}, path
        visit.page.locator("details.picker > summary").first.click()
        assert visit.overflow() <= 0, path
        assert visit.violations() == [], path


def test_the_gallery_draws_each_theme_in_its_own_colours(visitor: Come, company: Make) -> None:
    company()
    visit = visitor()
    visit.sign_in("executive")
    visit.open("/components/")
    lines = {
        theme: visit.page.evaluate(
            f"() => document.querySelector('[data-theme={theme}] .chart-live')._fullData.at(-1).line.color"
        )
        for theme in ("light", "dark")
    }
    assert lines["light"] != lines["dark"]
    assert visit.violations() == []


def test_printing_leaves_the_controls_out(visitor: Come, company: Make) -> None:
    company()
    visit = visitor(color_scheme="dark")
    visit.sign_in("executive")
    visit.open(f"/?as_of={DAY}")
    visit.page.emulate_media(media="print")
    for part in (".rail", "#find-anything", ".picker-panel", ".person form", ".chart-live"):
        assert not visit.page.locator(part).first.is_visible(), part
    assert visit.page.locator(".chart-drawing").first.is_visible()
    paper = visit.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    ink = visit.page.evaluate("() => getComputedStyle(document.body).color")
    assert (paper, ink) == ("rgb(255, 255, 255)", "rgb(22, 25, 29)")
