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
from alignment.scoring.policy import STATUS_OF_CLASS, Policy, classify
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
    pace_known: bool = False


def judge(
    key_result: KeyResultInput,
    readings: Sequence[Reading],
    today: date,
    policy: Policy,
    probability: float | None = None,
) -> Judgement:
    """Judge by the readings known today, in order of period, of periods that ended by today and by the due date.

    `probability` of reaching the target comes from the pace signal; None where it cannot tell.
    """
    last_day = min(today, key_result.due)
    known_by = key_result.due + JUDGED_AFTER_DUE
    ended = [r for r in readings if r.period_end <= last_day and r.first_known_on <= known_by]
    return judge_standing(key_result, standing_of(key_result, ended), today, policy, probability)


def judge_standing(
    key_result: KeyResultInput,
    standing: Standing,
    today: date,
    policy: Policy,
    probability: float | None = None,
) -> Judgement:
    """`judge` on readings that are already summed up."""
    reached = reach(key_result, standing, today, policy.parameters)
    status, reason, preset_class = _first_that_fits(key_result, standing, reached, today, policy, probability)
    return Judgement(
        status,
        reached.attainment,
        reached.progress,
        reached.expected,
        reason,
        preset_class,
        reached.stale,
        standing.last,
        probability is not None,
    )


def _first_that_fits(
    key_result: KeyResultInput,
    standing: Standing,
    reached: Reached,
    today: date,
    policy: Policy,
    probability: float | None,
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
        return _band_status(key_result, reached, today, policy)
    assert reached.progress is not None
    assert reached.expected is not None
    if _is_achieved(key_result, standing, reached.progress, today):
        return Status.ACHIEVED, f"The target is reached: {_percent(reached.progress)} of the way.", ""
    if today > key_result.due:
        return Status.MISSED, f"Due on {_day(key_result.due)}, {_percent(reached.progress)} of the way.", ""
    return _weighed(key_result, reached, today, policy, probability)


def _weighed(
    key_result: KeyResultInput, reached: Reached, today: date, policy: Policy, probability: float | None
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
    begun = share_over(key_result.start, key_result.due, today) >= limits.probability_counts_after
    if reached.attainment < limits.off_track_below:
        return Status.OFF_TRACK, f"Off track: {attained}.", ""
    if probability is not None and begun and probability < limits.probability_off_track_below:
        return (
            Status.OFF_TRACK,
            f"Off track: the target is unlikely ({_percent(probability)}); {attained}.",
            "",
        )
    pace = "pace unknown" if probability is None else f"chance of the target {_percent(probability)}"
    likely = probability is None or probability >= limits.probability_on_track_from
    if reached.attainment >= limits.on_track_from and likely:
        return Status.ON_TRACK, f"On track: {attained} ({pace}).", ""
    return Status.AT_RISK, f"At risk: {attained} ({pace}).", ""


def _band_status(
    key_result: KeyResultInput, reached: Reached, today: date, policy: Policy
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
        if share < limits.off_track_below:
            return Status.OFF_TRACK, f"Off track: {inside}.", ""
        if share >= limits.on_track_from:
            return Status.ON_TRACK, f"On track: {inside}.", ""
        return Status.AT_RISK, f"At risk: {inside}.", ""
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

    `anchor` is that shortfall in the metric's unit; None for bands, which are judged by shares.
    """

    judgement: Judgement
    says: Status
    anchor: float | None
    since: date
    last_value: float | None = None


def advance(
    held: Held | None,
    said: Judgement,
    key_result: KeyResultInput,
    standing: Standing,
    noise: float,
    today: date,
) -> Held:
    """The status after one more day: `said` takes over only with evidence.

    Evidence is the calendar (the same reading is judged otherwise today), a reading whose shortfall differs by more
    than `noise` from the one the status was set at, or one beyond a hard threshold of the metric. Only the three
    weighed states are held: a start, a target reached, a due date or silence always count.
    """
    value, short = standing.current, _shortfall(said, key_result)
    if held is None:
        return Held(said, said.status, short, today, value)
    now = replace(said, status=held.judgement.status, reason=held.judgement.reason)
    if said.status == held.judgement.status:
        return Held(now, said.status, held.anchor, held.since, value)
    both_weighed = said.status in _WEIGHED and held.judgement.status in _WEIGHED
    new_reading = value != held.last_value
    by_calendar = not new_reading and said.status != held.says
    by_reading = new_reading and _is_evidence(held, key_result, value, short, noise)
    if not both_weighed or by_calendar or by_reading:
        return Held(said, said.status, short, today, value)
    return Held(now, said.status, held.anchor, held.since, value)


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
