"""Evidence: readings in time x measurable key results x first signals that came. Pure; docs/scoring.md, part
2.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from alignment.scoring.attainment import latest_due_start
from alignment.scoring.explanation import Subject, SubjectKind
from alignment.scoring.formulas import Factor, Item, Result, clip, mean_result
from alignment.scoring.inputs import (
    EpicInput,
    KeyResultInput,
    MetricInput,
    Reading,
    Snapshot,
    later_start,
    period_end,
)
from alignment.scoring.policy import Policy


def reporting_of(metric: MetricInput, readings: Sequence[Reading], day: date, count: int) -> tuple[int, int]:
    """(came in time, expected) among the metric's last `count` expected readings by `day`.

    A reading is expected on period end + reporting lag; periods that ended before the first import are not.
    """
    if metric.first_import is None or metric.first_import > day:
        return 0, 0
    expected: list[date] = []
    start = latest_due_start(metric, day)
    while len(expected) < count and period_end(metric.cadence, start) >= metric.first_import:
        expected.append(start)
        start = later_start(metric.cadence, start, -1)
    if not expected:
        return 0, 0
    lag = timedelta(days=metric.lag_days)
    came = 0
    for reading in reversed(readings):
        if reading.period_start < expected[-1]:
            break
        if reading.period_start in expected and reading.first_known_on <= reading.period_end + lag:
            came += 1
    return came, len(expected)


def evidence(subject: Subject, snapshot: Snapshot, policy: Policy) -> Result:
    """The product of its factors; one with nothing due is left out, and with none it is unknown."""
    factors = tuple(
        factor
        for factor in (
            reporting_factor(subject, snapshot, policy),
            measurable_factor(subject, snapshot),
            signals_factor(subject, snapshot, policy),
        )
        if factor is not None
    )
    return product(factors)


def product(factors: tuple[Factor, ...]) -> Result:
    """Evidence from its factors, multiplied in their order."""
    if not factors:
        return Result("evidence", None, 0.0, missing=("No reading, key result or first signal is due.",))
    value = 1.0
    for factor in factors:
        value *= factor.value
    return Result("evidence", clip(value), 1.0, (), factors)


def metrics_of(subject: Subject, snapshot: Snapshot) -> list[MetricInput]:
    """The metrics whose reporting counts: all for the company, a theme's own and its key results' for a
    theme.
    """
    definitions = snapshot.definitions
    if subject.kind is SubjectKind.COMPANY:
        return list(definitions.metrics)
    homes = definitions.themes_of_metric
    return [metric for metric in definitions.metrics if subject.id in homes.get(metric.id, ())]


def reporting_factor(subject: Subject, snapshot: Snapshot, policy: Policy) -> Factor | None:
    """Share of the last four expected readings of each metric that came by period end + lag."""
    items, came, expected = [], 0, 0
    for metric in metrics_of(subject, snapshot):
        readings = snapshot.readings.get(metric.id, ())
        own_came, own = reporting_of(metric, readings, snapshot.day, policy.parameters.expected_readings)
        if own:
            came, expected = came + own_came, expected + own
            note = f"{own_came} of the last {own} expected readings came in time"
            theme_id = subject.id if subject.kind is SubjectKind.THEME else _home(metric, snapshot)
            items.append(
                Item(
                    f"metric:{metric.key}", metric.name, theme_id, float(own), own_came / own, note, metric.id
                )
            )
    return reporting_from(came, expected, tuple(items))


def reporting_from(came: int, expected: int, items: tuple[Item, ...] = ()) -> Factor | None:
    """The factor from its counts (whole numbers: no order of adding can change it)."""
    if expected == 0:
        return None
    shares = mean_result("reporting", items).items
    return Factor("reporting", "readings that came in time", came / expected, shares)


def _home(metric: MetricInput, snapshot: Snapshot) -> int | None:
    homes = snapshot.definitions.themes_of_metric.get(metric.id, frozenset())
    return next(iter(homes)) if len(homes) == 1 else None


def measurable_factor(subject: Subject, snapshot: Snapshot) -> Factor | None:
    """Share, by weight, of the running objectives' key results that are measurable."""
    definitions = snapshot.definitions
    items = []
    for key_result in definitions.key_results:
        objective = definitions.objective_by_id[key_result.objective_id]
        running = objective.period_start <= snapshot.member_day <= objective.period_end
        if running and (subject.kind is SubjectKind.COMPANY or objective.theme_id == subject.id):
            items.append(_measurable_item(key_result, objective.theme_id))
    mean = mean_result("measurable", items)
    if mean.value is None:
        return None
    return Factor("measurable", "key results that are measurable", mean.value, mean.items)


def _measurable_item(key_result: KeyResultInput, theme_id: int) -> Item:
    measurable = key_result.is_measurable
    note = "measurable" if measurable else "not measurable: metric, baseline, target or bounds are missing"
    return Item(key_result.key, key_result.name, theme_id, key_result.weight, float(measurable), note)


def signals_factor(subject: Subject, snapshot: Snapshot, policy: Policy) -> Factor | None:
    """Share of first signals promised within the last 26 weeks that came by their date."""
    since = snapshot.day - timedelta(weeks=policy.parameters.promise_weeks)
    items = [
        _signal_item(epic, snapshot.facts_day)
        for epic in snapshot.definitions.epics
        if epic.promised is not None
        and since < epic.promised <= snapshot.day
        and (subject.kind is SubjectKind.COMPANY or epic.theme_id == subject.id)
    ]
    mean = mean_result("first-signals", items)
    if mean.value is None:
        return None
    return Factor("first-signals", "first signals that came by their date", mean.value, mean.items)


def _signal_item(epic: EpicInput, facts_day: date) -> Item:
    assert epic.promised is not None
    in_time = epic.seen is not None and epic.seen <= epic.promised and epic.seen <= facts_day
    note = f"first signal promised for {epic.promised.isoformat()}: {'came' if in_time else 'did not come'}"
    return Item(epic.key, epic.name, epic.theme_id, 1.0, float(in_time), note)
