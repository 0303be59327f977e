"""What was known when: a metric's readings as they stood at the end of any day. Pure.

A version is a reading, or a reading that was replaced later. On day D those count that were known by the end of D
and not yet replaced; of several for one period, the one learnt last. A reading counts once its period has ended.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby

from alignment.periods import Period
from alignment.scoring.inputs import MetricInput, Reading, later_start, period_end


@dataclass(frozen=True, slots=True)
class Version:
    """One value of one period; `known_on` and `replaced_on` are days of the company's time zone."""

    period_start: date
    value: float
    known_at: datetime
    known_on: date
    replaced_on: date | None = None
    reconstructed: bool = False


@dataclass(frozen=True)
class MetricHistory:
    """All versions of one metric's readings."""

    metric: MetricInput
    versions: tuple[Version, ...]

    @cached_property
    def _by_period(self) -> dict[date, list[Version]]:
        grouped: dict[date, list[Version]] = {}
        for version in self.versions:
            grouped.setdefault(version.period_start, []).append(version)
        return dict(sorted(grouped.items()))

    @cached_property
    def _events(self) -> list[tuple[date, date]]:
        """(day, period start) of everything that can change a reading, in order."""
        events: set[tuple[date, date]] = set()
        for version in self.versions:
            end = period_end(self.metric.cadence, version.period_start)
            events.add((max(version.known_on, end), version.period_start))
            if version.replaced_on is not None and version.replaced_on > end:
                events.add((version.replaced_on, version.period_start))
        return sorted(events)

    def days_of_change(self) -> list[date]:
        """The days on which a reading can come, be replaced or be taken back, in order; some may come twice."""
        return [day for day, _ in self._events]

    def reading(self, start: date, day: date) -> Reading | None:
        """The reading of the period that began on `start`, as known at the end of `day`."""
        end = period_end(self.metric.cadence, start)
        known = [version for version in self._by_period.get(start, ()) if version.known_on <= day]
        if not known or end > day:
            return None
        valid = [version for version in known if version.replaced_on is None or day < version.replaced_on]
        if not valid:
            return None
        best = valid[0] if len(valid) == 1 else max(valid, key=lambda version: version.known_at)
        first = best.known_on if len(known) == 1 else min(version.known_on for version in known)
        return _reading_of(best, end, first)

    @cached_property
    def _settled(self) -> list[tuple[date, date, Reading | None]]:
        """(period start, its end, the reading where only one version ever was), in order."""
        rows: list[tuple[date, date, Reading | None]] = []
        for start, versions in self._by_period.items():
            end = period_end(self.metric.cadence, start)
            only = versions[0]
            settled = len(versions) == 1 and only.replaced_on is None
            rows.append((start, end, _reading_of(only, end, only.known_on) if settled else None))
        return rows

    def readings(self, day: date) -> tuple[Reading, ...]:
        """All readings as known at the end of `day`, in order of period."""
        found: list[Reading] = []
        for start, end, settled in self._settled:
            if end > day:
                break
            reading = self.reading(start, day) if settled is None else settled
            if reading is not None and reading.known_on <= day:
                found.append(reading)
        return tuple(found)

    def walk(self) -> Walk:
        """The readings of rising days, each step at the cost of what changed."""
        return Walk(self)

    def reporting(self, first: date, last: date, count: int) -> list[tuple[date, int, int]]:
        """(day, came, expected) wherever these change from `first` to `last`; see `evidence.reporting_of`."""
        window: deque[date] = deque(maxlen=count)
        came: dict[date, bool] = {}
        points: list[tuple[date, int, int]] = []
        for day, changes in groupby(
            self._reporting_changes(first, last, count), key=lambda change: change[0]
        ):
            for _, start, in_time in changes:
                if start not in came:
                    window.append(start)
                came[start] = in_time
            now = (sum(came[start] for start in window), len(window))
            if day <= first:
                points.clear()  # only how it stands on the first day counts
            if not points or points[-1][1:] != now:
                points.append((max(day, first), *now))
        return points

    def _reporting_changes(self, first: date, last: date, count: int) -> list[tuple[date, date, bool]]:
        """(day, period start, whether its reading is there and came in time): on the due day, and when that changes."""
        metric = self.metric
        if metric.first_import is None or metric.first_import > last:
            return []
        lag = timedelta(days=metric.lag_days)
        period = Period.containing(metric.first_import, metric.cadence, metric.calendar)
        recent = Period.containing(first - lag, metric.cadence, metric.calendar).previous(count + 1)
        start = max(period.start, recent.start)
        changes: list[tuple[date, date, bool]] = []
        while (due := period_end(metric.cadence, start) + lag) <= last:
            versions = self._by_period.get(start, ())
            days = {due}
            days.update(
                d for v in versions for d in (v.known_on, v.replaced_on) if d is not None and due < d <= last
            )
            for day in sorted(days):
                reading = self.reading(start, day)
                changes.append((day, start, reading is not None and reading.first_known_on <= due))
            start = later_start(metric.cadence, start, 1)
        return sorted(changes)


def _reading_of(version: Version, end: date, first_known_on: date) -> Reading:
    return Reading(
        version.period_start, end, version.value, version.known_on, first_known_on, version.reconstructed
    )


class Walk:
    """A metric's readings moved forward in time; days must not go back."""

    def __init__(self, history: MetricHistory) -> None:
        self._history = history
        self._next = 0
        self._known: dict[date, Reading] = {}
        self.readings: tuple[Reading, ...] = ()

    def to(self, day: date) -> tuple[Reading, ...]:
        """The readings at the end of `day`: the same object while nothing changed."""
        events = self._history._events
        if self._next >= len(events) or events[self._next][0] > day:
            return self.readings
        touched: set[date] = set()
        while self._next < len(events) and events[self._next][0] <= day:
            touched.add(events[self._next][1])
            self._next += 1
        for start in touched:
            reading = self._history.reading(start, day)
            if reading is None:
                self._known.pop(start, None)
            else:
                self._known[start] = reading
        self.readings = tuple(self._known[start] for start in sorted(self._known))
        return self.readings


class Counts:
    """Sums of (came, expected) over many metrics by day, from the points at which each metric's changed.

    Whole numbers: no order of adding can change them, and one metric can be taken out again exactly.
    """

    def __init__(self) -> None:
        self._changes: dict[date, tuple[int, int]] = {}
        self._days: list[date] | None = None
        self._sums: list[tuple[int, int]] = []
        self._base: dict[date, tuple[int, int]] = {}

    def base(self, day: date, came: int, expected: int) -> None:
        """What was counted for a day before; what is added and taken out comes on top."""
        self._base[day] = (came, expected)

    def add(self, points: Sequence[tuple[date, int, int]], sign: int = 1) -> None:
        """Add (or with sign -1 take out) one metric's points."""
        before = (0, 0)
        for day, came, expected in points:
            old = self._changes.get(day, (0, 0))
            self._changes[day] = (
                old[0] + sign * (came - before[0]),
                old[1] + sign * (expected - before[1]),
            )
            before = (came, expected)
        self._days = None

    def at(self, day: date) -> tuple[int, int]:
        """(came, expected) at the end of `day`."""
        if self._days is None:
            self._days = sorted(self._changes)
            self._sums = []
            came = expected = 0
            for changed in self._days:
                came += self._changes[changed][0]
                expected += self._changes[changed][1]
                self._sums.append((came, expected))
        position = bisect_right(self._days, day)
        came, expected = self._sums[position - 1] if position else (0, 0)
        base = self._base.get(day, (0, 0))
        return base[0] + came, base[1] + expected
