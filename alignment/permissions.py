"""Who may see and change what. A view gets an object only from here: fetching it is the permission check.

The rules are those of the product's table of roles; everything that is not granted is denied. An object that
a person may not know of is a 404, one that they may see but not change a 403.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from alignment.models import Metric, Objective, Theme, User
from alignment.models.people import Role

SEES_MONEY = frozenset({Role.TECHNOLOGY_LEAD, Role.FINANCE, Role.EXECUTIVE})
SEES_AI_SPEND = SEES_MONEY | {Role.AI_SPECIALIST}
CHANGES_OBJECTIVES = frozenset({Role.TECHNOLOGY_LEAD, Role.PRODUCT_MANAGER})
IMPORTS_METRICS = frozenset({Role.TECHNOLOGY_LEAD, Role.ENGINEERING_LEAD, Role.FINANCE})


def _holds(user: User, roles: frozenset[Role]) -> bool:
    return user.is_authenticated and user.is_active and bool(user.roles & roles)


def may_enter(user: User) -> bool:
    """Whether the person holds any role at all; without one the product shows nothing."""
    return _holds(user, frozenset(Role))


def may_see_money(user: User) -> bool:
    """Whether amounts of themes and reallocations are shown; others see shares and “restricted”."""
    return _holds(user, SEES_MONEY)


def may_import_metrics(user: User) -> bool:
    """Whether the person may load metric files and undo them."""
    return _holds(user, IMPORTS_METRICS)


def may_change_objective(user: User, objective: Objective) -> bool:
    """Technology leads change every objective, product managers those of their own team."""
    if not _holds(user, CHANGES_OBJECTIVES):
        return False
    return Role.TECHNOLOGY_LEAD in user.roles or (
        objective.team_id is not None and objective.team_id == user.team_id
    )


def objectives_visible_to(user: User) -> QuerySet[Objective]:
    """Objectives of the whole company for everyone with a role, none for others."""
    return Objective.objects.all() if may_enter(user) else Objective.objects.none()


def themes_visible_to(user: User) -> QuerySet[Theme]:
    """Themes of the whole company for everyone with a role, none for others."""
    return Theme.objects.all() if may_enter(user) else Theme.objects.none()


def metrics_visible_to(user: User) -> QuerySet[Metric]:
    """Metrics of the whole company for everyone with a role, none for others."""
    return Metric.objects.all() if may_enter(user) else Metric.objects.none()


def get_objective_for(user: User, slug: str, *, to_change: bool = False) -> Objective:
    """The objective, or 404 where the person may not know of it, or 403 where they may not change it."""
    objective = get_object_or_404(
        objectives_visible_to(user).select_related("theme", "owner", "team"), slug=slug
    )
    if to_change and not may_change_objective(user, objective):
        raise PermissionDenied("This objective belongs to another team; its product manager can change it.")
    return objective


def get_theme_for(user: User, slug: str) -> Theme:
    """The theme, or 404 where the person may not know of it."""
    return get_object_or_404(themes_visible_to(user), slug=slug)
