"""Imports of a file that was imported before, rows that were refused, and two indexes that other ones hold already."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Loaded batches stay one for each file and reading of it; those that bring back what was undone are told apart
    by the batch that they come after."""

    dependencies = [("alignment", "0007_statuses_stay")]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="again",
            field=models.ForeignKey(
                blank=True,
                help_text="the earlier batch of the same file, whose readings had been taken back and came back with this one",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="alignment.importbatch",
            ),
        ),
        migrations.RemoveConstraint(model_name="importbatch", name="import_batch_loaded_once"),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "loaded")),
                fields=("file_sha256", "options_fingerprint", "again"),
                name="import_batch_loaded_once",
                nulls_distinct=False,
            ),
        ),
        migrations.CreateModel(
            name="ImportRefusedRows",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="refused_rows",
                        serialize=False,
                        to="alignment.importbatch",
                    ),
                ),
                ("header", models.JSONField()),
                ("rows", models.JSONField()),
            ],
        ),
        migrations.RunSQL("SELECT plumbline_watch('alignment_importrefusedrows')", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="observation",
            name="metric",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="observations",
                to="alignment.metric",
            ),
        ),
        migrations.AlterField(
            model_name="observationrevision",
            name="metric",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revisions",
                to="alignment.metric",
            ),
        ),
    ]
