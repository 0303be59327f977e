"""The sample company as pure values: the same for the same seed, continued without a seam, with and without story."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256

import pytest

from alignment.periods import Cadence, Period
from alignment.sample.budgets import budget_lines
from alignment.sample.catalogue import ALL_METRICS
from alignment.sample.deliveries import DeliveredFile, delivered_files
from alignment.sample.firm import THEMES
from alignment.sample.goals import objectives
from alignment.sample.guards import guardrails
from alignment.sample.series import Company
from alignment.sample.work import epics
from alignment.sample.world import CALENDAR, World
from tests.counts import count

OPENED = date(2026, 11, 22)
SEEDS = range(count(small=20, long=300))


@cache
def company(seed: int, healthy: bool = False, until: date = OPENED) -> Company:
    return Company(World(seed, OPENED, healthy), until)


def files_of(made: Company) -> list[DeliveredFile]:
    return delivered_files(made, datetime.combine(made.until, datetime.max.time(), tzinfo=UTC))


def whole(made: Company) -> str:
    """A hash of everything that a company consists of."""
    parts: list[object] = [file.name + file.arrived_at.isoformat() + file.text for file in files_of(made)]
    parts += list(objectives(made, made.until))
    parts += list(epics(made, made.until))
    parts += list(budget_lines(made.world, made.until))
    parts += list(guardrails(made.world))
    return sha256("\n".join(map(repr, parts)).encode()).hexdigest()


def slope(values: list[float]) -> float:
    """Least-squares change a step."""
    middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
    return sum((i - middle) * (v - mean) for i, v in enumerate(values)) / sum(
        (i - middle) ** 2 for i in range(len(values))
    )


def values_between(made: Company, key: str, first: date, last: date) -> list[float]:
    return [float(r.value) for r in made.readings[key] if first <= r.period.start and r.period.end <= last]


# -- determinism ---------------------------------------------------------------------------------------------


def test_the_same_seed_is_the_same_company_and_another_seed_another() -> None:
    again = Company(World(7, OPENED), OPENED)
    assert whole(again) == whole(company(7)) != whole(company(8))


@pytest.mark.parametrize("days", [1, 8, 40, 400])
def test_a_later_day_only_adds_readings_and_files(days: int) -> None:
    early, late = company(3), company(3, until=OPENED + timedelta(days=days))
    for key, readings in early.readings.items():
        assert late.readings[key][: len(readings)] == readings
    texts = {file.name: file.text for file in files_of(late)}
    assert all(texts[file.name] == file.text for file in files_of(early))
    assert set(objectives(early, OPENED)) <= set(objectives(late, late.until))
    assert set(epics(early, OPENED)) <= set(epics(late, late.until))


def test_the_history_spans_three_years_in_all_three_rhythms() -> None:
    made = company(7)
    lengths = {plan.feed.cadence: len(made.readings[plan.key]) for plan in made.plans if plan.key in _WHOLE}
    assert lengths == {Cadence.WEEK: 157, Cadence.MONTH: 36, Cadence.QUARTER: 12}
    for readings in made.readings.values():
        for reading in readings:
            cadence = reading.period.cadence
            assert Period.containing(reading.period.start, cadence, CALENDAR) == reading.period


_WHOLE = {"delivery.velocity", "revenue.nrr", "people.satisfaction"}


def test_the_catalogue_holds_the_eighteen_key_metrics_in_their_rhythms() -> None:
    rhythm = {plan.key: (plan.category, plan.feed.cadence) for plan in ALL_METRICS}
    assert len(rhythm) == len(ALL_METRICS)
    expected = {
        ("business-outcomes", Cadence.MONTH): ("revenue.growth", "customers.new", "customers.retention"),
        ("technical-performance", Cadence.WEEK): (
            "delivery.velocity",
            "delivery.quality",
            "reliability.slo",
        ),
        ("strategic-alignment", Cadence.QUARTER): (
            "strategy.objective-achievement",
            "strategy.roadmap-delivery",
            "strategy.stakeholder-satisfaction",
        ),
        ("financial-efficiency", Cadence.MONTH): (
            "finance.cost-control",
            "finance.roi",
            "finance.budget-adherence",
        ),
        ("team-effectiveness", Cadence.QUARTER): (
            "people.satisfaction",
            "people.productivity",
            "people.retention",
        ),
        ("ai-performance", Cadence.WEEK): ("ai.quality", "ai.unit-cost", "ai.user-satisfaction"),
    }
    assert sum(map(len, expected.values())) == 18
    for place, keys in expected.items():
        assert {rhythm[key] for key in keys} == {place}


def test_recurring_revenue_adds_up_from_month_to_month() -> None:
    made = company(5)
    arr, new, grown, lost = (
        [float(r.value) for r in made.readings[f"revenue.{name}"]]
        for name in ("arr", "new-arr", "expansion-arr", "churned-arr")
    )
    for month in range(1, len(arr)):
        assert arr[month] - arr[month - 1] == pytest.approx(new[month] + grown[month] - lost[month], abs=3)


# -- the story and its absence -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_the_story_shows_by_plain_comparison(seed: int) -> None:
    made = company(seed)
    world = made.world
    begins = world.story.begins
    assert 20 <= (OPENED - begins).days / 7 <= 41
    assert slope(values_between(made, "delivery.velocity", begins, OPENED)) > 0
    retention = slope(values_between(made, "revenue.nrr", begins, OPENED)) * 12
    retention_before = slope(values_between(made, "revenue.nrr", world.epoch, begins)) * 12
    assert retention_before > 2.2
    assert -retention_before < retention < 1.1, "it neither rises as before nor falls as fast as it rose"
    assert _support_outgrows_arr(made) > 1.2
    spent = _share_of_platform(world)
    assert spent > 0.15 + 0.05, "five points more than its weight"
    assert not [plan.key for plan in made.plans if plan.epic and plan.role]
    assert not [guard.slug for guard in guardrails(world) if guard.epic.endswith("-pilot")]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_healthy_twin_shows_nothing_of_it(seed: int) -> None:
    made = company(seed, healthy=True)
    begins = made.world.story.begins
    assert slope(values_between(made, "revenue.nrr", begins, OPENED)) * 12 > 1.6
    assert _support_outgrows_arr(made) < 1.12
    assert abs(_share_of_platform(made.world) - 0.15) < 0.04
    for pilot in ("contract-reader-pilot", "renewal-forecast-pilot"):
        assert {plan.role for plan in made.plans if plan.epic == pilot} >= {"ai-unit-cost", "ai-quality"}
        assert {g.kind for g in guardrails(made.world) if g.epic == pilot} == {"unit-cost", "ai-evaluation"}


def _support_outgrows_arr(made: Company) -> float:
    """Tickets for each dollar of ARR at the end against those before the story."""
    begins = made.world.story.begins

    def ratio(last: date) -> float:
        tickets = values_between(made, "support.tickets", made.world.epoch, last)[-8:]
        return sum(tickets) / 8 / values_between(made, "revenue.arr", made.world.epoch, last)[-1]

    return ratio(OPENED) / ratio(begins)


def _share_of_platform(world: World) -> float:
    closed = [line for line in budget_lines(world, OPENED) if line.closed_on <= OPENED][-21:]
    platform = sum(line.actual for line in closed if line.theme == "platform")
    return float(platform / sum(line.actual for line in closed))


def test_the_twins_share_everything_before_the_story_and_the_noise_after_it() -> None:
    drifting, healthy = company(11), company(11, healthy=True)
    begins = drifting.world.story.begins
    for plan in drifting.plans:
        pairs = zip(drifting.readings[plan.key], healthy.readings[plan.key], strict=True)
        before = [(a, b) for a, b in pairs if a.period.end <= begins]
        assert all(a == b for a, b in before), plan.key
    for a, b in zip(drifting.raw["delivery.velocity"], healthy.raw["delivery.velocity"], strict=True):
        assert 1 <= a / b < 1.5
    drift_free = [
        a / b for a, b in zip(drifting.raw["finance.burn"], healthy.raw["finance.burn"], strict=True)
    ]
    assert drift_free == sorted(drift_free), "what tells the twins apart is the smooth story, not noise"


def test_the_story_levels_off_and_never_begins_in_the_healthy_twin() -> None:
    world = World(2, OPENED)
    strengths = [world.story.strength(OPENED + timedelta(weeks=week)) for week in range(-60, 200)]
    assert strengths[0] == 0
    assert world.story.strength(OPENED) == pytest.approx(1, abs=0.02)
    assert strengths == sorted(strengths)
    assert strengths[-1] == 1.25
    assert replace(world, healthy=True).drift(OPENED) == 0


# -- objectives, epics, budgets ------------------------------------------------------------------------------


@pytest.mark.parametrize("opened", [OPENED, date(2027, 1, 1), date(2024, 2, 29), date(2025, 6, 30)])
@pytest.mark.parametrize("healthy", [False, True])
def test_twenty_objectives_and_sixty_epics_whatever_the_day(opened: date, healthy: bool) -> None:
    made = Company(World(4, opened, healthy), opened)
    goals, work = list(objectives(made, opened)), list(epics(made, opened))
    assert (len(goals), len(work)) == (20, 60)
    assert {goal.theme for goal in goals} == {theme.slug for theme in THEMES}
    slugs = {goal.slug for goal in goals}
    assert len(slugs) == 20
    for position, goal in enumerate(goals):
        assert goal.parent is None or goal.parent in {earlier.slug for earlier in goals[:position]}
        for result in goal.key_results:
            assert result.kind == "band" or result.metric is None or result.baseline != result.target
    for epic in work:
        assert epic.objective is None or epic.objective in slugs
        assert epic.state_on(opened) in {"proposed", "active", "done", "stopped"}
        is_complete = None not in (epic.hypothesis.start, epic.hypothesis.end, epic.hypothesis.by)
        assert not is_complete or epic.hypothesis.start != epic.hypothesis.end


def test_objectives_are_of_every_sort() -> None:
    goals = list(objectives(company(7), OPENED))
    results = [result for goal in goals for result in goal.key_results]
    assert {result.kind for result in results if result.metric} == {"level", "cumulative", "band"}
    assert 1 <= sum(1 for goal in goals if not goal.is_ready) <= 2
    assert any(result.own_targets for result in results)
    assert any(goal.parent for goal in goals)
    stale = company(7).readings["growth.self-serve-revenue"]
    assert OPENED - timedelta(weeks=13) < stale[-1].period.end < OPENED - timedelta(weeks=10)
    assert any(result.metric == "growth.self-serve-revenue" for result in results)


def test_weights_of_themes_add_up_and_budgets_cover_every_month_of_the_history() -> None:
    assert sum(theme.weight for theme in THEMES) == 100
    world = World(7, OPENED)
    lines = list(budget_lines(world, OPENED))
    months = sorted({line.month.start for line in lines})
    assert months[0] <= world.epoch < months[1]
    assert months[-1] == date(2026, 12, 1)
    assert len(lines) == len(months) * 7
    assert all(line.revised is None for line in lines if line.month.end < world.story.begins)
    assert any(line.revised is not None for line in lines)
