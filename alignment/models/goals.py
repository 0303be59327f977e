"""What the company wants: themes, objectives, key results and their own period targets."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alignment.models.fields import reading_field, weight_field


class Theme(models.Model):
    """A strategic theme: where the plan says that money and effort go. `weight` counts by its share."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    weight = weight_field(default=1)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    value_stream = models.ForeignKey(
        "ValueStream", null=True, blank=True, on_delete=models.PROTECT, related_name="themes"
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(weight__gte=0), name="theme_weight_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class Objective(models.Model):
    """An aim for a stretch of time within a theme; only objectives without a parent enter its score."""

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="objectives")
    period_start = models.DateField()
    period_end = models.DateField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    team = models.ForeignKey(
        "Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="objectives"
    )
    weight = weight_field(default=1)
    is_ready = models.BooleanField(default=False)

    class Meta:
        ordering = ["theme__position", "period_start", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period_start__lte=F("period_end")), name="objective_period_ordered"
            ),
            models.CheckConstraint(condition=Q(weight__gte=0), name="objective_weight_not_negative"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="objective_not_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name


class KeyResult(models.Model):
    """How an objective is measured: a metric brought from baseline to target, summed up to a target, or kept
    within bounds, between `start` and `due`."""

    class Kind(models.TextChoices):
        LEVEL = "level", "bring the level from baseline to target"
        CUMULATIVE = "cumulative", "add up to the target since the start"
        BAND = "band", "keep within bounds"

    class Path(models.TextChoices):
        LINEAR = "linear", "straight line"
        TARGETS = "targets", "own period targets"

    class Status(models.TextChoices):
        NOT_MEASURABLE = "not-measurable", "not measurable"
        NOT_STARTED = "not-started", "not started"
        STALE = "stale", "stale"
        ACHIEVED = "achieved", "achieved"
        MISSED = "missed", "missed"
        OFF_TRACK = "off-track", "off track"
        AT_RISK = "at-risk", "at risk"
        ON_TRACK = "on-track", "on track"

    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="key_results")
    name = models.CharField(max_length=300)
    metric = models.ForeignKey(
        "Metric", null=True, blank=True, on_delete=models.PROTECT, related_name="key_results"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.LEVEL)
    baseline = reading_field(null=True, blank=True)
    target = reading_field(null=True, blank=True)
    lower_bound = reading_field(null=True, blank=True)
    upper_bound = reading_field(null=True, blank=True)
    start = models.DateField()
    due = models.DateField()
    path = models.CharField(max_length=8, choices=Path.choices, default=Path.LINEAR)
    weight = weight_field(default=1)
    override_status = models.CharField(max_length=16, choices=Status.choices, blank=True)
    override_reason = models.TextField(blank=True)
    override_by_name = models.CharField(max_length=200, blank=True)
    overridden_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["objective_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["level", "cumulative", "band"]), name="key_result_kind_known"
            ),
            models.CheckConstraint(condition=Q(start__lt=F("due")), name="key_result_start_before_due"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="key_result_weight_not_negative"),
            models.CheckConstraint(
                condition=Q(lower_bound=None) | Q(upper_bound=None) | Q(lower_bound__lte=F("upper_bound")),
                name="key_result_bounds_ordered",
            ),
            # Scoring.md 2: every target that equals its baseline is a band.
            models.CheckConstraint(
                condition=Q(kind="band") | Q(baseline=None) | Q(target=None) | ~Q(baseline=F("target")),
                name="key_result_journey_has_length",
            ),
            models.CheckConstraint(
                condition=~Q(kind="cumulative") | Q(baseline=None) | Q(baseline=0),
                name="key_result_cumulative_from_zero",
            ),
            models.CheckConstraint(
                condition=Q(override_status="") | (~Q(override_reason="") & Q(overridden_at__isnull=False)),
                name="key_result_override_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KeyResultTarget(models.Model):
    """A key result's own target for the end of a period, on the metric's scale."""

    key_result = models.ForeignKey(KeyResult, on_delete=models.CASCADE, related_name="targets")
    period_end = models.DateField()
    value = reading_field()

    class Meta:
        ordering = ["key_result_id", "period_end"]
        constraints = [
            models.UniqueConstraint(fields=["key_result", "period_end"], name="key_result_target_once"),
        ]

    def __str__(self) -> str:
        return f"{self.value} by {self.period_end}"
