"""One walk through many pages, of which each is loaded once and asked everything: what it drew, what went wrong in it,
how wide it is, what it says, and what axe finds wrong. The tests read what was seen, each its own part."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from tests.journeys.axe import examined
from tests.journeys.conftest import Visit

WORDS = "main h1, main h2, main td, main th, main dd, main dt, main label, main .empty"
"""Headings, cells, facts, labels, and what stands in their place where there are none."""
_DRAWN = """() => {
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


@dataclass(frozen=True, slots=True)
class Seen:
    """What one page was like when all its charts were live. `faults` is what axe finds, None where it did not look."""

    address: str
    charts: list[dict[str, Any]]
    stopped: list[str]
    errors: list[str]
    overflow: int
    headings: int
    words: list[str]
    faults: list[str] | None


def walk(visit: Visit, pages: list[str], *, under_axe: Collection[str]) -> list[Seen]:
    """Opens each page as whoever is signed in and notes what is seen there. What went wrong is handed over with the
    page where it did, and is no more the visit's."""
    return [_look(visit, address, under_axe=address in under_axe) for address in pages]


def _look(visit: Visit, address: str, *, under_axe: bool) -> Seen:
    visit.open(address)
    charts = drawn(visit)
    overflow, headings = visit.overflow(), visit.page.locator("h1:not(.specimen h1)").count()
    words = words_of(visit)
    faults = examined(visit, address) if under_axe else None
    stopped, errors = list(visit.violations()), list(visit.errors)
    visit.stopped.clear()
    visit.errors.clear()
    return Seen(address, charts, stopped, errors, overflow, headings, words, faults)


def words_of(visit: Visit) -> list[str]:
    """Headings, cells, facts and labels, in the order of the page."""
    return [" ".join(text.split()) for text in visit.page.locator(WORDS).all_text_contents()]


def drawn(visit: Visit) -> list[dict[str, Any]]:
    """What stands in each chart of the page that is open, beside what the server sent for it."""
    charts: list[dict[str, Any]] = visit.page.evaluate(_DRAWN)
    return charts
