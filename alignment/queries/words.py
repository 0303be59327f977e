"""How numbers and days are put into words for people. Pure."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

MINUS = "−"
NO_BREAK = "\u00a0"


def day_words(day: date | None) -> str:
    """`14 Nov 2026`; a missing day is said."""
    return "no date" if day is None else f"{day.day} {day:%b %Y}"


def short_day(day: date, today: date) -> str:
    """`14 Nov` within the last year of `today`, else with its year."""
    return f"{day.day} {day:%b}" if abs((today - day).days) < 330 else day_words(day)


def signed(value: float, decimals: int = 1) -> str:
    """With a plus or a real minus sign; zero has neither."""
    text = f"{abs(value):.{decimals}f}"
    if float(text) == 0:
        return text
    return f"{'+' if value > 0 else MINUS}{text}"


def points_words(thousandths: int | None) -> str:
    """Thousandths of a point of the score as signed points with one decimal."""
    return "no number" if thousandths is None else signed(thousandths / 1000)


def percent_words(share: float | None) -> str:
    """A share of 0..1 as a whole percentage; a missing one is said."""
    return "not known" if share is None else f"{share * 100:.0f}{NO_BREAK}%".replace("-", MINUS)


def number_words(value: Decimal | float | None) -> str:
    """A reading with at most four significant places after the point that matter, thousands apart."""
    if value is None:
        return "no data"
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    size: Decimal = abs(number)
    places = 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 1 else 4
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    text = format(rounded, f",.{places}f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", NO_BREAK).replace("-", MINUS)


def measure(value: Decimal | float | None, unit: str) -> str:
    """A reading with its unit; large amounts of money are compact."""
    if value is None:
        return "no data"
    if len(unit) == 3 and unit.isupper() and abs(float(value)) >= 100_000:
        return compact_money(Decimal(str(value)), unit)
    return f"{number_words(value)}{NO_BREAK}{unit}" if unit else number_words(value)


def compact_money(amount: Decimal, currency: str) -> str:
    """`1.2 M USD`: three places that matter at most."""
    size = abs(amount)
    for limit, letter in ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "K")):
        if size >= limit * Decimal("0.9995"):
            scaled = amount / limit
            text = f"{scaled:.0f}" if abs(scaled) >= 100 else f"{scaled:.1f}".removesuffix(".0")
            return f"{text}{NO_BREAK}{letter} {currency}".strip().replace("-", MINUS)
    return f"{amount:.0f} {currency}".strip().replace("-", MINUS)


def joined(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def counted(count: int, one: str, many: str = "") -> str:
    """`1 metric`, `2 metrics`, `no metrics`."""
    word = one if count == 1 else many or f"{one}s"
    return f"{count or 'no'} {word}"
