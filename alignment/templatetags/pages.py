"""How values are written on pages: signs, dates, amounts, statuses. One way each, everywhere the same."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse

from alignment.queries.shell import Shell
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
def at_most(text: str, length: int) -> str:
    """As many letters of somebody's text, with … for the rest; each as it was typed. Django's truncatechars
    would put other letters in the place of composed ones (it normalises, even where nothing is cut)."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


@register.filter
def moment(value: datetime | date | None) -> str:
    """A day, and for an instant its time of day in UTC."""
    if value is None:
        return "not known"
    return f"{day_words(value)}, {value:%H:%M} UTC" if isinstance(value, datetime) else day_words(value)


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any], name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page, on the day that this page is about: `{% here 'alignment:metric' metric.key %}`."""
    return on_day(reverse(name, args=args, kwargs=kwargs), context.get("shell"))


@register.simple_tag(takes_context=True)
def same_day(context: dict[str, Any], address: str) -> str:
    """A finished address of ours, on the day that this page is about."""
    return on_day(address, context.get("shell"))


def on_day(address: str, shell: Shell | None) -> str:
    """The address with `as_of` where the page looks at the past; an anchor stays at its end."""
    if shell is None or shell.is_today:
        return address
    path, mark, anchor = address.partition("#")
    joint = "&" if "?" in path else "?"
    return f"{path}{joint}as_of={shell.day.isoformat()}{mark}{anchor}"
