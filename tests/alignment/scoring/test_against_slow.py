"""The quick sums against the slow, obvious ones, on random companies."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.scoring.evaluation import evaluate
from tests.alignment.scoring.cases import random_case, random_policy
from tests.alignment.scoring.slow_scores import slow_score
from tests.counts import count


@settings(max_examples=count(small=120, long=2000), deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_scores_are_those_of_the_slow_version(seed: int) -> None:
    case = random_case(seed)
    for subject in case.subjects():
        snapshot, policy = case.snapshot(case.day()), random_policy(case.chance)
        made = evaluate(subject, snapshot, policy)
        score, values = slow_score(subject, snapshot, policy)
        for result, value in zip(made.results, values, strict=True):
            assert (result.value is None) == (value is None), (subject.key, result.name)
            if value is not None:
                assert result.value == pytest.approx(float(value), abs=1e-12), (subject.key, result.name)
        if made.value is not None:
            assert score is not None
            assert made.value == pytest.approx(float(score), abs=1e-9)


@settings(max_examples=count(small=40, long=400), deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_under_half_of_coverage_there_is_no_number(seed: int) -> None:
    case = random_case(seed)
    for subject in case.subjects():
        made = evaluate(subject, case.snapshot(case.day()), random_policy(case.chance))
        assert 0 <= made.coverage <= 1
        assert (made.value is None) == (made.coverage < 0.5)
        if made.value is None:
            assert made.missing, subject.key
