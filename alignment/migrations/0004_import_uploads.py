"""Uploads in pieces and profiles of choices. Profiles are audited; uploads are gone in days, and their batches are."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Pieces are mostly read once: packing them would cost more than the room that it saves.
AUDIT_AND_STORAGE = """
CREATE TRIGGER audit_insert AFTER INSERT ON alignment_importprofile REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION plumbline_audit();
CREATE TRIGGER audit_update AFTER UPDATE ON alignment_importprofile REFERENCING OLD TABLE AS old_rows
NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION plumbline_audit();
CREATE TRIGGER audit_delete AFTER DELETE ON alignment_importprofile REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION plumbline_audit();
ALTER TABLE alignment_importuploadpart ALTER COLUMN content SET STORAGE EXTERNAL;
SELECT plumbline_watch('alignment_importprofile');
SELECT plumbline_watch('alignment_importupload');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("alignment", "0003_data_version"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportProfile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True)),
                ("options", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="import_profile_has_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("file_name", models.CharField(max_length=255)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("lines", models.PositiveBigIntegerField(default=0)),
                ("by_name", models.CharField(max_length=200)),
                ("uploaded_at", models.DateTimeField()),
                ("options", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("looking", "Being looked at"),
                            ("ready", "Waits for a decision"),
                            ("refused", "Refused"),
                            ("importing", "Being imported"),
                            ("imported", "Imported"),
                        ],
                        default="looking",
                        max_length=10,
                    ),
                ),
                ("preview", models.JSONField(blank=True, null=True)),
                ("mark", models.CharField(blank=True, max_length=64)),
                ("said", models.TextField(blank=True, help_text="why the last step did not go as asked")),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="alignment.importbatch",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="alignment.job",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ImportUploadPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="alignment.importupload",
                    ),
                ),
            ],
            options={
                "ordering": ["upload_id", "number"],
            },
        ),
        migrations.AddConstraint(
            model_name="importupload",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["looking", "ready", "refused", "importing", "imported"])),
                name="import_upload_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importuploadpart",
            constraint=models.UniqueConstraint(fields=("upload", "number"), name="import_upload_part_once"),
        ),
        migrations.RunSQL(AUDIT_AND_STORAGE, migrations.RunSQL.noop),  # the triggers go with their tables
    ]
