"""Metrics: what is measured, in which unit and rhythm, and which way is better."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alignment.models.fields import CADENCE_CHOICES, at_most_one, reading_field
from alignment.periods import Cadence

SEASON_UNDECLARED = "not declared: reckoned with once it could be seen twice"
"""What an empty `Metric.season` means, for people."""
METRIC_KEY_PATTERN = r"^[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*$"


class MetricQuerySet(models.QuerySet["Metric"]):
    """Metrics, asked for by what they measure."""

    def company_wide(self) -> MetricQuerySet:
        """Metrics of the whole company."""
        return self.filter(theme=None, value_stream=None, team=None, epic=None)

    def with_role(self, role: str) -> MetricQuerySet:
        """Metrics that detectors look for under this role."""
        return self.filter(role=role)


class Metric(models.Model):
    """One series of readings. `key` is its name in files: lower-case words joined by dots."""

    class Category(models.TextChoices):
        BUSINESS_OUTCOMES = "business-outcomes", "Business outcomes"
        TECHNICAL_PERFORMANCE = "technical-performance", "Technical performance"
        STRATEGIC_ALIGNMENT = "strategic-alignment", "Strategic alignment"
        FINANCIAL_EFFICIENCY = "financial-efficiency", "Financial efficiency"
        TEAM_EFFECTIVENESS = "team-effectiveness", "Team effectiveness"
        AI_PERFORMANCE = "ai-performance", "AI performance"

    class Direction(models.TextChoices):
        HIGHER = "higher", "higher is better"
        LOWER = "lower", "lower is better"
        RANGE = "range", "stay in range"

    class Kind(models.TextChoices):
        FLOW = "flow", "flow (counted over each period)"
        STOCK = "stock", "stock (a level at the period's end)"

    class Season(models.TextChoices):
        YEARLY = "yearly", "yearly (some months are always higher than others)"
        NONE = "none", "none within the year"

    class Role(models.TextChoices):
        VELOCITY = "velocity", "Delivery velocity"
        REVENUE = "revenue", "Revenue"
        ARR = "arr", "Annual recurring revenue"
        NET_REVENUE_RETENTION = "net-revenue-retention", "Net revenue retention"
        SUPPORT_LOAD = "support-load", "Support load"
        QUALITY = "quality", "Delivery quality"
        RELIABILITY = "reliability", "Reliability against SLO"
        AI_UNIT_COST = "ai-unit-cost", "AI unit cost"
        AI_QUALITY = "ai-quality", "AI quality"
        CASH = "cash", "Cash"
        BURN = "burn", "Burn"
        RUNWAY = "runway", "Months of runway"
        ON_CALL_LOAD = "on-call-load", "On-call load"
        ATTRITION = "attrition", "Attrition"
        DEBT_SHARE = "debt-share", "Share of effort on debt"
        PLATFORM_EFFORT = "platform-effort", "Share of effort on the platform"

    key = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=300)
    category = models.CharField(max_length=32, choices=Category.choices)
    unit = models.CharField(max_length=32, help_text="what one reading counts, such as %, USD, days, tickets")
    direction = models.CharField(max_length=8, choices=Direction.choices, default=Direction.HIGHER)
    cadence = models.CharField(max_length=12, choices=CADENCE_CHOICES)
    reporting_lag_days = models.PositiveSmallIntegerField(
        default=0, help_text="days between a period's end and its reading"
    )
    kind = models.CharField(
        max_length=8, choices=Kind.choices, default=Kind.FLOW, blank=True, help_text="empty: not declared"
    )
    season = models.CharField(
        max_length=8, choices=Season.choices, blank=True, help_text="empty: not declared"
    )
    margin = reading_field(
        null=True, blank=True, help_text="a change over the window of readings that would not matter"
    )
    role = models.CharField(max_length=32, choices=Role.choices, blank=True)
    source = models.CharField(
        max_length=300, blank=True, help_text="the system or file family that the readings come from"
    )
    description = models.TextField(blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    theme = models.ForeignKey(
        "Theme", null=True, blank=True, on_delete=models.PROTECT, related_name="metrics"
    )
    value_stream = models.ForeignKey(
        "ValueStream", null=True, blank=True, on_delete=models.PROTECT, related_name="metrics"
    )
    team = models.ForeignKey("Team", null=True, blank=True, on_delete=models.PROTECT, related_name="metrics")
    epic = models.ForeignKey("Epic", null=True, blank=True, on_delete=models.PROTECT, related_name="metrics")
    hard_minimum = reading_field(
        null=True, blank=True, help_text="a reading below this changes a status at once"
    )
    hard_maximum = reading_field(
        null=True, blank=True, help_text="a reading above this changes a status at once"
    )
    first_imported_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="written by alignment.importing alone"
    )

    objects = MetricQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(condition=Q(key__regex=METRIC_KEY_PATTERN), name="metric_key_form"),
            models.CheckConstraint(condition=~Q(name=""), name="metric_has_name"),
            models.CheckConstraint(
                condition=Q(cadence__in=[choice for choice, _ in CADENCE_CHOICES]),
                name="metric_cadence_known",
            ),
            models.CheckConstraint(
                condition=Q(direction__in=["higher", "lower", "range"]), name="metric_direction_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=["", "flow", "stock"]), name="metric_kind_known"),
            models.CheckConstraint(
                condition=Q(season__in=["", "yearly", "none"]), name="metric_season_known"
            ),
            models.CheckConstraint(
                condition=Q(margin=None) | Q(margin__gt=0), name="metric_margin_above_zero"
            ),
            models.CheckConstraint(
                condition=at_most_one("theme", "value_stream", "team", "epic"), name="metric_one_scope"
            ),
            models.CheckConstraint(
                condition=Q(hard_minimum=None)
                | Q(hard_maximum=None)
                | Q(hard_minimum__lte=F("hard_maximum")),
                name="metric_hard_bounds_ordered",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rhythm(self) -> Cadence:
        """The cadence as the value object of `alignment.periods`."""
        return Cadence(self.cadence)

    @property
    def scope(self) -> Any:
        """The theme, value stream, team or epic measured, or None for the company."""
        return self.theme or self.value_stream or self.team or self.epic
