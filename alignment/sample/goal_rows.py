"""Writes objectives, key results and their targets."""

from __future__ import annotations

from itertools import groupby

from alignment.models import KeyResult, KeyResultTarget, Objective
from alignment.sample.goals import KeyResultPlan, ObjectivePlan
from alignment.sample.names import Names


def write_objectives(names: Names, goals: list[ObjectivePlan]) -> int:
    """Insert objectives, key results and targets; returns the rows written.

    Parents before children: in `goals` those without a parent come first within each run.
    """
    for _, run in groupby(goals, key=lambda goal: goal.parent is not None):
        stored = Objective.objects.bulk_create(_objective(names, goal) for goal in run)
        names.objectives |= {objective.slug: objective.pk for objective in stored}
    results = [(names.objectives[goal.slug], result) for goal in goals for result in goal.key_results]
    rows = KeyResult.objects.bulk_create(_key_result(names, identity, result) for identity, result in results)
    targets = KeyResultTarget.objects.bulk_create(
        KeyResultTarget(key_result=row, period_end=day, value=value)
        for row, (_, result) in zip(rows, results, strict=True)
        for day, value in result.own_targets
    )
    return len(goals) + len(rows) + len(targets)


def _objective(names: Names, goal: ObjectivePlan) -> Objective:
    return Objective(
        slug=goal.slug,
        name=goal.name,
        description=goal.description,
        parent_id=names.objectives.get(goal.parent) if goal.parent else None,
        theme_id=names.themes[goal.theme],
        period_start=goal.period_start,
        period_end=goal.period_end,
        owner_id=names.users.get(goal.owner),
        team_id=names.teams.get(goal.team) if goal.team else None,
        weight=goal.weight,
        is_ready=goal.is_ready,
    )


def _key_result(names: Names, objective_id: int, result: KeyResultPlan) -> KeyResult:
    return KeyResult(
        objective_id=objective_id,
        name=result.name,
        metric_id=names.metrics.get(result.metric) if result.metric else None,
        kind=result.kind,
        baseline=result.baseline,
        target=result.target,
        lower_bound=result.lower_bound,
        upper_bound=result.upper_bound,
        start=result.start,
        due=result.due,
        path=KeyResult.Path.TARGETS if result.own_targets else KeyResult.Path.LINEAR,
        weight=result.weight,
    )
