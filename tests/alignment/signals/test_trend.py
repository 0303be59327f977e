"""The trend: honest about luck, silent where it cannot tell, and precise in words only where the evidence is."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from alignment.periods import Cadence
from alignment.signals import calibration
from alignment.signals.columns import season_of
from alignment.signals.luck import TABLE, chance_at, kind_name, luck_table
from alignment.signals.noise import autoregressive, company_noise
from alignment.signals.trend import FEWEST, luck_words, trend
from alignment.signals.trends import interval, level_fit, trends, within
from tests.counts import count

CHANGE = ("improving", "worsening")


def _series(n: int, phi: float, seed: int) -> np.ndarray:
    return autoregressive(np.random.default_rng(seed), 1, n, np.array([phi]))[0]


def _verdict(values: np.ndarray, **given: str | float | None) -> str:
    options = {"direction": "higher", "kind": "flow"} | given
    return trend(values.tolist(), cadence=Cadence.FISCAL_YEAR, **options).verdict


@pytest.mark.parametrize("phi", [0.0, 0.3, 0.7])
@pytest.mark.parametrize("n", [12, 26, 52, 104])
def test_false_alarms_stay_near_the_stated_rate(n: int, phi: float) -> None:
    runs = count(small=600, long=5000)
    quiet = autoregressive(np.random.default_rng(n), runs, n, np.full(runs, phi))
    room = 3 * np.sqrt(0.1 * 0.9 / runs)
    assert (trends(quiet).claimed() != 0).mean() < 0.10 + room


@pytest.mark.parametrize(("n", "period", "power"), [(12, 4, 0.45), (26, 12, 0.66), (52, 12, 0.90)])
def test_of_seasonal_gappy_metrics_few_drift_by_luck_and_most_drifts_are_seen(
    n: int, period: int, power: float
) -> None:
    """A drift of three standard deviations over the window; noise with seasons, wild readings and gaps."""
    runs = count(small=800, long=5000)
    noise = company_noise(np.random.default_rng(n + 1), runs, n, period=period)
    room = 3 * np.sqrt(0.05 * 0.95 / runs)
    assert (trends(noise, period=period).claimed() != 0).mean() < 0.05 + room
    seen = trends(noise + 3 * np.linspace(0, 1, n), period=period).claimed()
    assert (seen > 0).mean() > power
    assert (seen < 0).mean() < 0.01


@pytest.mark.parametrize("n", [26, 52])
def test_random_walks_of_unknown_kind_seldom_get_a_trend(n: int) -> None:
    """Taken for flows about half of them would drift."""
    runs = count(small=600, long=5000)
    walks = np.cumsum(np.random.default_rng(n).standard_normal((runs, n)), axis=1)
    room = 3 * np.sqrt(0.08 * 0.92 / runs)
    assert (trends(walks, kind=None).claimed() != 0).mean() < 0.08 + room
    assert (trends(walks, kind="stock").claimed() != 0).mean() < 0.05 + room


def test_a_clear_drift_is_seen_the_right_way_round() -> None:
    drift = np.linspace(0, 3, 52)
    seen = [_verdict(_series(52, 0.2, seed) + drift) for seed in range(40)]
    assert seen.count("improving") > 34
    assert seen.count("worsening") == 0
    falling = [_verdict(_series(52, 0.2, seed) - drift, direction="lower") for seed in range(40)]
    assert falling.count("improving") > 34


def test_it_says_when_it_cannot_tell() -> None:
    assert _verdict(np.arange(FEWEST - 1.0)) == "cannot tell"
    assert _verdict(np.cumsum(_series(104, 0.0, 3))) == "cannot tell"  # each reading resembles the last
    assert _verdict(_series(60, 0.0, 3), direction="range") == "cannot tell"
    assert _verdict(np.full(30, 7.0)) == "no clear change"
    assert _verdict(np.full(30, np.nan)) == "cannot tell"
    half = trend([1.0, 2.0, None, 4.0], cadence=Cadence.WEEK, direction="higher")
    assert half.sentence == "Too short to tell: 3 readings, 12 are needed."


def test_flat_is_said_only_against_a_margin() -> None:
    values = _series(104, 0.0, 3)
    assert _verdict(values) == "no clear change"
    assert _verdict(values, margin=3.0) == "flat"
    assert _verdict(values, margin=0.05) == "no clear change"
    assert _verdict(np.full(30, 7.0), margin=0.05) == "flat"


def test_what_moves_by_the_margin_is_seldom_called_flat() -> None:
    runs = count(small=600, long=5000)
    noise = company_noise(np.random.default_rng(9), runs, 52)
    fit = level_fit(noise + 1.5 * np.linspace(0, 1, 52), None)
    assert within(fit, 1.5).mean() < 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)
    assert within(level_fit(noise, None), 3.0).mean() > 0.3


def test_the_interval_holds_the_truth_and_goes_with_the_verdict() -> None:
    runs = count(small=500, long=5000)
    noise = company_noise(np.random.default_rng(4), runs, 39, period=12)
    fit = level_fit(noise + 2 * np.linspace(0, 1, 39), 12)
    low, high = interval(fit)
    room = 3 * np.sqrt(0.05 * 0.95 / runs)
    assert ((low <= 2) & (high >= 2)).mean() > 0.95 - room
    judged = trends(noise + 2 * np.linspace(0, 1, 39), period=12)
    assert (((low > 0) | (high < 0)) == (judged.p < 0.05)).mean() > 0.99


def test_words_are_as_precise_as_the_evidence() -> None:
    assert "about 10 would drift" in luck_words(0.0101)
    assert "fewer than 1 would drift" in luck_words(0.00002)
    months = trend(
        (_series(48, 0.2, 2) + np.linspace(0, 4, 48)).tolist(), cadence=Cadence.MONTH, direction="lower"
    )
    assert months.sentence.startswith(
        "Worsening over the last 48 readings: of 1,000 metrics this noisy and this"
    )
    assert " a month (" in months.sentence
    assert months.low is not None
    assert months.slope is not None
    assert months.high is not None
    assert months.low < months.slope < months.high
    assert months.per_quarter == pytest.approx(3 * months.slope)
    assert (months.kind, months.table) == ("flow", luck_table().version)


def test_a_yearly_wave_is_no_trend() -> None:
    months = np.arange(36)
    wave = 4 * np.sin(2 * np.pi * (months + 3) / 12)
    values = (wave + _series(36, 0.0, 5)).tolist()
    assert trend(values, cadence=Cadence.MONTH, direction="higher").verdict == "no clear change"
    assert season_of(Cadence.MONTH) == 12
    assert season_of(Cadence.MONTH, "yearly") == 12
    assert season_of(Cadence.MONTH, "none") is None
    assert (season_of(Cadence.DAY, "none"), season_of(Cadence.DAY, "yearly")) == (7, 365)


def test_a_declared_season_is_waited_for_and_one_that_is_not_there_not_reckoned_with() -> None:
    asked = {"cadence": Cadence.MONTH, "direction": "higher"}
    young = (np.linspace(0, 12, 20) + _series(20, 0.0, 5)).tolist()
    waiting = trend(young, **asked, season="yearly")
    assert waiting.verdict == "cannot tell"
    assert (
        waiting.sentence
        == "Too short to tell: a yearly season must be seen twice, and 20 of 24 months are there."
    )
    assert trend(young, **asked).verdict == "improving"
    assert trend(young, **asked, season="none") == trend(young, **asked)
    old = (np.linspace(0, 12, 36) + _series(36, 0.0, 5)).tolist()
    assert trend(old, **asked, season="yearly") == trend(old, **asked) != trend(old, **asked, season="none")
    days = trend(
        (np.arange(156.0) + _series(156, 0.0, 5)).tolist(),
        cadence=Cadence.DAY,
        direction="higher",
        season="yearly",
    )
    assert days.sentence.endswith("and 156 of 730 days are there.")


def test_units_signs_and_gaps_at_the_ends_do_not_matter() -> None:
    values = company_noise(np.random.default_rng(8), 60, 40, period=12) + np.linspace(0, 2, 40)
    found, scaled = trends(values, period=12), trends(-250.0 * values + 1e5, period=12)
    assert scaled.p == pytest.approx(found.p, rel=1e-5)
    assert scaled.drift == pytest.approx(-250 * found.drift, rel=1e-6)
    assert (scaled.claimed() == -found.claimed()).all()
    padded = np.hstack([np.full((60, 3), np.nan), values, np.full((60, 2), np.nan)])
    assert trends(padded, period=12).p == pytest.approx(found.p, rel=1e-6)
    one = trend([None, *values[0].tolist(), None], cadence=Cadence.MONTH, direction="higher")
    assert one.p == pytest.approx(found.p[0], rel=1e-9)


@pytest.mark.parametrize("kind", ["flow", "stock", None])
def test_one_series_alone_gives_the_same_bits_as_among_many(kind: str | None) -> None:
    values = company_noise(np.random.default_rng(8), count(small=1100, long=10_000), 52, period=12)
    together = trends(values, period=12, kind=kind)
    ends = interval(level_fit(values, 12))
    for i in (0, 3, 511, 512, len(values) - 1):
        alone = trends(values[i], period=12, kind=kind)
        for name in ("p", "drift", "error", "phi", "silent"):
            assert np.array_equal(getattr(alone, name), getattr(together, name)[i : i + 1], equal_nan=True)
        assert [end[0] for end in interval(level_fit(values[i], 12))] == [end[i] for end in ends]


def test_the_table_is_small_rises_and_is_what_its_simulation_gives() -> None:
    assert TABLE.stat().st_size < 30_000
    table = luck_table()
    assert table.version == calibration.VERSION
    assert all(low < high for part in table.rows.values() for row in part for low, high in pairwise(row))
    at = calibration.LENGTHS.index(52)
    runs = count(small=1500, long=12_000)
    again, _ = calibration.luck(52, line=True, season=6, runs=runs, seed=2)
    assert again[:6] == pytest.approx(table.rows[kind_name(True, 6)][at][:6], abs=0.35)


def test_chances_between_and_beyond_the_tabled_ones_go_on_evenly() -> None:
    rows, chances = np.array([[0.0, 1.0, 2.0]]), (0.5, 0.05, 0.005)
    found = [
        float(chance_at(np.array([at]), rows, chances)[0]) for at in (-3.0, 0.0, 0.5, 1.0, 2.0, 3.0, 99.0)
    ]
    assert found == pytest.approx([1.0, 0.5, 0.158, 0.05, 0.005, 0.0005, 1e-6], rel=0.01)


def test_signals_know_nothing_of_django() -> None:
    code = "import sys, alignment.signals.trend, alignment.signals.staleness, alignment.scoring.change; "
    code += "sys.exit('django' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
