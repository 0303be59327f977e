"""Epics of the sample company: when they run, what they cost, what they promise, what of it was seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from alignment.periods import Cadence, Period
from alignment.sample.chance import between, choice, uniform
from alignment.sample.epic_names import EPICS, FOLLOWING, IMPACTS, SERVED, EpicName
from alignment.sample.series import Company
from alignment.sample.world import CALENDAR, World

_COST_OF_A_PERSON_WEEK = Decimal(3900)
_REBUILD_POSITIONS = (4, 5, 6, 7)
_PILOTS = {"contract-reader-pilot": 52, "renewal-forecast-pilot": 44}


@dataclass(frozen=True)
class Hypothesis:
    """The expected impact: which metric, from where to where, by when. Any part may be missing."""

    metric: str | None = None
    start: Decimal | None = None
    end: Decimal | None = None
    by: date | None = None
    approved_at: datetime | None = None


@dataclass(frozen=True)
class EpicPlan:
    """An epic with the dates of its whole life; `state_on` says what of it holds on a day."""

    slug: str
    name: str
    kind: str
    theme: str
    team: str
    objective: str | None
    appears_on: date
    begins: date
    ends: date
    is_stopped: bool
    effort: Decimal | None
    money: Decimal
    hypothesis: Hypothesis
    guardrail_served: str | None
    signal_promised: date | None
    signal_seen: date | None

    def state_on(self, day: date) -> str:
        """Proposed before it begins, active until it ends, then done or stopped."""
        if day < self.begins:
            return "proposed"
        if day < self.ends:
            return "active"
        return "stopped" if self.is_stopped else "done"


def epics(company: Company, until: date) -> Iterator[EpicPlan]:
    """Sixty epics at the opening, and twelve more for each quarter that has begun since."""
    world = company.world
    for theme, names in EPICS.items():
        for position, name in enumerate(names):
            begins, ends = _span(world, theme, position, name)
            yield _epic(company, theme, name, name.slug, world.opened_on, begins, ends, position)
    quarter = Period.containing(world.opened_on, Cadence.QUARTER, CALENDAR).next()
    while quarter.start <= until:
        for theme, names in FOLLOWING.items():
            for name in names:
                slug = f"{name.slug}-{quarter}".lower()
                begins = quarter.start + timedelta(days=round(between(3, 40, world.seed, "begins", slug)))
                ends = begins + timedelta(weeks=round(between(9, 20, world.seed, "length", slug)))
                yield _epic(company, theme, name, slug, quarter.start, begins, ends, -1)
        quarter = quarter.next()


def _span(world: World, theme: str, position: int, name: EpicName) -> tuple[date, date]:
    """When an epic begins and ends: four past, four under way, two to come, spread over the history."""
    slug = name.slug
    if theme == "platform" and position in _REBUILD_POSITIONS:
        share = (0.0, 0.3, 0.55, 0.8)[position - _REBUILD_POSITIONS[0]]
        begins = world.story.begins + timedelta(weeks=round(share * world.story.weeks_to_opening))
        return begins, world.opened_on + timedelta(weeks=round(between(16, 40, world.seed, "ends", slug)))
    if slug in _PILOTS:
        begins = world.opened_on - timedelta(weeks=_PILOTS[slug])
        return begins, world.opened_on + timedelta(weeks=round(between(12, 30, world.seed, "ends", slug)))
    if position < 4:
        after_epoch = 6 + position * 31 + between(-5, 5, world.seed, "begins", slug)
        begins = world.epoch + timedelta(days=round(7 * after_epoch))
        return begins, begins + timedelta(weeks=round(between(20, 36, world.seed, "length", slug)))
    if position < 8:
        before = 29 - (position - 4) * 7.5 + between(-2.5, 2.5, world.seed, "begins", slug)
        begins = world.opened_on - timedelta(days=round(7 * before))
        return begins, world.opened_on + timedelta(weeks=round(between(3, 26, world.seed, "ends", slug)))
    begins = world.opened_on + timedelta(days=round(between(14, 90, world.seed, "begins", slug)))
    return begins, begins + timedelta(weeks=round(between(10, 24, world.seed, "length", slug)))


def _epic(
    company: Company,
    theme: str,
    name: EpicName,
    slug: str,
    appears_on: date,
    begins: date,
    ends: date,
    position: int,
) -> EpicPlan:
    world = company.world
    drift = world.drift(begins)
    is_rebuild = theme == "platform" and begins >= world.story.begins
    is_careless = not world.healthy and (is_rebuild or slug in _PILOTS)
    if not is_careless:
        is_careless = uniform(world.seed, "careless", slug) < 0.26 + 0.12 * drift
    effort = between(9, 30, world.seed, "effort", slug)
    if is_rebuild and not world.healthy:
        effort = (22 + effort) * 1.05 * world.story.size
    weeks = round(Decimal(repr(effort)), 1)
    promised, seen = _first_signal(world, slug, begins)
    is_debt_with_guardrail = name.kind == "debt" and not is_careless
    return EpicPlan(
        slug=slug,
        name=name.name,
        kind=name.kind,
        theme=theme,
        team=name.team,
        objective=_served(world, theme, begins) if not (is_careless and theme == "platform") else None,
        appears_on=appears_on,
        begins=begins,
        ends=ends,
        is_stopped=position == 3 and uniform(world.seed, "stopped", slug) < 0.6,
        effort=None if not is_rebuild and uniform(world.seed, "unsized", slug) < 0.06 else weeks,
        money=round(weeks * _COST_OF_A_PERSON_WEEK, 2),
        hypothesis=_hypothesis(company, theme, slug, min(begins, appears_on), ends, is_careless),
        guardrail_served="core-slo" if is_debt_with_guardrail else None,
        signal_promised=promised,
        signal_seen=seen,
    )


def _served(world: World, theme: str, begins: date) -> str:
    """The theme's objective of the fiscal year; what began before the first one serves that."""
    opening_year = Period.containing(world.opened_on, Cadence.FISCAL_YEAR, CALENDAR)
    year = max(opening_year, Period.containing(begins, Cadence.FISCAL_YEAR, CALENDAR))
    # What begins next year is proposed for this year's objective, which is all that stands by then.
    if begins > world.opened_on and year.start > world.opened_on:
        year = opening_year
    return f"{SERVED[theme]}-{year}".lower()


def _first_signal(world: World, slug: str, begins: date) -> tuple[date, date | None]:
    promised = begins + timedelta(days=round(between(30, 75, world.seed, "promise", slug)))
    chance = uniform(world.seed, "signal", slug)
    if chance < 0.8 - 0.2 * world.drift(promised):
        early = round(between(0, 12, world.seed, "early", slug))
        return promised, promised - timedelta(days=early)
    if chance < 0.97:
        late = round(between(10, 60, world.seed, "late signal", slug))
        return promised, promised + timedelta(days=late)
    return promised, None


def _hypothesis(
    company: Company, theme: str, slug: str, known_on: date, ends: date, is_careless: bool
) -> Hypothesis:
    """A complete hypothesis, or one that lacks its metric or its numbers."""
    world = company.world
    metric, change = choice(IMPACTS[theme], world.seed, "impact", slug)
    if is_careless:
        return Hypothesis() if uniform(world.seed, "bare", slug) < 0.6 else Hypothesis(metric=metric)
    start = company.level_before(metric, known_on)
    places = -int(start.as_tuple().exponent)
    end = round(start * (1 + Decimal(change)), places)
    smallest_step = Decimal(1).scaleb(-places)
    end = end if end != start else start + smallest_step.copy_sign(Decimal(change))
    approved_on = known_on - timedelta(days=round(between(4, 18, world.seed, "approved", slug)))
    return Hypothesis(
        metric=metric,
        start=start,
        end=end,
        by=ends + timedelta(weeks=6),
        approved_at=datetime.combine(approved_on, time(10, 30), tzinfo=UTC),
    )
