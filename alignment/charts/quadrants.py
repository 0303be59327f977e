"""Themes between four answers: how far their outcomes are against the money that they take beyond their weight.

Described once, like a plot over time: `figure` gives it to Plotly, `drawing` paints it at once as SVG. Dots carry
numbers, which a list below explains, so that no name lies over another on a phone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alignment.charts.text import Markup, element, number, percent, plain
from alignment.palette import Ink

HEIGHT = 320
TOP, BOTTOM = 26, 26
OUTCOMES_LINE = 70.0
"""Per cent of the way that its path asks for: below it most presets say “at risk” or worse (scoring.md, part 2)."""
LEAST_REACH = 5.0
"""Points of spend to either side that are shown even where all themes are funded as planned."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One theme. `over` is its share of spend less its share of weight in points; `outcomes` 0..100."""

    number: int
    name: str
    over: float
    outcomes: float

    @property
    def quadrant(self) -> str:
        """What its place suggests: scale, protect, fix or stop."""
        if self.outcomes >= OUTCOMES_LINE:
            return "protect" if self.over >= 0 else "scale"
        return "stop" if self.over >= 0 else "fix"


QUADRANTS = {
    "scale": "outcomes on their way with less money than planned: more money would be well spent",
    "protect": "outcomes on their way and funded in full: keep it so",
    "fix": "outcomes behind and less money than planned: fund it or lower the aim",
    "stop": "outcomes behind although it takes more money than planned: stop, or say what will change",
}


def reach_of(dots: tuple[Dot, ...]) -> float:
    """Points of spend to either side of the middle, the same on both."""
    return max(LEAST_REACH, 1.2 * max((abs(dot.over) for dot in dots), default=0.0))


def figure(dots: tuple[Dot, ...]) -> dict[str, Any]:
    """The plot for Plotly: only what it draws."""
    reach = reach_of(dots)
    lines = [
        {"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1},
        {"type": "line", "y0": OUTCOMES_LINE, "y1": OUTCOMES_LINE, "xref": "paper", "x0": 0, "x1": 1},
    ]
    style = {"color": Ink.PATH.in_figure, "width": 1, "dash": "2px,3px"}
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "markers+text",
                "x": [round(dot.over, 2) for dot in dots],
                "y": [round(dot.outcomes, 1) for dot in dots],
                "text": [str(dot.number) for dot in dots],
                "customdata": [plain(dot.name) for dot in dots],
                "hovertemplate": "%{customdata}: %{x:+.1f} points of spend, outcomes %{y:.0f} %<extra></extra>",
                "marker": {"color": Ink.ACCENT.in_figure, "size": 26},
                "textfont": {"color": Ink.SURFACE.in_figure, "size": 13},
                "cliponaxis": False,
            }
        ],
        "layout": {
            "height": HEIGHT,
            "hovermode": "closest",
            "xaxis": {"range": [-reach, reach], "tickvals": [], "ticktext": []},
            "yaxis": {"range": [-8, 108], "tickvals": [], "ticktext": []},
            "shapes": [{**line, "line": style, "layer": "below"} for line in lines],
            "annotations": [_corner_note(*corner) for corner in _CORNERS],
        },
    }


_CORNERS = (("scale", 0, 1), ("protect", 1, 1), ("fix", 0, 0), ("stop", 1, 0))
"""Name, and the corner as shares of width and height."""


def _corner_note(name: str, x: int, y: int) -> dict[str, Any]:
    return {
        "text": name,
        "xref": "paper",
        "yref": "paper",
        "x": x,
        "y": y,
        "xanchor": "right" if x else "left",
        "yanchor": "top" if y else "bottom",
        "showarrow": False,
        "font": {"size": 13, "color": Ink.SOFT_TEXT.in_figure},
    }


def drawing(dots: tuple[Dot, ...], title: str) -> Markup:
    """The plot as inline SVG: lines between the quadrants, their names, numbered dots."""
    reach, area = reach_of(dots), HEIGHT - TOP - BOTTOM
    middle = _down(OUTCOMES_LINE, area)
    dotted = "stroke stroke-thin stroke-dotted ink-path"
    shapes = [
        element("line", x1="50%", x2="50%", y1=TOP, y2=TOP + area, class_=dotted),
        element("line", x1="0", x2="100%", y1=number(middle), y2=number(middle), class_=dotted),
    ]
    for name, x, y in _CORNERS:
        shapes.append(
            element(
                "text",
                name,
                x="100%" if x else "0",
                y=TOP + 14 if y else TOP + area - 6,
                text_anchor="end" if x else "start",
            )
        )
    for dot in dots:
        across, down = percent(50 + 50 * dot.over / reach), number(_down(dot.outcomes, area))
        style = {"text_anchor": "middle", "class_": "on-accent strong"}
        shapes.append(element("circle", cx=across, cy=down, r=13, class_="fill-accent"))
        shapes.append(element("text", str(dot.number), x=across, y=down, dy="0.35em", **style))
    return element(
        "svg",
        element("title", title),
        *shapes,
        class_="chart-drawing",
        role="img",
        width="100%",
        height=HEIGHT,
    )


def _down(outcomes: float, area: float) -> float:
    return TOP + area * (1 - (outcomes + 8) / 116)
