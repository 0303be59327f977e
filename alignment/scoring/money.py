"""Funding: whether the money goes where the plan says. Pure; docs/scoring.md, part 2.

Sums of money are Decimal; only shares are floats.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from alignment.scoring.explanation import Subject, SubjectKind
from alignment.scoring.formulas import Item, Result, clip
from alignment.scoring.inputs import BudgetInput, Definitions, Snapshot
from alignment.scoring.policy import Policy

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Spend:
    """Spend by theme id (None: outside themes) over closed months, negatives set to 0, with what has to be
    said.
    """

    months: tuple[date, ...]
    amounts: dict[int | None, Decimal]
    months_known: dict[int | None, int]
    planned: frozenset[int | None]  # themes with a month for which the plan stands in
    negative: frozenset[int | None]
    total: Decimal


def closed_months(day: date, count: int) -> tuple[date, ...]:
    """First days of the last `count` months that were over on `day`, oldest first."""
    index = day.year * 12 + day.month - 1
    return tuple(date(i // 12, i % 12 + 1, 1) for i in range(index - count, index))


def amount_of(line: BudgetInput) -> Decimal:
    """A month's spend: the actual, else the revised plan, else the plan."""
    if line.actual is not None:
        return line.actual
    return line.planned if line.revised is None else line.revised


def spend_of(definitions: Definitions, day: date, count: int) -> Spend:
    """Spend by theme over the last `count` closed months."""
    months = closed_months(day, count)
    sums: dict[int | None, Decimal] = {}
    known: dict[int | None, int] = {}
    planned: set[int | None] = set()
    for line in definitions.budget:
        if line.month in months:
            sums[line.theme_id] = sums.get(line.theme_id, ZERO) + amount_of(line)
            known[line.theme_id] = known.get(line.theme_id, 0) + 1
            if line.actual is None:
                planned.add(line.theme_id)
    negative = frozenset(theme for theme, amount in sums.items() if amount < 0)
    amounts = {theme: max(ZERO, amount) for theme, amount in sums.items()}
    return Spend(months, amounts, known, frozenset(planned), negative, sum(amounts.values(), ZERO))


def funding(subject: Subject, snapshot: Snapshot, policy: Policy) -> Result:
    """Company: 1 - 1/2 sum |s - g|. Theme: min(s, g) / max(s, g). s = share of spend, g = of strategic
    weight.
    """
    definitions = snapshot.definitions
    count = policy.parameters.spend_months
    spend = spend_of(definitions, snapshot.facts_day, count)
    weight_total = math.fsum(theme.weight for theme in definitions.themes)
    carrying = sum(1 for theme in definitions.themes if theme.weight > 0)
    if spend.total <= 0 or carrying < 2:
        why = (
            f"No spend is known for the {count} months before {snapshot.facts_day:%B %Y}."
            if spend.total <= 0
            else "Fewer than two themes carry weight, so there is no plan to hold spend against."
        )
        return Result("funding", None, 0.0, missing=(why,))
    items = []
    for theme in definitions.themes:
        s = float(spend.amounts.get(theme.id, ZERO)) / float(spend.total)
        g = theme.weight / weight_total
        items.append(_item(theme.id, theme.key, theme.name, s, g, spend))
    if None in spend.amounts:
        s = float(spend.amounts[None]) / float(spend.total)
        items.append(_item(None, "outside-themes", "Money outside themes", s, 0.0, spend))
    if subject.kind is SubjectKind.THEME:
        return _of_theme(subject, definitions, spend, items, count, weight_total)
    known = math.fsum(
        theme.weight / weight_total * min(1.0, spend.months_known.get(theme.id, 0) / count)
        for theme in definitions.themes
    )
    value = clip(1.0 - math.fsum(item.loss or 0.0 for item in items))
    return Result("funding", value, clip(known), tuple(items), note=_said(spend))


def _item(theme_id: int | None, key: str, name: str, s: float, g: float, spend: Spend) -> Item:
    if s > g:
        words = f"takes {_percent(s)} of the money against {_percent(g)} in the plan"
    else:
        words = f"gets {_percent(s)} of the money against {_percent(g)} in the plan"
    if theme_id in spend.planned:
        words += "; the plan stands in for a month without actuals"
    if theme_id in spend.negative:
        words += "; a negative sum counts as 0"
    return Item(key, name, theme_id, g, s, words, loss=abs(s - g) / 2)


def _of_theme(
    subject: Subject,
    definitions: Definitions,
    spend: Spend,
    items: list[Item],
    count: int,
    weight_total: float,
) -> Result:
    theme = definitions.theme_by_id[subject.id]
    g = theme.weight / weight_total
    own = next(item for item in items if item.theme_id == theme.id)
    s = own.value or 0.0
    if max(s, g) <= 0:
        return Result("funding", None, 0.0, missing=(f"{theme.name} has neither weight nor spend.",))
    value = clip(min(s, g) / max(s, g))
    known = min(1.0, spend.months_known.get(theme.id, 0) / count)
    item = Item(own.key, own.label, own.theme_id, 1.0, s, own.note, loss=1.0 - value)
    return Result("funding", value, known, (item,), note=_said(spend))


def _said(spend: Spend) -> str:
    first, last = spend.months[0], spend.months[-1]
    words = f"Spend of {first:%B %Y} to {last:%B %Y}" if len(spend.months) > 1 else f"Spend of {first:%B %Y}"
    return f"{words}; the plan stands in where actuals are missing." if spend.planned else f"{words}."


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
