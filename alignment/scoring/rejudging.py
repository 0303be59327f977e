"""History judged again under other policies: the same rules, definitions and readings of each day. Pure; reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alignment.scoring.days import Dated
from alignment.scoring.history import MetricHistory
from alignment.scoring.policy import Policy
from alignment.scoring.status import Status
from alignment.scoring.status_history import Life, Told, definition_on, statuses_by_day


@dataclass(frozen=True, slots=True)
class Run:
    """A status that held from one day to another, both included."""

    status: Status
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What one policy said of one key result over a stretch, without gaps within its life."""

    runs: tuple[Run, ...]

    def on(self, status: Status) -> int:
        """Days on a status."""
        return sum(run.days for run in self.runs if run.status is status)

    def first(self, status: Status) -> date | None:
        """The first day of a status within the stretch."""
        return next((run.first for run in self.runs if run.status is status), None)

    def differing_days(self, other: Verdicts) -> int:
        """Days on which the two disagree; both are of the same key result and stretch."""
        same = sum(
            max(0, (min(a.last, b.last) - max(a.first, b.first)).days + 1)
            for a in self.runs
            for b in other.runs
            if a.status is b.status
        )
        return sum(run.days for run in self.runs) - same


def judged_again(
    life: Life,
    histories: Mapping[int, MetricHistory],
    timeline: Sequence[Dated],
    first_scored: date,
    stretch: tuple[date, date],
    policy: Policy,
    told: Sequence[Told] = (),
) -> Verdicts:
    """The statuses of one key result over a stretch of days, held and changed by evidence as the stored ones are.

    `told` is what the pace signal said. It is judged from its own beginning, since what a status is held against lies
    before the stretch.
    """

    first, last = stretch
    begin = max(first_scored, min(definition.start for _, definition in life) - timedelta(days=31))
    said = statuses_by_day(definition_on(life), histories, begin, last, policy, told)
    rows = [(row.day, row.judgement.status) for row in said]
    runs = []
    for (day, status), following in zip(rows, [*(day for day, _ in rows[1:]), None], strict=True):
        end = last if following is None else following - timedelta(days=1)
        if end >= first:
            runs.append(Run(status, max(day, first), end))
    return Verdicts(tuple(runs))
