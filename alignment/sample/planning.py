"""Writes the plan of the sample company: people, themes, metrics, objectives, epics, guardrails, budgets.

Each row has a day on which it appears, and some change on later days. Writing covers the days after `after` (None:
from the beginning) up to `until`, so that continuing day by day ends where one load of the whole time would.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from alignment.models import (
    BudgetLine,
    Epic,
    Guardrail,
    KeyResult,
    KeyResultTarget,
    Metric,
    Objective,
    Team,
    Theme,
    User,
    ValueStream,
)
from alignment.sample import firm
from alignment.sample.budgets import BudgetPlan, budget_lines
from alignment.sample.catalogue.plan import MetricPlan
from alignment.sample.goals import KeyResultPlan, ObjectivePlan, objectives
from alignment.sample.guards import guardrails
from alignment.sample.series import Company
from alignment.sample.work import EpicPlan, epics


@dataclass
class _Names:
    """The ids of what is stored, by slug, key or user name."""

    users: dict[str, int] = field(default_factory=dict)
    streams: dict[str, int] = field(default_factory=dict)
    teams: dict[str, int] = field(default_factory=dict)
    themes: dict[str, int] = field(default_factory=dict)
    metrics: dict[str, int] = field(default_factory=dict)
    objectives: dict[str, int] = field(default_factory=dict)
    epics: dict[str, int] = field(default_factory=dict)
    guardrails: dict[str, int] = field(default_factory=dict)

    @classmethod
    def stored(cls) -> _Names:
        """What the database holds."""
        return cls(
            users=dict(User.objects.values_list("username", "id")),
            streams=dict(ValueStream.objects.values_list("slug", "id")),
            teams=dict(Team.objects.values_list("slug", "id")),
            themes=dict(Theme.objects.values_list("slug", "id")),
            metrics=dict(Metric.objects.values_list("key", "id")),
            objectives=dict(Objective.objects.values_list("slug", "id")),
            epics=dict(Epic.objects.values_list("slug", "id")),
            guardrails=dict(Guardrail.objects.values_list("slug", "id")),
        )


def write_plan(company: Company, *, after: date | None, until: date) -> int:
    """Write what appears or changes after `after` and by `until`; returns the number of rows written.

    In an extension nothing that stands is taken back: an epic that somebody stopped stays stopped, an amount that
    somebody entered stays, and what somebody deleted does not return.
    """
    names = _Names.stored()
    written = 0
    if after is None:
        written += _write_firm(names)
        written += _write_metrics(names, company, of_epics=False)
        written += _write_guardrails(names, company, of_epics=False)
    goals = [goal for goal in objectives(company, until) if _appears(goal.appears_on, after)]
    written += _write_objectives(names, [goal for goal in goals if goal.slug not in names.objectives])
    work = list(epics(company, until))
    new = [epic for epic in work if _appears(epic.appears_on, after) and epic.slug not in names.epics]
    written += _write_epics(names, new, until)
    if after is None:
        # Rows are inserted when all that they name stands: an update would be kept as a change of plan of today.
        written += _write_metrics(names, company, of_epics=True)
        written += _write_guardrails(names, company, of_epics=True)
    else:
        written += _advance_epics(names, [epic for epic in work if epic not in new], after, until)
    return written + _write_budgets(names, list(budget_lines(company.world, until)), after, until)


def _appears(day: date, after: date | None) -> bool:
    return after is None or day > after


# -- people, themes, metrics ---------------------------------------------------------------------------------


def _write_firm(names: _Names) -> int:
    streams = ValueStream.objects.bulk_create(
        ValueStream(slug=slug, name=name) for slug, name in firm.VALUE_STREAMS
    )
    names.streams = {stream.slug: stream.pk for stream in streams}
    teams = Team.objects.bulk_create(
        Team(slug=team.slug, name=team.name, value_stream_id=names.streams[team.value_stream])
        for team in firm.TEAMS
    )
    names.teams = {team.slug: team.pk for team in teams}
    people = User.objects.bulk_create(
        User(
            username=person.username,
            display_name=person.name,
            email=f"{person.username}@northbeam.example",
            team_id=names.teams.get(person.team),
            password=make_password(None),
        )
        for person in firm.PEOPLE
    )
    names.users |= {person.username: person.pk for person in people}
    groups = dict(Group.objects.values_list("name", "id"))
    User.groups.through.objects.bulk_create(
        User.groups.through(user_id=names.users[person.username], group_id=groups[person.role])
        for person in firm.PEOPLE
    )
    themes = Theme.objects.bulk_create(
        Theme(
            slug=theme.slug,
            name=theme.name,
            description=theme.description,
            weight=theme.weight,
            owner_id=names.users[theme.owner],
            value_stream_id=names.streams[theme.value_stream],
            position=position,
        )
        for position, theme in enumerate(firm.THEMES, start=1)
    )
    names.themes = {theme.slug: theme.pk for theme in themes}
    return len(streams) + len(teams) + len(people) + len(themes)


def _write_metrics(names: _Names, company: Company, *, of_epics: bool) -> int:
    stored = Metric.objects.bulk_create(
        _metric(names, plan) for plan in company.plans if bool(plan.epic) is of_epics
    )
    names.metrics |= {metric.key: metric.pk for metric in stored}
    return len(stored)


def _metric(names: _Names, plan: MetricPlan) -> Metric:
    return Metric(
        key=plan.key,
        name=plan.name,
        category=plan.category,
        unit=plan.unit,
        direction=plan.direction,
        cadence=plan.feed.cadence.value,
        reporting_lag_days=plan.feed.lag_days,
        kind=plan.kind,
        role=plan.role,
        source=plan.source,
        description=plan.description,
        owner_id=names.users[plan.owner],
        team_id=names.teams[plan.team] if plan.team else None,
        value_stream_id=names.streams[plan.value_stream] if plan.value_stream else None,
        theme_id=names.themes[plan.theme] if plan.theme else None,
        epic_id=names.epics[plan.epic] if plan.epic else None,
        hard_minimum=plan.hard_minimum or None,
        hard_maximum=plan.hard_maximum or None,
    )


# -- objectives ----------------------------------------------------------------------------------------------


def _write_objectives(names: _Names, goals: list[ObjectivePlan]) -> int:
    """Parents before children: in `goals` those without a parent come first within each run."""
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


def _objective(names: _Names, goal: ObjectivePlan) -> Objective:
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


def _key_result(names: _Names, objective_id: int, result: KeyResultPlan) -> KeyResult:
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


# -- epics and guardrails ------------------------------------------------------------------------------------


def _write_epics(names: _Names, plans: list[EpicPlan], until: date) -> int:
    stored = Epic.objects.bulk_create(_epic(names, plan, until) for plan in plans)
    names.epics |= {epic.slug: epic.pk for epic in stored}
    return len(stored)


def _epic(names: _Names, plan: EpicPlan, until: date) -> Epic:
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


def _advance_epics(names: _Names, plans: list[EpicPlan], after: date, until: date) -> int:
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


def _write_guardrails(names: _Names, company: Company, *, of_epics: bool) -> int:
    stored = Guardrail.objects.bulk_create(
        Guardrail(
            slug=plan.slug,
            name=plan.name,
            metric_id=names.metrics[plan.metric],
            kind=plan.kind,
            lower_bound=plan.at_least,
            upper_bound=plan.at_most,
            importance=plan.importance,
            theme_id=names.themes[plan.theme] if plan.theme else None,
            epic_id=names.epics[plan.epic] if plan.epic else None,
            team_id=names.teams[plan.team] if plan.team else None,
            value_stream_id=names.streams[plan.value_stream] if plan.value_stream else None,
        )
        for plan in guardrails(company.world)
        if bool(plan.epic) is of_epics
    )
    names.guardrails |= {guardrail.slug: guardrail.pk for guardrail in stored}
    return len(stored)


# -- budgets -------------------------------------------------------------------------------------------------


def _write_budgets(names: _Names, plans: list[BudgetPlan], after: date | None, until: date) -> int:
    stored = {(line.theme_id, line.month): line for line in BudgetLine.objects.all()} if after else {}
    new, closed = [], []
    for plan in plans:
        theme_id = names.themes.get(plan.theme) if plan.theme else None
        if plan.theme and theme_id is None:
            continue
        is_closed = plan.closed_on <= until
        line = stored.get((theme_id, plan.month.start))
        if line is None:
            if _appears(date(plan.month.start.year, 1, 1), after):
                new.append(_line(theme_id, plan, is_closed))
        elif is_closed and line.actual is None and after and plan.closed_on > after - timedelta(days=1):
            line.actual = plan.actual
            closed.append(line)
    BudgetLine.objects.bulk_create(new)
    BudgetLine.objects.bulk_update(closed, ["actual"])
    return len(new) + len(closed)


def _line(theme_id: int | None, plan: BudgetPlan, is_closed: bool) -> BudgetLine:
    return BudgetLine(
        theme_id=theme_id,
        month=plan.month.start,
        planned=plan.planned,
        revised=plan.revised,
        actual=plan.actual if is_closed else None,
    )
