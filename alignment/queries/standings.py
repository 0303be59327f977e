"""How key results stand on a day: the stored status, the numbers behind it, the shape of its readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from alignment.models import KeyResultStatus
from alignment.scoring.explanation import StoredPace
from alignment.scoring.inputs import KeyResultInput, Reading, Snapshot
from alignment.scoring.policy import Policy
from alignment.scoring.status import Judgement, Status, judge
from alignment.scoring.stored_paces import pace_of, with_pace

SPARK_DAYS = 26 * 7
SEVERITY = (
    Status.OFF_TRACK,
    Status.MISSED,
    Status.AT_RISK,
    Status.STALE,
    Status.NOT_MEASURABLE,
    Status.ON_TRACK,
    Status.ACHIEVED,
    Status.NOT_STARTED,
)
"""Worst first: the order of every list of objectives."""


@dataclass(frozen=True, slots=True)
class StatusWord:
    """A status for the page: `slug` chooses shape and colour, `word` says it."""

    slug: str
    word: str

    @classmethod
    def of(cls, status: str) -> StatusWord:
        """From the stored value."""
        return cls(status, Status(status).label)

    @property
    def rank(self) -> int:
        """0 is worst."""
        return SEVERITY.index(Status(self.slug))


@dataclass(frozen=True, slots=True)
class KeyResultStanding:
    """One key result on one day. Shares are 0..1 and unclipped; `since` is the first day of the status."""

    definition: KeyResultInput
    status: StatusWord
    reason: str
    since: date | None
    progress: float | None
    expected: float | None
    attainment: float | None
    readings: tuple[Reading, ...]
    pace: StoredPace | None = None  # where it will be at the due date, None before its start and after it

    @property
    def chance(self) -> float | None:
        """The chance of reaching the target, None where it is not known."""
        return self.pace.probability if self.pace else None

    @property
    def latest(self) -> Reading | None:
        """The newest reading."""
        return self.readings[-1] if self.readings else None

    @property
    def unit(self) -> str:
        """The metric's unit, "" without a metric."""
        return self.definition.metric.unit if self.definition.metric else ""

    def shape(self, day: date) -> tuple[float, ...]:
        """The readings of the last 26 weeks."""
        return tuple(r.value for r in self.readings if r.period_end > day - timedelta(days=SPARK_DAYS))


@dataclass(frozen=True, slots=True)
class StoredStatus:
    """The status row that holds on a day, and the chance that is known then."""

    status: str
    reason: str
    day: date
    pace: StoredPace | None


def stored_statuses(day: date, policy_version: int) -> dict[int, StoredStatus]:
    """The status that holds on `day` for each key result, with its chance, by id. One query."""
    rows = (
        KeyResultStatus.objects.filter(day__lte=day, policy__version=policy_version)
        .order_by("key_result_id", "-day")
        .distinct("key_result_id")
    )
    return {
        row.key_result_id: StoredStatus(row.status, row.reason, row.day, pace_of(row))
        for row in with_pace(rows, day)
    }


def standings_on(
    snapshot: Snapshot, policy: Policy, stored: Mapping[int, StoredStatus]
) -> dict[int, KeyResultStanding]:
    """Every key result of the snapshot, by id: judged on its day, with the stored status where there is one."""
    return {
        definition.id: standing_on(definition, snapshot, policy, stored.get(definition.id))
        for definition in snapshot.definitions.key_results
    }


def standing_on(
    definition: KeyResultInput, snapshot: Snapshot, policy: Policy, stored: StoredStatus | None
) -> KeyResultStanding:
    """One key result. The stored status counts, because it changed only on evidence; the numbers are the day's."""
    metric = definition.metric
    readings = snapshot.readings.get(metric.id, ()) if metric else ()
    pace = stored.pace if stored and stored.pace and stored.pace.holds(definition, snapshot.day) else None
    told = (pace.probability, pace.doubt) if pace else (None, "")
    judged: Judgement = judge(definition, readings, snapshot.day, policy, *told)
    return KeyResultStanding(
        definition,
        StatusWord.of(stored.status if stored else judged.status),
        stored.reason if stored else judged.reason,
        stored.day if stored else None,
        judged.progress,
        judged.expected,
        judged.attainment,
        readings,
        pace and pace.where(stale=judged.stale),
    )
