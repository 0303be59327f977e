"""When each person last looked at the overview, and what it said then."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """A row for each person. It changes nobody else's pages, so the data version does not watch it."""

    dependencies = [("alignment", "0004_import_uploads")]

    operations = [
        migrations.CreateModel(
            name="PersonalLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("looked_at", models.DateTimeField()),
                ("seen", models.JSONField()),
                ("compared_at", models.DateTimeField(null=True)),
                ("compared", models.JSONField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(compared_at=None) | Q(compared_at__lte=F("looked_at")),
                        name="personal_look_compares_with_an_earlier",
                    ),
                    models.CheckConstraint(
                        condition=Q(compared_at__isnull=True, compared__isnull=True)
                        | Q(compared_at__isnull=False, compared__isnull=False),
                        name="personal_look_compares_with_something",
                    ),
                ],
            },
        ),
    ]
