"""The inputs of every score as plain frozen values: definitions, readings, money.

Nothing here knows of Django: `alignment.scoring.loading` makes these from the database, tests make them by hand.
Weights and readings are floats from here on (sums are taken by `math.fsum` in order of id); money stays Decimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache

from alignment.periods import STANDARD, Cadence, Calendar, Period


@lru_cache(maxsize=100_000)
def period_end(cadence: Cadence, start: date) -> date:
    """Last day of the period of this cadence that begins on `start`."""
    return Period(start, cadence).end


@lru_cache(maxsize=100_000)
def later_start(cadence: Cadence, start: date, count: int) -> date:
    """First day of the period `count` steps after the one that begins on `start`."""
    return Period(start, cadence).next(count).start


@dataclass(frozen=True, slots=True)
class MetricInput:
    """A metric as scores need it. `first_import` is the day of its first import, None before one.

    `kind` is "flow", "stock", or "" where it is not declared; `margin` the change that would not matter; `season`
    "yearly", "none", or "" where it is not declared.
    """

    id: int
    key: str
    name: str
    unit: str
    cadence: Cadence
    lag_days: int = 0
    direction: str = "higher"
    kind: str = "flow"
    hard_minimum: float | None = None
    hard_maximum: float | None = None
    first_import: date | None = None
    theme_id: int | None = None
    value_stream_id: int | None = None
    team_id: int | None = None
    epic_id: int | None = None
    calendar: Calendar = STANDARD
    margin: float | None = None
    season: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one metric for one period, and the day on which it became known."""

    period_start: date
    period_end: date
    value: float
    known_on: date
    first_known_on: date  # when any value of this period became known first: a restatement is not late
    reconstructed: bool = False


@dataclass(frozen=True, slots=True)
class KeyResultInput:
    """A key result's definition; `targets` are its own period targets as (day, value) in order of day."""

    id: int
    name: str
    objective_id: int
    start: date
    due: date
    metric: MetricInput | None = None
    kind: str = "level"
    baseline: float | None = None
    target: float | None = None
    lower_bound: float | None = None
    upper_bound: float | None = None
    targets: tuple[tuple[date, float], ...] = ()
    weight: float = 1.0
    override_status: str = ""
    override_reason: str = ""
    override_by: str = ""
    overridden_on: date | None = None

    @property
    def key(self) -> str:
        """Its name for links and commands."""
        return f"key-result:{self.id}"

    @property
    def is_band(self) -> bool:
        """Whether it is judged as a band: declared one, or a target that equals its baseline."""
        return self.kind == "band" or (self.baseline is not None and self.baseline == self.target)

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """Lower and upper bound of a band; a level to be kept is bounded on the side that would be worse."""
        if self.lower_bound is not None or self.upper_bound is not None or self.target is None:
            return self.lower_bound, self.upper_bound
        direction = self.metric.direction if self.metric else "higher"
        return (
            None if direction == "lower" else self.target,
            None if direction == "higher" else self.target,
        )

    @property
    def start_value(self) -> float | None:
        """The baseline; a cumulative key result starts from 0."""
        return 0.0 if self.kind == "cumulative" else self.baseline

    @property
    def is_measurable(self) -> bool:
        """Has a metric, and baseline with target, or at least one bound."""
        if self.metric is None:
            return False
        if self.is_band:
            return self.bounds != (None, None)
        return self.start_value is not None and self.target is not None and self.start_value != self.target


@dataclass(frozen=True, slots=True)
class ObjectiveInput:
    """An objective's place: theme, parent, period and weight."""

    id: int
    slug: str
    name: str
    theme_id: int
    period_start: date
    period_end: date
    parent_id: int | None = None
    weight: float = 1.0

    @property
    def key(self) -> str:
        """Its name for links and commands."""
        return f"objective:{self.slug}"


@dataclass(frozen=True, slots=True)
class ThemeInput:
    """A theme and its strategic weight."""

    id: int
    slug: str
    name: str
    weight: float
    value_stream_id: int | None = None

    @property
    def key(self) -> str:
        """Its name for links and commands."""
        return f"theme:{self.slug}"


@dataclass(frozen=True, slots=True)
class EpicInput:
    """An epic as Focus and Evidence need it. Effort in person-weeks, money in the company's currency."""

    id: int
    slug: str
    name: str
    theme_id: int
    kind: str = "feature"
    state: str = "active"
    started_on: date | None = None
    finished_on: date | None = None
    objective_id: int | None = None
    team_id: int | None = None
    guardrail_id: int | None = None
    effort: float | None = None
    money: float | None = None
    has_hypothesis: bool = False
    approved_on: date | None = None
    promised: date | None = None
    seen: date | None = None

    @property
    def key(self) -> str:
        """Its name for links and commands."""
        return f"epic:{self.slug}"

    def is_active(self, day: date) -> bool:
        """Whether work was going on at the end of `day`: started, not yet finished, never merely proposed.

        An epic that was stopped without a date counts as never active: nobody can say until when it was.
        """
        if self.started_on is None or self.started_on > day or self.state == "proposed":
            return False
        if self.finished_on is None:
            return self.state == "active"
        return day < self.finished_on


@dataclass(frozen=True, slots=True)
class GuardrailInput:
    """A bound on a metric and what it guards."""

    id: int
    slug: str
    name: str
    metric: MetricInput
    lower_bound: float | None = None
    upper_bound: float | None = None
    importance: float = 1.0
    theme_id: int | None = None
    epic_id: int | None = None
    team_id: int | None = None
    value_stream_id: int | None = None

    @property
    def key(self) -> str:
        """Its name for links and commands."""
        return f"guardrail:{self.slug}"


@dataclass(frozen=True, slots=True)
class BudgetInput:
    """Money of a theme (None: outside the themes) in one month."""

    theme_id: int | None
    month: date
    planned: Decimal
    revised: Decimal | None = None
    actual: Decimal | None = None


@dataclass(frozen=True)
class Definitions:
    """Everything but readings: what the company wants, funds and does, in order of id."""

    themes: tuple[ThemeInput, ...] = ()
    objectives: tuple[ObjectiveInput, ...] = ()
    key_results: tuple[KeyResultInput, ...] = ()
    epics: tuple[EpicInput, ...] = ()
    guardrails: tuple[GuardrailInput, ...] = ()
    metrics: tuple[MetricInput, ...] = ()
    budget: tuple[BudgetInput, ...] = ()

    @cached_property
    def theme_by_id(self) -> dict[int, ThemeInput]:
        """Themes by id."""
        return {theme.id: theme for theme in self.themes}

    @cached_property
    def objective_by_id(self) -> dict[int, ObjectiveInput]:
        """Objectives by id."""
        return {objective.id: objective for objective in self.objectives}

    @cached_property
    def metric_by_id(self) -> dict[int, MetricInput]:
        """Metrics by id."""
        return {metric.id: metric for metric in self.metrics}

    @cached_property
    def key_results_of(self) -> dict[int, tuple[KeyResultInput, ...]]:
        """Key results by objective id."""
        grouped: dict[int, list[KeyResultInput]] = {}
        for key_result in self.key_results:
            grouped.setdefault(key_result.objective_id, []).append(key_result)
        return {objective_id: tuple(group) for objective_id, group in grouped.items()}

    @cached_property
    def children_of(self) -> dict[int, tuple[ObjectiveInput, ...]]:
        """Child objectives by parent id."""
        grouped: dict[int, list[ObjectiveInput]] = {}
        for objective in self.objectives:
            if objective.parent_id is not None:
                grouped.setdefault(objective.parent_id, []).append(objective)
        return {parent_id: tuple(group) for parent_id, group in grouped.items()}

    @cached_property
    def guardrails_of_theme(self) -> dict[int, tuple[GuardrailInput, ...]]:
        """Guardrails by theme id: its own, and those of its epics, their teams and its value stream."""
        return {theme.id: tuple(g for g in self.guardrails if self.guards(g, theme)) for theme in self.themes}

    def teams_of(self, theme: ThemeInput) -> frozenset[int]:
        """Teams that work on the theme's epics."""
        return frozenset(e.team_id for e in self.epics if e.theme_id == theme.id and e.team_id is not None)

    def guards(self, guardrail: GuardrailInput, theme: ThemeInput) -> bool:
        """Whether a guardrail is one of a theme's."""
        if guardrail.theme_id is not None:
            return guardrail.theme_id == theme.id
        if guardrail.epic_id is not None:
            return any(e.id == guardrail.epic_id and e.theme_id == theme.id for e in self.epics)
        if guardrail.team_id is not None:
            return guardrail.team_id in self.teams_of(theme)
        return guardrail.value_stream_id is not None and guardrail.value_stream_id == theme.value_stream_id

    @cached_property
    def themes_of_metric(self) -> dict[int, frozenset[int]]:
        """Theme ids by metric id: where a key result uses it, or where it measures the theme or its epics."""
        homes: dict[int, set[int]] = {}
        for key_result in self.key_results:
            if key_result.metric is not None:
                objective = self.objective_by_id[key_result.objective_id]
                homes.setdefault(key_result.metric.id, set()).add(objective.theme_id)
        epic_theme = {epic.id: epic.theme_id for epic in self.epics}
        for metric in self.metrics:
            if metric.theme_id is not None:
                homes.setdefault(metric.id, set()).add(metric.theme_id)
            if metric.epic_id in epic_theme:
                homes.setdefault(metric.id, set()).add(epic_theme[metric.epic_id])
        return {metric_id: frozenset(themes) for metric_id, themes in homes.items()}


Readings = Mapping[int, tuple[Reading, ...]]
"""Readings by metric id, in order of period: what was known at the end of one day, periods ended by that day.
"""


@dataclass(frozen=True)
class Snapshot:
    """Everything that one day's scores rest on. The same functions serve full, incremental, as-of and changes.

    `definitions`, `member_day` and `priors` are the weights-and-membership side, `readings` and `facts_day` (spend,
    first signals) the readings side, and `day` the passing of time; `mixed` takes each side from another day.
    `priors` is a theme's Outcomes (0..1) at the end of the period before, by (theme id, first day of the period).
    """

    definitions: Definitions
    member_day: date
    priors: Mapping[tuple[int, date], float | None]
    readings: Readings
    facts_day: date
    day: date

    def mixed(self, weights: Snapshot, readings: Snapshot, time: Snapshot) -> Snapshot:
        """A snapshot with membership from one, readings from another and the day from a third."""
        return Snapshot(
            definitions=weights.definitions,
            member_day=weights.member_day,
            priors=weights.priors,
            readings=readings.readings,
            facts_day=readings.facts_day,
            day=time.day,
        )
