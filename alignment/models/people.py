"""People, their teams, and the value streams that teams belong to."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    """The groups of the product; a person may hold several."""

    TECHNOLOGY_LEAD = "technology-lead", "CTO / technology lead"
    PRODUCT_MANAGER = "product-manager", "Product manager"
    ENGINEERING_LEAD = "engineering-lead", "Engineering lead"
    FINANCE = "finance", "Finance / operations"
    GO_TO_MARKET = "go-to-market", "Sales / marketing lead"
    AI_SPECIALIST = "ai-specialist", "AI / ML specialist"
    EXECUTIVE = "executive", "Executive viewer"
    ADMINISTRATOR = "administrator", "Administrator"


class ValueStream(models.Model):
    """A chain of work that ends at a customer; teams and themes belong to one."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A group of people that delivers together."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    value_stream = models.ForeignKey(
        ValueStream, null=True, blank=True, on_delete=models.PROTECT, related_name="teams"
    )

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person who signs in. What they may do comes from their groups (`Role`) and their team."""

    display_name = models.CharField(max_length=200, blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="members")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name shown to others."""
        return self.display_name or self.get_full_name() or self.username

    @property
    def roles(self) -> frozenset[str]:
        """The names of the person's groups, read once for this object's life (one request)."""
        if not hasattr(self, "_roles"):
            self._roles = frozenset(self.groups.values_list("name", flat=True))
        return self._roles

    @property
    def role_label(self) -> str:
        """The person's roles in words, in the order of `Role`."""
        return ", ".join(Role(name).label for name in Role.values if name in self.roles) or "No role yet"
