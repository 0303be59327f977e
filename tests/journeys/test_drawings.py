"""Drawings of things that the small company lacks by itself, and the small ones in lists, mark by mark."""

from __future__ import annotations

from collections.abc import Callable

from alignment.models import Metric, Observation
from tests.journeys.charts import check_charts
from tests.journeys.conftest import Visit
from tests.journeys.pages import client_of, on_the_day
from tests.journeys.walking import drawn

Come = Callable[..., Visit]
Make = Callable[..., None]


def test_a_metric_with_limits_a_gap_and_bounds_is_drawn_so(visitor: Come, company: Make) -> None:
    company()
    rows = list(Observation.objects.filter(metric__key="speed.1").order_by("period_start"))
    for number, row in enumerate(rows):
        Observation.objects.filter(pk=row.pk).update(value=100 + (7 * number) % 11)
    Observation.objects.filter(pk=rows[20].pk).delete()
    Metric.objects.filter(key="speed.1").update(hard_minimum=50, hard_maximum=150)
    visit = visitor()
    visit.sign_in("executive")
    visit.open(on_the_day("/metrics/speed.1"))
    charts = check_charts(drawn(visit), "/metrics/speed.1")
    assert charts == {
        "figure-metric": (("lines", 2), ("lines", 2), ("lines", 2), ("lines+markers", 40))
    }  # two limits, the path, and the readings, of which one is a gap
    counted = "(part) => document.querySelectorAll(part).length"
    assert visit.page.evaluate(counted, ".scatterlayer .points path") == 39
    assert (
        visit.page.evaluate(counted, ".shapelayer path") == 2
    )  # the bounds, and the day of the first import


SPARKS = """() => [...document.querySelectorAll("table .sparkline")].map((spark) => ({
  commands: (spark.querySelector("path")?.getAttribute("d").match(/[ML]/g) ?? []).length,
  length: spark.querySelector("path")?.getTotalLength() ?? 0,
  said: spark.querySelector("title").textContent,
}))"""
STRIPS = """() => [...document.querySelectorAll(".lab-side .strip")].map((strip) => ({
  marks: strip.querySelectorAll("rect").length,
  widths: [...strip.querySelectorAll("rect")].every((mark) => mark.getBoundingClientRect().width > 0),
  said: strip.querySelector("title").textContent,
}))"""


def test_small_drawings_have_a_mark_for_each_thing_that_they_show(visitor: Come, company: Make) -> None:
    company()
    visit, client = visitor(), client_of("executive")
    visit.sign_in("executive")
    for address, rows in (("/metrics", 4), ("/objectives", 2), ("/", 2)):
        visit.open(on_the_day(address))
        sparks = visit.page.evaluate(SPARKS)
        assert [spark["commands"] for spark in sparks] == [26] * rows, address
        assert all(spark["length"] > 60 for spark in sparks), address
    lab = on_the_day("/policy-lab?from=2026-10-01&to=2026-11-20&second=mooncamp")
    visit.open(lab)
    sides = [side for row in client.get(lab).context["page"].rows for side in (row.left, row.right)]
    strips = visit.page.evaluate(STRIPS)
    assert [strip["said"] for strip in strips] == [f"{side.label}: {side.words}" for side in sides]
    assert [strip["marks"] for strip in strips] == [side.words.count(";") + 1 for side in sides]
    assert len(strips) == 8
    assert max(strip["marks"] for strip in strips) > 1
    assert all(strip["widths"] for strip in strips)
