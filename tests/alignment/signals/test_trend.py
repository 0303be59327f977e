"""The trend's first form: honest about luck, and silent where it cannot tell."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from alignment.periods import Cadence
from alignment.signals.trend import FEWEST, LENGTHS, LIMITS, PHI_EDGES, limit, null_limits, trend
from tests.counts import count


def _series(n: int, phi: float, seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    noise = chance.standard_normal(n)
    series = np.empty(n)
    series[0] = noise[0] / np.sqrt(1 - phi * phi)
    for i in range(1, n):
        series[i] = phi * series[i - 1] + noise[i]
    return series


def _verdict(values: np.ndarray, **given: str) -> str:
    options = {"direction": "higher", "kind": "flow"} | given
    return trend(values.tolist(), cadence=Cadence.DAY, **options).verdict


@pytest.mark.parametrize("phi", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("n", [26, 52])
def test_false_alarms_are_about_one_in_twenty(n: int, phi: float) -> None:
    runs = count(small=400, long=4000)
    alarms = sum(_verdict(_series(n, phi, seed)) in ("improving", "worsening") for seed in range(runs))
    assert alarms / runs < 0.10


def test_a_clear_drift_is_seen() -> None:
    """A drift of three standard deviations over 52 readings: seen most of the time, and the right way round."""
    drift = np.linspace(0, 3, 52)
    seen = [_verdict(_series(52, 0.2, seed) + drift) for seed in range(100)]
    assert seen.count("improving") > 75
    assert seen.count("worsening") == 0
    falling = [_verdict(_series(52, 0.2, seed) - drift, direction="lower") for seed in range(100)]
    assert falling.count("improving") > 75


def test_it_says_when_it_cannot_tell() -> None:
    assert _verdict(np.arange(FEWEST - 1.0)) == "cannot tell"
    assert _verdict(np.cumsum(_series(60, 0.0, 3))) == "cannot tell"  # each reading resembles the last
    assert _verdict(_series(60, 0.0, 3), direction="range") == "cannot tell"
    assert _verdict(np.full(30, 7.0)) == "no clear change"


def test_stocks_are_judged_by_their_differences() -> None:
    """Random walks: as flows most would drift, as stocks about one in twenty does."""
    walks = [np.cumsum(_series(53, 0.0, seed)) for seed in range(300)]
    alarms = sum(_verdict(walk, kind="stock") in ("improving", "worsening") for walk in walks)
    assert alarms / 300 < 0.10


def test_a_yearly_wave_is_no_trend() -> None:
    months = np.arange(36)
    wave = 4 * np.sin(2 * np.pi * (months + 3) / 12)
    values = (wave + _series(36, 0.0, 5)).tolist()
    assert trend(values, cadence=Cadence.MONTH, direction="higher").verdict == "no clear change"


def test_the_table_is_what_its_simulation_gives() -> None:
    """A smaller run of the same simulation lands near the tabled limits."""
    assert len(LIMITS) == len(LENGTHS)
    assert {len(row) for row in LIMITS} == {len(PHI_EDGES) + 1}
    again = null_limits(52, runs=count(small=1500, long=12_000), seed=2)
    assert again == pytest.approx(LIMITS[LENGTHS.index(52)], abs=0.45)
    assert limit(52, 0.0) == LIMITS[LENGTHS.index(52)][0]


def test_signals_know_nothing_of_django() -> None:
    import subprocess

    code = "import sys, alignment.signals.trend, alignment.signals.staleness, alignment.scoring.change; "
    code += "sys.exit('django' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
