"""How values are written on pages: signs, dates, amounts, statuses. One way each, everywhere the same."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django import template

from alignment.queries.words import compact_money, day_words, number_words, percent_words, points_words

register = template.Library()

register.filter("day", day_words)
register.filter("amount", number_words)
register.filter("share", percent_words)
register.filter("points", points_words)


@register.filter
def money(amount: Decimal | None, currency: str = "") -> str:
    """Compact money with its currency; a missing amount is said."""
    return "no amount" if amount is None else compact_money(amount, currency)


@register.filter
def tone(points: int | float | None) -> str:
    """The class of a change: better, worse or neither."""
    if not points:
        return ""
    return "tone-better" if points > 0 else "tone-worse"


@register.filter
def moment(value: datetime | date | None) -> str:
    """A day, and for an instant its time of day in UTC."""
    if value is None:
        return "not known"
    return f"{day_words(value)}, {value:%H:%M} UTC" if isinstance(value, datetime) else day_words(value)
