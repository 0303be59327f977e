"""Every page that the registry of addresses knows, in a real browser: nothing is stopped by the security policy,
nothing fails in the console, a phone's screen is wide enough, and every chart is drawn as the server meant it.

`make test` goes wide as the technology lead and on the phone as the executive; `make test-long` all four ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from alignment.models import Metric, Observation
from tests.counts import LONG
from tests.journeys.conftest import Visit
from tests.journeys.pages import PHONE, WIDE, client_of, furnished, on_the_day, pages_of

Come = Callable[..., Visit]
Make = Callable[..., None]

DRAWN = """() => {
  const told = (trace) => ({ type: trace.type, points: trace.x.length, values: JSON.stringify([trace.x, trace.y]) });
  return [...document.querySelectorAll("[data-figure]")].map((chart) => {
    const live = chart.querySelector(".chart-live");
    const box = live.getBoundingClientRect();
    const { data: sent, layout } = JSON.parse(document.getElementById(chart.dataset.figure).textContent);
    const known = (traces) => traces.flatMap((trace) => trace.y).filter((value) => value !== null).length;
    return {
      name: chart.dataset.figure,
      sent: sent.map(told),
      modes: sent.map((trace) => trace.mode ?? trace.type),
      drawn: (live._fullData || []).map(told),
      scatter: live.querySelectorAll(".scatterlayer .trace").length,
      bars: live.querySelectorAll(".barlayer .trace").length,
      dots: live.querySelectorAll(".scatterlayer .points path").length,
      dotsSent: known(sent.filter((trace) => (trace.mode ?? "").includes("markers"))),
      columns: live.querySelectorAll(".barlayer .point path").length,
      columnsSent: known(sent.filter((trace) => trace.type === "bar")),
      shapes: live.querySelectorAll(".shapelayer path").length,
      notes: live.querySelectorAll(".annotation").length,
      beside: [layout.shapes ?? [], layout.annotations ?? []].map((list) => list.length),
      seen: box.width > 60 && box.height > 30,
    };
  });
}"""
EXAMPLES: dict[str, tuple[tuple[str, int], ...]] = {
    f"{theme}-chart-example-{name}": traces
    for theme in ("light", "dark")
    for name, traces in {
        "score": (("lines", 5), ("lines", 5)),
        "path": (("lines", 2), ("lines+markers", 8)),
        "band": (("lines+markers", 8),),
    }.items()
}
CHARTS = EXAMPLES | {
    "figure-score": (("lines", 6), ("lines", 3)),
    "figure-theme-score": (("lines", 6), ("lines", 3)),
    "figure-theme-money": (("bar", 6), ("bar", 6)),
    "figure-quadrants": (("markers+text", 2),),
    "figure-key-result": (("lines+markers", 15),),
    "figure-metric": (("lines", 2), ("lines+markers", 40)),
    "figure-method": (("lines+markers", 26),),
}
"""Each chart of the small company by the name of its figure (without numbers): the modes of its traces, and points."""


def check_charts(visit: Visit, address: str) -> dict[str, tuple[tuple[str, int], ...]]:
    """Every figure that the server sent stands on the page, trace by trace, value by value and mark by mark."""
    charts: list[dict[str, Any]] = visit.page.evaluate(DRAWN)
    for chart in charts:
        assert chart["drawn"] == chart["sent"] != [], address
        kinds = [trace["type"] for trace in chart["sent"]]
        assert (chart["scatter"], chart["bars"]) == (kinds.count("scatter"), kinds.count("bar")), address
        assert chart["dots"] == chart["dotsSent"], (address, chart["name"])
        assert chart["columns"] == chart["columnsSent"], (address, chart["name"])
        assert [chart["shapes"], chart["notes"]] == chart["beside"], (address, chart["name"])
        assert chart["seen"], address
    return {
        re.sub(r"-\d+", "", chart["name"]): tuple(
            (mode, trace["points"]) for mode, trace in zip(chart["modes"], chart["drawn"], strict=True)
        )
        for chart in charts
    }


WAYS = [("technology-lead", WIDE), ("executive", PHONE)]
if LONG:
    WAYS += [("technology-lead", PHONE), ("executive", WIDE)]


@pytest.mark.parametrize(("role", "options"), WAYS, ids=lambda value: value if isinstance(value, str) else "")
def test_every_page_draws_its_charts_fits_and_goes_without_a_fault(
    visitor: Come, company: Make, role: str, options: dict[str, Any]
) -> None:
    company()
    pages = pages_of(role, furnished())
    visit = visitor(**options)
    visit.sign_in(role)
    charts: dict[str, Any] = {}
    for address in pages:
        visit.open(address)
        charts = check_charts(visit, address) | charts
        assert visit.violations() == [], address
        assert visit.errors == [], address
        assert visit.overflow() <= 0, address
        assert visit.page.locator("h1:not(.specimen h1)").count() == 1, address
    assert charts == CHARTS


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
    charts = check_charts(visit, "/metrics/speed.1")
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
