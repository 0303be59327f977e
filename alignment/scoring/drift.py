"""Drift of scores over 4 and 12 weeks, and drift in money of a theme, read from what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from alignment.models import Score
from alignment.scoring.days import definitions_on
from alignment.scoring.drift_rules import WINDOWS, drift_window, last_success
from alignment.scoring.explanation import DriftWindow, MoneyDrift, Subject
from alignment.scoring.inputs import BudgetInput, Definitions, Readings
from alignment.scoring.loading import (
    active_policy,
    load_histories,
    load_house,
    load_metrics,
    load_timeline,
)
from alignment.scoring.money import amount_of

_CENT = Decimal("0.01")


LOOKED_BACK = timedelta(weeks=66)
"""Scores that the interval of the longest window wants: a year of weeks before its first day."""


def score_drift(subject: Subject, today: date) -> tuple[DriftWindow, ...]:
    """Change of the subject's score over 4 and 12 weeks to `today`, with an interval."""
    rows = Score.objects.filter(
        policy=active_policy(), subject_kind=subject.kind.value, subject_id=subject.id,
        day__gt=today - LOOKED_BACK, day__lte=today,
    ).values_list("day", "value")  # fmt: skip
    house = load_house()
    return score_drift_of(dict(rows), definitions_on(load_timeline(house, ()), today), today)


def score_drift_of(
    scores: Mapping[date, float | None], definitions: Definitions, today: date
) -> tuple[DriftWindow, ...]:
    """The same from what was read already; `scores` reach back over LOOKED_BACK."""
    starts = {objective.period_start for objective in definitions.objectives}
    return tuple(drift_window(scores, today, weeks, starts) for weeks in WINDOWS)


def money_drift(today: date) -> tuple[MoneyDrift, ...]:
    """For each theme: what it spent since one of its key results last improved or met its path, also per
    week.
    """
    house = load_house()
    metrics = load_metrics(house)
    definitions = definitions_on(load_timeline(house, metrics), today)
    used = {k.metric.id: k.metric for k in definitions.key_results if k.metric is not None}
    histories, _ = load_histories(house, used.values())
    known = {metric_id: history.readings(today) for metric_id, history in histories.items()}
    return money_drift_of(definitions, known, today)


def money_drift_of(definitions: Definitions, known: Readings, today: date) -> tuple[MoneyDrift, ...]:
    """The same from what was read already."""
    objectives = definitions.objective_by_id
    drifts = []
    for theme in definitions.themes:
        key_results = [
            (k, known.get(k.metric.id, ()))
            for k in definitions.key_results
            if k.metric is not None and objectives[k.objective_id].theme_id == theme.id and k.start <= today
        ]
        success = last_success(key_results, today)
        since = success.day if success else None
        begin = since or min((k.start for k, _ in key_results), default=today)
        spend = spend_between(definitions, theme.id, begin, today)
        weeks = Decimal(max(1, (today - begin).days)) / 7
        reason = (
            f"{success.key_result.name} {success.how}"
            if success
            else "no key result has improved by more than noise or met its path"
        )
        per_week = (spend / weeks).quantize(_CENT, ROUND_HALF_UP)
        drifts.append(MoneyDrift(theme.slug, since, begin, spend, per_week, reason))
    return tuple(drifts)


def spend_between(definitions: Definitions, theme_id: int, after: date, until: date) -> Decimal:
    """A theme's spend after one day, to another; a month that is partly within counts by its days, to the
    cent.
    """
    total = Decimal(0)
    for line in definitions.budget:
        if line.theme_id == theme_id:
            total += _share(line, after, until)
    return total.quantize(_CENT, ROUND_HALF_UP)


def _share(line: BudgetInput, after: date, until: date) -> Decimal:
    following = (line.month.replace(day=28) + timedelta(days=4)).replace(day=1)
    days = (following - line.month).days
    first = max(line.month, after + timedelta(days=1))
    last = min(following - timedelta(days=1), until)
    within = max(0, (last - first).days + 1)
    return amount_of(line) * within / days
