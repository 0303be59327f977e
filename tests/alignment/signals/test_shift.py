"""Shift, watch and arbiter: few false alarms in a year, soon seen, and called by the right word."""

from __future__ import annotations

import numpy as np
import pytest

from alignment.signals.arbiter import stories
from alignment.signals.noise import company_noise
from alignment.signals.shift import TABLE, YEARLY_ALARMS, shift_table, shifts
from alignment.signals.watching import watch
from tests.counts import count


def _noise(series: int, n: int, seed: int) -> np.ndarray:
    return company_noise(np.random.default_rng(seed), series, n)


def test_a_year_of_weekly_looks_gives_few_false_alarms_and_shifts_are_soon_seen() -> None:
    runs = count(small=150, long=1500)
    noise = _noise(runs, 78, 5)
    quiet = watch(noise, first=27).raised.any(axis=1).mean()
    assert quiet < YEARLY_ALARMS + 3 * np.sqrt(0.1 * 0.9 / runs)
    late = noise + 3.0 * (np.arange(78) >= 40)
    seen = watch(late[:, :54], first=27).raised[:, 40:]
    delay = np.where(seen.any(axis=1), seen.argmax(axis=1) + 1.0, np.inf)
    assert np.median(delay) <= 6


def test_an_alarm_is_raised_once_and_falls_after_a_month_of_calm() -> None:
    chance = np.random.default_rng(2)
    values = chance.standard_normal((1, 90))
    values[0, 40:50] += 6.0  # up, and back
    found = watch(values, first=26)
    raised = np.flatnonzero(found.raised[0])
    assert 41 <= raised[0] <= 43
    assert found.up[0, raised[0] : raised[0] + 5].all()
    assert len(raised) <= 3
    assert not found.up[0, -1]
    assert np.isnan(found.yearly[0, :24]).all()


def test_one_wild_reading_is_no_shift_but_a_one_off() -> None:
    values = np.random.default_rng(4).standard_normal((1, 40))
    values[0, -1] = 30.0
    assert not shifts(values).alarms()[0]
    told = stories(values)
    assert (told.words, told.place[0]) == (("one-off",), 39)
    assert told.size[0] == pytest.approx(30, abs=1)


def test_steps_and_drifts_get_their_own_word() -> None:
    """Three standard deviations over 52 readings; a step at any place of the middle 60 %."""
    runs = count(small=300, long=2000)
    noise, place = _noise(runs, 52, 6), np.random.default_rng(7).integers(10, 42, runs)
    step = stories(noise + 3.0 * (np.arange(52) >= place[:, None]))
    drift = stories(noise + 3.0 * np.linspace(0, 1, 52))
    nothing = stories(noise)
    assert np.mean(np.array(step.words) == "step") > 0.78
    assert np.mean(np.array(drift.words) == "drift") > 0.74
    called = np.mean(np.isin(np.array(nothing.words), ("step", "drift", "both")))
    assert called < 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)
    right = np.array(step.words) == "step"
    assert np.median(np.abs(step.place - place)[right]) <= 1
    assert np.median(step.size[right]) == pytest.approx(3, abs=0.5)
    assert np.median(drift.size[np.array(drift.words) == "drift"]) == pytest.approx(3, abs=0.5)


def test_size_and_place_of_a_plain_step_are_told_in_the_unit() -> None:
    values = 100 + 0.1 * np.random.default_rng(8).standard_normal((1, 60))
    values[0, 50:] -= 7
    found = shifts(values)
    assert found.alarms()[0]
    assert found.begins[0] == 50
    assert found.size[0] == pytest.approx(-7, abs=0.3)
    assert found.yearly[0] < 0.001


def test_too_few_readings_tell_nothing_and_what_never_moves_has_not_shifted() -> None:
    short = np.full((1, 30), np.nan)
    short[0, :11] = np.arange(11.0)
    assert np.isnan(shifts(short).p).all()
    assert stories(short).words == ("cannot tell",)
    still = np.full((1, 30), 5.0)
    assert not shifts(still).alarms()[0]
    assert stories(still).words == ("none",)


def test_units_and_signs_do_not_matter_and_one_alone_has_the_bits_of_many() -> None:
    values = _noise(300, 60, 9) + 2.0 * (np.arange(60) >= 52)
    found, turned = shifts(values), shifts(-70.0 * values + 900)
    assert turned.evidence == pytest.approx(found.evidence, rel=1e-6, abs=1e-8)
    assert turned.size == pytest.approx(-70 * found.size, rel=1e-6, abs=1e-6)
    told = stories(values)
    for i in (0, 127, 128, 299):
        alone = shifts(values[i])
        assert (alone.evidence[0], alone.size[0]) == (found.evidence[i], found.size[i])
        one = stories(values[i])
        assert (one.p[0], one.words[0]) == (told.p[i], told.words[i])
        assert np.array_equal(one.likely[:, 0], told.likely[:, i])


def test_the_table_is_small_and_rises() -> None:
    table = shift_table()
    assert TABLE.stat().st_size < 30_000
    rows = [*table.looks, *table.stories, table.year]
    assert all((np.diff(row) > 0).all() for row in rows)
