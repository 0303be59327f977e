"""Pace of a band: sure cases, what counts at the due date, and that the probabilities hold."""

from __future__ import annotations

import numpy as np
import pytest

from alignment.signals.band import band_pace, lattice
from alignment.signals.pace import Pace
from tests.bench.signals_band import band_set, measure
from tests.bench.signals_noise import Floats
from tests.counts import LONG

EDGES = {"low": np.array([90.0]), "high": np.array([110.0])}


def calm(n: int = 40, size: float = 1.0) -> Floats:
    return 100 + size * np.random.default_rng(1).standard_normal((1, n))


def one(series: Floats, **asked: object) -> Pace:
    [found] = band_pace(series, **{"ahead": 6, "window": 13, **EDGES, **asked})  # type: ignore[arg-type]
    return found


def test_what_keeps_far_from_its_bounds_is_very_likely_kept() -> None:
    found = one(calm())
    assert found.probability is not None
    assert found.probability > 0.98
    assert (found.expected, found.high, found.at_due) == (pytest.approx(1.0, abs=0.01), 1.0, 0.9)
    assert found.sentence == (
        "Very likely (over 95 %) that 90 % of the readings that count at the due date lie within the bounds: 100 % are "
        "expected to, and 100 % to 100 % in eight cases of ten."
    )
    assert len(found.steps) == 6
    assert all(step.probability > 0.99 for step in found.steps)


def test_readings_outside_that_still_count_decide() -> None:
    series = calm()
    series[0, -7:-3] = 130
    lost = one(series)
    assert lost.probability == 0  # four of thirteen are outside, whatever comes
    assert lost.high is not None
    assert lost.high <= 9 / 13
    assert (one(series, window=6).probability or 0) > 0  # all of those are to come
    assert (one(series, since=38).probability or 0) > 0  # what was before the start counts nothing


def test_one_bound_may_be_missing() -> None:
    above = one(calm(), low=np.array([99.0]), high=np.array([np.inf]))
    below = one(calm(), low=np.array([-np.inf]), high=np.array([99.0]))
    assert above.expected is not None
    assert below.expected is not None
    assert 0.6 < above.expected < 1
    assert below.expected < 0.4


def test_what_cannot_be_told_says_why() -> None:
    found = one(calm(11))
    assert found.probability is None
    assert found.sentence == "Cannot tell where it will be: 11 readings, 12 are needed."


def test_one_series_alone_gives_the_same_bits_as_among_many() -> None:
    known, low, high, _ = band_set(11, 60, 26, 8, 13)
    among = band_pace(known, ahead=8, low=low, high=high, window=13)
    for row in range(0, 60, 11):
        part = slice(row, row + 1)
        assert band_pace(known[part], ahead=8, low=low[part], high=high[part], window=13) == [among[row]]


def test_the_lattice_is_even() -> None:
    points = lattice(14)
    assert points.shape == (1_024, 14)
    assert np.abs(points.mean(axis=0) - 0.5).max() < 0.01
    assert np.abs(np.corrcoef(points.T) - np.eye(14)).max() < 0.1


def test_what_is_said_to_be_likely_happens_as_often() -> None:
    found = measure(20_240, 1_000 if LONG else 200)
    assert isinstance(found["gap"], float)
    assert found["gap"] <= (0.07 if LONG else 0.2)
    assert isinstance(found["brier"], float)
    assert found["brier"] < 0.12
