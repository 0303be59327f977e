"""Divergence: figures of known pairs, what must not matter, and how often it is right and wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from alignment.signals.divergence import Divergence, divergences
from alignment.signals.diverging import diverge
from tests.bench.signals_divergence import measure, pair_set, stock_pairs
from tests.bench.signals_noise import Floats, ar1
from tests.counts import LONG, count

TIME = np.arange(52)


def jitter(turn: int) -> Floats:
    return 0.01 * np.random.default_rng(turn).standard_normal(52)


def pair(*, since: int = 0, by: float = 0.2) -> tuple[Floats, Floats]:
    """Both grow by a half; the first by a factor exp(`by`) more, from column `since` on; other units."""
    common = np.log(1.5) * TIME / 51 + jitter(1)
    own = by * np.maximum(TIME - since, 0) / (51 - since)
    return 1000 * np.exp(common + own + jitter(2))[None], 3 * np.exp(common + jitter(3))[None]


def one(first: Floats, second: Floats, **asked: object) -> Divergence:
    [found] = diverge(first, second, **asked)  # type: ignore[arg-type]
    return found


def test_the_gain_is_said_in_per_cent_with_its_interval() -> None:
    found = one(*pair(), names=("orders", "invoices"))
    assert found.verdict == "first outgrows"
    assert found.wide == pytest.approx(100 * (np.exp(0.2) - 1), abs=2)
    assert found.wide is not None
    assert found.low is not None
    assert found.high is not None
    assert 18 < found.low < found.wide < found.high < 26
    assert found.began is not None
    assert found.began.always
    assert found.sentence.startswith("Orders outgrows invoices: it gained 2")
    assert "over the window, perhaps from the first reading on. Of 1,000 pairs" in found.sentence
    assert found.path[0] == 0
    assert found.path[-1] == pytest.approx(22, abs=4)


def test_the_other_way_it_is_told_from_the_other_side() -> None:
    first, second = pair()
    there, back = one(first, second), one(second, first, names=("invoices", "orders"))
    assert back.verdict == "second outgrows"
    assert back.p == there.p
    assert back.wide == pytest.approx(100 * (np.exp(-0.2) - 1), abs=2)
    assert back.sentence.startswith("Orders outgrows invoices: it gained 2")


def test_its_beginning_is_found() -> None:
    found = one(*pair(since=30, by=0.1))
    assert found.began is not None
    assert abs(found.began.at - 30) <= 3
    assert found.began.earliest <= 30 <= found.began.latest
    assert not found.began.always
    assert f"beginning about {51 - found.began.at} periods before the last (between " in found.sentence


def test_common_growth_is_no_divergence() -> None:
    found = one(*pair(by=0.0), names=("A", "B"))
    assert found.verdict == "no clear divergence"
    assert found.began is None
    assert found.sentence.startswith("No clear divergence: over 52 readings A gained between -")


def test_a_lead_is_taken_off() -> None:
    """The second runs 6 periods ahead of the first, which otherwise follows it."""
    wave = np.cumsum(np.sin(np.arange(58) * 12.9898)) * 0.2
    first, second = np.exp(wave[:52] + jitter(2))[None], np.exp(wave[6:] + jitter(3))[None]
    found = divergences(first, second, lead=6)
    assert found.known[0] == 46
    assert float(np.nanstd(found.difference)) < 0.02
    assert float(np.nanstd(divergences(first, second).difference)) > 0.1
    there, back = (
        divergences(*sides, lead=by, kind="stock").difference[0]
        for sides, by in (((first, second), 6), ((second, first), -6))
    )
    assert np.allclose(back[:46], -there[6:], rtol=0, atol=1e-12)


def test_a_series_that_begins_late_is_held_against_its_own_part() -> None:
    first, second = pair(by=0.4)
    first[:, :26] = np.nan
    found = one(first, second)
    assert (found.verdict, found.n) == ("first outgrows", 26)
    assert found.wide == pytest.approx(100 * (np.exp(0.4) - 1), abs=6)


def test_values_of_zero_or_less_are_scaled_instead() -> None:
    first, second = pair()
    found = one(first - first.min() - 1, second)
    assert found.verdict == "first outgrows"
    assert " % of the usual size (" in found.sentence
    assert not divergences(first - first.min() - 1, second).logs[0]


@pytest.mark.parametrize(
    ("first", "asked", "why"),
    [
        (np.arange(1.0, 9.0)[None], {}, "8 readings of both in 8 periods; 9 in 12 are needed"),
        (np.full((1, 20), np.nan), {}, "0 readings of both in 0 periods; 9 in 12 are needed"),
        (np.arange(1.0, 21.0)[None] % 7 + 1, {"period": 12}, "a season of 12 periods must be seen twice"),
        (
            np.arange(1.0, 15.0)[None] % 5 + 1,
            {"lead": 6},
            "8 readings of both in 8 periods; 9 in 12 are needed",
        ),
    ],
)
def test_what_cannot_be_told_says_why(first: Floats, asked: dict[str, object], why: str) -> None:
    found = one(first, np.full(first.shape, 3.0) + np.sin(np.arange(first.shape[1])), **asked)
    assert (found.verdict, found.p) == ("cannot tell", None)
    assert found.sentence == f"Cannot tell whether they part: {why}."


def test_series_of_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        divergences(np.ones((1, 20)), np.ones((1, 21)))


@pytest.mark.parametrize(("kind", "period"), [("flow", None), ("flow", 12), ("stock", None)])
def test_one_pair_alone_gives_the_same_bits_as_among_many(kind: str, period: int | None) -> None:
    first, second = stock_pairs(11, 600, 30, 1.0) if kind == "stock" else pair_set(11, 600, 30, 3.0, period)
    among = diverge(first, second, kind=kind, period=period)
    for row in range(0, 600, 41):
        assert diverge(first[row : row + 1], second[row : row + 1], kind=kind, period=period) == [among[row]]


@settings(max_examples=count(small=25, long=300), deadline=None)
@given(seed=some.integers(0, 10_000), units=some.tuples(*[some.sampled_from([1e-6, 0.3, 9.0, 1e9])] * 2))
def test_units_do_not_matter(seed: int, units: tuple[float, float]) -> None:
    first, second = pair_set(seed, 3, 30, 3.0, None)
    a, b = divergences(first, second), divergences(first * units[0], second * units[1])
    assert np.allclose(a.p, b.p, rtol=1e-6, equal_nan=True)
    assert np.allclose(a.change, b.change, rtol=1e-6, atol=1e-9)


@settings(max_examples=count(small=25, long=300), deadline=None)
@given(seed=some.integers(0, 10_000), kind=some.sampled_from(["flow", "stock"]))
def test_the_sides_are_alike(seed: int, kind: str) -> None:
    first, second = stock_pairs(seed, 3, 30, 2.0) if kind == "stock" else pair_set(seed, 3, 30, 3.0, None)
    a, b = divergences(first, second, kind=kind), divergences(second, first, kind=kind)
    assert np.allclose(a.p, b.p, rtol=1e-6, equal_nan=True)
    assert np.allclose(a.change, -b.change, rtol=1e-6, atol=1e-9)


def test_constant_series_do_not_part() -> None:
    found = one(np.full((1, 30), 5.0), np.full((1, 30), 2.0))
    assert found.verdict in {"no clear divergence", "cannot tell"}


@pytest.mark.parametrize(
    ("n", "period", "area", "false"),
    [(12, 4, 0.91, 0.05), (26, None, 0.98, 0.05), (26, 12, 0.97, 0.05), (52, 12, 0.995, 0.05)],
)
def test_it_tells_those_that_part_from_those_that_do_not(
    n: int, period: int | None, area: float, false: float
) -> None:
    """With room for what 500 or 2,000 pairs leave open."""
    rows = 2_000 if LONG else 500
    found = measure(20_240, rows, n, period)
    assert isinstance(found["auc"], float)
    assert isinstance(found["false"], float)
    assert found["auc"] >= area - 3 / rows
    assert found["false"] <= false + 8 / rows
    assert isinstance(found["rivals"], dict)
    assert found["auc"] > max(rival["auc"] for rival in found["rivals"].values())


def test_stocks_hardly_ever_part_by_luck() -> None:
    found = measure(20_240, 500, 26, None, "stock")
    assert isinstance(found["false"], float)
    assert found["false"] <= 0.04
    assert isinstance(found["power"], float)
    assert found["power"] >= 0.5


def test_steps_of_stocks_may_resemble_each_other() -> None:
    """Of a correlation of 0.3 from step to step, and with gaps, the rate stated holds."""
    steps = np.stack([ar1(np.random.default_rng(turn), 600, 40, 0.3) for turn in (1, 2)])
    first, second = np.exp(0.02 * np.cumsum(steps, axis=2))
    first[np.random.default_rng(3).random(first.shape) < 0.08] = np.nan
    found = divergences(first, second, kind="stock")
    assert ((found.p < 0.05) & ~found.silent).mean() <= 0.07


def test_those_that_part_late_and_steeply_are_told() -> None:
    """A line is far from them for many readings in a row, which is not taken for noise that wanders."""
    first, second = pair_set(20_240, 300, 52, 0.0, None)
    late = first * np.exp(0.5 * np.maximum(TIME / 51 - 2 / 3, 0) * 3)
    found = divergences(late, second)
    assert found.silent.mean() < 0.25
    assert ((found.p < 0.05) & ~found.silent & (found.direction > 0)).mean() > 0.7


def test_walks_declared_flows_are_kept_back() -> None:
    steps = np.random.default_rng(7).standard_normal((2, 400, 104))
    found = divergences(*np.exp(0.03 * np.cumsum(steps, axis=2)))
    assert ((found.p < 0.05) & ~found.silent).mean() <= 0.07
    assert found.silent.mean() > 0.85


def test_a_large_season_does_not_hide_it() -> None:
    first, second = pair_set(20_240, 300, 52, 3.0, None)
    wave = np.exp(1.5 * np.sin(2 * np.pi * TIME / 12))
    found = divergences(first * wave, second, period=12)
    assert ((found.p < 0.05) & ~found.silent & (found.direction > 0)).mean() > 0.75
