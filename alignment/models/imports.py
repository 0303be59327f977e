"""Import batches: one row for each file that was taken in, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class ImportBatch(models.Model):
    """One imported file: who, when, which bytes read in which way, and the counts. Written by
    `alignment.importing` alone."""

    class State(models.TextChoices):
        LOADED = "loaded", "Loaded"
        UNDONE = "undone", "Undone"
        FAILED = "failed", "Failed"

    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    options = models.JSONField(default=dict, help_text="how the file was read, every choice spelled out")
    options_fingerprint = models.CharField(max_length=64)
    source = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by_name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=State.choices)
    rows_new = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    refusals = models.JSONField(default=list, blank=True)
    error = models.TextField(blank=True)
    again = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the earlier batch of the same file, whose readings had been taken back and came back with this one",
    )

    class Meta:
        verbose_name_plural = "import batches"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["loaded", "undone", "failed"]), name="import_batch_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="loaded") | (Q(imported_at__isnull=False) & Q(undone_at__isnull=True)),
                name="import_batch_loaded_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="undone") | (Q(imported_at__isnull=False) & Q(undone_at__isnull=False)),
                name="import_batch_undone_has_times",
            ),
            models.UniqueConstraint(
                fields=["file_sha256", "options_fingerprint", "again"],
                condition=Q(state="loaded"),
                nulls_distinct=False,
                name="import_batch_loaded_once",
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk} ({self.file_name})"


class ImportRefusedRows(models.Model):
    """The rows that an import left out, as they were written, so that they can be mended and handed in again.

    `header` is the file's; `rows` are pairs of line and cells, the first ones where they are many. Apart from the
    batch, which many pages read and none of them with these.
    """

    batch = models.OneToOneField(
        ImportBatch, primary_key=True, on_delete=models.CASCADE, related_name="refused_rows"
    )
    header = models.JSONField()
    rows = models.JSONField()

    def __str__(self) -> str:
        return f"refused rows of batch {self.batch_id}"
