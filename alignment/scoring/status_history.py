"""The statuses of a key result over its life: a row for each change, with its reason. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alignment.scoring.attainment import standing_of
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
    walks: dict[int, Walk] = {}
    held: Held | None = None
    shown: Status | None = None
    readings: tuple[Reading, ...] = ()
    made_for: tuple[object, object] | None = None
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
        if made_for is None or made_for[0] is not readings or made_for[1] != key_result:
            if made_for is not None and made_for[1] != key_result:
                held = None  # judged by a new definition: what held before is no evidence
            used = readings_within(key_result, readings)
            standing, noise = standing_of(key_result, used), noise_of(used)
            made_for = (readings, key_result)
        said = judge_standing(key_result, standing, day, policy, *told_on(told, key_result, day))
        held = advance(held, said, key_result, standing, noise, day, policy.parameters)
        judgement = overridden(held.judgement, key_result, standing, day)
        if judgement.status != shown:
            shown = judgement.status
            yield StatusRow(key_result.id, day, judgement)
