"""Process limits: Wheeler's own figures, widening for resemblance, and where there are none."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from alignment.signals.limits import process_limits


def test_independent_readings_get_the_limits_of_the_textbook() -> None:
    values = [10.0, 12.0, 11.0, 9.0, 10.0, 13.0, 11.0, 10.0, 12.0, 9.0, 11.0, 10.0]
    found = process_limits(values)
    assert found is not None
    middle = sum(values) / 12
    step = sum(abs(b - a) for a, b in pairwise(values)) / 11
    assert found.phi == 0.0  # neighbours differ more than chance would have it: nothing is widened
    assert (found.low, found.high) == pytest.approx((middle - 2.66 * step, middle + 2.66 * step))


def test_resembling_readings_get_wider_limits_that_hold_most_of_them() -> None:
    chance = np.random.default_rng(7)
    inside, seen = 0, 0
    for _ in range(60):
        series = [0.0]
        for noise in chance.standard_normal(104):
            series.append(0.5 * series[-1] + float(noise))
        found = process_limits(series)
        if found is not None:
            seen += len(series)
            inside += sum(found.low <= value <= found.high for value in series)
    assert inside / seen > 0.99


@pytest.mark.parametrize(
    "values",
    [[1.0, 2.0] * 5, [5.0] * 30, [float(n) for n in range(60)], [None] * 40, [1.0, None] * 20],
    ids=["too few", "no step", "too sluggish", "no reading", "no neighbours"],
)
def test_where_no_range_can_be_told_there_is_none(values: list[float | None]) -> None:
    assert process_limits(values) is None


def test_steps_over_gaps_are_left_out() -> None:
    half: list[float | None] = [1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0]
    found = process_limits([*half, None, *(None if value is None else value + 1 for value in half)])
    assert found is not None
    assert found.high - found.middle == pytest.approx(2.66 / math.sqrt(1 - found.phi))
