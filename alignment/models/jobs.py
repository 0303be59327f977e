"""Background work as rows: the row is the work, the broker's message only a nudge."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Job(models.Model):
    """One piece of background work. A worker owns it while its lease runs; writes with a lost lease change
    nothing. Written by `alignment.queueing` alone."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        DEAD = "dead", "Given up"

    kind = models.CharField(max_length=64)
    deduplication_key = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    progress_done = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(default=0)
    error = models.TextField(blank=True)
    by_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    run_after = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["run_after", "id"], condition=Q(state="queued"), name="job_queued"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="job_running"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["deduplication_key"],
                condition=Q(state="queued"),
                name="job_queued_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed", "dead"]), name="job_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | (Q(lease_until__isnull=False) & Q(lease_token__isnull=False)),
                name="job_running_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(progress_total=0) | Q(progress_done__lte=F("progress_total")),
                name="job_progress_within_total",
            ),
        ]

    def __str__(self) -> str:
        return f"job {self.pk} {self.kind} ({self.state})"
