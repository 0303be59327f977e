"""Where words stand in a plot, so that no line runs through them: a band's along one of its edges, a line's last number
above its end. Pure geometry, in pixels."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alignment.charts.time_plot import Band, Line, TimePlot

_LETTER, _FIGURE = 6.4, 10.0
_NARROW = 320
"""Pixels of a letter, of a letter of a last number, and of a narrow plot: what share of the width words take."""
_SAMPLES = 16
_ROW = 18.0
"""Pixels of a line of words with the air around it."""
_ABOVE, _BELOW, _TALL = 10, -20, 17
"""A line's last number: its foot above or below the last point, its height."""


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


def rise_of(line: Line, plot: TimePlot) -> int:
    """Pixels from a line's last point up to the foot of its last number; below the point where that is negative.

    Just above where no other line runs there, else below where none does, else above those that do.
    """
    if line.last is None:
        return _ABOVE
    end, own = plot.days.share(line.last[0]), plot.area * (1 - plot.values.share(line.last[1]))
    width = len(line.last_label) * _FIGURE / _NARROW
    shares = [end - width * i / _SAMPLES for i in range(_SAMPLES + 1)]

    def over(lines: Iterable[Line]) -> list[float]:
        points = [_points(other, plot) for other in lines]
        heights = [_height(one, plot, share) for one in points for share in shares]
        return sorted(own - height for height in heights if height is not None)

    others = over(other for other in plot.lines if other is not line)
    if not _meets(others, _ABOVE):
        return _ABOVE
    if own + _TALL - _BELOW < plot.area and not _meets(sorted([*others, *over([line])]), _BELOW):
        return _BELOW
    rise = float(_ABOVE)
    for height in others:
        if _meets([height], rise):
            rise = height + _ABOVE / 2
    return round(min(rise, max(own - _TALL, _ABOVE)))


def _meets(heights: Iterable[float], rise: float) -> bool:
    """Whether a line at one of these heights runs through a number whose foot stands so high."""
    return any(rise - 3 < height < rise + _TALL for height in heights)


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
        if height - _ABOVE - _TALL < bottom and height - _ABOVE > top:
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
