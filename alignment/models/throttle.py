"""Attempts to sign in, counted: between a guesser and the passwords. Written by `alignment.throttle` alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class SignInThrottle(models.Model):
    """How often a password was tried for one account, or from one address, since `since`.

    `key` is a SHA-256 of kind and name, so that no mistyped password that landed in the wrong field is kept.
    """

    key = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "sign-in throttle"
        constraints = [models.CheckConstraint(condition=Q(count__gte=1), name="sign_in_throttle_counted")]

    def __str__(self) -> str:
        return f"{self.count} attempts since {self.since:%Y-%m-%d %H:%M}"
