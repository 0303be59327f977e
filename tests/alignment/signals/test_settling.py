"""One step has one day: story, alarm and change history agree on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest

from alignment.periods import Cadence
from alignment.signals.arbiter import stories
from alignment.signals.changes import History, Model, Moved, Segment, change_history, history_of
from alignment.signals.columns import columns
from alignment.signals.settling import EDGE, Claim, settle
from alignment.signals.verdict import Series, Story, Verdicts
from alignment.signals.verdicts import verdicts

MONDAY = date(2024, 1, 1)
WEEKS = 78


def _day(week: int) -> date:
    return MONDAY + timedelta(days=7 * week)


def _told(values: Sequence[float], kind: str | None = "flow") -> Verdicts:
    readings = [(_day(week), float(value)) for week, value in enumerate(values) if not np.isnan(value)]
    return verdicts([Series(columns(readings, Cadence.WEEK), "higher", kind, unit="points")])[0]


def _sluggish(seed: int, phi: float = 0.4) -> np.ndarray:
    chance = np.random.default_rng(seed)
    noise, row = chance.normal(size=WEEKS), np.zeros(WEEKS)
    row[0] = noise[0]
    for week in range(1, WEEKS):
        row[week] = phi * row[week - 1] + np.sqrt(1 - phi * phi) * noise[week]
    return 50 + row


def _courses(seed: int) -> list[np.ndarray]:
    """Steps early and late, two of them, a drift with and without one, and a walk."""
    time = np.arange(WEEKS, dtype=np.float64)
    one, late, back = 3.0 * (time >= 30), 3.0 * (time >= 62), -2.5 * (time >= 52)
    base = _sluggish(seed)
    return [
        base + one,
        base + late,
        base + one + back,
        base + time / 20,
        base + time / 20 - one,
        base.cumsum() / 6,
    ]


@pytest.mark.parametrize("seed", range(6))
def test_story_and_shift_have_the_day_and_size_of_a_change(seed: int) -> None:
    dated = 0
    for values in _courses(seed):
        found = _told(values)
        steps = {change.start: change.size for change in found.changes if change.kind != "turn"}
        for claim, said in ((found.story, ("step", "both")), (found.shift, ("shifted",))):
            if (
                claim.start is not None
                and (claim.word if isinstance(claim, Story) else claim.verdict) in said
            ):
                assert claim.size is not None
                alike = [size for size in steps.values() if size * claim.size > 0]
                assert not alike or steps[claim.start] == claim.size, "no other day for the same step"
                dated += claim.start in steps
        for change in found.changes:
            assert change.kind == "turn" or change.low * change.high > 0, (
                "an interval with 0 in it is no change"
            )
    assert dated >= 2


def test_the_size_of_a_step_beside_a_drift_is_the_steps_and_not_the_drifts() -> None:
    time = np.arange(WEEKS, dtype=np.float64)
    values = 50 + np.random.default_rng(3).normal(size=WEEKS) + time * 0.25 - 8.0 * (time >= 40)
    judged = stories(values[None])
    assert judged.words == ("both",)
    assert judged.place[0] == 40
    assert judged.size[0] == pytest.approx(-8, abs=1.2)
    assert judged.rise[0] > 0
    found = _told(values)
    assert found.story.word == "both"
    assert found.story.start == _day(40)
    assert found.story.size == pytest.approx(-8, abs=1.2)
    assert "It stepped down by about" in found.story.sentence
    assert found.story.sentence.endswith("besides drifting.")


def test_of_several_steps_the_largest_is_named() -> None:
    time = np.arange(WEEKS)
    values = (
        50 + np.random.default_rng(8).normal(size=WEEKS) + 6.0 * (time >= 50) - 3 * (time >= 25) * (time < 50)
    )
    found = _told(values)
    assert [change.start for change in found.changes] == [_day(25), _day(50)]
    assert (found.story.word, found.story.start) == ("step", _day(50))
    assert found.story.sentence.startswith("It moved in 2 steps, the largest up by about 9.6 points")
    assert found.headline.sentence.endswith("2024 its level was higher by 9.6 points (8.9 to 10.2).")


def test_a_drift_makes_the_latest_readings_differ_without_a_day() -> None:
    found = _told(50 + np.random.default_rng(5).normal(size=WEEKS) + np.arange(WEEKS) * 0.05)
    assert found.story.word == "drift"
    assert found.shift.verdict == "drifting"
    assert (found.shift.start, found.shift.size) == (None, None)
    assert found.shift.sentence.startswith(
        "The latest readings lie higher than those before and came there bit by bit; the reading of the week"
    )
    assert "shifted" not in found.headline.sentence


def test_the_latest_readings_are_left_to_the_alarm() -> None:
    row = _sluggish(4, phi=0.0)
    row[WEEKS - 5 :] += 4
    alone = settle(row, None, Model.LEVELS, (None,), alarmed=False)
    watched = settle(row, None, Model.LEVELS, (None,), alarmed=True)
    assert [moved.at for moved in watched.history.changes] == [WEEKS - 5]
    assert alone.history.changes == ()
    row[WEEKS - EDGE - 1 :] += 4
    assert settle(row, None, Model.LEVELS, (None,), alarmed=False).history.changes[0].at == WEEKS - EDGE - 1


def test_a_claim_is_measured_where_the_history_has_nothing() -> None:
    row = _sluggish(11, phi=0.2)
    row[40:] += 0.4
    assert change_history(row).changes == ()
    found = settle(row, None, Model.LEVELS, (Claim(40, 1.0),), alarmed=False)
    assert found.changes[0] is not None
    assert found.changes[0].at == 40
    assert found.changes[0].low < 0.4 < found.changes[0].high
    assert found.history.changes == (found.changes[0],)
    assert len(found.history.segments) == 2


def test_a_claim_that_is_not_sure_is_no_change() -> None:
    row = _sluggish(12)
    found = settle(row, None, Model.LEVELS, (Claim(40, 5.0), Claim(60, -5.0, since=True)), alarmed=False)
    assert found.changes == (None, None)
    assert found.history.changes == ()


def test_an_alarm_means_the_nearest_change_since_about_its_day_in_its_direction() -> None:
    time = np.arange(WEEKS)
    row = 50 + np.random.default_rng(8).normal(size=WEEKS) + 9 * (time >= 20) + 4.0 * (time >= 55)
    old, late, down = Claim(20, 9.0), Claim(52, 3.0, since=True), Claim(52, -3.0, since=True)
    found = settle(row, None, Model.LEVELS, (old, late, down), alarmed=True)
    assert [None if moved is None else moved.at for moved in found.changes] == [20, 54, None]


def test_a_history_of_given_changes_measures_just_those() -> None:
    row = _sluggish(2, phi=0.0)
    row[40:] += 5
    whole = change_history(row)
    assert [moved.at for moved in whole.changes] == [40]
    assert history_of(row, None, Model.LEVELS, whole.changes) == whole
    none = history_of(row, None, Model.LEVELS, ())
    assert none.changes == ()
    assert none.segments == (Segment(0, WEEKS - 1, none.segments[0].start, none.segments[0].start, "level"),)


def test_a_history_of_few_readings_says_so_whatever_is_given() -> None:
    given = (Moved(3, "up", 1.0, 0.5, 1.5),)
    for few in (
        history_of(np.arange(5.0), None, Model.LEVELS, given),
        change_history(np.arange(5.0), given=(3,)),
    ):
        assert few == History(False, "Cannot tell what changed: 5 readings, 12 are needed.", 5)


def test_given_steps_keep_their_place_and_those_too_close_are_left() -> None:
    row = _sluggish(2, phi=0.0)
    found = change_history(row, given=(0, 30, 31, 60, WEEKS - 1))
    assert [moved.at for moved in found.changes] == [30, 60]
