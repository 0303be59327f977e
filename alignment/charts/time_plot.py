"""A plot over time, described once: `figure` gives it to Plotly, `drawing` paints it at once as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from alignment.charts.band_words import place_of, rise_of
from alignment.charts.scales import TimeScale, ValueScale, value_scale
from alignment.charts.text import plain
from alignment.palette import Ink

Figure = dict[str, Any]
Points = tuple[tuple[date, float | None], ...]

TOP_SPACE = 26
BOTTOM_SPACE = 26
"""Pixels above and below the plotted area, the same in the drawing and in the live chart."""
FAN_OPACITY = 0.18
"""How strongly a fan is painted; the class `fill-fan` of static/css/drawings.css has the same."""
ROOM_BELOW = 0.93
"""Share of the height below which a grid line has room for its label."""
LEAD, TRAIL = 0.08, 0.01
"""Shares of the width left free: for the labels of values before the first day, for half a dot after the last."""
LEANS_LEFT_FROM = 0.8
"""Share of the width from which the words of a moment stand to its left."""


@dataclass(frozen=True, slots=True)
class Line:
    """One series; a `None` is a gap and stays one. `last_label` is written at its end."""

    name: str
    points: Points
    ink: Ink = Ink.ACCENT
    dashed: bool = False
    dots: bool = False
    last_label: str = ""
    quiet: bool = False  # its label is small and soft
    thin: bool = False  # a limit or an edge, not what the plot is about
    joined: bool = True  # points alone where it is not

    @property
    def last(self) -> tuple[date, float] | None:
        """The last point that has a value."""
        return next(((day, value) for day, value in reversed(self.points) if value is not None), None)


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of values that is meant or usual, over the whole width; an open side reaches the edge."""

    low: float | None
    high: float | None
    label: str


@dataclass(frozen=True, slots=True)
class Fan:
    """Where something is foretold to be: between (day, low, high), from one point on ever wider."""

    name: str
    edges: tuple[tuple[date, float, float], ...]

    @property
    def ring(self) -> Points:
        """Along its upper edge and back along its lower one."""
        upper = [(day, high) for day, _, high in self.edges]
        return (*upper, *((day, low) for day, low, _ in reversed(self.edges)))


@dataclass(frozen=True, slots=True)
class Moment:
    """A day with a vertical line and a few words."""

    day: date
    label: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days within which something lies, shaded over the whole height."""

    first: date
    last: date


@dataclass(frozen=True)  # no slots: the scales are worked out once and kept
class TimePlot:
    """What is plotted. `title` is read to those who cannot see it; `unit` follows the topmost tick."""

    title: str
    lines: tuple[Line, ...]
    unit: str = ""
    bands: tuple[Band, ...] = ()
    fans: tuple[Fan, ...] = ()
    moments: tuple[Moment, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    height: int = 272
    floor: float | None = None
    ceiling: float | None = None
    least_spread: float = 0.0
    first: date | None = None
    last: date | None = None

    @cached_property
    def days(self) -> TimeScale:
        """The horizontal scale: as asked, else from the first point to the last, with room at both ends."""
        known = [day for line in self.lines for day, _ in line.points]
        known = [*known, *(day for fan in self.fans for day, _, _ in fan.edges)] or [date(2000, 1, 1)]
        begin, end = self.first or min(known), self.last or max(known)
        whole = max((end - begin).days, 1) / (1 - LEAD - TRAIL)
        before, after = timedelta(days=round(whole * LEAD)), timedelta(days=round(whole * TRAIL))
        return TimeScale(begin - before, end + after, begin)

    @property
    def begin_share(self) -> float:
        """Where the first day stands: right of the labels of values."""
        return self.days.share(self.days.begin or self.days.first)

    @property
    def area(self) -> int:
        """Pixels from the top to the bottom of what is plotted."""
        return self.height - TOP_SPACE - BOTTOM_SPACE

    @cached_property
    def values(self) -> ValueScale:
        """The vertical scale over all lines, bands and fans."""
        found = [value for line in self.lines for _, value in line.points if value is not None]
        found += [edge for band in self.bands for edge in (band.low, band.high) if edge is not None]
        found += [edge for fan in self.fans for _, low, high in fan.edges for edge in (low, high)]
        return value_scale(found, floor=self.floor, ceiling=self.ceiling, least_spread=self.least_spread)

    def tick_labels(self) -> tuple[tuple[float, str], ...]:
        """The grid lines with room for a label above them; the topmost one carries the unit."""
        scale = self.values
        labels = [(value, scale.label(value)) for value in scale.ticks if scale.share(value) <= ROOM_BELOW]
        if labels and self.unit:
            value, text = labels[-1]
            labels[-1] = (value, f"{text} {self.unit}")
        return tuple(labels)


def figure(plot: TimePlot) -> Figure:
    """The plot for Plotly: only what it draws; fonts, paper and margins are the script's."""
    days, values = plot.days, plot.values
    ticks = plot.tick_labels()
    return {
        "data": [*map(_fan_trace, plot.fans), *(_trace(line, plot.unit) for line in plot.lines)],
        "layout": {
            "height": plot.height,
            "xaxis": {
                "type": "date",
                "range": [days.first.isoformat(), days.last.isoformat()],
                "tickvals": [day.isoformat() for day, _ in days.ticks],
                "ticktext": [label for _, label in days.ticks],
                "hoverformat": "%-d %b %Y",
            },
            "yaxis": {
                "range": [values.low, values.high],
                "tickvals": [value for value, _ in ticks],
                "ticktext": [plain(label) for _, label in ticks],
            },
            "shapes": [
                *(_band_shape(band, values) for band in plot.bands),
                *map(_stretch_shape, plot.stretches),
                *map(_moment_shape, plot.moments),
            ],
            "annotations": [
                *(_end_note(line, plot) for line in plot.lines if line.last_label and line.last),
                *(_moment_note(moment, days) for moment in plot.moments),
                *(_band_note(band, plot) for band in plot.bands if band.label),
            ],
        },
    }


def _trace(line: Line, unit: str) -> Figure:
    width = 1 if line.thin else 1.75 if line.dashed else 2.5
    style: Figure = {"color": line.ink.in_figure, "width": width}
    if line.dashed:
        style["dash"] = "5px,4px"
    trace: Figure = {
        "type": "scatter",
        "mode": "markers" if not line.joined else "lines+markers" if line.dots else "lines",
        "name": plain(line.name),
        "x": [day.isoformat() for day, _ in line.points],
        "y": [None if value is None else round(value, 6) for _, value in line.points],
        "line": style,
        "connectgaps": False,
        "hovertemplate": "%{y:,.6~r} %{meta}" if unit else "%{y:,.6~r}",
    }
    if unit:
        trace["meta"] = plain(unit)
    if line.dots or not line.joined:
        trace["marker"] = {"color": line.ink.in_figure, "size": 6}
        trace["cliponaxis"] = False
    return trace


def _fan_trace(fan: Fan) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plain(fan.name),
        "x": [day.isoformat() for day, _ in fan.ring],
        "y": [None if value is None else round(value, 6) for _, value in fan.ring],
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": Ink.ACCENT.in_figure,
        "opacity": FAN_OPACITY,
        "hoverinfo": "skip",
    }


def _band_shape(band: Band, values: ValueScale) -> Figure:
    return {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": values.low if band.low is None else band.low,
        "y1": values.high if band.high is None else band.high,
        "fillcolor": Ink.BAND.in_figure,
        "line": {"width": 0},
        "layer": "below",
    }


def _stretch_shape(stretch: Stretch) -> Figure:
    return {
        "type": "rect",
        "yref": "paper",
        "x0": stretch.first.isoformat(),
        "x1": stretch.last.isoformat(),
        "y0": 0,
        "y1": 1,
        "fillcolor": Ink.BAND.in_figure,
        "line": {"width": 0},
        "layer": "below",
    }


def _moment_shape(moment: Moment) -> Figure:
    return {
        "type": "line",
        "yref": "paper",
        "x0": moment.day.isoformat(),
        "x1": moment.day.isoformat(),
        "y0": 0,
        "y1": 1,
        "line": {"color": Ink.PATH.in_figure, "width": 1, "dash": "2px,3px"},
    }


def _end_note(line: Line, plot: TimePlot) -> Figure:
    day, value = line.last or (date.min, 0.0)
    rise = rise_of(line, plot)
    return {
        "x": day.isoformat(),
        "y": value,
        "text": plain(line.last_label),
        "showarrow": False,
        "xanchor": "right",
        "yanchor": "bottom" if rise > 0 else "top",
        "yshift": rise - 3 if rise > 0 else -3,
        "font": {"size": 12, "color": Ink.SOFT_TEXT.in_figure}
        if line.quiet
        else {"size": 16, "color": Ink.TEXT.in_figure, "weight": 680},
    }


def _moment_note(moment: Moment, days: TimeScale) -> Figure:
    leans_left = days.share(moment.day) > LEANS_LEFT_FROM
    return {
        "x": moment.day.isoformat(),
        "y": 1,
        "yref": "paper",
        "text": plain(moment.label),
        "showarrow": False,
        "xanchor": "right" if leans_left else "left",
        "yanchor": "bottom",
        "xshift": 0,
        "font": {"size": 12, "color": Ink.SOFT_TEXT.in_figure},
    }


def _band_note(band: Band, plot: TimePlot) -> Figure:
    place = place_of(band, plot)
    return {
        "x": 1 if place.at_end else round(plot.begin_share, 4),
        "xref": "paper",
        "y": place.edge,
        "text": plain(band.label),
        "showarrow": False,
        "xanchor": "right" if place.at_end else "left",
        "yanchor": "top" if place.below else "bottom",
        "font": {"size": 12, "color": Ink.SOFT_TEXT.in_figure},
    }
