"""What the company funds: budget lines by theme and month."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from alignment.models.fields import money_field


class BudgetLine(models.Model):
    """Money of one theme in one month; without a theme, money outside the themes. Amounts may be negative
    (a credit); a missing actual is a month that is not closed."""

    theme = models.ForeignKey(
        "Theme", null=True, blank=True, on_delete=models.PROTECT, related_name="budget_lines"
    )
    month = models.DateField(help_text="first day of the month")
    planned = money_field()
    revised = money_field(null=True, blank=True)
    actual = money_field(null=True, blank=True)

    class Meta:
        ordering = ["month", "theme_id"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="budget_line_first_of_month"),
            models.UniqueConstraint(
                fields=["theme", "month"], nulls_distinct=False, name="budget_line_once_a_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.theme_id or 'outside themes'} {self.month:%Y-%m}"
