"""Pace: figures of a known case, what cannot be told, what must not matter, and that the probabilities hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from alignment.signals.band import band_pace
from alignment.signals.pace import Goal, Pace, pace
from alignment.signals.pace_words import ALLOWED_FOR, chance, figure
from tests.bench.signals_noise import Floats
from tests.bench.signals_pace import SETS, SHAPES, UNSEEN, measure, pace_set
from tests.counts import LONG

NONE = np.array([130.0])


def climbing(n: int = 40, noise: float = 1.0) -> Floats:
    """From 100 by 1 for each period, with a fixed jitter."""
    jitter = np.sin(np.arange(n) * 12.9898) * noise
    return (100 + np.arange(n) + jitter)[None]


def one(series: Floats, **asked: object) -> Pace:
    [found] = pace(series, **{"ahead": 10, "target": NONE, **asked})  # type: ignore[arg-type]
    return found


def test_a_steady_climb_goes_on_a_little_damped() -> None:
    found = one(climbing(), target=np.array([140.0]))
    assert found.expected == pytest.approx(147, abs=0.5)  # 149 if it goes on in full, 139 now
    assert found.low is not None
    assert found.high is not None
    assert 143 < found.low < found.expected < found.high < 152
    assert found.per_period == pytest.approx(0.975, abs=0.01)
    assert found.probability == pytest.approx(1.0, abs=0.01)
    assert found.sentence.startswith(
        "Very likely (over 95 %) to reach 140: 147.0 is expected at the due date, and "
    )
    assert [step.ahead for step in found.steps] == list(range(1, 11))
    assert (found.steps[-1].expected, found.steps[-1].low) == (found.expected, found.low)
    widths = [step.high - step.low for step in found.steps]
    assert widths == sorted(widths)


def test_lower_is_better_asks_the_other_side() -> None:
    up, down = (
        one(climbing(), target=np.array([148.0])),
        one(climbing(), target=np.array([148.0]), higher=False),
    )
    assert up.probability is not None
    assert down.probability == pytest.approx(1 - up.probability)
    assert "come down to 148" in down.sentence


def test_own_targets_are_asked_period_by_period() -> None:
    own = np.linspace(130, 148, 10)[None]
    found = one(climbing(), target=own)
    assert found.at_due == 148.0
    assert [step.target for step in found.steps] == own[0].tolist()
    assert found.steps[0].probability > 0.99
    assert found.probability == one(climbing(), target=np.array([148.0])).probability
    with pytest.raises(ValueError, match="9 own targets, but the due date is 10 periods ahead"):
        one(climbing(), target=own[:, :9])


def test_a_sum_counts_what_came_since_the_start_and_never_falls() -> None:
    series = 10 + np.sin(np.arange(30) * 12.9898)[None]
    series[0, 22] = np.nan
    found = one(series, goal=Goal.CUMULATIVE, since=20, target=np.array([180.0]))
    so_far = float(np.nansum(series[0, 20:]))
    assert found.expected == pytest.approx(so_far + 98, abs=1)
    assert [step.low >= so_far for step in found.steps] == [True] * 10
    sure = one(series, goal=Goal.CUMULATIVE, since=20, target=np.array([so_far - 1]))
    assert sure.probability == 1.0
    assert (
        one(series, goal=Goal.CUMULATIVE, since=20, target=np.array([so_far - 1]), higher=False).probability
        == 0
    )


def test_what_was_never_below_zero_is_not_foretold_there() -> None:
    series = (np.arange(30)[::-1] / 5 + 0.5 * np.abs(np.sin(np.arange(30) * 12.9898)))[None]
    found = one(series, ahead=20)
    assert found.low == 0.0
    assert (one(series - 3, ahead=20).low or 0.0) < -3


def test_a_season_is_carried_on() -> None:
    time = np.arange(36)
    series = (100 + 10 * np.sin(2 * np.pi * time / 12) + np.sin(time * 12.9898))[None]
    found = one(series, ahead=12, period=12)
    expected = [step.expected for step in found.steps]
    assert expected[3] == pytest.approx(110, abs=1.5)
    assert expected[9] == pytest.approx(90, abs=1.5)


def test_a_season_that_may_be_there_is_allowed_for_until_it_could_be_seen_twice() -> None:
    chance = np.random.default_rng(0)
    series = 100 + chance.standard_normal((1, 26))
    told, without = one(series, ahead=26, period=52, perhaps=True), one(series, ahead=26)
    assert told.sentence.endswith(ALLOWED_FOR)
    assert (told.high or 0) - (told.low or 0) > 1.1 * ((without.high or 0) - (without.low or 0))
    assert one(series, ahead=13, period=52).probability is None
    long = 100 + chance.standard_normal((1, 104))
    assert one(long, ahead=13, period=52, perhaps=True) == one(long, ahead=13, period=52)


def test_half_a_season_that_is_plain_to_see_is_carried_on() -> None:
    time = np.arange(18)
    chance = np.random.default_rng(8)
    waving = (100 + 8 * np.sin(2 * np.pi * time / 12) + 0.3 * chance.standard_normal(18))[None]
    found = one(waving, ahead=9, period=12, perhaps=True)
    truth = 100 + 8 * np.sin(2 * np.pi * 26 / 12)
    assert (found.low or 0) < truth < (found.high or 0)
    assert abs((found.expected or 0) - truth) < 4


def test_rows_that_show_a_season_and_rows_that_do_not_are_told_apart() -> None:
    chance = np.random.default_rng(12)
    series = 100 + chance.standard_normal((3, 30)).cumsum(axis=1) / 4
    series[1, :12] = np.nan
    for goal in Goal:
        many = pace(series, ahead=6, target=np.full(3, 101.0), goal=goal, period=12, perhaps=True, since=24)
        assert [each.sentence.endswith(ALLOWED_FOR) for each in many] == [False, True, False]
        for row in range(3):
            alone = pace(
                series[row], ahead=6, target=np.array([101.0]), goal=goal, period=12, perhaps=True, since=24
            )
            assert alone == [many[row]]
    kept = {"low": np.full(3, 98.0), "high": np.full(3, 102.0), "window": 6, "period": 12, "perhaps": True}
    bands = band_pace(series, ahead=6, **kept)
    assert [each.sentence.endswith(ALLOWED_FOR) for each in bands] == [False, True, False]


@pytest.mark.parametrize(
    ("series", "asked", "why"),
    [
        (climbing(11), {}, "11 readings, 12 are needed"),
        (
            climbing(20),
            {"ahead": 21},
            "the due date is 21 periods ahead, further than the 20 periods that the ",
        ),
        (climbing(20), {"period": 12}, "a season of 12 periods must be seen twice, and the readings span 20"),
        (climbing(20), {"ahead": 0}, "the due date has come"),
        (np.full((1, 20), 7.0), {}, "it has never moved, so how far it may move is not known"),
        (np.full((1, 20), np.nan), {}, "0 readings, 12 are needed"),
    ],
)
def test_what_cannot_be_told_says_why(series: Floats, asked: dict[str, object], why: str) -> None:
    found = one(series, **asked)
    assert found.probability is None
    assert found.expected is None
    assert found.steps == ()
    assert found.sentence.startswith(f"Cannot tell where it will be: {why}")


def test_words_are_no_finer_than_the_evidence() -> None:
    assert [chance(p) for p in (0.01, 0.049, 0.05, 0.33, 0.951)] == [
        "Very unlikely (under 5 %)",
        "Very unlikely (under 5 %)",
        "About 5 % likely",
        "About 35 % likely",
        "Very likely (over 95 %)",
    ]
    assert [figure(1234567.8, 40000), figure(0.12345, 0.02), figure(-0.001, 5), figure(12.5, 0)] == [
        "1,235,000",
        "0.123",
        "0.0",
        "12.5",
    ]


@pytest.mark.parametrize("goal", Goal)
@pytest.mark.parametrize("period", [None, 12])
def test_one_series_alone_gives_the_same_bits_as_among_many(goal: Goal, period: int | None) -> None:
    known, _, target = pace_set(11, 100, 40, 9, period, "steady")
    among = pace(known, ahead=9, target=target, goal=goal, period=period, since=30)
    for row in range(0, 100, 23):
        alone = pace(
            known[row : row + 1], ahead=9, target=target[row : row + 1], goal=goal, period=period, since=30
        )
        assert alone == [among[row]]


@settings(max_examples=25, deadline=None)
@given(
    seed=some.integers(0, 10_000),
    factor=some.sampled_from([1e-6, 0.3, 7.0, 1e9]),
    shift=some.floats(-50, 50),
    goal=some.sampled_from([Goal.READING, Goal.STOCK]),
)
def test_unit_and_level_do_not_matter(seed: int, factor: float, shift: float, goal: Goal) -> None:
    known, _, target = pace_set(seed, 2, 30, 6, None, "steady")
    before = pace(known, ahead=6, target=target, goal=goal)
    after = pace((known + shift - 500) * factor, ahead=6, target=(target + shift - 500) * factor, goal=goal)
    for a, b, moved in zip(before, after, range(2), strict=True):
        assert a.probability == pytest.approx(b.probability, abs=1e-7), moved
        assert ((a.expected or 0) + shift - 500) * factor == pytest.approx(b.expected, rel=1e-7)


@settings(max_examples=20, deadline=None)
@given(
    seed=some.integers(0, 10_000),
    front=some.integers(0, 9),
    back=some.integers(0, 4),
    goal=some.sampled_from(Goal),
)
def test_gaps_at_the_ends_say_nothing(seed: int, front: int, back: int, goal: Goal) -> None:
    known, _, target = pace_set(seed, 2, 30, 6, None, "steady")
    padded = np.pad(known, ((0, 0), (front, back)), constant_values=np.nan)
    plain = pace(known, ahead=6 + back, target=target, goal=goal)
    ended = pace(padded, ahead=6, target=target, goal=goal)
    for a, b in zip(plain, ended, strict=True):
        assert a.probability == pytest.approx(b.probability, abs=1e-9)
        assert (a.expected, a.low, a.high) == pytest.approx((b.expected, b.low, b.high), rel=1e-9)


def test_due_dates_may_differ_among_series() -> None:
    known, _, target = pace_set(11, 5, 30, 8, None, "steady")
    aheads = [2, 8, 0, 5, 31]
    together = pace(known, ahead=aheads, target=target)
    assert together == [
        pace(known[i : i + 1], ahead=aheads[i], target=target[i : i + 1])[0] for i in range(len(aheads))
    ]


@pytest.mark.parametrize("kind", SETS)
def test_what_is_said_to_be_likely_happens_as_often(kind: str) -> None:
    """1,250 cases (5,000 where long): a bin of 50 has a standard error of 7 points, the whole of 1."""
    shapes = len(UNSEEN if kind.startswith("unseen") else SHAPES)
    found = measure(20_240, (5_000 if LONG else 1_250) // shapes, kind)
    assert isinstance(found["gap"], float)
    assert found["gap"] <= (0.08 if LONG else 0.17)
    inside = found["inside the range of 80 %"]
    assert isinstance(inside, float)
    assert 0.76 <= inside <= (0.89 if kind == "unseen stock" else 0.86)
    others = found["brier of rivals"]
    assert isinstance(others, dict)
    assert found["brier"] < min(others.values())
