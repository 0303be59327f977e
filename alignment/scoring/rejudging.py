"""History judged again under other policies: the same rules, definitions and readings of each day. Pure; reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alignment.scoring.history import MetricHistory
from alignment.scoring.policy import Policy
from alignment.scoring.status import Status
from alignment.scoring.status_history import (
    Life,
    StatusRow,
    Told,
    definition_on,
    standings_by_day,
    statuses_of,
)


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

    def within(self, first: date) -> Verdicts:
        """The same without the days before `first`."""
        return Verdicts(
            tuple(Run(run.status, max(run.first, first), run.last) for run in self.runs if run.last >= first)
        )

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
    first_scored: date,
    last: date,
    policies: Sequence[Policy],
    told: Sequence[Told] = (),
) -> tuple[Verdicts, ...]:
    """The statuses of one key result to `last` under each policy, held and changed by evidence as the stored ones are.

    `told` is what the pace signal said. It is judged from its own beginning, since what a status is held against lies
    before any stretch; `Verdicts.within` cuts one out. Readings are summed up once for all policies.
    """
    begin = max(first_scored, min(definition.start for _, definition in life) - timedelta(days=31))
    stood = tuple(standings_by_day(definition_on(life), histories, begin, last))
    return tuple(Verdicts(_runs(statuses_of(stood, policy, told), last)) for policy in policies)


def _runs(rows: Iterable[StatusRow], last: date) -> tuple[Run, ...]:
    said = [(row.day, row.judgement.status) for row in rows]
    following = [day - timedelta(days=1) for day, _ in said[1:]]
    return tuple(Run(status, day, end) for (day, status), end in zip(said, [*following, last], strict=False))
