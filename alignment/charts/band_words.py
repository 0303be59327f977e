"""Where words stand in a plot, so that no line runs through them: a band's along one of its edges, a line's last number
above its end. Pure geometry, in pixels."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alignment.charts.time_plot import Band, Line, TimePlot

_LETTER = 6.4
_NARROW = 320
"""Pixels of a letter and of a narrow plot: what share of the width words take at most."""
_SAMPLES = 16
_ROW = 18.0
"""Pixels of a line of words with the air around it."""
_NUMBER = (-26.0, -8.0)
"""Where a line's last number stands, in pixels below its last point."""


@dataclass(frozen=True, slots=True)
class Place:
    """At the right end or at the left one; below or above the edge, which is a value."""

    at_end: bool
    edge: float
    below: bool


def place_of(band: Band, plot: TimePlot) -> Place:
    """The first place in which no line runs through the words, from the upper right on; that one where there is none.

    Words stand within their band where it is high enough for them.
    """
    places = list(_places(band, plot))
    width = min(0.7, len(band.label) * _LETTER / _NARROW)
    free = (
        place for place in places if not any(_runs_through(line, place, plot, width) for line in plot.lines)
    )
    return next(free, places[0])


def lift_of(line: Line, plot: TimePlot) -> int:
    """Pixels by which a line's last number stands higher than above its last point, so as to clear another line."""
    if line.last is None:
        return 0
    share, own = plot.days.share(line.last[0]), plot.area * (1 - plot.values.share(line.last[1]))
    heights = (_height(_points(other, plot), plot, share) for other in plot.lines if other is not line)
    over = [own - height for height in heights if height is not None and 0 < own - height < -_NUMBER[0]]
    return round(max(over, default=0))


def _points(line: Line, plot: TimePlot) -> list[tuple[float, float | None]]:
    return [(plot.days.share(day), value) for day, value in line.points]


def _places(band: Band, plot: TimePlot) -> Iterator[Place]:
    values, area = plot.values, plot.area
    high = values.high if band.high is None else min(band.high, values.high)
    low = values.low if band.low is None else max(band.low, values.low)
    fits = area * (values.share(high) - values.share(low)) >= _ROW
    for at_end in (True, False):
        if fits:
            yield Place(at_end, high, below=True)
            yield Place(at_end, low, below=False)
    for at_end in (True, False):
        if area * (1 - values.share(high)) >= _ROW:
            yield Place(at_end, high, below=False)
        if area * values.share(low) >= _ROW:
            yield Place(at_end, low, below=True)
    yield Place(True, high, below=True)


def _runs_through(line: Line, place: Place, plot: TimePlot, width: float) -> bool:
    edge = plot.area * (1 - plot.values.share(place.edge))
    top, bottom = (edge, edge + _ROW) if place.below else (edge - _ROW, edge)
    first, last = (1 - width, 1.0) if place.at_end else (plot.begin_share, plot.begin_share + width)
    if line.last is not None and line.last_label and place.at_end:
        height = plot.area * (1 - plot.values.share(line.last[1]))
        if height + _NUMBER[0] < bottom and height + _NUMBER[1] > top:
            return True
    points = _points(line, plot)
    heights = [_height(points, plot, first + (last - first) * i / _SAMPLES) for i in range(_SAMPLES + 1)]
    return any(
        a is not None and b is not None and min(a, b) <= bottom and max(a, b) >= top
        for a, b in pairwise(heights)
    )


def _height(points: Sequence[tuple[float, float | None]], plot: TimePlot, share: float) -> float | None:
    """Pixels from the top at a share of the width, None where there is no line."""
    if not points:
        return None
    after = bisect_right(points, share, key=lambda point: point[0])
    before, behind = points[max(after - 1, 0)], points[min(after, len(points) - 1)]
    if after == 0 or (after == len(points) and share > points[-1][0] + 1e-9):
        return None
    if before[1] is None or behind[1] is None:
        return None
    span = behind[0] - before[0]
    value = before[1] + (behind[1] - before[1]) * ((share - before[0]) / span if span else 0.0)
    return plot.area * (1 - plot.values.share(value))
