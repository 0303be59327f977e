"""Plots over time: the exact figure, accepted by Plotly's own schema, and the drawing that stands in for it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from alignment.charts.scales import TimeScale, value_scale
from alignment.charts.time_drawing import drawing
from alignment.charts.time_plot import Band, Fan, Line, Moment, Stretch, TimePlot, figure
from alignment.palette import Ink

TOKENS = Path(__file__).resolve().parents[3] / "static" / "css" / "tokens.css"
START = date(2026, 9, 1)
PLOT = TimePlot(
    "Readings of sales",
    (
        Line("Path", ((START, 0.0), (date(2026, 11, 1), 100.0)), Ink.PATH, dashed=True),
        Line(
            "Sales",
            ((START, 10.0), (date(2026, 9, 8), None), (date(2026, 9, 15), 40.0)),
            dots=True,
            last_label="40",
        ),
    ),
    unit="deals",
    bands=(Band(20.0, None, "meant to be here"),),
    moments=(Moment(date(2026, 9, 10), "today"),),
)


def painted(value: Any) -> Any:
    """The figure with tokens replaced by their colours, as the page's script does it."""
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", TOKENS.read_text()))
    if isinstance(value, dict):
        return {key: painted(part) for key, part in value.items()}
    if isinstance(value, list):
        return [painted(part) for part in value]
    named = re.fullmatch(r"var\(--([a-z-]+)\)", value) if isinstance(value, str) else None
    return colours[named[1]] if named else value


def test_the_figure_is_exactly_this() -> None:
    made = figure(PLOT)
    assert made["data"][1] == {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "Sales",
        "x": ["2026-09-01", "2026-09-08", "2026-09-15"],
        "y": [10.0, None, 40.0],
        "line": {"color": "var(--accent)", "width": 2.5},
        "marker": {"color": "var(--accent)", "size": 6},
        "cliponaxis": False,
        "connectgaps": False,
        "hovertemplate": "%{y:,.6~r} %{meta}",
        "meta": "deals",
    }
    assert made["data"][0]["line"] == {"color": "var(--path)", "width": 1.75, "dash": "5px,4px"}
    assert made["layout"]["xaxis"]["ticktext"] == ["Sep", "Oct", "Nov"]
    assert [note["text"] for note in made["layout"]["annotations"]] == ["40", "today", "meant to be here"]
    assert set(made["layout"]) == {"height", "xaxis", "yaxis", "shapes", "annotations"}


def test_plotly_accepts_the_figure() -> None:
    import plotly.graph_objects as go

    accepted = go.Figure(painted(figure(PLOT)))
    assert [(trace.type, len(trace.x)) for trace in accepted.data] == [("scatter", 2), ("scatter", 3)]


def test_a_fan_is_one_ring_in_figure_and_drawing_and_within_the_scales() -> None:
    import plotly.graph_objects as go

    ends = (
        (date(2026, 9, 15), 40.0, 40.0),
        (date(2026, 10, 1), 30.0, 60.0),
        (date(2026, 12, 1), 10.0, 140.0),
    )
    plot = TimePlot("x", PLOT.lines, fans=(Fan("Eight cases <b>in</b> ten", ends),))
    made = figure(plot)
    ring = made["data"][0]
    assert ring["y"] == [40.0, 60.0, 140.0, 10.0, 30.0, 40.0]
    assert (ring["fill"], ring["hoverinfo"], ring["line"]) == ("toself", "skip", {"width": 0})
    assert "<b>" not in ring["name"]
    go.Figure(painted(made))
    assert plot.values.high >= 140
    assert plot.days.last >= date(2026, 12, 1)
    root = ElementTree.fromstring(drawing(plot))
    [path] = [node.get("d") for node in root.iter("path") if node.get("class") == "fill-fan"]
    assert path.endswith("Z")
    assert len(re.findall("[ML]", path)) == 6


def test_the_drawing_breaks_its_line_at_a_gap() -> None:
    root = ElementTree.fromstring(drawing(PLOT))
    paths = [node.get("d") for node in root.iter("path") if "ink-accent" in node.get("class", "")]
    assert len(paths) == 1
    assert paths[0] is not None
    assert paths[0].count("M") == 2
    assert "L" not in paths[0]


def test_no_drawing_has_an_inline_style_or_a_script() -> None:
    text = drawing(PLOT)
    assert "style=" not in text
    assert "<script" not in text


def test_user_text_stays_text_in_figure_and_drawing() -> None:
    hostile = '<a href="https://evil.example">x</a><b>&"'
    plot = TimePlot(
        hostile,
        (Line(hostile, ((START, 1.0), (date(2026, 9, 9), 2.0)), last_label=hostile),),
        unit=hostile,
        bands=(Band(0.0, 1.0, hostile),),
        moments=(Moment(START, hostile),),
    )
    assert "<" not in str(figure(plot))
    texts = [node.text for node in ElementTree.fromstring(drawing(plot)).iter("text")]
    assert texts.count(hostile) == 3
    assert any((text or "").endswith(hostile) and text != hostile for text in texts)  # the unit after a tick


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=20))
def test_a_scale_holds_its_values_in_few_round_steps(values: list[float]) -> None:
    scale = value_scale(values)
    assert scale.low <= min(values)
    assert max(values) <= scale.high
    assert 2 <= len(scale.ticks) <= 9
    assert all(0 <= scale.share(value) <= 1 for value in values)


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        (75, ["Oct", "Nov", "Dec"]),
        (140, ["Oct", "Nov", "Dec", "2027", "Feb"]),
        (800, ["Oct", "2027", "Apr", "Jul", "Oct", "2028", "Apr", "Jul", "Oct"]),
    ],
)
def test_months_are_named_and_january_carries_its_year(days: int, labels: list[str]) -> None:
    first = date(2026, 10, 1)
    assert [label for _, label in TimeScale(first, first + timedelta(days=days)).ticks] == labels


def _boxes(plot: TimePlot) -> dict[str, tuple[float, str, float]]:
    """(x in percent, anchor, y) of each text of the drawing."""
    found = {}
    for node in ElementTree.fromstring(drawing(plot)).iter("text"):
        x, y = str(node.get("x", "0")).removesuffix("%"), float(node.get("y") or 0)
        found[node.text or ""] = (float(x), node.get("text-anchor") or "start", y)
    return found


def test_lines_begin_right_of_the_labels_of_values() -> None:
    assert PLOT.days.share(START) == pytest.approx(0.08, abs=0.01)
    assert figure(PLOT)["layout"]["xaxis"]["range"][0] < START.isoformat()
    assert next(label for _, label in PLOT.days.ticks) == "Sep"
    dots = list(ElementTree.fromstring(drawing(PLOT)).iter("circle"))
    assert all(7 < float(str(node.get("cx")).removesuffix("%")) < 100 for node in dots)


@pytest.mark.parametrize(
    ("values", "above_the_middle"),
    [((50.0, 50.0, 99.0, 99.0), False), ((50.0, 50.0, 3.0, 3.0), True), ((50.0, 50.0, 50.0, 50.0), True)],
)
def test_a_bands_words_stand_where_no_line_runs(values: tuple[float, ...], above_the_middle: bool) -> None:
    days = [START + timedelta(days=30 * index) for index in range(4)]
    line = Line("Sales", tuple(zip(days, values, strict=True)), last_label="9")
    plot = TimePlot("Sales", (line,), bands=(Band(0.0, 100.0, "meant to stay in here"),))
    x, anchor, y = _boxes(plot)["meant to stay in here"]
    assert (x, anchor) == (100, "end")
    middle = 26 + plot.area * (1 - plot.values.share(50))
    assert (y < middle) is above_the_middle
    note = figure(plot)["layout"]["annotations"][-1]
    assert (note["y"], note["yanchor"]) == ((100.0, "top") if above_the_middle else (0.0, "bottom"))


@pytest.mark.parametrize(
    ("begin", "path", "shift", "anchor"),
    [
        (0.0, 20.0, 7, "bottom"),  # the path ends far below: just above the point
        (60.0, 66.0, -3, "top"),  # the path runs just above: below the point
        (0.0, 66.0, 20, "bottom"),  # and the line itself comes from below: above the path
    ],
)
def test_a_last_number_clears_the_lines_around_it(begin: float, path: float, shift: int, anchor: str) -> None:
    days = START, START + timedelta(days=20)
    sales = Line("Sales", ((days[0], begin), (days[1], 59.0)), last_label="59")
    other = Line("Path", ((days[0], path), (days[1], path)), Ink.PATH, dashed=True)
    plot = TimePlot("Sales", (other, sales), floor=0, ceiling=100, least_spread=100)
    note = figure(plot)["layout"]["annotations"][0]
    assert note["yanchor"] == anchor
    assert note["yshift"] == pytest.approx(shift, abs=8 if shift > 7 else 0)
    own, over = (26 + plot.area * (1 - plot.values.share(value)) for value in (59.0, path))
    y = _boxes(plot)["59"][2]
    assert (y > own) is (anchor == "top")
    assert not y - 14 < over < y


def test_words_that_find_no_room_at_the_right_stand_at_the_left() -> None:
    days = [START + timedelta(days=10 * index) for index in range(10)]
    low = Line("Low", tuple((day, 50.0 if index < 6 else 3.0) for index, day in enumerate(days)))
    high = Line("High", tuple((day, 50.0 if index < 6 else 97.0) for index, day in enumerate(days)))
    plot = TimePlot("Both", (low, high), bands=(Band(0.0, 100.0, "meant to stay in"),))
    x, anchor, _ = _boxes(plot)["meant to stay in"]
    assert anchor == "start"
    assert x == pytest.approx(100 * plot.begin_share, abs=0.1)


def test_every_token_that_a_figure_may_name_has_a_colour_in_light_and_dark() -> None:
    light, dark = TOKENS.read_text().split("@media screen and (prefers-color-scheme: dark)")
    for ink in Ink:
        assert f"--{ink.value}: #" in light
        assert f"--{ink.value}: #" in dark


def test_a_plot_without_a_unit_says_none_when_pointed_at() -> None:
    line = Line("Score", ((date(2026, 11, 1), 61.5), (date(2026, 11, 8), 60.0)))
    [trace] = figure(TimePlot("Score", (line,)))["data"]
    assert trace["hovertemplate"] == "%{y:,.6~r}"
    assert "meta" not in trace


def test_a_stretch_of_days_is_shaded_over_the_whole_height_in_both() -> None:
    points = ((date(2026, 1, 1), 1.0), (date(2026, 3, 1), 2.0))
    plot = TimePlot(
        "A line", (Line("Line", points),), stretches=(Stretch(date(2026, 1, 15), date(2026, 2, 1)),)
    )
    [shape] = figure(plot)["layout"]["shapes"]
    assert (shape["type"], shape["yref"], shape["y0"], shape["y1"]) == ("rect", "paper", 0, 1)
    assert (shape["x0"], shape["x1"]) == ("2026-01-15", "2026-02-01")
    left, right = (1000 * plot.days.share(day) for day in (date(2026, 1, 15), date(2026, 2, 1)))
    found = re.search(r'<rect x="([\d.]+)" width="([\d.]+)" height="1000" class="fill-band"', drawing(plot))
    assert found is not None
    assert float(found[1]) == pytest.approx(left, abs=0.1)
    assert float(found[2]) == pytest.approx(right - left, abs=0.1)
