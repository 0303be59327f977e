"""Drift in money: what was spent away from the plan's shares."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from alignment.charts.text import Markup
from alignment.queries.words import compact_money, percent_words
from alignment.scoring.explanation import LevelExplanation
from alignment.scoring.inputs import Definitions
from alignment.scoring.money import spend_of


@dataclass(frozen=True, slots=True)
class Number:
    """A number with what it counts, how it changed and where it comes from. `unit` is written small after it."""

    label: str
    value: str
    unit: str = ""
    change: str = ""
    tone: str = ""
    note: str = ""
    link: str = ""
    shape: Markup | None = None


def drift_number(
    level: LevelExplanation, definitions: Definitions, months: int, currency: str, sees_money: bool
) -> Number:
    """How much of the last closed months' spend lies beyond the plan's shares; shares alone for most roles."""
    label = "Spend away from the plan"
    component = next((part for part in level.components if part.name == "funding"), None)
    if component is None or component.value is None:
        return Number(label, "not known", note="needs two themes with a weight, and a month of spend")
    share = 1 - component.value
    most = max(component.inputs, key=lambda part: (part.value or 0.0) - part.weight)
    note = f"most of it at {most.label}, {percent_words(most.value)} against {percent_words(most.weight)}"
    if not sees_money:
        return Number(
            label,
            percent_words(share),
            note=f"{note}; amounts are restricted for your role",
            link="#funding-heading",
        )
    spend = spend_of(definitions, level.day, months)
    amount = spend.total * Decimal(repr(share))
    return Number(
        label,
        compact_money(amount, currency),
        note=f"{percent_words(share)} of {compact_money(spend.total, currency)} in {months} months; {note}",
        link="#funding-heading",
    )
