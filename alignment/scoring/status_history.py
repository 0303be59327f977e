"""The statuses of a key result over its life: a row for each change, with its reason. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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


@dataclass(frozen=True, slots=True)
class StatusRow:
    """The judgement that holds for a key result from `day` on."""

    key_result_id: int
    day: date
    judgement: Judgement


def statuses_by_day(
    key_result_on: KeyResultOn,
    histories: Mapping[int, MetricHistory],
    first: date,
    last: date,
    policy: Policy,
) -> Iterator[StatusRow]:
    """A row on the first day and wherever the status changes, to a quarter after the due date.

    `key_result_on` gives the definition that held on a day, None before and after its life; `histories` are those of
    all metrics that it ever had, by id.
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
        said = judge_standing(key_result, standing, day, policy)
        held = advance(held, said, key_result, standing, noise, day)
        judgement = overridden(held.judgement, key_result, standing, day)
        if judgement.status != shown:
            shown = judgement.status
            yield StatusRow(key_result.id, day, judgement)
