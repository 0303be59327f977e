"""A metric may say whether it has a season within the year."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Existing metrics have none declared: the next run judges them anew and says what that leaves open."""

    dependencies = [
        ("alignment", "0011_kind_undeclared_margin_signals"),
    ]

    operations = [
        migrations.AddField(
            model_name="metric",
            name="season",
            field=models.CharField(
                blank=True,
                choices=[
                    ("yearly", "yearly (some months are always higher than others)"),
                    ("none", "none within the year"),
                ],
                help_text="empty: not declared",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="metric",
            constraint=models.CheckConstraint(
                condition=models.Q(("season__in", ["", "yearly", "none"])), name="metric_season_known"
            ),
        ),
    ]
