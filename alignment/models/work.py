"""What the company does and what it promised to keep: epics and guardrails."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from alignment.models.fields import at_most_one, money_field, reading_field, weight_field


class EpicQuerySet(models.QuerySet["Epic"]):
    """Epics by their state."""

    def active(self) -> EpicQuerySet:
        """Epics in progress."""
        return self.filter(state=Epic.State.ACTIVE)


class Epic(models.Model):
    """A piece of work with the change of a metric that it is expected to bring."""

    class Kind(models.TextChoices):
        FEATURE = "feature", "Feature"
        PLATFORM = "platform", "Platform"
        DEBT = "debt", "Technical debt"
        AI = "ai", "AI"
        COMPLIANCE = "compliance", "Compliance"

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        ACTIVE = "active", "Active"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=300)
    theme = models.ForeignKey("Theme", on_delete=models.PROTECT, related_name="epics")
    objective = models.ForeignKey(
        "Objective", null=True, blank=True, on_delete=models.SET_NULL, related_name="epics"
    )
    team = models.ForeignKey("Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="epics")
    effort = models.DecimalField(
        max_digits=9, decimal_places=2, null=True, blank=True, help_text="person-weeks"
    )
    money = money_field(null=True, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.FEATURE)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PROPOSED)
    started_on = models.DateField(null=True, blank=True)
    finished_on = models.DateField(null=True, blank=True)
    impact_metric = models.ForeignKey(
        "Metric", null=True, blank=True, on_delete=models.PROTECT, related_name="expected_impacts"
    )
    impact_from = reading_field(null=True, blank=True)
    impact_to = reading_field(null=True, blank=True)
    impact_by = models.DateField(null=True, blank=True)
    hypothesis_approved_at = models.DateTimeField(null=True, blank=True)
    guardrail_served = models.ForeignKey(
        "Guardrail", null=True, blank=True, on_delete=models.SET_NULL, related_name="serving_epics"
    )
    first_signal_promised = models.DateField(null=True, blank=True)
    first_signal_seen = models.DateField(null=True, blank=True)

    objects = EpicQuerySet.as_manager()

    class Meta:
        ordering = ["theme__position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(effort=None) | Q(effort__gte=0), name="epic_effort_not_negative"
            ),
            models.CheckConstraint(condition=Q(money=None) | Q(money__gte=0), name="epic_money_not_negative"),
            models.CheckConstraint(
                condition=Q(started_on=None) | Q(finished_on=None) | Q(started_on__lte=F("finished_on")),
                name="epic_dates_ordered",
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(started_on__isnull=False), name="epic_active_has_started"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(finished_on__isnull=False), name="epic_done_has_finished"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_complete_hypothesis(self) -> bool:
        """Whether metric, from, to and by-when of the expected impact are all stated, and it moves."""
        return (
            self.impact_metric_id is not None
            and self.impact_from is not None
            and self.impact_to is not None
            and self.impact_by is not None
            and self.impact_from != self.impact_to
        )


class Guardrail(models.Model):
    """A bound on a metric that work must not break, and what it guards (nothing set: the whole company)."""

    class Kind(models.TextChoices):
        SLO = "slo", "Service level objective"
        QUALITY_GATE = "quality-gate", "Quality gate"
        UNIT_COST = "unit-cost", "Unit cost"
        AI_EVALUATION = "ai-evaluation", "AI evaluation"

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=300)
    metric = models.ForeignKey("Metric", on_delete=models.PROTECT, related_name="guardrails")
    lower_bound = reading_field(null=True, blank=True)
    upper_bound = reading_field(null=True, blank=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    importance = weight_field(default=1)
    theme = models.ForeignKey(
        "Theme", null=True, blank=True, on_delete=models.PROTECT, related_name="guardrails"
    )
    epic = models.ForeignKey(Epic, null=True, blank=True, on_delete=models.PROTECT, related_name="guardrails")
    team = models.ForeignKey(
        "Team", null=True, blank=True, on_delete=models.PROTECT, related_name="guardrails"
    )
    value_stream = models.ForeignKey(
        "ValueStream", null=True, blank=True, on_delete=models.PROTECT, related_name="guardrails"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lower_bound__isnull=False) | Q(upper_bound__isnull=False),
                name="guardrail_has_bound",
            ),
            models.CheckConstraint(
                condition=Q(lower_bound=None) | Q(upper_bound=None) | Q(lower_bound__lte=F("upper_bound")),
                name="guardrail_bounds_ordered",
            ),
            models.CheckConstraint(condition=Q(importance__gte=0), name="guardrail_importance_not_negative"),
            models.CheckConstraint(
                condition=at_most_one("theme", "epic", "team", "value_stream"), name="guardrail_one_scope"
            ),
        ]

    def __str__(self) -> str:
        return self.name
