"""The audit trail: one row for each changed row of a business table, written by the database itself."""

from __future__ import annotations

from django.db import models


class AuditEvent(models.Model):
    """What was before and after, who and when. Triggers write it on every path (ORM, bulk, raw SQL, psql);
    the database refuses to change or delete one."""

    table_name = models.CharField(max_length=80)
    row_id = models.CharField(max_length=80)
    operation = models.CharField(max_length=8)
    actor = models.CharField(max_length=200)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["table_name", "row_id", "id"], name="audit_of_row")]

    def __str__(self) -> str:
        return f"{self.operation} of {self.table_name} {self.row_id} by {self.actor}"
