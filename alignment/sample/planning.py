"""Writes the plan of the sample company: people, themes, metrics, objectives, epics, guardrails, budgets.

Each row has a day on which it appears, and some change on later days. Writing covers the days after `after` (None:
from the beginning) up to `until`, so that continuing day by day ends where one load of the whole time would.
"""

from __future__ import annotations

from datetime import date

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from alignment.models import Guardrail, Metric, Team, Theme, User, ValueStream
from alignment.sample import firm
from alignment.sample.budget_rows import write_budgets
from alignment.sample.budgets import budget_lines
from alignment.sample.catalogue.plan import MetricPlan
from alignment.sample.goal_rows import write_objectives
from alignment.sample.goals import objectives
from alignment.sample.guards import guardrails
from alignment.sample.names import Names
from alignment.sample.series import Company
from alignment.sample.work import epics
from alignment.sample.work_rows import advance_epics, write_epics


def write_plan(company: Company, *, after: date | None, until: date) -> int:
    """Write what appears or changes after `after` and by `until`; returns the number of rows written.

    In an extension nothing that stands is taken back: an epic that somebody stopped stays stopped, an amount that
    somebody entered stays, and what somebody deleted does not return.
    """
    names = Names.stored()
    written = 0
    if after is None:
        written += _write_firm(names)
        written += _write_metrics(names, company, of_epics=False)
        written += _write_guardrails(names, company, of_epics=False)
    goals = [
        goal
        for goal in objectives(company, until)
        if _appears(goal.appears_on, after)
        and goal.slug not in names.objectives
        and goal.theme in names.themes
    ]
    written += write_objectives(names, goals)
    work = [epic for epic in epics(company, until) if epic.theme in names.themes]
    new = [epic for epic in work if _appears(epic.appears_on, after) and epic.slug not in names.epics]
    written += write_epics(names, new, until)
    if after is None:
        # Rows are inserted when all that they name stands: an update would be kept as a change of plan of today.
        written += _write_metrics(names, company, of_epics=True)
        written += _write_guardrails(names, company, of_epics=True)
    else:
        written += advance_epics(names, [epic for epic in work if epic not in new], after, until)
    return written + write_budgets(names, list(budget_lines(company.world, until)), after, until)


def _appears(day: date, after: date | None) -> bool:
    return after is None or day > after


# -- people, themes, metrics ---------------------------------------------------------------------------------


def _write_firm(names: Names) -> int:
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


def _write_metrics(names: Names, company: Company, *, of_epics: bool) -> int:
    stored = Metric.objects.bulk_create(
        _metric(names, plan) for plan in company.plans if bool(plan.epic) is of_epics
    )
    names.metrics |= {metric.key: metric.pk for metric in stored}
    return len(stored)


def _metric(names: Names, plan: MetricPlan) -> Metric:
    return Metric(
        key=plan.key,
        name=plan.name,
        category=plan.category,
        unit=plan.unit,
        direction=plan.direction,
        cadence=plan.feed.cadence.value,
        reporting_lag_days=plan.feed.lag_days,
        kind=plan.kind,
        season=plan.season,
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


# -- epics and guardrails ------------------------------------------------------------------------------------


def _write_guardrails(names: Names, company: Company, *, of_epics: bool) -> int:
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
