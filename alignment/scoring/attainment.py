"""How far a key result is, and how far it should be: progress, expected, attainment. Pure; docs/scoring.md,
part 1.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alignment.periods import Cadence, Period
from alignment.scoring.inputs import KeyResultInput, MetricInput, Reading, later_start, period_end
from alignment.scoring.policy import Parameters
from alignment.signals.staleness import kept_until, stale_from

BAND_READINGS = {
    Cadence.DAY: 91,
    Cadence.WEEK: 13,
    Cadence.MONTH: 6,
    Cadence.QUARTER: 4,
    Cadence.FISCAL_YEAR: 4,
}
"""How many of the latest readings a band looks at: about a quarter of weeks, half a year of months."""


def share_over(start: date, due: date, day: date) -> float:
    """Share of the path that is over: 0 up to `start`, 1 from `due` on, linear in days between."""
    if day <= start:
        return 0.0
    if day >= due:
        return 1.0
    return (day - start).days / (due - start).days


def expected_on(key_result: KeyResultInput, day: date) -> float:
    """Progress that the path asks for on `day`: 0 before start, 1 from due on; linear, or by own targets.

    Own targets stand on the scale of progress and are joined by straight lines; only they may leave 0..1.
    """
    if day < key_result.start:
        return 0.0
    if day >= key_result.due:
        return 1.0
    base, target = key_result.start_value, key_result.target
    if not key_result.targets or base is None or target is None or base == target:
        return share_over(key_result.start, key_result.due, day)
    points = [(key_result.start, 0.0)]
    points += [
        (at, (value - base) / (target - base))
        for at, value in key_result.targets
        if key_result.start < at < key_result.due
    ]
    points.append((key_result.due, 1.0))
    after = bisect_right(points, day, key=lambda point: point[0])
    (left, low), (right, high) = points[after - 1], points[after]
    return low + (high - low) * ((day - left).days / (right - left).days)


def progress_of(key_result: KeyResultInput, current: float) -> float:
    """`(current - baseline) / (target - baseline)`, unclipped: lower-is-better needs no special case."""
    base, target = key_result.start_value, key_result.target
    if base is None or target is None or base == target:
        raise ValueError(f"{key_result.key} has no journey from a baseline to a target")
    return (current - base) / (target - base)


def attainment_of(progress: float, expected: float) -> float:
    """`clip(1 - max(0, expected - progress), 0, 1)`: the shortfall as a share of the whole journey."""
    return min(1.0, max(0.0, 1.0 - max(0.0, expected - progress)))


def leaned(attainment: float, share: float, prior: float | None, young_until: float) -> float | None:
    """A young result leans on what went before: `e2 a + (1 - e2) p` with e2 = share of the path over, squared.

    Without a prior it is unknown until `young_until` of the path is over, then stands for itself.
    """
    if prior is None:
        return None if share < young_until else attainment
    e2 = share * share
    return e2 * attainment + (1.0 - e2) * prior


@dataclass(frozen=True, slots=True)
class Standing:
    """What the readings say about one key result, before any clock: it changes only when a reading comes.

    `current` is the last reading (cumulative: the sum since start), `previous` the same one reading earlier, None
    where the period before has no reading or ended before the start.
    For a band `inside` lists (period start, within bounds) since start, oldest first.
    """

    current: float | None
    previous: float | None
    last: Reading | None
    count: int
    inside: tuple[tuple[date, bool], ...] = ()


def standing_of(key_result: KeyResultInput, readings: Sequence[Reading]) -> Standing:
    """Sum up readings in order of period (those known, whose period has ended)."""
    metric = key_result.metric
    if not readings or metric is None:
        return Standing(None, None, None, 0)
    last = readings[-1]
    if key_result.is_band:
        lower, upper = key_result.bounds
        own = [r for r in readings if r.period_start >= key_result.start]
        inside = tuple((r.period_start, is_within(r.value, lower, upper)) for r in own)
        return Standing(last.value, None, last, len(own), inside)
    if key_result.kind == "cumulative":
        own = [r for r in readings if r.period_start >= key_result.start]
        total = math.fsum(r.value for r in own)
        successive = _are_successive(key_result, metric, own)
        before = math.fsum(r.value for r in own[:-1]) if successive else None
        return Standing(total if own else 0.0, before, last, len(own))
    previous = readings[-2].value if _are_successive(key_result, metric, readings) else None
    return Standing(last.value, previous, last, len(readings))


def _are_successive(key_result: KeyResultInput, metric: MetricInput, readings: Sequence[Reading]) -> bool:
    """Whether the last two readings are of neighbouring periods, both ended since the start."""
    if len(readings) < 2 or readings[-2].period_end < key_result.start:
        return False
    return later_start(metric.cadence, readings[-2].period_start, 1) == readings[-1].period_start


def is_within(value: float, lower: float | None, upper: float | None) -> bool:
    """Whether a value lies within bounds, one of which may be missing; on the bound is within."""
    return (lower is None or value >= lower) and (upper is None or value <= upper)


def band_share(key_result: KeyResultInput, standing: Standing, day: date) -> float | None:
    """Share of a band's latest readings since start that are within bounds.

    Unknown before the first and when more than half of those due by `day` are missing.
    """
    metric, last = key_result.metric, standing.last
    if metric is None or last is None or not standing.inside:
        return None
    day = min(day, key_result.due + timedelta(days=metric.lag_days))  # later periods are not its own
    newest = max(standing.inside[-1][0], latest_due_start(metric, day))
    due, at = 0, newest
    while at >= key_result.start and due < BAND_READINGS[metric.cadence]:
        due += 1
        oldest = at
        at = later_start(metric.cadence, at, -1)
    window = [within for start, within in standing.inside if start >= oldest]
    if not window or 2 * (due - len(window)) > due:
        return None
    return sum(window) / len(window)


def latest_due_start(metric: MetricInput, day: date) -> date:
    """First day of the newest period whose reading should be in by `day` (period end + reporting lag)."""
    reported = day - timedelta(days=metric.lag_days)
    start = Period.containing(reported, metric.cadence, metric.calendar).start
    if period_end(metric.cadence, start) <= reported:
        return start
    return later_start(metric.cadence, start, -1)


@dataclass(frozen=True, slots=True)
class Reached:
    """One key result on one day: progress and expected (None for a band), attainment (None: unknown).

    `kept` is true where a stale reading's last attainment is kept for a while, that of the day `judged_on`.
    """

    progress: float | None
    expected: float | None
    attainment: float | None
    stale: bool = False
    kept: bool = False
    judged_on: date | None = None


def reach(key_result: KeyResultInput, standing: Standing, day: date, parameters: Parameters) -> Reached:
    """Progress, expected and attainment on `day`; a stale result keeps its last attainment for two cadences.

    Nothing more is to come once the last period that ends by the due date has its reading: it cannot go stale.
    """
    metric, last = key_result.metric, standing.last
    if not key_result.is_measurable or metric is None or last is None:
        expected = None if key_result.is_band else expected_on(key_result, day)
        return Reached(None, expected, None)
    gone_stale = stale_from(
        metric.cadence, last.period_start, metric.lag_days, parameters.stale_grace_cadences
    )
    is_complete = (
        period_end(metric.cadence, later_start(metric.cadence, last.period_start, 1)) > key_result.due
    )
    stale = day >= gone_stale and not is_complete
    judged_on = min(day, gone_stale - timedelta(days=1)) if stale else day
    kept_cadences = parameters.stale_kept_cadences
    known = not stale or day <= kept_until(gone_stale, metric.cadence, last.period_start, kept_cadences)
    if key_result.is_band:
        share = band_share(key_result, standing, judged_on) if known else None
        return Reached(None, None, share, stale, stale and share is not None, judged_on)
    assert standing.current is not None
    progress = progress_of(key_result, standing.current)
    attainment = attainment_of(progress, expected_on(key_result, judged_on)) if known else None
    return Reached(progress, expected_on(key_result, day), attainment, stale, stale and known, judged_on)
