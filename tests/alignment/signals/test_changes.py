"""Change history: known steps and turns, what must not matter, and how often it is right and wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from alignment.signals.changes import Model, change_history, change_starts
from alignment.signals.segmenting import Change, Search, column
from tests.bench.signals_changes import cover, f1, shift_set, simulated
from tests.bench.signals_noise import Floats
from tests.counts import LONG, count


def noise(n: int, seed: int = 0, size: float = 5.0) -> Floats:
    return size * np.random.default_rng(seed).standard_normal(n)


def test_two_steps_are_dated_and_sized() -> None:
    row = np.repeat([100.0, 130.0, 110.0], 30) + noise(90)
    found = change_history(row)
    assert [(move.at, move.kind) for move in found.changes] == [(30, "up"), (60, "down")]
    up, down = found.changes
    assert up.size == pytest.approx(30, abs=4)
    assert down.size == pytest.approx(-20, abs=4)
    assert up.low < 30 < up.high
    assert down.low < -20 < down.high
    assert [(part.first, part.last, part.kind) for part in found.segments] == [
        (0, 29, "level"),
        (30, 59, "level"),
        (60, 89, "level"),
    ]
    assert found.segments[1].start == found.segments[1].end == pytest.approx(130, abs=3)
    assert found.sentence.startswith("It changed 2 times; the last 30 readings went down by ")
    assert found.sentence.endswith("% below the level before.")


def test_a_turn_of_a_line_is_found_where_lines_are_asked_for() -> None:
    row = np.concatenate([np.zeros(30), np.arange(30.0)]) + noise(60, size=0.5)
    [turn] = change_history(row, model=Model.LINES).changes
    assert turn.kind == "turn"
    assert abs(turn.at - 30) <= 2
    assert turn.low < 1 < turn.high
    assert "its slope turned" in change_history(row, model=Model.LINES).sentence


def test_a_season_is_no_change() -> None:
    time = np.arange(60)
    row = 100 + 10 * np.sin(2 * np.pi * time / 12) + noise(60, size=1.0)
    assert change_history(row, 12).changes == ()
    stepped = change_history(row + 6 * (time >= 40), 12)
    assert [move.at for move in stepped.changes] == [40]


def test_one_wild_reading_is_no_change() -> None:
    row = 100 + noise(40)
    row[20] += 100
    assert change_history(row).changes == ()


def test_what_cannot_be_told_and_what_never_moved() -> None:
    short = change_history(np.arange(11.0))
    assert not short.told
    assert short.sentence == "Cannot tell what changed: 11 readings, 12 are needed."
    assert change_history(np.full(20, np.nan)).n == 0
    still = change_history(np.full(20, 3.0))
    assert (still.told, still.changes, still.sentence) == (True, (), "It has not moved at all.")


@settings(max_examples=count(small=20, long=300), deadline=None)
@given(
    seed=some.integers(0, 10_000),
    factor=some.sampled_from([-2.0, 1e-6, 0.3, 1e9]),
    shift=some.floats(-100, 100),
    front=some.integers(0, 9),
    back=some.integers(0, 9),
)
def test_unit_level_and_gaps_at_the_ends_do_not_matter(
    seed: int, factor: float, shift: float, front: int, back: int
) -> None:
    [row] = shift_set(seed, 1, 40, 3.0)
    plain = change_history(row)
    other = change_history(np.pad((row + shift) * factor, (front, back), constant_values=np.nan))
    assert [move.at + front for move in plain.changes] == [move.at for move in other.changes]
    for a, b in zip(plain.changes, other.changes, strict=True):
        assert a.size * factor == pytest.approx(b.size, rel=1e-6)


@pytest.mark.parametrize("model", Model)
def test_one_series_alone_gives_the_same_as_among_many(model: Model) -> None:
    series = shift_set(11, 30, 40, 3.0)
    among = change_starts(series, model=model)
    assert [change_starts(row, model=model)[0] for row in series] == among
    assert any(among)


@pytest.mark.parametrize("turn", [False, True])
def test_all_places_at_once_are_as_each_place_by_itself(turn: bool) -> None:
    """The running sums against the whole regression with one column more."""
    [row] = shift_set(3, 1, 30, 2.0)
    row = np.interp(np.arange(30), np.flatnonzero(~np.isnan(row)), row[~np.isnan(row)]) / 100
    search = Search(row, np.stack([np.ones(30), np.linspace(-0.5, 0.5, 30)]), 0.0, turns=True)
    found = [Change(11), Change(20, turn=True)]
    parts = search._parts(found)
    for at in (3, 10, 15, 26):
        added = search._parts([*found, Change(at, turn)])
        assert parts.with_one(turn)[:, at] == pytest.approx(added.evidence, rel=1e-9)
    assert column(Change(4, turn), 8).tolist() == (
        [0, 0, 0, 0, 1, 1, 1, 1] if not turn else [0, 0, 0, 0, 0.125, 0.25, 0.375, 0.5]
    )


def test_scores_of_the_benchmark() -> None:
    """Worked by hand: two annotators, one change each; found one near and one far."""
    assert f1([[10], [20]], [12, 40]) == pytest.approx(2 * (2 / 3) * 0.75 / (2 / 3 + 0.75))
    assert f1([[]], []) == 1
    assert cover([[10]], [10], 20) == 1
    assert cover([[10]], [], 20) == pytest.approx(0.5)


@pytest.mark.parametrize(("n", "hit"), [(26, 0.35), (52, 0.62), (104, 0.75)])
def test_flat_series_seldom_change_and_stepped_ones_are_caught(n: int, hit: float) -> None:
    found = simulated(20_240, 1_000 if LONG else 100, n)
    assert found["false"] <= (0.06 if LONG else 0.1)
    assert found["hit at 2 sd"] >= hit
