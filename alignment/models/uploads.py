"""Files that were handed in and wait for a decision, and the choices that were saved for a source."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class ImportUpload(models.Model):
    """A file between its upload and its import: the bytes (`parts`), the choices, the preview. Written by
    `alignment.importing` alone; forgotten some days after it came.

    `options` are the choices as `importing.Options.as_json`, `preview` what the worker found with them, `mark` what
    the preview rested on. `lines` counts line breaks, 0 for a workbook.
    """

    class State(models.TextChoices):
        LOOKING = "looking", "Being looked at"
        READY = "ready", "Waits for a decision"
        REFUSED = "refused", "Refused"
        IMPORTING = "importing", "Being imported"
        IMPORTED = "imported", "Imported"

    token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    file_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    lines = models.PositiveBigIntegerField(default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(max_length=200)
    uploaded_at = models.DateTimeField()
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.LOOKING)
    preview = models.JSONField(null=True, blank=True)
    mark = models.CharField(max_length=64, blank=True)
    said = models.TextField(blank=True, help_text="why the last step did not go as asked")
    job = models.ForeignKey("Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    batch = models.ForeignKey(
        "ImportBatch", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["looking", "ready", "refused", "importing", "imported"]),
                name="import_upload_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"upload {self.pk} ({self.file_name})"


class ImportUploadPart(models.Model):
    """A piece of an upload, packed by zlib: web servers and workers share the database, and need not share a disk."""

    upload = models.ForeignKey(ImportUpload, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["upload_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="import_upload_part_once"),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of upload {self.upload_id}"


class ImportProfile(models.Model):
    """Choices saved under a name, to read the next file of the same source in the same way."""

    name = models.CharField(max_length=100, unique=True)
    options = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="import_profile_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
