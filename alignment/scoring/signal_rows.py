"""Verdicts of `alignment.signals` on one metric, as rows to store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from alignment.scoring.days import fingerprint_of
from alignment.scoring.inputs import MetricInput, Reading
from alignment.scoring.policy import Policy
from alignment.scoring.reporting import Point
from alignment.scoring.storing import SignalRow
from alignment.signals.staleness import staleness


def staleness_row(
    metric: MetricInput, readings: Sequence[Reading], today: date, policy: Policy, reporting: Sequence[Point]
) -> SignalRow:
    """Whether the metric reports in time, with its readings in time by day."""
    last = readings[-1].period_start if readings else None
    grace = policy.parameters.stale_grace_cadences
    verdict = staleness(metric.cadence, metric.lag_days, last, today, grace)
    details = {
        "last_period_end": verdict.last_period_end and verdict.last_period_end.isoformat(),
        "stale_since": verdict.stale_since and verdict.stale_since.isoformat(),
        "reporting": [[day.isoformat(), came, expected] for day, came, expected in reporting],
    }
    mark = fingerprint_of("staleness", 1, verdict, details)
    return SignalRow(metric.id, "staleness", verdict.verdict, verdict.sentence, today, details, mark)


def trend_row(metric: MetricInput, readings: Sequence[Reading], today: date) -> SignalRow:
    """What the metric's readings show, with the figures behind the verdict."""
    from alignment.signals.trend import trend  # loads numpy, without which the pages' server starts

    found = trend(
        [reading.value for reading in readings],
        cadence=metric.cadence,
        direction=metric.direction,
        kind=metric.kind,
    )
    figures = ("n", "phi", "statistic", "slope", "p", "low", "high", "per_quarter", "kind", "table")
    details = {name: getattr(found, name) for name in figures}
    mark = fingerprint_of("trend", 2, found)
    as_of = readings[-1].period_end if readings else today
    return SignalRow(metric.id, "trend", found.verdict, found.sentence, as_of, details, mark)
