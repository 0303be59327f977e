"""Observations, and the revisions that a restatement or an undo leaves behind.

The database refuses an observation whose `period_start` is not the first day of a period of its metric's
cadence, and a value that is not a finite number. Revisions are append-only and are the audit of
observations; they have no second one.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from alignment.models.fields import reading_field


class ObservationQuerySet(models.QuerySet["Observation"]):
    """Current readings."""

    def known_at(self, moment: datetime) -> ObservationQuerySet:
        """Readings that this system had learnt by `moment` and that nothing has replaced since."""
        return self.filter(known_at__lte=moment)

    def in_order(self) -> ObservationQuerySet:
        """By metric, then period: the order in which sums are taken."""
        return self.order_by("metric_id", "period_start")


class Observation(models.Model):
    """The reading of one metric for one period. Written by `alignment.importing` (and the sample) alone.

    `known_at` is when this system learnt it; for history from before a metric's first import it is
    reconstructed as the period's end plus the metric's reporting lag, and `reconstructed` says so.
    """

    pk = models.CompositePrimaryKey("metric_id", "period_start")
    metric = models.ForeignKey(  # the primary key begins with it: a second index would only cost imports
        "Metric", on_delete=models.PROTECT, related_name="observations", db_index=False
    )
    period_start = models.DateField()
    value = reading_field()
    known_at = models.DateTimeField()
    reconstructed = models.BooleanField(default=False)
    batch = models.ForeignKey(  # held to its table by a trigger, once for each statement: see 0009
        "ImportBatch", null=True, on_delete=models.PROTECT, related_name="observations", db_constraint=False
    )
    source_line = models.PositiveIntegerField(null=True)
    source_column = models.CharField(max_length=300, blank=True)

    objects = ObservationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.metric_id} {self.period_start}: {self.value}"


class ObservationRevision(models.Model):
    """A reading that was replaced (`restated`) or taken back (`undone`): the row as it stood, and until when.

    Known as of T are the rows with known_at <= T < replaced_at; of several, and of the current observation,
    the one with the greatest known_at counts. An undone reading's `known_at` is never before its import.
    """

    class Reason(models.TextChoices):
        RESTATED = "restated", "restated by a later file"
        UNDONE = "undone", "taken back by an undo"

    metric = models.ForeignKey("Metric", on_delete=models.PROTECT, related_name="revisions", db_index=False)
    period_start = models.DateField()
    value = reading_field()
    known_at = models.DateTimeField()
    reconstructed = models.BooleanField(default=False)
    batch = models.ForeignKey(
        "ImportBatch", null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    source_line = models.PositiveIntegerField(null=True)
    source_column = models.CharField(max_length=300, blank=True)
    replaced_at = models.DateTimeField()
    replaced_by = models.ForeignKey(
        "ImportBatch",
        null=True,
        on_delete=models.PROTECT,
        related_name="revisions",
        db_constraint=False,
        help_text="the batch whose reading took this one's place, or the batch that was undone",
    )
    reason = models.CharField(max_length=8, choices=Reason.choices)
    by_name = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["metric", "period_start"], name="revision_of_reading")]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["restated", "undone"]), name="revision_reason_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric_id} {self.period_start}: was {self.value} until {self.replaced_at:%Y-%m-%d}"
