"""The same plot as inline SVG: before any script, with letters of one size at any width.

The plotted lines stretch with the page (a nested drawing of 1000 x 1000 units); letters and dots stand at
percentages of the width, so that they are as large on a phone as on a wall.
"""

from __future__ import annotations

from alignment.charts.band_words import place_of, rise_of
from alignment.charts.text import Markup, element, number, percent
from alignment.charts.time_plot import (
    LEANS_LEFT_FROM,
    TOP_SPACE,
    Band,
    Line,
    Moment,
    Points,
    Stretch,
    TimePlot,
)

_FEW_TICKS = 5


def drawing(plot: TimePlot) -> Markup:
    """The whole plot: bands, grid, fans, moments, lines, words."""
    area = plot.area
    shapes = [_stretched(plot, area)]
    words = [*_value_words(plot, area), *_day_words(plot)]
    words += [_moment_word(moment, plot) for moment in plot.moments]
    words += [_band_word(band, plot, area) for band in plot.bands if band.label]
    words += [mark for line in plot.lines for mark in _end_marks(line, plot, area)]
    return element(
        "svg",
        element("title", plot.title),
        *shapes,
        *words,
        class_="chart-drawing",
        role="img",
        width="100%",
        height=plot.height,
    )


def _stretched(plot: TimePlot, area: float) -> Markup:
    values, days = plot.values, plot.days
    parts = [_band(band, plot) for band in plot.bands]
    parts += [_stretch(stretch, plot) for stretch in plot.stretches]
    for value, _ in plot.tick_labels():
        y = number(1000 * (1 - values.share(value)))
        parts.append(element("path", d=f"M0 {y}H1000", class_="stroke stroke-thin ink-grid"))
    parts += [element("path", d=f"{_path(fan.ring, plot)}Z", class_="fill-fan") for fan in plot.fans]
    for moment in plot.moments:
        x = number(1000 * days.share(moment.day))
        parts.append(element("path", d=f"M{x} 0V1000", class_="stroke stroke-thin stroke-dotted ink-path"))
    for line in plot.lines:
        if not line.joined:
            continue
        weight = "stroke-thin" if line.thin else "" if line.dashed else "stroke-thick"
        style = " ".join(filter(None, ("stroke-dashed" if line.dashed else "", weight)))
        parts.append(element("path", d=_path(line.points, plot), class_=f"stroke {style} ink-{line.ink.css}"))
    return element(
        "svg",
        *parts,
        y=TOP_SPACE,
        width="100%",
        height=area,
        viewBox="0 0 1000 1000",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def _path(points: Points, plot: TimePlot) -> str:
    """Commands of the line; it starts anew after a gap."""
    commands, pen_down = [], False
    for day, value in points:
        if value is None:
            pen_down = False
            continue
        x, y = 1000 * plot.days.share(day), 1000 * (1 - plot.values.share(value))
        commands.append(f"{'L' if pen_down else 'M'}{number(x)} {number(y)}")
        pen_down = True
    return "".join(commands)


def _band(band: Band, plot: TimePlot) -> Markup:
    top = 0.0 if band.high is None else 1000 * (1 - plot.values.share(band.high))
    bottom = 1000.0 if band.low is None else 1000 * (1 - plot.values.share(band.low))
    return element("rect", y=number(top), width=1000, height=number(max(bottom - top, 0)), class_="fill-band")


def _stretch(stretch: Stretch, plot: TimePlot) -> Markup:
    left, right = (1000 * plot.days.share(day) for day in (stretch.first, stretch.last))
    return element("rect", x=number(left), width=number(right - left), height=1000, class_="fill-band")


def _height_of(value: float, plot: TimePlot, area: float) -> float:
    return TOP_SPACE + area * (1 - plot.values.share(value))


def _value_words(plot: TimePlot, area: float) -> list[Markup]:
    return [
        element("text", label, x=0, y=number(_height_of(value, plot, area) - 4), class_="halo")
        for value, label in plot.tick_labels()
    ]


def _day_words(plot: TimePlot) -> list[Markup]:
    ticks = [tick for tick in plot.days.ticks if plot.days.share(tick[0]) <= 0.94]
    return [
        element(
            "text",
            label,
            x=percent(100 * plot.days.share(day)),
            y=plot.height - 6,
            class_="minor" if index % 2 and len(ticks) > _FEW_TICKS else None,
        )
        for index, (day, label) in enumerate(ticks)
    ]


def _moment_word(moment: Moment, plot: TimePlot) -> Markup:
    share = plot.days.share(moment.day)
    anchor = "end" if share > LEANS_LEFT_FROM else "start"
    return element("text", moment.label, x=percent(100 * share), y=TOP_SPACE - 8, text_anchor=anchor)


def _band_word(band: Band, plot: TimePlot, area: float) -> Markup:
    place = place_of(band, plot)
    edge = _height_of(place.edge, plot, area)
    return element(
        "text",
        band.label,
        x="100%" if place.at_end else percent(100 * plot.begin_share),
        y=number(edge + 14 if place.below else edge - 5),
        text_anchor="end" if place.at_end else "start",
        class_="halo",
    )


def _end_marks(line: Line, plot: TimePlot, area: float) -> list[Markup]:
    marks = []
    if line.dots or not line.joined:
        marks += [
            element(
                "circle",
                cx=percent(100 * plot.days.share(day)),
                cy=number(_height_of(value, plot, area)),
                r=3,
                class_=f"fill-{line.ink.css}",
            )
            for day, value in line.points
            if value is not None
        ]
    if line.last and line.last_label:
        day, value = line.last
        x, y = percent(100 * plot.days.share(day)), _height_of(value, plot, area)
        if not line.quiet:
            marks.append(element("circle", cx=x, cy=number(y), r=4, class_=f"fill-{line.ink.css}"))
        marks.append(
            element(
                "text",
                line.last_label,
                x=x,
                y=number(y - rise_of(line, plot)),
                text_anchor="end",
                class_="halo" if line.quiet else "strong halo",
            )
        )
    return marks
