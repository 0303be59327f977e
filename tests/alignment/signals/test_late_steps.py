"""The evidence of a late step under heavy-tailed errors, against the same said one reading at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from alignment.signals import late_steps as rule
from alignment.signals.late_steps import late_step
from alignment.signals.shift import evidence
from alignment.signals.steps import lone, standard

N = 40


def _slowly(row: np.ndarray) -> float:
    """Likelihoods multiplied out reading by reading, for one scenario, level and place after the other."""
    series, known, _ = standard(row[None])
    seen = (known & ~lone(series, known, rule.FAR))[:, 0]
    values = np.clip(series[:, 0], -rule.CLIP, rule.CLIP)
    places = [
        p for p in range(max(len(row) - rule.MOST, rule.EARLIEST), len(row) - rule.FEWEST + 1) if seen[p]
    ]
    none, stepped = 0.0, 0.0
    for which, size in zip(rule._WHICH, rule._SIZE[:, 0], strict=True):
        phi = rule.PHIS[which]

        def likelihood(
            first: int, last: int, level: float, old: float, phi: float = phi, size: float = size
        ) -> float:
            """Of the readings from `first` to before `last`, all at a level; what came before was at `old`."""
            told = 1.0
            for at in range(first, last):
                if not seen[at]:
                    continue
                back = [other for other in range(at) if seen[other]]
                tie = phi ** (at - back[-1]) if back else 0.0
                behind = values[back[-1]] - (old if back[-1] < first else level) if back else 0.0
                spread = size * math.sqrt(1 - tie * tie)
                error = (values[at] - level - tie * behind) / spread
                told *= (1 + error * error / rule.DEGREES) ** -rule.HALF / spread
            return told

        olds = [float(old) for old in rule._OLD.ravel()]
        news = [float(new) for new in rule._NEW.ravel()]
        prior = np.array([math.exp(-0.5 * (new / (rule.REACH * size)) ** 2) for new in news])
        prior = prior / prior.sum()
        none += sum(likelihood(0, len(row), old, old) for old in olds)
        for place in places:
            before = np.array([likelihood(0, place, old, old) for old in olds])
            level = float(sum(before * np.array(olds)) / before.sum())
            after = sum(
                share * likelihood(place, len(row), new, level)
                for share, new in zip(prior, news, strict=True)
            )
            stepped += before.sum() * after
    return math.log(stepped / len(places) / none)


def _fast(row: np.ndarray) -> float:
    series, known, _ = standard(row[None])
    return float(late_step(series, known)[0])


@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_multiplying_out_says(seed: int) -> None:
    row = np.random.default_rng(seed).standard_t(3, size=N)
    row[30:] += seed
    row[[7, 8, 33]] = np.nan
    assert _fast(row) == pytest.approx(_slowly(row), abs=1e-9)


def test_a_lone_reading_says_little_and_four_that_stay_there_much() -> None:
    row = np.random.default_rng(6).normal(size=N)
    alone, staying = row.copy(), row.copy()
    alone[-1] += 9
    staying[-4:] += 3
    assert _fast(alone) < 0
    assert _fast(staying) > 2.5
    assert _fast(row) < 0


def test_a_fall_at_the_end_of_a_climb_is_seen_by_normal_errors_beside() -> None:
    row = np.random.default_rng(5).normal(size=78) + np.arange(78) * 0.15
    row[-6:] -= 7
    series, known, _ = standard(row[None])
    assert late_step(series, known)[0] < 1
    assert evidence(row[None])[0][0] > 3


def test_one_series_has_the_same_bits_alone_as_among_many() -> None:
    many = np.random.default_rng(9).standard_t(3, size=(150, N))
    many[::3, 5:8] = np.nan
    together = evidence(many)[0]
    assert [float(evidence(row[None])[0][0]) for row in many[:12]] == together[:12].tolist()
