"""A metric's kind may be left open; the change that would not matter; a row for each signal of a metric."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Signals are derived, so nothing is carried over: the next run writes the new rows."""

    dependencies = [
        ("alignment", "0010_key_result_paces"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="metric",
            name="metric_kind_known",
        ),
        migrations.AddField(
            model_name="metric",
            name="margin",
            field=models.DecimalField(
                blank=True,
                decimal_places=12,
                help_text="a change over the window of readings that would not matter",
                max_digits=30,
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="metric",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("flow", "flow (counted over each period)"),
                    ("stock", "stock (a level at the period's end)"),
                ],
                default="flow",
                help_text="empty: not declared",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="signal",
            name="as_of",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="signal",
            name="kind",
            field=models.CharField(
                choices=[
                    ("staleness", "Has it reported when it should?"),
                    ("trend", "Is it improving, worsening, or is there no clear change?"),
                    ("shift", "Are the latest readings different?"),
                    ("story", "Did it step or drift?"),
                    ("changes", "When did it change for good?"),
                    ("headline", "What is said first?"),
                    ("news", "Does its trend stand out among those of its category?"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="metric",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["", "flow", "stock"])), name="metric_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="metric",
            constraint=models.CheckConstraint(
                condition=models.Q(("margin", None), ("margin__gt", 0), _connector="OR"),
                name="metric_margin_above_zero",
            ),
        ),
    ]
