"""Drift in money: what a theme spent since one of its key results last improved or met its path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from alignment.charts.text import Markup
from alignment.queries.words import compact_money, short_day
from alignment.scoring.explanation import MoneyDrift

PATIENCE = timedelta(weeks=6)
"""A theme whose last success is younger than this does not drift: months and their reporting lag take as long."""


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
    drifts: Sequence[MoneyDrift], themes: Mapping[str, str], day: date, currency: str, sees_money: bool
) -> Number:
    """The theme that spent most without a success; amounts only for those who may see them."""
    label = "Drift in money"
    drifting = [drift for drift in drifts if drift.counted_from < day - PATIENCE and drift.spend > 0]
    if not drifting:
        weeks = PATIENCE.days // 7
        return Number(label, "none", note=f"every theme had a success in the last {weeks} weeks")
    worst = max(drifting, key=lambda drift: drift.spend)
    others = len(drifting) - 1
    more = f"; {others} other {'theme' if others == 1 else 'themes'} too" if others else ""
    where = f"at {themes.get(worst.theme, worst.theme)} since {short_day(worst.counted_from, day)}"
    link = reverse("alignment:why", args=["theme", worst.theme]) + f"?as_of={day.isoformat()}"
    if not sees_money:
        note = f"money was spent {where} without a success{more}; amounts are not shown to your role"
        return Number(label, "restricted", note=note, link=link)
    return Number(
        label,
        compact_money(worst.spend, currency),
        note=f"spent {where} without a success, {compact_money(worst.per_week, currency)} a week{more}",
        link=link,
    )
