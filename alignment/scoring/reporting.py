"""Readings in time, counted by day for the company and each theme: one factor of Evidence.

The counts of each metric stand in its staleness signal, so that one changed metric can be taken out of the stored
sums and put back anew without reading any other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from alignment.models import Signal
from alignment.scoring.days import Dated
from alignment.scoring.history import Counts

Point = tuple[date, int, int]
Points = dict[int, list[Point]]
StoredPoints = list[list[str | int]]


def counts_of(
    points: Mapping[int, Sequence[Point]],
    timeline: Sequence[Dated],
    taken_out: Mapping[int, Sequence[Point]] | None = None,
) -> dict[int | None, Counts]:
    """Sums by theme id, None being the company; a metric counts for a theme on the days it belongs to it."""
    counts: dict[int | None, Counts] = {None: Counts()}
    for sign, source in ((1, points), (-1, taken_out or {})):
        for metric_id in sorted(source):
            counts[None].add(source[metric_id], sign)
            homes = [dated.definitions.themes_of_metric.get(metric_id, frozenset()) for dated in timeline]
            for theme_id in sorted(frozenset[int]().union(*homes)):
                here = [theme_id in home for home in homes]
                own = list(source[metric_id]) if all(here) else _while_here(source[metric_id], timeline, here)
                counts.setdefault(theme_id, Counts()).add(own, sign)
    return counts


def _while_here(points: Sequence[Point], timeline: Sequence[Dated], here: Sequence[bool]) -> list[Point]:
    """A metric's points on the days on which it belonged somewhere, nothing on the others."""
    starts = [dated.since for dated in timeline]
    days = sorted({*starts, *(point[0] for point in points)})
    clipped: list[Point] = []
    for day in days:
        position = bisect_right(points, day, key=lambda point: point[0])
        came, expected = points[position - 1][1:] if position else (0, 0)
        if not here[bisect_right(starts, day) - 1]:
            came, expected = 0, 0
        clipped.append((day, came, expected))
    return clipped


def stored_points(metric_ids: Collection[int], first: date) -> Points:
    """The points that were stored with the metrics' staleness signals, as they stand from `first` on."""
    rows = Signal.objects.filter(metric_id__in=list(metric_ids), kind="staleness").values_list(
        "metric_id", "details"
    )
    return {metric_id: from_json(details.get("reporting", [])) for metric_id, details in rows}


def from_json(stored: StoredPoints) -> list[Point]:
    """Points as they stand in a signal's details."""
    return [(date.fromisoformat(str(day)), int(came), int(expected)) for day, came, expected in stored]


def merged_points(old: StoredPoints, new: Sequence[Point], first: date) -> list[Point]:
    """Stored points before `first`, then the new ones; a point that repeats the one before is left out."""
    merged: list[Point] = [point for point in from_json(old) if point[0] < first]
    for point in [*([] if new and new[0][0] <= first else [(first, 0, 0)]), *new]:
        if point[1:] != (merged[-1][1:] if merged else (0, 0)):
            merged.append(point)
    return merged
