"""Numbers and moments as exact text: every digit, no exponent, ISO days."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal


def exact(value: object) -> Decimal | None:
    """The number that a cell holds, exactly; None where it holds none (also for NaN and infinity).
    Raises TypeError for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError(f"a number was expected, not {type(value).__name__}")
    if isinstance(value, float):
        return Decimal(repr(float(value))) if math.isfinite(value) else None
    number = Decimal(value)
    return number if number.is_finite() else None


def digits(number: Decimal, *, keep_zeros: bool = False) -> str:
    """`-1234.5`: all digits, zeros at the end of decimals left out unless they are cents."""
    text = f"{number:f}"
    if "." in text and not keep_zeros:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def in_utc(moment: object) -> datetime:
    """The instant without its zone, in UTC. Raises TypeError for what is no aware datetime."""
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise TypeError("a moment is a datetime with its zone")
    return moment.astimezone(UTC).replace(tzinfo=None)


def as_day(value: object) -> date:
    """The day. Raises TypeError for what is no date."""
    if isinstance(value, datetime) or not isinstance(value, date):
        raise TypeError(f"a day is a date, not {type(value).__name__}")
    return value
