"""Random small companies for property-based tests: definitions, readings and two days."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from alignment.periods import Cadence, Period
from alignment.scoring.evaluation import evaluate
from alignment.scoring.explanation import Subject, SubjectKind
from alignment.scoring.inputs import (
    BudgetInput,
    Definitions,
    EpicInput,
    GuardrailInput,
    KeyResultInput,
    MetricInput,
    ObjectiveInput,
    Reading,
    Snapshot,
    ThemeInput,
)
from alignment.scoring.policy import Parameters, Policy

START = date(2026, 1, 1)
COMPANY = Subject(SubjectKind.COMPANY, name="Company")
CADENCES = (Cadence.DAY, Cadence.WEEK, Cadence.MONTH, Cadence.QUARTER)


@dataclass
class Case:
    """One random company: its definitions and all readings that ever come, with the day each becomes known."""

    chance: random.Random
    definitions: Definitions
    readings: dict[int, tuple[Reading, ...]]
    priors: dict[tuple[int, date], float | None]

    def snapshot(self, day: date) -> Snapshot:
        known = {
            metric_id: tuple(r for r in rows if r.known_on <= day and r.period_end <= day)
            for metric_id, rows in self.readings.items()
        }
        return Snapshot(self.definitions, day, self.priors, known, day, day)

    def subjects(self) -> list[Subject]:
        themes = [Subject(SubjectKind.THEME, t.id, t.slug, t.name) for t in self.definitions.themes]
        objectives = [
            Subject(SubjectKind.OBJECTIVE, o.id, o.slug, o.name) for o in self.definitions.objectives
        ]
        return [COMPANY, *themes, *objectives]

    def day(self) -> date:
        return START + timedelta(days=self.chance.randrange(0, 300))


def random_case(seed: int) -> Case:
    """A company made from a seed: some of everything, with gaps, ties, unknowns and odd weights."""
    chance = random.Random(seed)
    metrics = tuple(_metric(chance, i) for i in range(1, chance.randrange(3, 9)))
    themes = tuple(
        ThemeInput(
            i, f"theme-{i}", f"Theme {i}", chance.choice([0.0, 1.0, 2.0, 2.5]), chance.choice([None, 1])
        )
        for i in range(1, chance.randrange(2, 5))
    )
    objectives: list[ObjectiveInput] = []
    key_results: list[KeyResultInput] = []
    for i in range(1, chance.randrange(2, 8)):
        start = Period.containing(START + timedelta(days=chance.randrange(0, 250)), Cadence.QUARTER).start
        roots = [o.id for o in objectives if o.parent_id is None]
        parent = chance.choice([None, None, *roots])
        end = Period(start, Cadence.QUARTER).next(chance.choice([0, 0, 3])).end
        objectives.append(
            ObjectiveInput(
                i, f"objective-{i}", f"Objective {i}", chance.choice(themes).id, start, end, parent,
                chance.choice([1.0, 1.0, 0.5, 3.0]),
            )
        )  # fmt: skip
        for _ in range(chance.randrange(0, 4)):
            key_results.append(_key_result(chance, len(key_results) + 1, objectives[-1], metrics))
    guardrails = tuple(_guardrail(chance, i, metrics, themes) for i in range(1, chance.randrange(1, 5)))
    epics = tuple(_epic(chance, i, themes, objectives) for i in range(1, chance.randrange(1, 9)))
    budget = tuple(
        BudgetInput(theme, date(2026, month, 1), Decimal(chance.randrange(0, 900)), None, actual)
        for theme in [None, *(t.id for t in themes)]
        for month in range(1, 11)
        if (actual := chance.choice([None, Decimal(chance.randrange(-50, 900))])) is not None
        or chance.random() < 0.8
    )
    definitions = Definitions(
        themes, tuple(objectives), tuple(key_results), epics, guardrails, metrics, budget
    )
    readings = {metric.id: _readings(chance, metric) for metric in metrics}
    priors = {
        (o.theme_id, o.period_start): chance.choice([None, chance.random(), chance.random()])
        for o in objectives
    }
    return Case(chance, definitions, readings, priors)


def _metric(chance: random.Random, number: int) -> MetricInput:
    first = chance.choice([None, START, START + timedelta(days=chance.randrange(200))])
    return MetricInput(
        number, f"metric.{number}", f"Metric {number}", "count", chance.choice(CADENCES),
        chance.choice([0, 0, 3, 10]), chance.choice(["higher", "lower"]), first_import=first,
    )  # fmt: skip


def _key_result(
    chance: random.Random, number: int, objective: ObjectiveInput, metrics: tuple[MetricInput, ...]
) -> KeyResultInput:
    kind = chance.choice(["level", "level", "cumulative", "band"])
    made = KeyResultInput(
        number, f"Key result {number}", objective.id, objective.period_start, objective.period_end,
        chance.choice([None, *metrics, *metrics]), kind, weight=chance.choice([1.0, 1.0, 2.0, 0.25]),
    )  # fmt: skip
    if kind == "band":
        return replace(made, lower_bound=chance.choice([None, 20.0]), upper_bound=chance.choice([None, 80.0]))
    if kind == "cumulative":
        return replace(made, baseline=0.0, target=chance.choice([100.0, 400.0]))
    made = replace(made, baseline=chance.choice([None, 50.0, 50.0]), target=chance.choice([20.0, 80.0, 90.0]))
    if chance.random() < 0.3:
        middle = made.start + (made.due - made.start) / 2
        made = replace(made, targets=((middle, 45.0), (made.due, made.target or 0.0)))
    return made


def _guardrail(
    chance: random.Random, number: int, metrics: tuple[MetricInput, ...], themes: tuple[ThemeInput, ...]
) -> GuardrailInput:
    return GuardrailInput(
        number, f"guardrail-{number}", f"Guardrail {number}", chance.choice(metrics), 30.0,
        chance.choice([None, 90.0]), chance.choice([1.0, 2.0]),
        theme_id=chance.choice([None, *(t.id for t in themes)]),
    )  # fmt: skip


def _epic(
    chance: random.Random, number: int, themes: tuple[ThemeInput, ...], objectives: list[ObjectiveInput]
) -> EpicInput:
    started = START + timedelta(days=chance.randrange(0, 200))
    promised = chance.choice([None, started + timedelta(days=chance.randrange(60))])
    return EpicInput(
        number, f"epic-{number}", f"Epic {number}", chance.choice(themes).id,
        chance.choice(["feature", "platform", "debt"]), "active", started,
        chance.choice([None, started + timedelta(days=chance.randrange(10, 120))]),
        chance.choice([None, *(o.id for o in objectives)]), effort=chance.choice([None, 4.0, 9.0, 13.5]),
        money=chance.choice([None, 1000.0]), has_hypothesis=chance.random() < 0.6, promised=promised,
        seen=chance.choice([None, promised]),
    )  # fmt: skip


def _readings(chance: random.Random, metric: MetricInput) -> tuple[Reading, ...]:
    rows, value = [], 50.0
    period = Period.containing(START - timedelta(days=90), metric.cadence)
    while period.start < START + timedelta(days=320):
        value += chance.gauss(0, 6)
        if chance.random() < 0.85:
            known = period.end + timedelta(days=chance.choice([0, metric.lag_days, metric.lag_days + 9]))
            rows.append(Reading(period.start, period.end, round(value, 1), known, known))
        period = period.next()
    return tuple(rows)


def random_policy(chance: random.Random) -> Policy:
    """The default policy, or one with other weights and windows."""
    if chance.random() < 0.6:
        return Policy()
    weights = chance.choice([(35, 20, 20, 15, 10), (60, 0, 20, 20, 0), (20, 20, 20, 20, 20)])
    parameters = Parameters(spend_months=chance.choice([1, 3]), expected_readings=chance.choice([2, 4]))
    return Policy(2, "plumbline", weights, parameters)


def scored(case: Case, subject: Subject, day: date, policy: Policy) -> float | None:
    """The score alone."""
    return evaluate(subject, case.snapshot(day), policy).value
