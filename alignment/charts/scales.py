"""Axes: round steps for values, first days of months for time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class ValueScale:
    """From `low` to `high` in steps of `step`; all ticks are multiples of the step."""

    low: float
    high: float
    step: float

    @property
    def ticks(self) -> tuple[float, ...]:
        """The values with a grid line."""
        first = math.ceil(self.low / self.step - 1e-9)
        last = math.floor(self.high / self.step + 1e-9)
        return tuple(index * self.step for index in range(first, last + 1))

    def share(self, value: float) -> float:
        """Where the value lies: 0 at the bottom, 1 at the top."""
        return (value - self.low) / (self.high - self.low)

    def label(self, value: float) -> str:
        """The tick in as few characters as its step needs; thousands as K, millions as M."""
        for size, letter in ((1e9, " B"), (1e6, " M"), (1e4, " K")):
            if max(abs(self.low), abs(self.high)) >= size:
                divisor = 1e3 if letter == " K" else size
                return f"{value / divisor:.{_decimals(self.step / divisor)}f}{letter}" if value else "0"
        return f"{value:.{_decimals(self.step)}f}"


def _decimals(step: float) -> int:
    """Decimals that tell two ticks apart."""
    return next(
        (places for places in range(7) if abs(step * 10**places - round(step * 10**places)) < 1e-6), 6
    )


def value_scale(
    values: list[float],
    *,
    floor: float | None = None,
    ceiling: float | None = None,
    least_spread: float = 0.0,
) -> ValueScale:
    """A scale that holds all values with some air, in three to six round steps; not beyond `floor` and `ceiling`.

    It spans `least_spread` at least, so that a small movement does not look like a great one.
    """
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    missing = max(least_spread - (high - low), 0.0) / 2
    low, high = low - missing, high + missing
    spread = high - low or abs(high) * 0.2 or 1.0
    rough = spread * 1.25 / 4
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * magnitude for factor in _STEPS if factor * magnitude >= rough * 0.999)
    bottom = math.floor((low - spread * 0.08) / step) * step
    top = math.ceil((high + spread * 0.2) / step) * step
    if floor is not None:
        bottom = max(bottom, floor)
    if ceiling is not None:
        top = min(top, ceiling)
    return ValueScale(bottom, top if top > bottom else bottom + step, step)


@dataclass(frozen=True, slots=True)
class TimeScale:
    """From the first to the last day; before `begin` there is room for the labels of values, and no month is named."""

    first: date
    last: date
    begin: date | None = None

    def share(self, day: date) -> float:
        """Where the day lies: 0 at the left, 1 at the right."""
        return (day - self.first).days / max((self.last - self.first).days, 1)

    @property
    def ticks(self) -> tuple[tuple[date, str], ...]:
        """First days of months (of quarters beyond 15 months, of years beyond 5 years) with their labels."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        stride = 1 if months <= 15 else 3 if months <= 60 else 12
        found: list[tuple[date, str]] = []
        year, month = self.first.year, self.first.month
        while (day := date(year, month, 1)) <= self.last:
            if day >= (self.begin or self.first) and (month - 1) % stride == 0:
                found.append((day, _month_label(day)))
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        return tuple(found)


def _month_label(day: date) -> str:
    """The month; January carries its year instead."""
    return f"{day:%Y}" if day.month == 1 else f"{day:%b}"
