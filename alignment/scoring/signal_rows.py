"""Verdicts of `alignment.signals` on one metric, as rows to store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from alignment.periods import Cadence
from alignment.scoring.days import fingerprint_of
from alignment.scoring.inputs import MetricInput, Reading
from alignment.scoring.policy import Policy
from alignment.scoring.reporting import Point
from alignment.scoring.storing import SignalRow
from alignment.signals.as_data import as_data
from alignment.signals.columns import Columns, columns, reach
from alignment.signals.staleness import staleness
from alignment.signals.verdict import Series, Verdicts

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


RULE = 2
"""Raised with every change of what `alignment.signals.verdicts` says, so that all metrics are judged anew."""
TABLES = (1, 2)
"""Versions of the tables of luck and of shifts that verdicts rest on (a test holds them to the tables)."""
VERDICTS = ("trend", "shift", "story", "changes", "headline")


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


def laid_out(cadence: Cadence, readings: Sequence[Reading]) -> Columns:
    """Readings by period, with gaps as gaps, as the signals look at them."""
    known = ((reading.period_start, reading.value) for reading in readings)
    return columns(known, cadence, longest=reach(cadence))


@dataclass(frozen=True, slots=True)
class Judged:
    """What the verdicts on one metric rest on; `mark` names all of it, so equal marks mean equal verdicts."""

    metric: MetricInput
    columns: Columns
    mark: str


def judged(metric: MetricInput, readings: Sequence[Reading]) -> Judged:
    """The question that is asked of a metric's readings."""
    laid = laid_out(metric.cadence, readings)
    declared = (metric.direction, metric.kind, metric.margin, metric.unit, metric.season)
    mark = fingerprint_of("verdicts", RULE, TABLES, metric.cadence.value, *declared, laid.starts, laid.values)
    return Judged(metric, laid, mark)


def verdict_rows(asked: Sequence[Judged]) -> list[SignalRow]:
    """What the readings of these metrics show, with the figures behind it: five rows for each."""
    if not asked:
        return []
    from alignment.signals.verdicts import verdicts  # loads numpy, without which the server starts

    many = [
        Series(
            one.columns, one.metric.direction, one.metric.kind or None, one.metric.margin, one.metric.unit,
            one.metric.season,
        )
        for one in asked
    ]  # fmt: skip
    return [row for one, found in zip(asked, verdicts(many), strict=True) for row in _rows(one, found)]


def _rows(one: Judged, found: Verdicts) -> list[SignalRow]:
    laid = one.columns
    as_of = laid.last_day(len(laid.starts) - 1) if laid.starts else None
    changes = {"changes": found.changes, "levels": found.levels}
    headline = {"tone": found.headline.tone, "began": found.began, "guess": found.guess}
    told: list[tuple[str, str, str, dict[str, Any]]] = [
        ("trend", found.trend.verdict, found.trend.sentence, _figures(found.trend)),
        ("shift", found.shift.verdict, found.shift.sentence, _figures(found.shift)),
        ("story", found.story.word, found.story.sentence, _figures(found.story)),
        ("changes", str(len(found.changes)), found.history, as_data(changes)),
        ("headline", found.headline.verdict, found.headline.sentence, as_data(headline)),
    ]
    return [
        SignalRow(one.metric.id, kind, word, words, as_of, details, one.mark)
        for kind, word, words, details in told
    ]


def _figures(found: DataclassInstance) -> dict[str, Any]:
    return {
        name: value for name, value in as_data(found).items() if name not in ("verdict", "word", "sentence")
    }
