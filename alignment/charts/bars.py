"""Amounts by month as pairs of bars: what was planned beside what was spent. One description, two forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from alignment.charts.scales import ValueScale, value_scale
from alignment.charts.text import Markup, element, number, percent, plain
from alignment.palette import Ink

HEIGHT = 240
TOP, BOTTOM = 26, 26
ROOM = 2
"""Places for a month that stay empty on the left, for the words of the axis."""


@dataclass(frozen=True, slots=True)
class Bars:
    """One series: a value for each month, None where there is none."""

    name: str
    values: tuple[float | None, ...]
    ink: Ink


@dataclass(frozen=True, slots=True)
class BarPlot:
    """Pairs (or more) of bars for each month. What they count is said beside the plot."""

    title: str
    months: tuple[date, ...]
    series: tuple[Bars, ...]

    def labels(self) -> tuple[str, ...]:
        """The months as they are written below; January carries its year."""
        return tuple(f"{month:%b %Y}" if month.month == 1 else f"{month:%b}" for month in self.months)


def figure(plot: BarPlot) -> dict[str, Any]:
    """The plot for Plotly: only what it draws. Months stand at 0, 1, 2, ..., so that none is taken for a number."""
    scale = _scale(plot)
    ticks = [(value, scale.label(value)) for value in scale.ticks]
    return {
        "data": [
            {
                "type": "bar",
                "name": plain(bars.name),
                "x": list(range(len(plot.months))),
                "y": [None if value is None else round(value, 2) for value in bars.values],
                "marker": {"color": bars.ink.in_figure},
                "hovertemplate": "%{y:,.6~r}<extra></extra>",
            }
            for bars in plot.series
        ],
        "layout": {
            "height": HEIGHT,
            "barmode": "group",
            "bargap": 0.3,
            "xaxis": {
                "tickvals": list(range(len(plot.months))),
                "ticktext": list(plot.labels()),
                "ticklabelposition": "outside",
                "range": [-0.5 - ROOM, len(plot.months) - 0.5],
            },
            "yaxis": {
                "range": [scale.low, scale.high],
                "tickvals": [value for value, _ in ticks],
                "ticktext": [plain(label) for _, label in ticks],
            },
        },
    }


def drawing(plot: BarPlot) -> Markup:
    """The plot as inline SVG."""
    scale, area = _scale(plot), HEIGHT - TOP - BOTTOM
    shapes: list[Markup] = []

    def down(value: float) -> float:
        return TOP + area * (1 - scale.share(value))

    for value in scale.ticks:
        y = down(value)
        grid = "stroke stroke-thin ink-grid"
        shapes.append(element("line", x1="0", x2="100%", y1=number(y), y2=number(y), class_=grid))
        shapes.append(element("text", scale.label(value), x=0, y=number(y - 4), class_="halo"))
    slot = 100 / (len(plot.months) + ROOM)
    width = slot * 0.7 / max(len(plot.series), 1)
    for position, label in enumerate(plot.labels()):
        left = slot * (position + ROOM) + slot * 0.15
        for order, bars in enumerate(plot.series):
            height = bars.values[position]
            if height is None:
                continue
            top, bottom = sorted((down(height), down(0.0)))
            shapes.append(
                element(
                    "rect",
                    x=percent(left + order * width),
                    y=number(top),
                    width=percent(width),
                    height=number(max(bottom - top, 1)),
                    class_=f"fill-{bars.ink.css}",
                )
            )
        shapes.append(
            element(
                "text",
                label,
                x=percent(slot * (position + ROOM + 0.5)),
                y=HEIGHT - 6,
                text_anchor="middle",
                class_="minor" if position % 2 else None,
            )
        )
    return element(
        "svg",
        element("title", plot.title),
        *shapes,
        class_="chart-drawing",
        role="img",
        width="100%",
        height=HEIGHT,
    )


def _scale(plot: BarPlot) -> ValueScale:
    found = [value for bars in plot.series for value in bars.values if value is not None]
    return value_scale([0.0, *found], floor=min([0.0, *found]), ceiling=None, least_spread=0.0)
