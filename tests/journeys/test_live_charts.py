"""When charts come alive: by themselves where there is a pointer, on a tap on a phone, and never without the bundle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.journeys.pages import PHONE

Make = Callable[..., None]
Come = Callable[..., Any]
LIVE = "() => document.querySelectorAll('[data-drawn]').length"


def _asks(visit: Any) -> list[str]:
    """Addresses of the bundle as they are asked for from now on."""
    found: list[str] = []
    visit.page.on("request", lambda request: "plotly" in request.url and found.append(request.url))
    return found


def test_what_is_in_view_comes_alive_by_itself_and_the_rest_when_it_is_scrolled_to(
    company: Make, visitor: Come
) -> None:
    company()
    visit = visitor(viewport={"width": 1280, "height": 600})
    visit.sign_in("executive")
    visit.page.goto(f"{visit.address}/components/")
    charts = visit.page.locator("[data-figure]")
    count = charts.count()
    assert visit.page.evaluate(LIVE) < count, "those far below wait"
    charts.first.scroll_into_view_if_needed()
    visit.page.wait_for_function("() => document.querySelector('[data-figure]').dataset.drawn")
    assert visit.page.evaluate(LIVE) < count
    charts.last.scroll_into_view_if_needed()
    visit.page.wait_for_function("() => [...document.querySelectorAll('[data-figure]')].at(-1).dataset.drawn")
    assert visit.violations() == []


def test_a_phone_asks_for_nothing_until_a_chart_is_tapped(company: Make, visitor: Come) -> None:
    company()
    visit = visitor(**PHONE)
    visit.sign_in("executive")
    asked = _asks(visit)
    visit.page.goto(f"{visit.address}/metrics/sales.0")
    chart = visit.page.locator("[data-figure]")
    chart.scroll_into_view_if_needed()
    visit.page.wait_for_timeout(700)
    assert asked == []
    assert chart.locator("svg.drawing, .chart-drawing").first.is_visible(), "the drawing is the picture"
    chart.tap()
    visit.page.wait_for_function("() => document.querySelector('[data-figure]').dataset.drawn")
    assert len(asked) == 2, "the bundle and its styles"
    assert chart.locator(".chart-live svg").first.is_visible()
    assert not chart.locator(".chart-drawing").is_visible()


def test_a_chart_takes_the_same_room_live_as_drawn(company: Make, visitor: Come) -> None:
    company()
    visit = visitor(**PHONE)
    visit.sign_in("executive")
    visit.page.goto(f"{visit.address}/metrics/sales.0")
    chart = visit.page.locator("[data-figure]")
    before = chart.bounding_box()
    visit.look_at_charts()
    after = chart.bounding_box()
    assert abs(after["height"] - before["height"]) < 1
    assert abs(after["width"] - before["width"]) < 1


def test_without_the_bundle_the_drawing_stays_and_one_may_ask_again(company: Make, visitor: Come) -> None:
    company()
    visit = visitor(**PHONE)
    visit.sign_in("executive")
    visit.page.route("**/plotly*.js", lambda route: route.abort())
    visit.page.goto(f"{visit.address}/metrics/sales.0")
    chart = visit.page.locator("[data-figure]")
    chart.tap()
    visit.page.wait_for_timeout(400)
    assert visit.page.evaluate(LIVE) == 0
    assert chart.locator(".chart-drawing").is_visible()
    visit.page.unroute("**/plotly*.js")
    chart.tap()
    visit.page.wait_for_function("() => document.querySelector('[data-figure]').dataset.drawn")
    visit.errors[:] = [error for error in visit.errors if "ERR_FAILED" not in error]
