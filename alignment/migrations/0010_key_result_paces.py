"""How likely each key result reaches its target, kept for each set of readings."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A derived table, watched by the data version."""

    dependencies = [("alignment", "0009_batches_by_statement")]

    operations = [
        migrations.CreateModel(
            name="KeyResultPace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("probability", models.FloatField(null=True)),
                ("sentence", models.TextField()),
                ("expected", models.FloatField(null=True)),
                ("low", models.FloatField(null=True)),
                ("high", models.FloatField(null=True)),
                ("target", models.FloatField(null=True)),
                ("steps", models.JSONField(default=list)),
                ("fingerprint", models.CharField(max_length=64)),
                ("computed_at", models.DateTimeField()),
                (
                    "key_result",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="paces",
                        to="alignment.keyresult",
                    ),
                ),
            ],
            options={
                "ordering": ["key_result_id", "day"],
                "constraints": [
                    models.UniqueConstraint(fields=("key_result", "day"), name="key_result_pace_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("probability", None),
                            models.Q(("probability__gte", 0), ("probability__lte", 1)),
                            _connector="OR",
                        ),
                        name="key_result_pace_is_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("probability", None),
                            models.Q(
                                ("low__lte", models.F("high")),
                                ("expected__isnull", False),
                                ("target__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="key_result_pace_has_its_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sentence", ""), _negated=True),
                        name="key_result_pace_has_sentence",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "SELECT plumbline_watch('alignment_keyresultpace');",
            "DROP TRIGGER data_changed ON alignment_keyresultpace;",
        ),
    ]
