"""The statuses of a key result over its life: a row for each change, with its reason. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alignment.scoring.attainment import Standing, standing_of
from alignment.scoring.history import MetricHistory, Walk
from alignment.scoring.inputs import KeyResultInput, Reading
from alignment.scoring.outcomes import readings_within
from alignment.scoring.policy import Policy
from alignment.scoring.status import (
    JUDGED_AFTER_DUE,
    Held,
    Judgement,
    Status,
    advance,
    judge_standing,
    noise_of,
    overridden,
)

KeyResultOn = Callable[[date], KeyResultInput | None]
Life = Sequence[tuple[date, KeyResultInput]]
"""A key result's definitions with the day from which each held, oldest first."""


def definition_on(life: Life) -> KeyResultOn:
    """The definition that held on a day, None before the first."""

    def on(day: date) -> KeyResultInput | None:
        found = None
        for since, definition in life:
            if since <= day:
                found = definition
        return found

    return on


@dataclass(frozen=True, slots=True)
class StatusRow:
    """The judgement that holds for a key result from `day` on."""

    key_result_id: int
    day: date
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Told:
    """What the pace signal says from `day` on, until the next: the chance of the target, or why there is none."""

    day: date
    probability: float | None
    doubt: str = ""


def told_on(told: Sequence[Told], key_result: KeyResultInput, day: date) -> tuple[float | None, str]:
    """(chance, doubt) on a day, of `told` in order of day; only on the path from start to due is there one."""
    if not told or not key_result.start <= day <= key_result.due:
        return None, ""
    position = bisect_right(told, day, key=lambda one: one.day)
    return (told[position - 1].probability, told[position - 1].doubt) if position else (None, "")


def statuses_by_day(
    key_result_on: KeyResultOn,
    histories: Mapping[int, MetricHistory],
    first: date,
    last: date,
    policy: Policy,
    told: Sequence[Told] = (),
) -> Iterator[StatusRow]:
    """A row on the first day and wherever the status changes, to a quarter after the due date.

    `key_result_on` gives the definition that held on a day, None before and after its life; `histories` are those of
    all metrics that it ever had, by id; `told` what the pace signal says, in order of day.
    """
    return statuses_of(standings_by_day(key_result_on, histories, first, last), policy, told)


@dataclass(frozen=True, slots=True)
class Stood:
    """How a key result stood on a day, whatever the policy; the same `standing` while nothing new is known."""

    day: date
    key_result: KeyResultInput
    standing: Standing
    noise: float


def standings_by_day(
    key_result_on: KeyResultOn, histories: Mapping[int, MetricHistory], first: date, last: date
) -> Iterator[Stood]:
    """Each day of its life from `first` to `last`, to a quarter after the due date; see `statuses_by_day`."""
    walks: dict[int, Walk] = {}
    made_from: tuple[Sequence[Reading], KeyResultInput] | None = None
    day = first - timedelta(days=1)
    while day < last:
        day += timedelta(days=1)
        key_result = key_result_on(day)
        if key_result is None or day > key_result.due + JUDGED_AFTER_DUE:
            continue
        metric = key_result.metric
        if metric is not None and metric.id not in walks and metric.id in histories:
            walks[metric.id] = histories[metric.id].walk()
        readings = walks[metric.id].to(day) if metric is not None and metric.id in walks else ()
        if made_from is None or made_from[0] is not readings or _differ(made_from[1], key_result):
            used = readings_within(key_result, readings)
            standing, noise = standing_of(key_result, used), noise_of(used)
        made_from = (readings, key_result)
        yield Stood(day, key_result, standing, noise)


def statuses_of(stood: Iterable[Stood], policy: Policy, told: Sequence[Told] = ()) -> Iterator[StatusRow]:
    """A row on the first day and wherever the status changes, by what is known of each day in turn."""
    held: Held | None = None
    shown: Status | None = None
    before: KeyResultInput | None = None
    for one in stood:
        key_result, standing, day = one.key_result, one.standing, one.day
        if before is not None and _differ(before, key_result):
            held = None  # judged by a new definition: what held before is no evidence
        before = key_result
        said = judge_standing(key_result, standing, day, policy, *told_on(told, key_result, day))
        held = advance(held, said, key_result, standing, one.noise, day, policy.parameters)
        judgement = overridden(held.judgement, key_result, standing, day)
        if judgement.status != shown:
            shown = judgement.status
            yield StatusRow(key_result.id, day, judgement)


def _differ(one: KeyResultInput, other: KeyResultInput) -> bool:
    return one is not other and one != other
