"""What is said of a metric, settled together: steps, drifts, one-offs and stocks that are known to be there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.periods import Cadence
from alignment.signals.columns import columns, period_words
from alignment.signals.verdict import Series, Verdicts
from alignment.signals.verdicts import verdicts

MONDAY = date(2025, 1, 6)
WEEKS = 78


def _weekly(values: Sequence[float], kind: str | None = "flow", direction: str = "higher") -> Series:
    readings = [(MONDAY + timedelta(days=7 * i), float(value)) for i, value in enumerate(values)]
    return Series(columns(readings, Cadence.WEEK), direction, kind, unit="%")


def _flat() -> np.ndarray:
    return np.asarray(50 + np.random.default_rng(5).normal(size=WEEKS))


def _told(values: Sequence[float], kind: str | None = "flow", direction: str = "higher") -> Verdicts:
    return verdicts([_weekly(values, kind, direction)])[0]


def test_nothing_is_said_before_a_declared_season_was_seen_twice() -> None:
    stepped = _flat()
    stepped[40:] += 6
    one = _weekly(stepped)
    waiting, without, undeclared = verdicts(
        [replace(one, season=season) for season in ("yearly", "none", "")]
    )
    words = "a yearly season must be seen twice, and 78 of 104 weeks are there."
    assert (waiting.headline.verdict, waiting.trend.verdict) == ("cannot tell", "cannot tell")
    assert (waiting.story.word, waiting.shift.verdict, waiting.changes) == ("cannot tell", "cannot tell", ())
    assert waiting.trend.sentence.endswith(words)
    assert waiting.history == f"Cannot tell what changed: {words}"
    assert "Too short to tell" in waiting.headline.sentence
    assert without.story.word == undeclared.story.word == "step"
    assert without == undeclared, "a season that was not seen twice is not reckoned with"


def test_nothing_is_said_of_a_level_that_holds() -> None:
    found = _told(_flat())
    assert found.headline.verdict == "no clear change"
    assert (found.headline.tone, found.shift.verdict, found.changes) == ("", "quiet", ())
    assert found.story.word == "none"
    assert len(found.levels) == 1


def test_a_step_is_a_step_and_no_trend() -> None:
    values = _flat()
    values[50:] += 4
    found = _told(values)
    began = MONDAY + timedelta(days=7 * 50)
    assert found.story.word == "step"
    assert (found.story.start, found.shift.start, found.changes[0].start) == (began, began, began)
    assert found.headline.sentence.startswith(
        "Improving, in one step: it stepped up by about 4.4 points in the week"
    )
    assert found.began is None, "a step has a day, no beginning"
    assert found.changes[0].low < 4 < found.changes[0].high
    assert [round(level.start) for level in found.levels] == [50, 54]
    assert found.shift.raised == MONDAY + timedelta(days=7 * 52), "three readings after it"


def test_the_tone_follows_what_is_better() -> None:
    values = _flat()
    values[-6:] -= 4
    assert _told(values).headline.tone == "worse"
    assert _told(values, direction="lower").headline.tone == "better"
    assert _told(values, direction="range").headline.tone == ""
    assert _told(values).headline.verdict == "stepped down"


def test_a_drift_is_told_with_its_beginning_and_changes_of_line() -> None:
    found = _told(_flat() + np.arange(WEEKS) * 0.06)
    assert (found.headline.verdict, found.story.word, found.changes) == ("improving", "drift", ())
    assert found.began is not None
    assert found.began.sentence in found.headline.sentence


def test_a_trend_that_has_lately_turned_says_so() -> None:
    values = _flat() + np.arange(WEEKS) * 0.15
    values[-6:] -= 7
    found = _told(values)
    assert found.headline.verdict == "improving"
    assert "Lately otherwise: Its level shifted down" in found.headline.sentence


def test_one_reading_far_out_is_a_one_off() -> None:
    values = _flat()
    values[40] += 12
    found = _told(values)
    assert (found.story.word, found.story.start) == ("one-off", MONDAY + timedelta(days=7 * 40))
    assert "stands alone" in found.headline.sentence


def test_of_a_stock_the_growth_is_watched() -> None:
    growth = np.random.default_rng(7).normal(2, 1, size=WEEKS)
    growth[60:] += 5
    found = _told(1000 + growth.cumsum(), "stock")
    assert found.shift.verdict == "shifted"
    assert found.shift.start == MONDAY + timedelta(days=7 * 60)
    assert found.shift.sentence.startswith("Its growth shifted up by about")
    assert found.levels == (), "a stock has no level to draw"


def test_a_stock_that_grows_more_slowly_is_still_said_to_grow() -> None:
    growth = np.random.default_rng(7).normal(9, 1, size=WEEKS)
    growth[50:] -= 5
    found = _told(1000 + growth.cumsum(), "stock")
    assert found.headline.verdict == "growth stepped down"
    growth[50:] += 3
    found = _told(1000 + growth.cumsum(), "stock")
    assert (found.headline.verdict, found.story.word) == ("improving", "step")
    assert found.headline.sentence.startswith("Improving over the last 77 readings")
    assert "Its growth stepped down by about" in found.headline.sentence
    assert "in one step" not in found.headline.sentence


def test_an_undeclared_kind_is_taken_from_the_readings_or_left_untold() -> None:
    values = _flat()
    values[-6:] -= 4
    assert _told(values, None).shift == _told(values, "flow").shift
    short = _told(50 + np.random.default_rng(1).normal(size=14).cumsum(), None)
    assert short.guess.kind is None
    assert (short.story.word, short.shift.verdict) == ("cannot tell", "cannot tell")


@pytest.mark.parametrize("values", [[], [1.0], [1.0] * 11, [3.0] * 30])
def test_too_little_and_what_never_moves(values: list[float]) -> None:
    found = _told(values)
    assert found.changes == ()
    assert found.shift.verdict in ("cannot tell", "quiet")
    assert found.headline.sentence


def test_gaps_are_columns_and_names_of_periods_are_words() -> None:
    laid = columns([(date(2026, 3, 1), 2.0), (date(2025, 12, 1), 1.0)], Cadence.MONTH)
    assert laid.values == (1.0, None, None, 2.0)
    assert period_words(laid, 1) == "Jan 2026"
    assert columns([(date(2026, 1, 1), 1.0), (date(2026, 3, 1), 2.0)], Cadence.MONTH, longest=2).values == (
        2.0,
    )


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=5), st.sampled_from(["flow", "stock", None]))
def test_one_alone_is_told_as_among_many(seeds: list[int], kind: str | None) -> None:
    many = [
        _weekly(50 + np.random.default_rng(seed).normal(size=20 + seed % 3 * 20).cumsum(), kind)
        for seed in seeds
    ]
    together = verdicts(many)
    assert together == [verdicts([one])[0] for one in many]


@pytest.mark.parametrize("kind", ["flow", "stock"])
def test_readings_with_long_gaps_at_their_end_are_judged_without_a_fault(kind: str) -> None:
    """Every place at which a late shift could begin may be a gap."""
    values = [(week, float(value)) for week, value in enumerate(_flat())]
    seen = [(week, value) for week, value in values if week < 30 or week >= WEEKS - 1]
    readings = [(MONDAY + timedelta(days=7 * week), value) for week, value in seen]
    found = verdicts([Series(columns(readings, Cadence.WEEK), "higher", kind)])[0]
    assert found.trend.n + (kind == "stock") <= 31
    assert found.shift.verdict in ("quiet", "cannot tell")
