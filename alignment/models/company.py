"""The company whose plan and roadmap are held side by side: one row, and its conventions."""

from __future__ import annotations

import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from alignment.models.fields import money_field
from alignment.periods import Calendar


def validate_time_zone(name: str) -> None:
    """Refuse a time zone that the tz database does not hold."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is not a time zone. Write one like Europe/Berlin or UTC.")


class Company(models.Model):
    """The one company. `sample_seed` is set only where `load_sample` filled the database."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, default="USD", help_text="ISO 4217 code, such as USD or EUR")
    fiscal_year_start_month = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    first_day_of_week = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(6)], help_text="0 is Monday, 6 is Sunday"
    )
    staff = models.PositiveIntegerField(default=0, help_text="people employed")
    yearly_revenue = money_field(default=0)
    sample_seed = models.BigIntegerField(null=True, blank=True, editable=False)
    sample_healthy = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name_plural = "companies"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="company_single_row"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="company_currency_code"),
            models.CheckConstraint(
                condition=Q(fiscal_year_start_month__range=(1, 12)), name="company_fiscal_year_month"
            ),
            models.CheckConstraint(
                condition=Q(first_day_of_week__range=(0, 6)), name="company_first_week_day"
            ),
            models.CheckConstraint(condition=Q(yearly_revenue__gte=0), name="company_revenue_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def calendar(self) -> Calendar:
        """The company's conventions for periods."""
        return Calendar(self.fiscal_year_start_month, self.first_day_of_week)

    @property
    def is_sample(self) -> bool:
        """Whether `load_sample` filled this database."""
        return self.sample_seed is not None
