"""The files in which the company's readings arrived: one a period and feed, with gaps, late rows, restatements.

Files are really composed (`DeliveredFile.text`), so that a batch's hash, line and column mean what they mean for an
imported file, and every number can be traced to its line.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from hashlib import sha256

from alignment.periods import Cadence, Period
from alignment.sample.catalogue.plan import Feed, MetricPlan
from alignment.sample.chance import between, uniform
from alignment.sample.series import Company, Reading
from alignment.sample.world import World

HEADER = "metric,period,value"
VALUE_COLUMN = "value"
_GAP = {Cadence.WEEK: 0.008, Cadence.MONTH: 0.004, Cadence.QUARTER: 0.0}
_LATE = {Cadence.WEEK: 0.02, Cadence.MONTH: 0.02, Cadence.QUARTER: 0.0}
_RESTATED = {Cadence.WEEK: 0.02, Cadence.MONTH: 0.06, Cadence.QUARTER: 0.04}
_LATE_BY_STORY = 0.03


@dataclass(frozen=True)
class Row:
    """One line of a file: line number, metric, first day of its period and value."""

    line: int
    metric: str
    period: Period
    value: Decimal


@dataclass(frozen=True)
class DeliveredFile:
    """A file of one feed for one period, and the moment at which it was taken in."""

    feed: Feed
    period: Period
    arrived_at: datetime
    rows: tuple[Row, ...]

    @property
    def name(self) -> str:
        """The file's name, such as weekly-operations-2026-W05.csv."""
        return f"{self.feed.stem}-{self.period}.csv"

    @cached_property
    def text(self) -> str:
        """The file as it would lie on disk."""
        lines = [f"{row.metric},{row.period},{row.value}" for row in self.rows]
        return "\n".join([HEADER, *lines, ""])

    @property
    def sha256(self) -> str:
        """Hash of the file's bytes."""
        return sha256(self.text.encode()).hexdigest()


def arrival(world: World, feed: Feed, period: Period) -> datetime:
    """When the file of this period was taken in: the lag after its end, in a working hour."""
    minute = int(uniform(world.seed, "minute", feed.slug, str(period)) * 50)
    day = period.end + timedelta(days=feed.lag_days)
    return datetime.combine(day, time(feed.hour, minute), tzinfo=UTC)


def delivered_files(company: Company, known_by: datetime) -> list[DeliveredFile]:
    """All files that had arrived by `known_by`, oldest first."""
    contents: dict[tuple[Feed, Period], list[tuple[str, Period, Decimal]]] = defaultdict(list)
    for plan in company.plans:
        for reading in company.readings[plan.key]:
            for period, value in _tellings(company.world, plan, reading):
                contents[plan.feed, period].append((reading.metric, reading.period, value))
    files = []
    for (feed, period), told in contents.items():
        arrived_at = arrival(company.world, feed, period)
        if arrived_at <= known_by:
            told.sort(key=lambda line: (line[0], line[1].start))
            rows = tuple(Row(number, *line) for number, line in enumerate(told, start=2))
            files.append(DeliveredFile(feed, period, arrived_at, rows))
    return sorted(files, key=lambda file: (file.arrived_at, file.name))


def _tellings(world: World, plan: MetricPlan, reading: Reading) -> list[tuple[Period, Decimal]]:
    """In which periods' files a reading stands, with which value: none, one, or a first one and its correction."""
    cadence, name = plan.feed.cadence, reading.period.start.isoformat()
    if uniform(world.seed, "gap", plan.key, name) < _GAP[cadence]:
        return []
    late = _LATE[cadence]
    if late:
        late += _LATE_BY_STORY * world.drift(reading.period.end)
    first = reading.period
    if uniform(world.seed, "late", plan.key, name) < late:
        first = first.next()
    if uniform(world.seed, "restated", plan.key, name) >= _RESTATED[cadence]:
        return [(first, reading.value)]
    wrong = _preliminary(world, plan, reading)
    if wrong == reading.value:
        return [(first, reading.value)]
    wait = 1 + int(2 * uniform(world.seed, "wait", plan.key, name))
    return [(first, wrong), (first.next(wait), reading.value)]


def _preliminary(world: World, plan: MetricPlan, reading: Reading) -> Decimal:
    """The value first reported, up to 4 % off (percentages up to 1 %), within the metric's limits."""
    name = reading.period.start.isoformat()
    reach = 0.01 if plan.unit == "%" else 0.04
    factor = Decimal(repr(1 + between(-reach, reach, world.seed, "preliminary", plan.key, name)))
    value = round(reading.value * factor, plan.decimals)
    if plan.high is not None:
        value = min(value, round(Decimal(repr(plan.high)), plan.decimals))
    return value
