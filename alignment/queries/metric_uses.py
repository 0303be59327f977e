"""Who uses a metric on a day: key results, guardrails and epics, as they were defined then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from alignment.models import Epic, Metric, Objective
from alignment.queries.known import Known
from alignment.queries.standings import KeyResultStanding, StatusWord, standings_on, stored_statuses
from alignment.queries.words import counted, day_words, joined, measure, short_day
from alignment.scoring.days import definitions_on
from alignment.scoring.inputs import GuardrailInput, Reading, Snapshot
from alignment.scoring.loading import House, load_metrics, load_timeline
from alignment.scoring.policy import Policy


@dataclass(frozen=True, slots=True)
class KeyResultUse:
    """A key result that is measured by the metric."""

    name: str
    objective: str
    objective_slug: str
    status: StatusWord
    aim: str


@dataclass(frozen=True, slots=True)
class GuardrailUse:
    """A bound on the metric; `verdict` says whether the latest reading is within it."""

    name: str
    bounds: str
    verdict: str
    is_broken: bool


@dataclass(frozen=True, slots=True)
class EpicUse:
    """An epic that is meant to move the metric, or serves a guardrail on it."""

    name: str
    theme: str
    theme_slug: str
    state: str
    expected: str
    started_on: date | None
    finished_on: date | None


@dataclass(frozen=True, slots=True)
class Uses:
    """All uses; `standings` are the key results again, with their definitions for the chart."""

    key_results: tuple[KeyResultUse, ...]
    guardrails: tuple[GuardrailUse, ...]
    epics: tuple[EpicUse, ...]
    standings: tuple[KeyResultStanding, ...]


def uses_of(metric: Metric, readings: tuple[Reading, ...], day: date, house: House, policy: Policy) -> Uses:
    """The uses on a day. The number of queries does not grow with the data."""
    metrics = load_metrics(house, {metric.pk})
    definitions = definitions_on(load_timeline(house, metrics), day)
    own = tuple(result for result in definitions.key_results if result.metric is not None)
    known = Known(day, Snapshot(definitions, day, {}, {metric.pk: readings}, day, day), policy)
    stored = stored_statuses(day, policy.version)
    standings = standings_on(known.snapshot, policy, stored)
    used = tuple(
        sorted(
            (standings[result.id] for result in own), key=lambda s: (s.definition.due < day, s.definition.id)
        )
    )
    objectives = {o.pk: o for o in Objective.objects.filter(pk__in={s.definition.objective_id for s in used})}
    guards = tuple(g for g in definitions.guardrails if g.metric.id == metric.pk)
    return Uses(
        tuple(
            _key_result(s, objectives, metric.unit, day)
            for s in used
            if s.definition.objective_id in objectives
        ),
        tuple(_guardrail(g, readings, metric.unit) for g in guards),
        _epics(metric, day),
        used,
    )


def _key_result(
    standing: KeyResultStanding, objectives: dict[int, Objective], unit: str, day: date
) -> KeyResultUse:
    definition = standing.definition
    objective = objectives[definition.objective_id]
    if definition.is_band:
        aim = f"to stay {bounds_words(*definition.bounds, unit)}"
    elif definition.target is None:
        aim = "no target yet"
    else:
        adds = (
            "to add up to"
            if definition.kind == "cumulative"
            else f"from {measure(definition.baseline, unit)} to"
        )
        aim = f"{adds} {measure(definition.target, unit)}"
    aim = f"{aim}, {short_day(definition.start, day)} to {day_words(definition.due)}"
    return KeyResultUse(definition.name, objective.name, objective.slug, standing.status, aim)


def bounds_words(low: float | None, high: float | None, unit: str) -> str:
    """`between 3 and 5 days`, `at least 3 days`, `at most 5 days`."""
    if low is not None and high is not None:
        return f"between {measure(low, '')} and {measure(high, unit)}"
    if low is not None:
        return f"at least {measure(low, unit)}"
    return f"at most {measure(high, unit)}" if high is not None else "within bounds that are not set yet"


def _guardrail(guard: GuardrailInput, readings: tuple[Reading, ...], unit: str) -> GuardrailUse:
    words = bounds_words(guard.lower_bound, guard.upper_bound, unit)
    if not readings:
        return GuardrailUse(guard.name, words, "no reading yet", False)
    value = readings[-1].value
    broken = (guard.lower_bound is not None and value < guard.lower_bound) or (
        guard.upper_bound is not None and value > guard.upper_bound
    )
    return GuardrailUse(guard.name, words, "broken by the latest reading" if broken else "kept", broken)


def _epics(metric: Metric, day: date) -> tuple[EpicUse, ...]:
    rows = (
        Epic.objects.filter(Q(impact_metric=metric) | Q(guardrail_served__metric=metric))
        .select_related("theme")
        .order_by("-started_on", "id")
    )
    return tuple(
        EpicUse(
            row.name, row.theme.name, row.theme.slug, row.get_state_display(),
            _expected(row, metric, day), row.started_on, row.finished_on,
        )
        for row in rows
    )  # fmt: skip


def _expected(row: Epic, metric: Metric, day: date) -> str:
    if row.impact_metric_id != metric.pk:
        return "serves a guardrail on this metric"
    if not row.has_complete_hypothesis or row.impact_by is None:
        return "no measurable hypothesis"
    change = f"{measure(row.impact_from, metric.unit)} to {measure(row.impact_to, metric.unit)}"
    return f"expected: {change} by {short_day(row.impact_by, day)}"


def resting_words(metric: Metric) -> str:
    """What rests on the metric today, so that whoever changes it knows what may move. Two queries."""
    results = list(metric.key_results.order_by("id").values_list("name", flat=True))
    guards = list(metric.guardrails.order_by("id").values_list("name", flat=True))
    parts = [counted(len(results), "key result")] if results else []
    parts += [counted(len(guards), "guardrail")] if guards else []
    if not parts:
        return "No key result and no guardrail rests on it, so no status changes."
    names = [f"“{name}”" for name in [*results, *guards]]
    shown = names[:4] + ([f"{len(names) - 4} more"] if len(names) > 4 else [])
    rest = "rests" if len(names) == 1 else "rest"
    return f"{joined(parts).capitalize()} {rest} on it and may change status: {joined(shown)}."
