"""The shapes of numbers that several tables share."""

from __future__ import annotations

from typing import Any

from django.db import models

CADENCE_CHOICES = [
    ("day", "daily"),
    ("week", "weekly"),
    ("month", "monthly"),
    ("quarter", "quarterly"),
    ("fiscal-year", "yearly"),
]


def money_field(**options: Any) -> models.DecimalField[Any, Any]:
    """An amount in the company's currency, exact to two decimals."""
    return models.DecimalField(max_digits=18, decimal_places=2, **options)


def reading_field(**options: Any) -> models.DecimalField[Any, Any]:
    """A metric's value in the metric's own unit: 18 digits before the point, 12 behind it."""
    return models.DecimalField(max_digits=30, decimal_places=12, **options)


def weight_field(**options: Any) -> models.DecimalField[Any, Any]:
    """A relative weight of three decimals; only its share of the sum means anything."""
    return models.DecimalField(max_digits=9, decimal_places=3, **options)


def at_most_one(*names: str) -> models.Q:
    """The condition that at most one of these foreign keys is set."""
    condition = models.Q()
    for position, name in enumerate(names):
        for other in names[position + 1 :]:
            condition &= models.Q(**{f"{name}__isnull": True}) | models.Q(**{f"{other}__isnull": True})
    return condition
