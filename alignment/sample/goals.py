"""Objectives and key results: six for each fiscal year, one a theme, and four or five for each quarter.

Baselines are what the company's own readings said when the period began; the planned step is what the healthy
company manages in that time, a little less. After the story begins, the platform's objectives are written down
without a metric.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from alignment.periods import Cadence, Period
from alignment.sample.goal_templates import QUARTERLY, YEARLY, KeyResultTemplate, ObjectiveTemplate
from alignment.sample.series import Company
from alignment.sample.world import CALENDAR

QUARTERS_BEFORE_OPENING = 2
_AMBITION = 1.0


@dataclass(frozen=True)
class KeyResultPlan:
    """A key result with its numbers; without a metric it is not measurable."""

    name: str
    metric: str | None
    kind: str
    baseline: Decimal | None
    target: Decimal | None
    lower_bound: Decimal | None
    upper_bound: Decimal | None
    start: date
    due: date
    weight: Decimal
    own_targets: tuple[tuple[date, Decimal], ...] = ()


@dataclass(frozen=True)
class ObjectivePlan:
    """An objective of a period; `appears_on` is the day from which it stands in the plan."""

    slug: str
    name: str
    description: str
    theme: str
    parent: str | None
    period_start: date
    period_end: date
    owner: str
    team: str | None
    weight: Decimal
    key_results: tuple[KeyResultPlan, ...]

    @property
    def appears_on(self) -> date:
        """The first day of its period."""
        return self.period_start

    @property
    def is_ready(self) -> bool:
        """Whether every key result can be measured."""
        return all(result.metric is not None for result in self.key_results)


def objectives(company: Company, until: date) -> Iterator[ObjectivePlan]:
    """The objectives of all periods from two quarters before the opening to the one that holds `until`.

    Those of the fiscal year of the opening come first, so that a parent always stands before its children.
    """
    opening = company.world.opened_on
    year = Period.containing(opening, Cadence.FISCAL_YEAR, CALENDAR)
    known_years = set()
    while year.start <= until:
        known_years.add(year.start)
        for template in YEARLY:
            yield _objective(company, template, year, None)
        year = year.next()
    quarter = Period.containing(opening, Cadence.QUARTER, CALENDAR).previous(QUARTERS_BEFORE_OPENING)
    earliest = quarter
    while quarter.start <= until:
        holding = Period.containing(quarter.start, Cadence.FISCAL_YEAR, CALENDAR)
        for template in QUARTERLY:
            if quarter == earliest and template.not_in_first_quarter:
                continue
            nested = template.parent is not None and holding.start in known_years
            parent = _slug(template.parent, holding) if nested and template.parent else None
            yield _objective(company, template, quarter, parent)
        quarter = quarter.next()


def _slug(stem: str, period: Period) -> str:
    return f"{stem}-{period}".lower()


def _objective(
    company: Company, template: ObjectiveTemplate, period: Period, parent: str | None
) -> ObjectivePlan:
    drifting = company.world.drift(period.start) > 0
    templates = template.when_drifting if drifting and template.when_drifting else template.key_results
    return ObjectivePlan(
        slug=_slug(template.stem, period),
        name=template.name,
        description=template.description,
        theme=template.theme,
        parent=parent,
        period_start=period.start,
        period_end=period.end,
        owner=template.owner,
        team=template.team,
        weight=Decimal(template.weight),
        key_results=tuple(_key_result(company, result, period) for result in templates),
    )


def _key_result(company: Company, template: KeyResultTemplate, period: Period) -> KeyResultPlan:
    baseline = target = lower = upper = None
    years = Decimal(period.days) / Decimal(365)
    if template.metric is not None:
        level = company.level_before(template.metric, period.start)
        places = -int(level.as_tuple().exponent)
        if template.kind == "band":
            lower, upper = template.lower_bound, template.upper_bound
        elif template.kind == "cumulative":
            baseline = Decimal(0)
            count = Decimal(round(years * template.periods_a_year))
            usual = company.mean_before(template.metric, period.start, template.periods_a_year // 2)
            planned = usual * count * (1 + template.step_a_year * years / 2) * Decimal(repr(_AMBITION))
            target = Decimal(int(round(planned, template.round_to)))
        else:
            baseline = level
            step = template.step_a_year * years * Decimal(repr(_AMBITION))
            target = round(level * (1 + step) if template.is_ratio else level + step, places)
    return KeyResultPlan(
        name=_named(template.name, target),
        metric=template.metric,
        kind=template.kind,
        baseline=baseline,
        target=target,
        lower_bound=lower,
        upper_bound=upper,
        start=period.start,
        due=period.end,
        weight=Decimal(template.weight),
        own_targets=_own_targets(template, period, baseline, target),
    )


def _named(name: str, target: Decimal | None) -> str:
    return name if target is None else name.replace("{target}", f"{target:,f}")


def _own_targets(
    template: KeyResultTemplate, period: Period, baseline: Decimal | None, target: Decimal | None
) -> tuple[tuple[date, Decimal], ...]:
    """Targets for the end of each quarter of a year, or month of a quarter, by the template's shares of the way."""
    if not template.path_shares or baseline is None or target is None:
        return ()
    step = Cadence.MONTH if period.cadence is Cadence.QUARTER else Cadence.QUARTER
    first = Period.containing(period.start, step, CALENDAR)
    places = -int(target.as_tuple().exponent)
    return tuple(
        (first.next(index).end, round(baseline + (target - baseline) * share, places))
        for index, share in enumerate(template.path_shares)
    )
