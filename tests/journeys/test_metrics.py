"""Metrics in a real browser: find one, look at its chart, change its definition, take its readings home."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alignment.models import Metric


def drawn(page: Any) -> list[dict[str, Any]]:
    """Type and number of points of each trace as Plotly drew it."""
    found: list[dict[str, Any]] = page.evaluate(
        "() => document.querySelector('.chart-live')._fullData"
        ".map((t) => ({type: t.type, mode: t.mode, n: t.x.length}))"
    )
    return found


def sent(page: Any) -> list[dict[str, Any]]:
    """The same of the figure that the server sent."""
    found: list[dict[str, Any]] = page.evaluate(
        "() => JSON.parse(document.getElementById('figure-metric').textContent).data"
        ".map((t) => ({type: t.type, mode: t.mode, n: t.x.length}))"
    )
    return found


def test_a_lead_finds_a_metric_and_sees_what_was_sent_drawn(
    company: Callable[..., None], visitor: Callable[..., Any]
) -> None:
    company()
    visit = visitor()
    visit.sign_in("technology-lead")
    visit.open("/metrics")
    visit.page.fill("#filter-q", "speed 1")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/metrics?**q=speed+1**")
    assert visit.page.locator(".metrics-table tbody tr").count() == 1
    visit.page.click("a.row-link")
    visit.page.wait_for_url("**/metrics/speed.1*")
    visit.look_at_charts()
    assert drawn(visit.page) == sent(visit.page)
    assert drawn(visit.page)[-1]["n"] == 40
    visit.page.click("text=last 26 periods")
    visit.page.wait_for_url("**range=26**")
    visit.look_at_charts()
    assert drawn(visit.page)[-1]["n"] == 26
    assert visit.violations() == []


def test_counts_and_filters_lead_to_their_metrics_without_script_by_keyboard(
    company: Callable[..., None], visitor: Callable[..., Any]
) -> None:
    company()
    visit = visitor(java_script_enabled=False)
    visit.sign_in("executive")
    visit.open("/metrics?category=business-outcomes&as_of=2026-11-20")
    parts = visit.page.locator(".share-parts a")
    assert visit.page.locator(".share-bar rect").count() == parts.count()
    part = parts.last
    count = int(part.locator("xpath=following-sibling::span").inner_text())
    part.focus()
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**shows=**")
    assert visit.page.locator(".metrics-table tbody tr").count() == count > 0
    visit.page.select_option("#filter-freshness", "fresh")
    visit.page.focus("form.filters button")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**freshness=fresh**")
    assert {"category=business-outcomes", "as_of=2026-11-20"} <= set(visit.page.url.split("?")[1].split("&"))
    assert visit.page.locator(".metrics-table tbody tr").count() == count


def test_the_pages_fit_a_phone_in_the_dark(company: Callable[..., None], visitor: Callable[..., Any]) -> None:
    company()
    visit = visitor(viewport={"width": 390, "height": 844}, color_scheme="dark")
    visit.sign_in("administrator")
    for path in ("/metrics", "/metrics/speed.0", "/metrics/speed.0/edit"):
        visit.open(path)
        assert visit.overflow() == 0, path
        assert visit.violations() == []


def test_a_definition_is_changed_and_the_readings_are_taken_home(
    company: Callable[..., None], visitor: Callable[..., Any], tmp_path: Path
) -> None:
    company()
    visit = visitor()
    visit.sign_in("administrator")
    visit.open("/metrics/sales.0")
    visit.page.click("text=Change the definition")
    visit.page.fill("#id_hard_maximum", "150")
    visit.page.click("button:has-text('Save')")
    visit.page.wait_for_url("**/metrics/sales.0")
    assert "within hard limits" in visit.page.content()
    assert Metric.objects.get(key="sales.0").hard_maximum == 150
    with visit.page.expect_download() as waiting:
        visit.page.click(".sources .exports a:has-text('CSV')")
    kept = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(kept)
    assert kept.name.startswith("plumbline-readings-sales.0-")
    assert kept.read_text("utf-8-sig").splitlines()[1].startswith("sales.0,2026-02-")


def test_without_script_all_is_there_to_read(
    company: Callable[..., None], visitor: Callable[..., Any]
) -> None:
    company()
    visit = visitor(java_script_enabled=False)
    visit.page.goto(f"{visit.address}/sign-in")
    visit.page.click('button[value="executive"]')
    visit.page.goto(f"{visit.address}/metrics/sales.0")
    assert visit.page.locator("svg.chart-drawing").is_visible()
    assert "weekly.csv, line 41" in visit.page.content()
