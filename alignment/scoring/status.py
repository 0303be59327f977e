"""Status of a key result: the first that fits, and changed only on evidence. Pure; docs/scoring.md, part 1."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from alignment.periods import Period
from alignment.scoring.attainment import (
    Reached,
    Standing,
    is_within,
    progress_of,
    reach,
    share_over,
    standing_of,
)
from alignment.scoring.inputs import KeyResultInput, MetricInput, Reading
from alignment.scoring.policy import STATUS_OF_CLASS, Parameters, Policy, classify
from alignment.signals.pace_words import chance_figure
from alignment.signals.staleness import stale_from

JUDGED_AFTER_DUE = timedelta(days=92)
"""A key result is judged until a quarter after its due date, for readings of periods that ended by then and came
late; then it keeps what it had.
"""


class Status(StrEnum):
    """The states of a key result, in the words of the database."""

    NOT_MEASURABLE = "not-measurable"
    NOT_STARTED = "not-started"
    STALE = "stale"
    ACHIEVED = "achieved"
    MISSED = "missed"
    OFF_TRACK = "off-track"
    AT_RISK = "at-risk"
    ON_TRACK = "on-track"

    @property
    def label(self) -> str:
        """The words of a page."""
        return self.value.replace("-", " ")


_WEIGHED = (Status.OFF_TRACK, Status.AT_RISK, Status.ON_TRACK)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a policy says about a key result on one day, and why. Numbers are shares; None is unknown.

    `preset_class` is the policy's own word ("behind", "yellow") where it has one.
    """

    status: Status
    attainment: float | None
    progress: float | None
    expected: float | None
    reason: str
    preset_class: str = ""
    stale: bool = False
    reading: Reading | None = None
    probability: float | None = None  # of reaching the target, where it had a say

    @property
    def pace_known(self) -> bool:
        """Whether the chance of reaching the target was known and counted."""
        return self.probability is not None


def judge(
    key_result: KeyResultInput,
    readings: Sequence[Reading],
    today: date,
    policy: Policy,
    probability: float | None = None,
    doubt: str = "",
) -> Judgement:
    """Judge by the readings known today, in order of period, of periods that ended by today and by the due date.

    `probability` of reaching the target comes from the pace signal; None where it cannot tell, and then `doubt` says
    why. Presets of others do not ask for it.
    """
    last_day = min(today, key_result.due)
    known_by = key_result.due + JUDGED_AFTER_DUE
    ended = [r for r in readings if r.period_end <= last_day and r.first_known_on <= known_by]
    return judge_standing(key_result, standing_of(key_result, ended), today, policy, probability, doubt)


def judge_standing(
    key_result: KeyResultInput,
    standing: Standing,
    today: date,
    policy: Policy,
    probability: float | None = None,
    doubt: str = "",
) -> Judgement:
    """`judge` on readings that are already summed up."""
    reached = reach(key_result, standing, today, policy.parameters)
    chance = _Chance(probability if policy.preset == "plumbline" else None, doubt)
    status, reason, preset_class = _first_that_fits(key_result, standing, reached, today, policy, chance)
    return Judgement(
        status,
        reached.attainment,
        reached.progress,
        reached.expected,
        reason,
        preset_class,
        reached.stale,
        standing.last,
        chance.probability,
    )


@dataclass(frozen=True, slots=True)
class _Chance:
    """The chance of reaching the target, or why it is not known."""

    probability: float | None
    doubt: str

    @property
    def words(self) -> str:
        if self.probability is not None:
            return f"chance of the target {chance_figure(self.probability)}"
        return f"pace unknown: {self.doubt}" if self.doubt else "pace unknown"

    def forbids(self, key_result: KeyResultInput, today: date, limits: Parameters) -> bool:
        """Whether the target is too unlikely for anything but "off track": not while the path has hardly begun."""
        begun = share_over(key_result.start, key_result.due, today) >= limits.probability_counts_after
        return (
            begun and self.probability is not None and self.probability < limits.probability_off_track_below
        )

    def allows(self, limits: Parameters) -> bool:
        """Whether it may be on track."""
        return self.probability is None or self.probability >= limits.probability_on_track_from


def _first_that_fits(
    key_result: KeyResultInput,
    standing: Standing,
    reached: Reached,
    today: date,
    policy: Policy,
    chance: _Chance,
) -> tuple[Status, str, str]:
    if not key_result.is_measurable:
        return Status.NOT_MEASURABLE, _what_is_missing(key_result), ""
    if today < key_result.start:
        return Status.NOT_STARTED, f"Starts on {_day(key_result.start)}.", ""
    if standing.last is None or (key_result.is_band and not standing.inside and not reached.stale):
        return _without_reading(key_result, today, policy)
    if reached.stale:
        return (
            Status.STALE,
            f"No reading since the one for the period to {_day(standing.last.period_end)}.",
            "",
        )
    if key_result.is_band:
        return _band_status(key_result, reached, today, policy, chance)
    assert reached.progress is not None
    assert reached.expected is not None
    if _is_achieved(key_result, standing, reached.progress, today):
        return Status.ACHIEVED, f"The target is reached: {_percent(reached.progress)} of the way.", ""
    if today > key_result.due:
        return Status.MISSED, f"Due on {_day(key_result.due)}, {_percent(reached.progress)} of the way.", ""
    return _weighed(key_result, reached, today, policy, chance)


def _weighed(
    key_result: KeyResultInput, reached: Reached, today: date, policy: Policy, chance: _Chance
) -> tuple[Status, str, str]:
    assert reached.progress is not None
    assert reached.expected is not None
    progress, expected = _percent(reached.progress), _percent(reached.expected)
    against = f"{progress} of the way where the path asks for {expected}"
    if policy.preset != "plumbline":
        name = classify(policy.preset, reached.progress, reached.expected)
        return Status(STATUS_OF_CLASS[name]), f"{name[0].upper()}{name[1:]}: {against}.", name
    assert reached.attainment is not None
    attained = f"attainment {reached.attainment:.3f}, {against}"
    limits = policy.parameters
    if reached.attainment < limits.off_track_below:
        return Status.OFF_TRACK, f"Off track: {attained} ({chance.words}).", ""
    if chance.forbids(key_result, today, limits):
        return Status.OFF_TRACK, f"Off track: the target is unlikely ({chance.words}); {attained}.", ""
    if reached.attainment >= limits.on_track_from and chance.allows(limits):
        return Status.ON_TRACK, f"On track: {attained} ({chance.words}).", ""
    return Status.AT_RISK, f"At risk: {attained} ({chance.words}).", ""


def _band_status(
    key_result: KeyResultInput, reached: Reached, today: date, policy: Policy, chance: _Chance
) -> tuple[Status, str, str]:
    limits, share = policy.parameters, reached.attainment
    if share is None:
        return Status.STALE, "More than half of the latest readings are missing.", ""
    inside = f"{_percent(share)} of the latest readings are within bounds"
    if today >= key_result.due and share >= limits.band_achieved_from:
        return Status.ACHIEVED, f"Kept: {inside}.", ""
    if today > key_result.due:
        return Status.MISSED, f"Due on {_day(key_result.due)}: {inside}.", ""
    if policy.preset == "plumbline":
        said = f"{inside} ({chance.words})"
        if share < limits.off_track_below:
            return Status.OFF_TRACK, f"Off track: {said}.", ""
        if chance.forbids(key_result, today, limits):
            return Status.OFF_TRACK, f"Off track: it is unlikely to be kept; {said}.", ""
        if share >= limits.on_track_from and chance.allows(limits):
            return Status.ON_TRACK, f"On track: {said}.", ""
        return Status.AT_RISK, f"At risk: {said}.", ""
    name = classify(policy.preset, share, 1.0)
    return Status(STATUS_OF_CLASS[name]), f"{name[0].upper()}{name[1:]}: {inside}.", name


def _is_achieved(key_result: KeyResultInput, standing: Standing, progress: float, today: date) -> bool:
    """Progress of 1 at or after due, or at two successive readings before it."""
    if progress < 1:
        return False
    if today >= key_result.due:
        return True
    return standing.previous is not None and progress_of(key_result, standing.previous) >= 1


def _without_reading(key_result: KeyResultInput, today: date, policy: Policy) -> tuple[Status, str, str]:
    """Started, but no reading yet: "not started" until the first one is overdue, then stale."""
    metric = key_result.metric
    assert metric is not None
    first = _period_start(metric, key_result.start)
    overdue = stale_from(metric.cadence, first, metric.lag_days, policy.parameters.stale_grace_cadences)
    if today >= overdue:
        return Status.STALE, f"No reading since the start on {_day(key_result.start)}.", ""
    return Status.NOT_STARTED, "Its time has begun; the first reading is not due yet.", ""


def _period_start(metric: MetricInput, day: date) -> date:
    return Period.containing(day, metric.cadence, metric.calendar).start


def _what_is_missing(key_result: KeyResultInput) -> str:
    if key_result.metric is None:
        return "No metric is set."
    if key_result.is_band:
        return "No bound is set."
    missing = [name for name in ("baseline", "target") if getattr(key_result, name) is None]
    if key_result.kind == "cumulative":
        missing = ["target other than 0"]
    return f"No {' and no '.join(missing)} is set."


# -- changed only on evidence --------------------------------------------------------------------------------


def noise_of(readings: Sequence[Reading], latest: int = 26) -> float:
    """How far a reading strays by itself: two standard deviations of one reading around its course.

    The first, simple definition: 2 / sqrt(2) x 1.4826 x the median absolute deviation of the last differences (1.2533 x
    the mean one where that is 0, as with rounded readings), of at most `latest` readings; 0 where fewer than six are
    known. A movement beyond it is more than noise.
    """
    values = [reading.value for reading in readings[-latest:]]
    if len(values) < 6:
        return 0.0
    steps = [after - before for before, after in pairwise(values)]
    middle = statistics.median(steps)
    strays = [abs(step - middle) for step in steps]
    spread = 1.4826 * statistics.median(strays) or 1.2533 * math.fsum(strays) / len(strays)
    return math.sqrt(2) * spread


@dataclass(frozen=True, slots=True)
class Held:
    """A status that holds, what the rules said last, and how far behind its path it stood when it was set.

    `anchor` is that shortfall in the metric's unit; None for bands, which are judged by shares. `chance` is the chance
    of reaching the target at which it was set.
    """

    judgement: Judgement
    says: Status
    anchor: float | None
    since: date
    last_value: float | None = None
    chance: float | None = None


_DEFAULTS = Parameters()
CHANCE_MOVES = 0.1
"""A chance that moved by less since the status was set is no evidence: one that hovers around a threshold changes
nothing. A forecast that is right wanders up and down; across a gap of this width it does so at most a few times.
"""


def advance(
    held: Held | None,
    said: Judgement,
    key_result: KeyResultInput,
    standing: Standing,
    noise: float,
    today: date,
    limits: Parameters = _DEFAULTS,
) -> Held:
    """The status after one more day: `said` takes over only with evidence.

    Evidence is the calendar (the same reading is judged otherwise today), a reading whose shortfall differs by more
    than `noise` from the one the status was set at, one that moved the chance of the target over a threshold of
    `limits` and by `CHANCE_MOVES`, or one beyond a hard threshold of the metric. Only the three weighed states are
    held: a start, a target reached, a due date or silence always count.
    """
    value, short = standing.current, _shortfall(said, key_result)
    if held is None:
        return Held(said, said.status, short, today, value, said.probability)
    if said.status == held.judgement.status:
        first = said.probability if held.chance is None else held.chance
        return Held(_still(held, said), said.status, held.anchor, held.since, value, first)
    both_weighed = said.status in _WEIGHED and held.judgement.status in _WEIGHED
    new_reading = value != held.last_value
    by_calendar = not new_reading and said.status != held.says
    by_reading = new_reading and _is_evidence(held, key_result, value, short, noise)
    if not both_weighed or by_calendar or by_reading or _chance_moved(held.chance, said.probability, limits):
        return Held(said, said.status, short, today, value, said.probability)
    return Held(_still(held, said), said.status, held.anchor, held.since, value, held.chance)


def _still(held: Held, said: Judgement) -> Judgement:
    """The status and reason that hold, with the figures of today; written out, as this runs for each day."""
    kept = held.judgement
    return Judgement(
        kept.status, said.attainment, said.progress, said.expected, kept.reason, said.preset_class, said.stale,
        said.reading, said.probability,
    )  # fmt: skip


def _chance_moved(before: float | None, now: float | None, limits: Parameters) -> bool:
    """Whether the chance of the target is evidence: known now or no longer, or clearly past a threshold."""
    if before is None or now is None:
        return before is not now
    edges = (limits.probability_off_track_below, limits.probability_on_track_from)
    return abs(now - before) >= CHANCE_MOVES and any((before < edge) != (now < edge) for edge in edges)


def _shortfall(said: Judgement, key_result: KeyResultInput) -> float | None:
    """How far the current value is behind the path, in the metric's unit."""
    base, target = key_result.start_value, key_result.target
    if said.progress is None or said.expected is None or base is None or target is None:
        return None
    return (said.expected - said.progress) * abs(target - base)


def _is_evidence(
    held: Held, key_result: KeyResultInput, value: float | None, short: float | None, noise: float
) -> bool:
    if value is None or short is None or held.anchor is None or abs(short - held.anchor) > noise:
        return True
    metric = key_result.metric
    return metric is not None and not is_within(value, metric.hard_minimum, metric.hard_maximum)


def overridden(
    judgement: Judgement, key_result: KeyResultInput, standing: Standing, today: date
) -> Judgement:
    """A person's status with their reason, from the day they set it until the next reading becomes known."""
    since = key_result.overridden_on
    if not key_result.override_status or since is None or today < since:
        return judgement
    if standing.last is not None and standing.last.known_on > since:
        return judgement
    by = f" ({key_result.override_by})" if key_result.override_by else ""
    return replace(
        judgement,
        status=Status(key_result.override_status),
        reason=f"Set by a person{by}: {key_result.override_reason}",
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _percent(share: float) -> str:
    return f"{round(100 * share)} %"
