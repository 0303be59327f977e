"""When a person last looked at the overview, and what it said then. Written by `alignment.looking` alone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class PersonalLook(models.Model):
    """One row for each person: the latest look, and the last one of the visit before, which news are held against.

    `seen` and `compared` are what `alignment.looking.Seen` makes of a day; `compared_at` is null in a first visit.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    looked_at = models.DateTimeField()
    seen = models.JSONField()
    compared_at = models.DateTimeField(null=True)
    compared = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(compared_at=None) | Q(compared_at__lte=F("looked_at")),
                name="personal_look_compares_with_an_earlier",
            ),
            models.CheckConstraint(
                condition=Q(compared_at__isnull=True, compared__isnull=True)
                | Q(compared_at__isnull=False, compared__isnull=False),
                name="personal_look_compares_with_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.looked_at:%Y-%m-%d %H:%M}"
