"""What a person who looks at the chart would not bear out is not said: cases met on real series."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from alignment.periods import Cadence
from alignment.signals.changes import Model, change_history, tamed
from alignment.signals.columns import columns
from alignment.signals.sense import come_back, kept, record, stands_alone, too_small
from alignment.signals.trend import Trend
from alignment.signals.verdict import Series, Verdicts
from alignment.signals.verdict_words import Told, headline_of, record_words, story_words
from alignment.signals.verdicts import verdicts

MONDAY = date(2023, 1, 2)
NAN = float("nan")


def _told(values: np.ndarray, kind: str = "flow", cadence: Cadence = Cadence.WEEK) -> Verdicts:
    step = 7 if cadence is Cadence.WEEK else 1
    readings = [(MONDAY + timedelta(days=step * i), float(value)) for i, value in enumerate(values)]
    return verdicts([Series(columns(readings, cadence), "higher", kind)])[0]


def _counts(rate: float, n: int = 90, seed: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).poisson(rate, size=n).astype(float)


def test_one_commit_among_zeros_is_neither_a_one_off_nor_a_level() -> None:
    values = np.zeros(90)
    values[[30, 88]] = 1
    found = _told(values)
    assert (found.headline.verdict, found.story.word, found.changes) == ("no clear change", "none", ())
    sparse = _told(_counts(0.2))
    assert (sparse.story.word, sparse.changes) == ("none", ())


def test_a_reading_that_really_stands_alone_still_does() -> None:
    row = np.array([1.0, 2.0, 1.5, NAN, 9.0, 1.0])
    assert stands_alone(row, 4)
    row[0] = -4.0
    assert not stands_alone(row, 4)


def test_steps_smaller_than_anything_to_be_seen_are_not_told() -> None:
    row = np.array([0.0, 4.0, 0.0, 2.0, NAN, 0.0])
    assert too_small(0.00004, row)
    assert not too_small(0.5, row)


def test_a_burst_that_is_over_has_shifted_nothing() -> None:
    values = 10 + np.random.default_rng(4).normal(size=78)
    values[62:66] += 6
    over, standing = _told(values), _told(values[:66])
    assert standing.shift.verdict == "shifted"
    assert over.shift.verdict == "quiet"
    assert not come_back(values, 62, 65, 6.0) or over.shift.verdict == "quiet"
    assert come_back(values, 62, 64, 6.0)
    assert not come_back(values[:67], 62, 64, 6.0), "fewer than four readings since do not tell"


def test_a_change_of_level_stands_in_the_headline() -> None:
    values = 40 + 3 * np.random.default_rng(8).normal(size=120)
    values[:30] -= 9
    values[90:] -= 9
    found = _told(values)
    assert found.trend.verdict == "no clear change"
    assert (found.headline.verdict, found.headline.tone) == ("stepped down", "worse")
    assert found.headline.sentence.startswith("No steady trend, but a change: from the week to")


def test_a_trend_that_a_later_change_goes_against_says_so() -> None:
    values = np.arange(110) * 0.1 + np.random.default_rng(5).normal(size=110)
    values[98:] -= 6
    found = _told(values)
    assert found.headline.verdict == "improving"
    assert "Lately otherwise: " in found.headline.sentence


def test_a_step_of_long_ago_says_that_nothing_has_changed_since() -> None:
    values = 40 + np.random.default_rng(2).normal(size=120)
    values[:30] += 5
    words = _told(values).headline.sentence
    assert words.startswith("Worsening, in one step: it stepped down")
    assert words.endswith("No clear change since.")
    assert "No clear change since" not in _told(values[::-1].copy()).headline.sentence


@pytest.mark.parametrize(("heading", "said"), [(20.0, True), (-20.0, False)])
def test_a_stock_that_fell_and_grows_again_says_so(heading: float, said: bool) -> None:
    falls = Trend("worsening", "Worsening.", 120, slope=-2.0)
    told = Told(
        "none", "", 0.0, "", 0.0, "", "From Sep 2011 its growth was higher by 8.3.", 8.3,
        heading=heading, of_growth=True,
    )  # fmt: skip
    sentence = headline_of(falls, told, "higher").sentence
    assert ("Lately otherwise: from Sep 2011 its growth was higher" in sentence) == said


def test_levels_are_drawn_where_the_readings_are_however_sluggish() -> None:
    chance = np.random.default_rng(12)
    values = np.zeros(110)
    values[96:] = 31 + np.array([29, 9, 7, 4, -1, 5, 2, -2, 0, -1, -1, 0, -2, 2]) + chance.normal(size=14)
    history = change_history(values, None, model=Model.LEVELS)
    assert len(history.segments) > 1
    assert abs(history.segments[0].start) < 1
    assert abs(history.segments[-1].end - 33) < 6
    last = history.changes[-1]
    assert last.low <= last.size <= last.high


def test_a_jump_that_did_not_last_is_no_change_of_level() -> None:
    assert not kept(0.1, 0.1, 4.7)
    assert kept(-9.0, -12.8, -5.2)


def test_single_ones_among_zeros_are_taken_out_and_bursts_stay() -> None:
    row = np.zeros(40)
    row[[5, 20, 21, 22, 23]] = [1, 2, 3, 2, 3]
    assert tamed(row)[5] == 0
    assert tamed(row)[21] >= 2


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ([*range(8), 20, 21, 22], (3, 8)),
        ([5, 4, 6, 5, 4, 6, 5, 4, 1, 2, 1, 0], (-4, 8)),
        ([5, 4, 6, 5, 4, 6, 5, 4, 7, 5, 7], None),
        ([1, 2, NAN, 3], None),
    ],
)
def test_what_is_plain_to_see(row: list[float], expected: tuple[int, int] | None) -> None:
    assert record(np.array(row, dtype=float)) == expected


def test_what_cannot_be_told_still_says_what_is_plain() -> None:
    silent = Trend("cannot tell", "Each reading resembles the last too much to tell a trend from chance.", 60)
    told = Told("none", "", 0.0, "", 0.0, "", plain=record_words((14, 46)))
    assert headline_of(silent, told, "higher").sentence == (
        "Each reading resembles the last too much to tell a trend from chance. "
        "The last 14 readings are higher than all 46 before."
    )


def test_an_alarm_that_came_bit_by_bit_stands_in_the_headline_where_no_trend_can_be_told() -> None:
    silent = Trend("cannot tell", "Each reading resembles the last too much.", 60)
    told = Told(
        "drift", "It rose.", 5.0, "", 4.0, "", drifting="The latest readings lie higher than those before."
    )
    found = headline_of(silent, told, "lower")
    assert (found.verdict, found.tone, found.sentence) == ("shifted up", "worse", told.drifting)
    rising = Trend("improving", "Improving.", 60, slope=1.0)
    assert headline_of(rising, told, "higher").sentence == "Improving.", "which says it already"


def test_a_day_is_something_one_is_on() -> None:
    days = 5 + np.random.default_rng(3).normal(size=60)
    days[30:] += 4
    assert " on 31 Jan 2023" in _told(days, cadence=Cadence.DAY).story.sentence


def test_odds_of_even_are_no_better() -> None:
    laid = columns([(MONDAY, 1.0), (MONDAY + timedelta(days=7), 2.0)], Cadence.WEEK)
    assert story_words("step", laid, 1, 2.0, 0.55, "", False).endswith("; a drift explains it about as well.")
    assert story_words("drift", laid, None, 2.0, 0.8, "", False).endswith("than a step (about 4 to 1).")
