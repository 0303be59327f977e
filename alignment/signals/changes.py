"""Change history of a whole series: when its level (or its line) changed, by how much, and what held between.

Wild readings are drawn in to three robust deviations of a running median first, gaps bridged by a straight line; then
`segmenting` looks for changes. Nothing is said of fewer than twelve readings. Of series that never change some 2 to
5 % show one at these settings (tests/bench/signals_changes.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from alignment.signals.averaging import Floats
from alignment.signals.pace_words import figure
from alignment.signals.regression import design
from alignment.signals.segmenting import Change, Search, column
from alignment.signals.sums import rounded

FEWEST = 12
COST = 0.8
"""Log of the mean Bayes factor over all places from which a change counts."""
_WING = 3
_CLIP = 3.0
_WIDE = 1.96
COARSE = 2.5
"""Sizes of steps are told to between a fourth and a fortieth of their interval."""


class Model(StrEnum):
    """What holds between changes: a level, or a line."""

    LEVELS = "levels"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Moved:
    """A change: column `at` is the first of the new. `kind` is "up", "down" (a step of `size`, with its interval of
    95 %, in the metric's unit) or "turn" (`size` is the change of slope for each period). Of readings that resemble
    each other much, `size` is what lasted, and the interval reaches to the jump at the moment of the change.
    """

    at: int
    kind: str
    size: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Segment:
    """Columns `first` to `last` and the values of the level or line at both ends; `kind` is "level" or "line"."""

    first: int
    last: int
    start: float
    end: float
    kind: str


@dataclass(frozen=True, slots=True)
class History:
    """What changed when. `told` is false where there are too few readings; `phi` is how much readings resemble the
    ones before, `n` the readings.
    """

    told: bool
    sentence: str
    n: int
    changes: tuple[Moved, ...] = ()
    segments: tuple[Segment, ...] = ()
    phi: float | None = None


def change_starts(
    series: Floats, period: int | None = None, *, model: Model = Model.LEVELS
) -> list[list[int]]:
    """For each row of (N, n), NaN being a gap: the columns at which something new begins."""
    rows = np.atleast_2d(np.asarray(series, dtype=np.float64))
    return [[change.at for change in change_history(row, period, model=model).changes] for row in rows]


def change_history(
    row: Floats,
    period: int | None = None,
    *,
    model: Model = Model.LEVELS,
    given: Iterable[int] = (),
) -> History:
    """The changes of one series (n,); `period` is its season's length, taken out where two cycles are there.

    Steps at `given` columns are known from elsewhere: they are measured with what else is found, however little
    evidence they add, unless one lies at another's heels or at an end.
    """
    asked = _asked(row, period, model)
    if isinstance(asked, History):
        return asked
    search = asked.search
    search.take(at - asked.first for at in given)
    search.run()
    return _told(asked)


def history_of(row: Floats, period: int | None, model: Model, changes: Iterable[Moved]) -> History:
    """The same with just these changes, measured anew."""
    asked = _asked(row, period, model)
    if isinstance(asked, History):
        return asked
    asked.search.found = [Change(moved.at - asked.first, moved.kind == "turn") for moved in changes]
    return _told(asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A series as it is searched: less its first value, in units of `size`, from column `first` on."""

    search: Search
    size: float
    shift: float
    first: int
    known: int
    model: Model


def _asked(row: Floats, period: int | None, model: Model) -> _Asked | History:
    """The search, or the answer where there is nothing to look for."""
    row = np.asarray(row, dtype=np.float64)
    known = np.flatnonzero(~np.isnan(row))
    if len(known) < FEWEST:
        words = f"Cannot tell what changed: {len(known)} readings, {FEWEST} are needed."
        return History(False, words, len(known))
    first, last = int(known[0]), int(known[-1])
    bridged = np.interp(np.arange(first, last + 1), known, row[known])
    size = float(np.abs(bridged - bridged[0]).max())
    if size == 0:
        whole = Segment(first, last, float(bridged[0]), float(bridged[0]), "level")
        return History(True, "It has not moved at all.", len(known), (), (whole,), 0.0)
    base = np.ascontiguousarray(design(len(bridged), period, line=model is Model.LINES).T)
    scaled = tamed((bridged - bridged[0]) / size)
    if float(np.abs(scaled - scaled[0]).max()) == 0:
        level = rounded(float(scaled[0]) * size + float(bridged[0]))
        whole = Segment(first, last, level, level, "level")
        words = f"No change of level over {len(known)} readings: what differs stands alone."
        return History(True, words, len(known), (), (whole,), 0.0)
    search = Search(scaled, base, COST, turns=model is Model.LINES)
    return _Asked(search, size, float(bridged[0]), first, len(known), model)


def tamed(row: Floats) -> Floats:
    """A row without gaps, its wild readings drawn in to three robust deviations from the median of seven; where more
    than half are as their neighbours, single ones are taken out."""
    n = len(row)
    middle = np.empty(n)
    middle[_WING : n - _WING] = np.median(sliding_window_view(row, 2 * _WING + 1), axis=1)
    for i in (*range(_WING), *range(n - _WING, n)):
        middle[i] = np.median(row[max(0, i - _WING) : i + _WING + 1])
    left = row - middle
    spread = 1.4826 * float(np.median(np.abs(left)))
    if (
        spread == 0
    ):  # more than half are as their neighbours, as counts that are mostly zero: single ones are no level
        usual = np.concatenate([[True], left == 0, [True]])
        return np.asarray(np.where(usual[:-2] & usual[2:], middle, row), dtype=np.float64)
    drawn: Floats = middle + np.clip(left, -_CLIP * spread, _CLIP * spread)
    return drawn


def _told(asked: _Asked) -> History:
    search, size, shift, first, known = asked.search, asked.size, asked.shift, asked.first, asked.known
    middles, errors, phi = search.sizes()
    plain = search.plain()
    n, flat = len(search.series), len(search.base)
    moves = []
    for change, *measured in zip(search.found, middles[flat:], errors[flat:], plain[flat:], strict=True):
        unit = size / n if change.turn else size
        middle, *ends = (rounded(float(number) * unit) for number in _measured(*measured))
        kind = "turn" if change.turn else "up" if middle > 0 else "down"
        moves.append(Moved(change.at + first, kind, middle, *ends))
    lines = 2 if asked.model is Model.LINES else 1
    levels = plain[:lines, None] * search.base[:lines]
    path = levels.sum(axis=0)
    for change, middle in zip(search.found, plain[flat:], strict=True):
        path = path + middle * column(change, n)
    path = path * size + shift
    bounds = [0, *(change.at for change in search.found), n]
    segments = tuple(
        Segment(a + first, b - 1 + first, rounded(path[a]), rounded(path[b - 1]), str(asked.model)[:-1])
        for a, b in pairwise(bounds)
    )
    return History(
        True, _sentence(moves, segments, first + n - 1, known), known, tuple(moves), segments, rounded(phi)
    )


def _measured(middle: float, error: float, plain: float) -> tuple[float, float, float]:
    """Size of a change and its ends. Where readings resemble each other so much that the size at the moment of the
    change is not what the chart shows (by least squares), that is told, and the interval holds both."""
    low, high = middle - _WIDE * error, middle + _WIDE * error
    if low <= plain <= high or plain * middle <= 0:
        return middle, low, high
    return plain, min(low, plain), max(high, plain)


def _sentence(moves: list[Moved], segments: tuple[Segment, ...], end: int, known: int) -> str:
    if not moves:
        return f"No change of {segments[0].kind} over {known} readings beyond its usual ups and downs."
    last = moves[-1]
    times = "once" if len(moves) == 1 else f"{len(moves)} times"
    ago = end - last.at + 1
    counted = "reading" if ago == 1 else "readings"
    if last.kind == "turn":
        return f"It changed {times}; the last time its slope turned, {ago} {counted} ago."
    by, low, high = (
        figure(abs(number), COARSE * (last.high - last.low))
        for number in (last.size, *sorted((last.low, last.high), key=abs))
    )
    before, after = segments[-2].end, segments[-1].start
    share = ""
    apart = 100 * abs(after / before - 1) if before > 0 and after > 0 else 0.0
    if apart >= 1:
        share = f", {apart:.0f} % {'above' if after > before else 'below'} the level before"
    return f"It changed {times}; the last {ago} {counted} went {last.kind} by {by} ({low} to {high}){share}."
