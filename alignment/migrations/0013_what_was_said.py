"""What was said of each metric, day by day, so that a past day reads what was said then."""

import django.db.models.deletion
from django.db import migrations, models

SEED = """
INSERT INTO alignment_metricverdict
    (metric_id, day, verdict, sentence, tone, as_of, trend, claim, since, before, rule, computed_at)
SELECT head.metric_id, run.day, head.verdict, head.sentence, head.details->>'tone', head.as_of, trend.verdict,
       news.verdict, CASE WHEN news.as_of <= run.day THEN news.as_of END, '', 1, head.computed_at
FROM alignment_signal AS head
JOIN alignment_signal AS trend ON trend.metric_id = head.metric_id AND trend.kind = 'trend'
JOIN alignment_signal AS news ON news.metric_id = head.metric_id AND news.kind = 'news'
CROSS JOIN (SELECT max(day) AS day FROM alignment_score WHERE subject_kind = 'company') AS run
WHERE head.kind = 'headline' AND run.day IS NOT NULL
"""


class Migration(migrations.Migration):
    """A derived table, watched by the data version; what is said now was said on the day of the last run."""

    dependencies = [("alignment", "0012_metric_season")]

    operations = [
        migrations.CreateModel(
            name="MetricVerdict",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("verdict", models.CharField(max_length=32)),
                ("sentence", models.TextField(blank=True)),
                ("tone", models.CharField(blank=True, max_length=8)),
                ("as_of", models.DateField(null=True)),
                ("trend", models.CharField(max_length=32)),
                ("claim", models.CharField(blank=True, max_length=16)),
                ("since", models.DateField(null=True)),
                ("before", models.CharField(blank=True, max_length=16)),
                ("rule", models.PositiveSmallIntegerField()),
                ("computed_at", models.DateTimeField()),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="verdicts",
                        to="alignment.metric",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("metric", "day"), name="metric_verdict_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("since", None), ("since__lte", models.F("day")), _connector="OR"),
                        name="metric_verdict_since_its_day_at_latest",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("before", ""), ("since__isnull", False), _connector="OR"),
                        name="metric_verdict_before_has_a_day",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SEED, migrations.RunSQL.noop),
        migrations.RunSQL(
            "SELECT plumbline_watch('alignment_metricverdict');",
            "DROP TRIGGER data_changed ON alignment_metricverdict;",
        ),
    ]
