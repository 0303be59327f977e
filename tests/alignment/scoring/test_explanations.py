"""Levels and changes are explained by parts that add up exactly, whatever the order."""

from __future__ import annotations

import math
import random
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.scoring.change import Side, difference, explain_parts
from alignment.scoring.evaluation import COMPONENT_RULES, evaluate
from alignment.scoring.level import explain_scored, losses_of
from alignment.scoring.shapley import shapley, whole_parts
from tests.alignment.scoring.cases import COMPANY, Case, random_case, random_policy
from tests.counts import count


def _sides(case: Case) -> tuple[Side, Side]:
    first, second = sorted((case.day(), case.day()))
    made = []
    for day in (first, second):
        policy = random_policy(case.chance)
        snapshot = case.snapshot(day)
        made.append((snapshot, policy))
    return tuple(Side(s, p, evaluate(COMPANY, s, p)) for s, p in made)  # type: ignore[return-value]


@settings(max_examples=count(small=60, long=1000), deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_contributions_and_losses_make_a_hundred(seed: int) -> None:
    case = random_case(seed)
    for subject in case.subjects():
        snapshot, policy = case.snapshot(case.day()), random_policy(case.chance)
        made = evaluate(subject, snapshot, policy)
        level = explain_scored(subject, snapshot.day, made, policy, snapshot.definitions)
        for component in level.components:
            assert sum(part.loss for part in component.inputs) == component.loss
        if level.thousandths is not None:
            assert sum(c.contribution for c in level.components) == level.thousandths
            assert sum(c.loss for c in level.components) == 100_000 - level.thousandths
            assert sum(loss for _, loss in level.by_theme()) == 100_000 - level.thousandths


@settings(max_examples=count(small=60, long=1000), deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_losses_of_a_component_make_up_its_whole_loss(seed: int) -> None:
    case = random_case(seed)
    for subject in case.subjects()[:2]:
        for result in evaluate(subject, case.snapshot(case.day()), random_policy(case.chance)).results:
            if result.value is not None:
                lost = math.fsum(loss.share for loss in losses_of(result))
                assert lost == pytest.approx(1 - result.value, abs=1e-9)


@settings(max_examples=count(small=120, long=1000), deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_parts_of_a_change_add_up_exactly(seed: int) -> None:
    case = random_case(seed)
    before, after = _sides(case)
    parts = explain_parts(COMPANY, before, after)
    if before.scored.value is None or after.scored.value is None:
        assert parts == ()
        return
    change = round(after.scored.value * 1000) - round(before.scored.value * 1000)
    assert sum(part.thousandths for part in parts) == change


@settings(max_examples=count(small=40, long=400), deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_the_way_back_has_the_same_parts_with_other_signs(seed: int) -> None:
    before, after = _sides(random_case(seed))
    there = {(p.component, p.reason, p.key): p.thousandths for p in explain_parts(COMPANY, before, after)}
    back = {(p.component, p.reason, p.key): p.thousandths for p in explain_parts(COMPANY, after, before)}
    for key in there.keys() | back.keys():
        assert (
            abs(there.get(key, 0) + back.get(key, 0)) <= 1
        )  # only where the odd thousandth falls may differ


@settings(max_examples=count(small=60, long=600), deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_difference_of_any_two_results_is_complete(seed: int) -> None:
    case = random_case(seed)
    policy = random_policy(case.chance)
    for name, rule in COMPONENT_RULES.items():
        one, two = (rule(COMPANY, case.snapshot(case.day()), policy) for _ in range(2))
        if one.value is not None and two.value is not None:
            moved = math.fsum(amount for _, _, amount in difference(one, two))
            assert moved == pytest.approx(two.value - one.value, abs=1e-9), name


def test_shapley_is_the_mean_over_all_orders() -> None:
    chance = random.Random(7)
    table = [chance.gauss(0, 1) for _ in range(32)]
    orders = list(permutations(range(5)))
    for player, value in enumerate(shapley(5, table.__getitem__)):
        seen = []
        for order in orders:
            before = sum(1 << p for p in order[: order.index(player)])
            seen.append(table[before | 1 << player] - table[before])
        assert value == pytest.approx(sum(seen) / len(orders))


def test_time_is_named_when_no_reading_came() -> None:
    """Same readings, later day: every part is the passing of time (or a membership that the calendar
    changed).
    """
    for seed in range(400):
        case = random_case(seed)
        day = case.day()
        snapshot = case.snapshot(day)
        later = type(snapshot)(snapshot.definitions, day, snapshot.priors, snapshot.readings, day, case.day())
        sides = [
            Side(s, p := random_policy(random.Random(1)), evaluate(COMPANY, s, p)) for s in (snapshot, later)
        ]
        parts = explain_parts(COMPANY, sides[0], sides[1])
        assert {part.reason.value for part in parts} <= {"time", "coverage"}


@pytest.mark.parametrize(
    ("raw", "total", "parts"),
    [
        ([0.5, 0.5], 1, [1, 0]),
        ([-0.4, -0.4, -0.2], -1, [0, -1, 0]),
        ([1.2, -3.7, 2.5], 0, [1, -4, 3]),
        ([], 0, []),
    ],
)
def test_whole_parts(raw: list[float], total: int, parts: list[int]) -> None:
    made = whole_parts(raw, total)
    assert sum(made) == total
    assert made == parts or sum(map(abs, made)) == sum(map(abs, parts))


def test_nothing_to_spread_over_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing to spread"):
        whole_parts([], 3)
