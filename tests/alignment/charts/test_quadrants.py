"""Themes between four answers, and bars by month: the figure and the drawing show the same."""

from __future__ import annotations

import re
from datetime import date

import plotly.graph_objects as go
import pytest

from alignment.charts import bars, quadrants
from alignment.charts.bars import BarPlot, Bars
from alignment.charts.quadrants import OUTCOMES_LINE, Dot
from alignment.palette import Ink

DOTS = (Dot(1, "<b>A</b>", -8.0, 82.0), Dot(2, "B", 15.2, 31.0))


@pytest.mark.parametrize(
    ("over", "outcomes", "word"),
    [
        (-0.1, OUTCOMES_LINE, "scale"),
        (0.0, OUTCOMES_LINE, "protect"),
        (-0.1, OUTCOMES_LINE - 0.1, "fix"),
        (0.0, OUTCOMES_LINE - 0.1, "stop"),
    ],
)
def test_the_lines_belong_to_the_better_and_to_the_dearer_side(
    over: float, outcomes: float, word: str
) -> None:
    assert Dot(1, "A", over, outcomes).quadrant == word


def test_dots_stand_where_their_figures_say() -> None:
    drawn = str(quadrants.drawing(DOTS, "Title"))
    figure = quadrants.figure(DOTS)
    reach = figure["layout"]["xaxis"]["range"][1]
    assert reach == pytest.approx(1.2 * 15.2)
    across = [float(found) for found in re.findall(r'<circle cx="([\d.]+)%"', drawn)]
    assert across == [pytest.approx(50 + 50 * dot.over / reach, abs=0.01) for dot in DOTS]
    down = [float(found) for found in re.findall(r'cy="([\d.]+)"', drawn)]
    assert down[0] < down[1]  # better is higher


def test_names_are_text_and_the_figure_is_one_that_plotly_knows() -> None:
    figure = quadrants.figure(DOTS)
    assert figure["data"][0]["customdata"] == ["&lt;b&gt;A&lt;/b&gt;", "B"]
    assert "<b>" not in str(quadrants.drawing(DOTS, "<b>"))
    go.Figure(figure["data"], figure["layout"])


def test_themes_that_are_funded_as_planned_do_not_fill_the_width() -> None:
    assert quadrants.reach_of((Dot(1, "A", 0.1, 50.0),)) == quadrants.LEAST_REACH


PLOT = BarPlot(
    "Money",
    (date(2026, 1, 1), date(2026, 2, 1)),
    (Bars("Planned", (100.0, 120.0), Ink.PATH), Bars("Actual", (110.0, None), Ink.ACCENT)),
)


def test_a_month_without_an_amount_has_no_bar() -> None:
    assert str(bars.drawing(PLOT)).count("<rect") == 3
    assert bars.figure(PLOT)["data"][1]["y"] == [110.0, None]


def test_bars_begin_at_zero_also_where_a_credit_is_below_it() -> None:
    figure = bars.figure(BarPlot("Credit", PLOT.months, (Bars("Actual", (-5.0, 50.0), Ink.ACCENT),)))
    low, high = figure["layout"]["yaxis"]["range"]
    assert low <= -5 < 0 < 50 <= high
    assert bars.figure(PLOT)["layout"]["yaxis"]["range"][0] == 0


def test_the_figure_of_bars_is_one_that_plotly_knows() -> None:
    figure = bars.figure(PLOT)
    assert figure["layout"]["xaxis"]["ticktext"] == ["Jan 2026", "Feb"]
    go.Figure(figure["data"], figure["layout"])
