"""Drift of a score and drift in money: the first, simple rules. Pure; docs/scoring.md, part 4."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alignment.periods import Cadence
from alignment.scoring.attainment import expected_on, progress_of, standing_of
from alignment.scoring.explanation import DriftWindow
from alignment.scoring.inputs import KeyResultInput, Reading
from alignment.scoring.outcomes import readings_within
from alignment.scoring.status import noise_of
from alignment.signals.columns import columns
from alignment.signals.verdict import CLAIMED, Series

WINDOWS = (4, 12)
_FEWEST_WEEKS = 8
_YEAR = 52


def drift_window(
    scores: Mapping[date, float | None], today: date, weeks: int, period_starts: Iterable[date]
) -> DriftWindow:
    """Change over `weeks` with an interval of about 95 %: what scores of this company move by chance in that time.

    The chance is taken from the weekly changes before the window (robustly) and grows with the root of its length;
    with fewer than eight of them there is no interval.
    """
    start = today - timedelta(weeks=weeks)
    crosses = any(start < first <= today for first in period_starts)
    before, after = scores.get(start), scores.get(today)
    if before is None or after is None:
        return DriftWindow(weeks, None, None, None, crosses)
    change = round(after * 1000) - round(before * 1000)
    steps = []
    for back in range(52):
        late, early = (scores.get(start - timedelta(weeks=back + n)) for n in (0, 1))
        if late is not None and early is not None:
            steps.append(late - early)
    if len(steps) < _FEWEST_WEEKS:
        return DriftWindow(weeks, change, None, None, crosses)
    middle = statistics.median(steps)
    spread = 1.4826 * statistics.median([abs(step - middle) for step in steps])
    reach = round(1000 * 1.96 * spread * math.sqrt(weeks))
    return DriftWindow(weeks, change, change - reach, change + reach, crosses)


@dataclass(frozen=True, slots=True)
class DriftBeginning:
    """When the score began to drift, with its interval where that is known. `falls` says which way it goes.

    `always`: perhaps from the first score that is looked at on.
    """

    began: date
    earliest: date
    latest: date
    always: bool
    falls: bool


def drift_beginning(scores: Mapping[date, float | None], today: date) -> DriftBeginning | None:
    """When the drift of a score began, from its last year of weeks; None where no drift is surely there.

    A score wanders, so it is judged as a stock, by its weekly steps: of a trend over the year the beginning is that of
    `alignment.signals.beginning`, else that of the last change of the steps' level (`alignment.signals.changes`).
    """
    from alignment.signals.verdicts import verdicts  # loads numpy

    weeks = [today - timedelta(weeks=back) for back in range(_YEAR - 1, -1, -1)]
    known = [(day - timedelta(days=6), value) for day in weeks if (value := scores.get(day)) is not None]
    [found] = verdicts([Series(columns(known, Cadence.WEEK), "higher", "stock", unit="points")])
    week = timedelta(days=6)
    if found.began is not None and found.trend.verdict in CLAIMED:
        told = found.began
        began, earliest, latest = told.start + week, told.earliest + week, told.latest + week
        return DriftBeginning(began, earliest, latest, told.always, found.trend.verdict == "worsening")
    if not found.changes:
        return None
    began, falls = found.changes[-1].start, found.changes[-1].kind == "down"
    since = [value for start, value in known if start >= began]
    went_on = (since[-1] < since[0]) == falls and since[-1] != since[0]
    return DriftBeginning(began, began, began, False, falls) if went_on else None


@dataclass(frozen=True, slots=True)
class Success:
    """The end of a period in which a key result improved by more than noise or met its path."""

    day: date
    key_result: KeyResultInput
    how: str


def last_success(
    key_results: Sequence[tuple[KeyResultInput, tuple[Reading, ...]]], today: date
) -> Success | None:
    """The latest success of any of a theme's key results, from readings known today; None: there never was
    one.
    """
    found = [s for key_result, readings in key_results if (s := _success_of(key_result, readings, today))]
    return max(found, key=lambda success: (success.day, -success.key_result.id), default=None)


def _success_of(key_result: KeyResultInput, readings: Sequence[Reading], today: date) -> Success | None:
    if not key_result.is_measurable:
        return None
    used = [r for r in readings_within(key_result, readings) if r.period_end <= today]
    for end in range(len(used), 0, -1):
        last = used[end - 1]
        if last.period_end < key_result.start:
            return None
        if _met_path(key_result, used[:end]):
            return Success(last.period_end, key_result, "met its path")
        if end > 1 and _improved(key_result, used[: end - 1], last):
            return Success(last.period_end, key_result, "improved by more than noise")
    return None


def _met_path(key_result: KeyResultInput, readings: Sequence[Reading]) -> bool:
    standing = standing_of(key_result, readings)
    if key_result.is_band:
        return bool(standing.inside) and standing.inside[-1][1]
    assert standing.current is not None
    return progress_of(key_result, standing.current) >= expected_on(key_result, readings[-1].period_end)


def _improved(key_result: KeyResultInput, before: Sequence[Reading], last: Reading) -> bool:
    """A level that came closer to its target by more than noise; sums only ever grow and bands are in or out."""
    if key_result.is_band or key_result.kind == "cumulative":
        return False
    assert key_result.target is not None
    assert key_result.start_value is not None
    way = 1 if key_result.target > key_result.start_value else -1
    return way * (last.value - before[-1].value) > noise_of(before) > 0
