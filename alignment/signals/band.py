"""Pace of a band: how likely is it that at the due date enough of the latest readings lie within the bounds?

What counts at the due date is the share inside of the last `window` readings since the start: some are known, the
others are foretold. Each of those has its chance to lie inside from `outlook`; that they go together (a reading
resembles the one before, and one level carries all) is taken from a normal copula with AR(1) correlation and a common
part. Its sum has no closed form; it is taken over a fixed lattice of points (R. D. Richtmyer's multiples of square
roots of primes; A. Genz and F. Bretz, Computation of Multivariate Normal and t Probabilities, 2009, ch. 4), so that the
same readings give the same answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from alignment.signals.averaging import Floats
from alignment.signals.outlook import Outcome, outlook
from alignment.signals.pace import RANGE, Pace, Season, Step, reason
from alignment.signals.pace_words import ALLOWED_FOR, chance, doubt
from alignment.signals.sums import rounded

ENOUGH = 0.9
_SHARED = 5.0
"""Weight of the common part, in variances of a mean over the readings known; and what is added to the log odds. Both
from calibration on seed 11 (tests/bench/signals_band.py): tails are heavier than the copula's, so fewer readings stray.
"""
_LOG_ODDS = 0.2
_POINTS = 1_024
_AT_ONCE = 256


def band_pace(
    series: Floats,
    *,
    ahead: int | Sequence[int],
    low: Floats,
    high: Floats,
    window: int,
    since: int | Sequence[int] = 0,
    enough: float = ENOUGH,
    period: int | None = None,
    perhaps: bool = False,
    stock: bool = False,
) -> list[Pace]:
    """Judge each row of (N, n), NaN being a gap, against bounds `low` and `high` (N,), infinite where one is missing.

    `window` readings count at the due date (13 weekly, 6 monthly, 4 quarterly ones), none before column `since`;
    `ahead` and `since` may differ among the rows; `period` and `perhaps` are those of `pace`.
    Of the answer, `expected`, `low` and `high` are shares inside, `at_due` is the share that is enough; the steps are
    readings, each with its chance to lie inside and the nearer bound as target.
    """
    series = np.atleast_2d(np.asarray(series, dtype=np.float64))
    bounds = [np.broadcast_to(np.asarray(bound, dtype=np.float64), (len(series),)) for bound in (low, high)]
    aheads, starts = (
        np.broadcast_to(np.asarray(part, dtype=np.intp), (len(series),)) for part in (ahead, since)
    )
    season = Season(period, perhaps)
    doubts = [reason(row, int(far), season) for row, far in zip(series, aheads, strict=True)]
    answers = [
        Pace(None, doubt(words), enough, int((~np.isnan(row)).sum()))
        for words, row in zip(doubts, series, strict=True)
    ]
    unseen = [season.unseen(row) for row in series]
    outcome = Outcome.STOCK if stock else Outcome.READING
    for rows, allowed in _batches(doubts, unseen):
        future = outlook(series[rows], int(aheads[rows].max()), outcome, period, perhaps=allowed)
        under = [1 - future.at_least(np.broadcast_to(bound[rows], future.expected.shape)) for bound in bounds]
        middles, reaches = future.expected, 1.2816 * future.deviation
        for place, row in enumerate(rows):
            limits = (float(bounds[0][row]), float(bounds[1][row]))
            far = int(aheads[row])
            known = _known_inside(series[row], limits, window - min(far, window), int(starts[row]))
            chances = (under[0][:far, place], under[1][:far, place])
            shares = _shares(chances, float(future.phi[place]), min(far, window), answers[row].n, known)
            range_of_steps = (middles[:far, place], reaches[:far, place])
            answer = _told(answers[row], shares, enough, _steps(range_of_steps, limits, chances))
            answers[row] = replace(answer, sentence=f"{answer.sentence} {ALLOWED_FOR}") if allowed else answer
    return answers


def _batches(doubts: Sequence[str], unseen: Sequence[bool]) -> Iterator[tuple[NDArray[np.intp], bool]]:
    """Rows that are told, some together: those whose season shows or is not there, then those to allow one for."""
    for allowed in (False, True):
        told = [not words and hidden is allowed for words, hidden in zip(doubts, unseen, strict=True)]
        rows = np.flatnonzero(told)
        for start in range(0, len(rows), _AT_ONCE):
            yield rows[start : start + _AT_ONCE], allowed


def _known_inside(row: Floats, bounds: tuple[float, float], last: int, since: int) -> tuple[int, int]:
    """(readings inside, readings) among the last columns that still count at the due date."""
    counting = row[max(len(row) - last, since, 0) :] if last > 0 else row[:0]
    known = counting[~np.isnan(counting)]
    return int(((known >= bounds[0]) & (known <= bounds[1])).sum()), len(known)


def _shares(under: tuple[Floats, Floats], phi: float, coming: int, n: int, known: tuple[int, int]) -> Floats:
    """The share inside at the due date, at each point of the lattice."""
    from scipy.special import ndtri

    edge = 1e-12
    lower, upper = (ndtri(np.clip(part[-coming:], edge, 1 - edge)) for part in under)
    normal = ndtri(lattice(coming + 1))
    sluggish = min(max(phi, 0.0), 0.98)
    common = min(_SHARED * (1 + sluggish) / (1 - sluggish) / n, 0.7)
    path = np.empty((_POINTS, coming))
    path[:, 0] = normal[:, 0]
    for step in range(1, coming):
        path[:, step] = sluggish * path[:, step - 1] + math.sqrt(1 - sluggish**2) * normal[:, step]
    path = math.sqrt(1 - common) * path + math.sqrt(common) * normal[:, -1:]
    inside = ((path >= lower) & (path <= upper)).sum(axis=1)
    return np.asarray((inside + known[0]) / (coming + known[1]), dtype=np.float64)


@lru_cache(maxsize=64)
def lattice(dimensions: int) -> Floats:
    """Points (`_POINTS`, dimensions) spread evenly between 0 and 1."""
    primes: list[int] = []
    number = 2
    while len(primes) < dimensions:
        if all(number % prime for prime in primes):
            primes.append(number)
        number += 1
    turns = np.arange(1, _POINTS + 1)[:, None] * np.sqrt(np.array(primes, dtype=np.float64))
    return np.clip(turns % 1.0, 1e-9, 1 - 1e-9)


def _steps(
    ranges: tuple[Floats, Floats], bounds: tuple[float, float], under: tuple[Floats, Floats]
) -> tuple[Step, ...]:
    """Readings to come with eight cases in ten by the standard deviation, and the chance of each to lie inside."""
    middle, reach = ranges
    inside = np.clip(under[1] - under[0], 0.0, 1.0)
    found = []
    for i, (at, by, likely) in enumerate(zip(middle.tolist(), reach.tolist(), inside.tolist(), strict=True)):
        ends = (rounded(at), rounded(at - by), rounded(at + by))
        found.append(Step(i + 1, *ends, target=_nearer(at, bounds), probability=rounded(likely)))
    return tuple(found)


def _nearer(number: float, bounds: tuple[float, float]) -> float:
    return min(bounds, key=lambda bound: abs(bound - number))


def _told(silent: Pace, shares: Floats, enough: float, steps: tuple[Step, ...]) -> Pace:
    likely = _shifted(float((shares >= enough - 1e-9).mean()))
    low, high = (float(np.quantile(shares, end, method="nearest")) for end in RANGE)
    expected = float(shares.mean())
    words = (
        f"{chance(likely)} that {enough:.0%} of the readings that count at the due date lie within the bounds: "
        f"{expected:.0%} are expected to, and {low:.0%} to {high:.0%} in eight cases of ten."
    )
    return replace(
        silent,
        probability=rounded(likely),
        sentence=words.replace("%", " %").replace("  %", " %"),
        expected=rounded(expected),
        low=low,
        high=high,
        steps=steps,
    )


def _shifted(share: float) -> float:
    """A probability with `_LOG_ODDS` added to its log odds; sure things stay sure."""
    if not 0 < share < 1:
        return share
    return 1 / (1 + math.exp(-math.log(share / (1 - share)) - _LOG_ODDS))
