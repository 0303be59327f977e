"""Pace: where a key result will be at its due date, and how likely it reaches its target.

The forecast is `outlook`'s: level, slope and season with AR(1) errors, everything that the readings leave open averaged
over, closed form. The probability is that of the reading (of the sum, for a cumulative target) at the due date. It is
calibrated: of the things said to be 70 % likely about 70 % happen; tests/bench/signals_pace.py measures it.

Nothing is said below twelve readings, further ahead than the readings reach back, for a season that is there and was
seen less than twice, and for a series that never moved: a forecast from so little would be an opinion. Where nobody
knows whether there is a season (`perhaps`), and it was seen less than twice, one is allowed for: see `outlook.SEASONS`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from alignment.signals.averaging import Floats
from alignment.signals.columns import CYCLES_NEEDED
from alignment.signals.outlook import Outcome, Outlook, outlook
from alignment.signals.pace_words import ALLOWED_FOR, chance, doubt, figure
from alignment.signals.sums import rounded

FEWEST = 12
RANGE = (0.1, 0.9)
"""The range shown holds eight cases of ten."""
_AT_ONCE = 256


class Goal(StrEnum):
    """What must reach the target at the due date: a flow's reading, a stock's level, or a sum since the start."""

    READING = "reading"
    STOCK = "stock"
    CUMULATIVE = "cumulative"


@dataclass(frozen=True, slots=True)
class Season:
    """A season of `period` columns, None for none; `perhaps`: nobody knows whether there is one."""

    period: int | None
    perhaps: bool = False

    def unseen(self, row: Floats) -> bool:
        """Whether a row of readings is too short to have shown it twice."""
        return self.period is not None and span_of(row) < CYCLES_NEEDED * self.period


def span_of(row: Floats) -> int:
    """Columns from the first reading to the last."""
    known = np.flatnonzero(~np.isnan(row))
    return int(known[-1] - known[0]) + 1 if len(known) else 0


@dataclass(frozen=True, slots=True)
class Step:
    """One period of the range path of a chart, `ahead` periods after the last column, in the metric's unit."""

    ahead: int
    expected: float
    low: float
    high: float
    target: float
    probability: float


@dataclass(frozen=True, slots=True)
class Pace:
    """The answer. `probability` is None where it cannot be told; `sentence` says why.

    `expected`, `low` and `high` are the mean and the range of eight cases in ten at the due date, `at_due` the target
    asked for there, all in the metric's unit; `steps` leads there period by period. `per_period` is what a period is
    expected to add, `phi` how much a reading resembles the one before, `n` the readings behind all.
    """

    probability: float | None
    sentence: str
    at_due: float
    n: int
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    per_period: float | None = None
    phi: float | None = None
    steps: tuple[Step, ...] = ()


def pace(
    series: Floats,
    *,
    ahead: int | Sequence[int],
    target: Floats,
    higher: bool | Sequence[bool] = True,
    goal: Goal = Goal.READING,
    period: int | None = None,
    perhaps: bool = False,
    since: int | Sequence[int] = 0,
) -> list[Pace]:
    """Judge each row of (N, n) readings, NaN being a gap, against its target `ahead` periods after the last column.

    `target` is (N,), or (N, periods ahead) where a key result has own targets for each period. Lower is better
    where `higher` is false. A cumulative target counts the readings from column `since` on; one not reported
    between others counts nothing. `period` is the season's length in columns, None where there is no season; with
    `perhaps` nobody knows whether there is one, and until it could be seen twice the range allows for one.
    """
    series = np.atleast_2d(np.asarray(series, dtype=np.float64))
    rows = len(series)
    aheads = np.broadcast_to(np.asarray(ahead, dtype=np.intp), (rows,))
    goals = _paths(np.asarray(target, dtype=np.float64), rows, int(max(aheads.max(initial=1), 1)))
    upward = np.broadcast_to(np.asarray(higher, dtype=bool), (rows,))
    starts = np.broadcast_to(np.asarray(since, dtype=np.intp), (rows,))
    found: list[Pace] = []
    for start in range(0, rows, _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        season = Season(period, perhaps)
        found += _judged(series[part], aheads[part], goals[part], upward[part], goal, season, starts[part])
    return found


def _paths(target: Floats, rows: int, ahead: int) -> Floats:
    """Targets as (N, ahead): one target stands for every period."""
    if target.ndim < 2:
        return np.broadcast_to(target.reshape(-1, 1), (rows, ahead))
    if target.shape[1] < ahead:
        raise ValueError(f"{target.shape[1]} own targets, but the due date is {ahead} periods ahead.")
    return target[:, :ahead]


def _judged(
    series: Floats,
    aheads: NDArray[np.intp],
    goals: Floats,
    upward: NDArray[np.bool_],
    goal: Goal,
    season: Season,
    starts: NDArray[np.intp],
) -> list[Pace]:
    doubts = [reason(row, int(far), season) for row, far in zip(series, aheads, strict=True)]
    found = [
        Pace(None, doubt(words), float(path[max(far - 1, 0)]), int((~np.isnan(row)).sum()))
        for words, path, far, row in zip(doubts, goals, aheads, series, strict=True)
    ]
    outcome = {Goal.READING: Outcome.READING, Goal.STOCK: Outcome.STOCK}.get(goal, Outcome.TOTAL)
    answers = np.array([not words for words in doubts], dtype=bool)
    unseen = np.array([season.unseen(row) for row in series], dtype=bool)
    for told in (answers & ~unseen, answers & unseen):
        if not told.any():
            continue
        allowed = bool(unseen[told][0])
        future = outlook(series[told], goals.shape[1], outcome, season.period, perhaps=allowed)
        _tell(found, told, future, (series, aheads, goals, upward, starts), goal, allowed)
    return found


def _tell(
    found: list[Pace],
    told: NDArray[np.bool_],
    future: Outlook,
    asked: tuple[Floats, NDArray[np.intp], Floats, NDArray[np.bool_], NDArray[np.intp]],
    goal: Goal,
    allowed: bool,
) -> None:
    """Put the answers of those `told` in their places; `allowed`: for a season that may be there."""
    series, aheads, goals, upward, starts = asked
    already = np.array([_so_far(row, start, goal) for row, start in zip(series, starts, strict=True)])[told]
    wanted = goals[told].T - already
    at_least = future.at_least(wanted)
    likely = np.where(upward[told], at_least, 1 - at_least)
    middle, low, high = (part + already for part in _range(future, aheads[told]))
    for place, row in enumerate(np.flatnonzero(told)):
        steps = _steps(middle[:, place], low[:, place], high[:, place], goals[row], likely[:, place])
        steps = _within_reason(
            steps[: aheads[row]], series[row], bool(upward[row]), float(already[place]), goal
        )
        answer = _told(found[row], steps, bool(upward[row]), future, place)
        found[row] = replace(answer, sentence=f"{answer.sentence} {ALLOWED_FOR}") if allowed else answer


def _range(future: Outlook, aheads: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
    """(means, low ends, high ends): exact at the due date, before it in proportion to the standard deviation."""
    due = future.at(aheads - 1)
    share = future.deviation / due.deviation
    low, high = ((due.quantile(end) - due.expected) * share for end in RANGE)
    return future.expected, future.expected + low, future.expected + high


def reason(row: Floats, ahead: int, season: Season) -> str:
    """Why nothing can be foretold `ahead` periods after a row of readings; empty where it can."""
    known = np.flatnonzero(~np.isnan(row))
    if len(known) < FEWEST:
        return f"{len(known)} readings, {FEWEST} are needed"
    span = span_of(row)
    if season.unseen(row) and not season.perhaps:
        return f"a season of {season.period} periods must be seen twice, and the readings span {span}"
    if ahead < 1:
        return "the due date has come"
    if len(row) - 1 - int(known[-1]) + ahead > span:
        return (
            f"the due date is {ahead} periods ahead, further than the {span} periods that the readings span"
        )
    if float(np.ptp(row[known])) == 0.0:
        return "it has never moved, so how far it may move is not known"
    return ""


def _so_far(row: Floats, start: int, goal: Goal) -> float:
    """What a cumulative target has had up to the last reading; 0 for others."""
    if goal is not Goal.CUMULATIVE:
        return 0.0
    return math.fsum(value for value in row[max(start, 0) :].tolist() if not math.isnan(value))


def _steps(middle: Floats, low: Floats, high: Floats, target: Floats, likely: Floats) -> tuple[Step, ...]:
    columns = [column.tolist() for column in (middle, low, high, target, np.clip(likely, 0.0, 1.0))]
    return tuple(_step(i + 1, row) for i, row in enumerate(zip(*columns, strict=True)))


def _step(ahead: int, row: tuple[float, ...]) -> Step:
    expected, low, high, target, likely = (rounded(number) for number in row)
    return Step(ahead, expected, low, high, target, likely)


def _within_reason(
    steps: tuple[Step, ...], row: Floats, upward: bool, so_far: float, goal: Goal
) -> tuple[Step, ...]:
    """What was never below zero is not foretold below zero, and a sum of such readings never falls."""
    if not np.nanmin(row) >= 0:
        return steps
    floor = so_far if goal is Goal.CUMULATIVE else 0.0
    bounded = []
    for step in steps:
        likely = step.probability
        if step.target <= floor and goal is Goal.CUMULATIVE:
            likely = 1.0 if upward else (likely if step.target == floor else 0.0)
        raised = (max(step.expected, floor), max(step.low, floor), max(step.high, floor), step.target, likely)
        bounded.append(_step(step.ahead, raised))
    return tuple(bounded)


def _told(silent: Pace, steps: tuple[Step, ...], upward: bool, future: Outlook, place: int) -> Pace:
    last = steps[-1]
    width = last.high - last.low
    way = "reach" if upward else "come down to"
    words = (
        f"{chance(last.probability)} to {way} {figure(last.target, 0.0)}: {figure(last.expected, width)} is expected "
        f"at the due date, and {figure(last.low, width)} to {figure(last.high, width)} in eight cases of ten."
    )
    return replace(
        silent,
        probability=last.probability,
        sentence=words,
        expected=last.expected,
        low=last.low,
        high=last.high,
        per_period=rounded(float(future.per_period[place])),
        phi=rounded(float(future.phi[place])),
        steps=steps,
    )
