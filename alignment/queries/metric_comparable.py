"""With which other metrics one can be compared: those of its cadence first, and of them those that serve the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Lower

from alignment.models import KeyResult, Metric
from alignment.periods import Cadence
from alignment.queries.objectives import Choice

MOST = 60
"""Metrics offered at once; the others are found by their name."""
MOST_SUGGESTED = 4
LEADS: dict[str, tuple[str, ...]] = {
    Metric.Role.VELOCITY: (Metric.Role.REVENUE, Metric.Role.ARR, Metric.Role.NET_REVENUE_RETENTION),
}
"""What shows in other metrics only later: what is built sells a quarter later at the earliest."""
MOST_LAG = {Cadence.DAY: 91, Cadence.WEEK: 52, Cadence.MONTH: 24, Cadence.QUARTER: 8, Cadence.FISCAL_YEAR: 2}
A_QUARTER = {Cadence.DAY: 91, Cadence.WEEK: 13, Cadence.MONTH: 3, Cadence.QUARTER: 1, Cadence.FISCAL_YEAR: 1}
_LED, _NAMESAKE, _TOGETHER, _AKIN, _OTHER = 4, 3, 2, 1, 0


def lag_query(lag: int) -> str:
    """`?lag=13`, nothing without a lag."""
    return f"?lag={lag}" if lag else ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A metric worth holding against this one, with the reason, and the lag that the domain has."""

    key: str
    name: str
    reason: str
    lag: int = 0

    @property
    def query(self) -> str:
        """What follows the address of the comparison."""
        return lag_query(self.lag)


@dataclass(frozen=True, slots=True)
class Comparable:
    """What a metric may be compared with: suggestions, and all by cadence, in groups of choices.

    `left_out` counts what was found but is not offered, as it is too much.
    """

    suggestions: tuple[Suggestion, ...]
    groups: tuple[tuple[str, tuple[Choice, ...]], ...]
    left_out: int


def comparable(metric: Metric, visible: QuerySet[Metric], *, words: str = "", chosen: str = "") -> Comparable:
    """What the metric can be compared with, of those in which each of the words stands. Two queries."""
    together = KeyResult.objects.filter(metric__isnull=False, objective__key_results__metric=metric)
    found = visible.exclude(pk=metric.pk)
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(key__icontains=word))
    kin = Case(
        When(role__in=_counterparts(metric), then=Value(_LED)),
        When(name__iexact=metric.name, then=Value(_NAMESAKE)),
        When(pk__in=together.values("metric"), then=Value(_TOGETHER)),
        When(category=metric.category, then=Value(_AKIN)),
        default=Value(_OTHER),
        output_field=IntegerField(),
    )
    same = Case(When(cadence=metric.cadence, then=Value(1)), default=Value(0), output_field=IntegerField())
    unit = Case(When(unit=metric.unit, then=Value(1)), default=Value(0), output_field=IntegerField())
    ordered = found.annotate(kin=kin, same=same).order_by("-same", "-kin", unit.desc(), Lower("name"), "pk")
    rows = list(ordered.values_list("key", "name", "cadence", "role", "same", "kin", named=True)[:MOST])
    count = len(rows) if len(rows) < MOST else found.count()
    return Comparable(
        tuple(_suggestion(metric, row) for row in rows if row.same and row.kin)[:MOST_SUGGESTED],
        tuple(
            (label, tuple(Choice(row.key, words, row.key == chosen) for row, words in group))
            for label, same in (
                (f"Also {Cadence(metric.cadence).label}", 1),
                ("Of another cadence, which has to be made alike first", 0),
            )
            if (
                group := [
                    pair for pair in zip(rows, _told_apart(metric, rows), strict=True) if pair[0].same == same
                ]
            )
        ),
        count - len(rows),
    )


def names_apart(first: Metric, second: Metric) -> tuple[str, str]:
    """What two metrics are called beside each other: by their keys where their names are the same."""
    if first.name.casefold() == second.name.casefold():
        return first.key, second.key
    return first.name, second.name


def _told_apart(metric: Metric, rows: Sequence[Any]) -> list[str]:
    """The names, with their keys where several have one name, or the metric's own."""
    many = Counter([metric.name.casefold(), *(row.name.casefold() for row in rows)])
    return [f"{row.name} ({row.key})" if many[row.name.casefold()] > 1 else row.name for row in rows]


def _counterparts(metric: Metric) -> tuple[str, ...]:
    """Roles of what it leads, and of what leads it."""
    return LEADS.get(metric.role, ()) + tuple(role for role, led in LEADS.items() if metric.role in led)


def _suggestion(metric: Metric, row: Any) -> Suggestion:
    cadence = Cadence(metric.cadence)
    if row.kin == _LED:
        leads = metric.role in LEADS
        words = "what is built shows here a quarter later" if leads else "what was built a quarter before"
        return Suggestion(
            row.key, row.name, f"{words} · {row.key}", A_QUARTER[cadence] * (1 if leads else -1)
        )
    return Suggestion(row.key, row.name, f"{_REASONS[row.kin]} · {row.key}")


_REASONS = {
    _NAMESAKE: "of the same name",
    _TOGETHER: "serves the same objective",
    _AKIN: "of the same category",
}
