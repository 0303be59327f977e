"""Writes epics, and lets time pass for those that stand."""

from __future__ import annotations

from datetime import date

from alignment.models import Epic
from alignment.sample.names import Names
from alignment.sample.work import EpicPlan


def write_epics(names: Names, plans: list[EpicPlan], until: date) -> int:
    """Insert epics as they stand on `until`; returns the rows written."""
    stored = Epic.objects.bulk_create(_epic(names, plan, until) for plan in plans)
    names.epics |= {epic.slug: epic.pk for epic in stored}
    return len(stored)


def _epic(names: Names, plan: EpicPlan, until: date) -> Epic:
    state = plan.state_on(until)
    seen = plan.signal_seen
    return Epic(
        slug=plan.slug,
        name=plan.name,
        kind=plan.kind,
        state=state,
        theme_id=names.themes[plan.theme],
        objective_id=names.objectives.get(plan.objective) if plan.objective else None,
        team_id=names.teams.get(plan.team),
        effort=plan.effort,
        money=plan.money,
        started_on=None if state == "proposed" else plan.begins,
        finished_on=plan.ends if state in ("done", "stopped") else None,
        impact_metric_id=names.metrics.get(plan.hypothesis.metric) if plan.hypothesis.metric else None,
        impact_from=plan.hypothesis.start,
        impact_to=plan.hypothesis.end,
        impact_by=plan.hypothesis.by,
        hypothesis_approved_at=plan.hypothesis.approved_at,
        guardrail_served_id=names.guardrails.get(plan.guardrail_served) if plan.guardrail_served else None,
        first_signal_promised=plan.signal_promised,
        first_signal_seen=seen if seen and seen <= until else None,
    )


def advance_epics(names: Names, plans: list[EpicPlan], after: date, until: date) -> int:
    """Let the days from `after` to `until` pass for epics that stand: begun, ended, first signal seen."""
    due = {
        plan.slug: plan
        for plan in plans
        if any(day and after < day <= until for day in (plan.begins, plan.ends, plan.signal_seen))
    }
    changed = []
    for epic in Epic.objects.filter(slug__in=due):
        plan, before = due[epic.slug], (epic.state, epic.first_signal_seen)
        state = plan.state_on(until)
        if epic.state == "proposed" and state != "proposed":
            epic.state, epic.started_on = "active", plan.begins
        if epic.state == "active" and state in ("done", "stopped"):
            epic.state, epic.finished_on = state, plan.ends
        if epic.first_signal_seen is None and plan.signal_seen and plan.signal_seen <= until:
            epic.first_signal_seen = plan.signal_seen
        if (epic.state, epic.first_signal_seen) != before:
            changed.append(epic)
    Epic.objects.bulk_update(changed, ["state", "started_on", "finished_on", "first_signal_seen"])
    return len(changed)
