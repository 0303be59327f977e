"""Small drawings in rows: where their bars and dots stand."""

from __future__ import annotations

import pytest
from defusedxml import ElementTree

from alignment.charts.rows import dumbbell, progress_bar, signed_bars, sparkline
from alignment.charts.text import Markup, element, plain


def widths(drawing: str) -> list[str]:
    return [node.get("width", "") for node in ElementTree.fromstring(drawing).iter("rect")]


@pytest.mark.parametrize(
    ("progress", "expected", "bars"),
    [
        (0.4, 0.5, ["100%", "40%", "2.5"]),
        (1.7, 1.0, ["100%", "100%", "2.5"]),
        (-0.5, 0.5, ["100%", "2.5"]),
        (None, 0.5, ["100%"]),
        (0.001, None, ["100%", "2%"]),
    ],
)
def test_progress_is_cut_off_at_its_ends(
    progress: float | None, expected: float | None, bars: list[str]
) -> None:
    assert widths(progress_bar(progress, expected)) == bars


def test_bars_share_one_zero_and_fill_the_width() -> None:
    down, up, still = signed_bars([-3.0, 1.0, 0.0])
    bar = next(ElementTree.fromstring(down).iter("rect"))
    assert (bar.get("x"), bar.get("width"), bar.get("class")) == ("0%", "75%", "fill-worse")
    bar = next(ElementTree.fromstring(up).iter("rect"))
    assert (bar.get("x"), bar.get("width"), bar.get("class")) == ("75%", "25%", "fill-better")
    assert list(ElementTree.fromstring(still).iter("rect")) == []


def test_a_dumbbell_puts_aim_and_actual_on_one_scale() -> None:
    dots = [
        node.get("cx")
        for node in ElementTree.fromstring(dumbbell(0.1, 0.4, longest=0.4, is_notable=True)).iter("circle")
    ]
    assert dots == ["97%", "26.5%"]


def test_a_sparkline_needs_two_readings_and_keeps_gaps() -> None:
    assert "too few" in sparkline([1.0, None], title="Sales")
    path = next(
        ElementTree.fromstring(sparkline([1.0, 2.0, None, 1.0, 3.0], title="Sales")).iter("path")
    ).get("d", "")
    assert path.count("M") == 2


def test_text_is_escaped_once_and_finished_markup_is_left() -> None:
    assert element("g", "<b>", Markup("<i/>"), class_='"') == '<g class="&quot;">&lt;b&gt;<i/></g>'
    assert plain("<a href=x>R&D</a> $1$") == "&lt;a href=x&gt;R&amp;D&lt;/a&gt; $1$"
