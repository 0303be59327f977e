"""Who may see and change what. A view gets an object only from here: fetching it is the permission check.

The rules are those of the product's table of roles; everything that is not granted is denied. An object that
a person may not know of is a 404, one that they may see but not change a 403.
"""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from alignment.models import (
    AuditEvent,
    ImportBatch,
    ImportUpload,
    KeyResult,
    Metric,
    Objective,
    Team,
    Theme,
    User,
)
from alignment.models.people import Role

SEES_MONEY = frozenset({Role.TECHNOLOGY_LEAD, Role.FINANCE, Role.EXECUTIVE})
SEES_AI_SPEND = SEES_MONEY | {Role.AI_SPECIALIST}
CHANGES_OBJECTIVES = frozenset({Role.TECHNOLOGY_LEAD, Role.PRODUCT_MANAGER})
DEFINES_METRICS = frozenset({Role.TECHNOLOGY_LEAD, Role.ADMINISTRATOR})
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


def may_change_metrics(user: User) -> bool:
    """Whether the person may change definitions and thresholds of metrics; nobody changes readings by hand."""
    return _holds(user, DEFINES_METRICS)


def may_change_themes(user: User) -> bool:
    """Whether the person sets strategic direction: themes and their weights. Budgets are finance's."""
    return _holds(user, frozenset({Role.TECHNOLOGY_LEAD}))


def may_change_objective(user: User, objective: Objective) -> bool:
    """Technology leads change every objective, product managers those of their own team."""
    if not _holds(user, CHANGES_OBJECTIVES):
        return False
    return Role.TECHNOLOGY_LEAD in user.roles or (
        objective.team_id is not None and objective.team_id == user.team_id
    )


def may_add_objective(user: User) -> bool:
    """Technology leads add objectives of any team, product managers with a team those of it."""
    if not _holds(user, CHANGES_OBJECTIVES):
        return False
    return Role.TECHNOLOGY_LEAD in user.roles or user.team_id is not None


def check_may_add_objective(user: User) -> None:
    """Raises PermissionDenied with what to do where the person may not add objectives."""
    if not may_add_objective(user):
        raise PermissionDenied(
            "Technology leads add objectives, and product managers those of their own team. Ask one of them."
        )


def teams_to_give_objectives(user: User) -> QuerySet[Team] | None:
    """The teams whose objectives the person may hold; None means all of them, and none at all."""
    return None if Role.TECHNOLOGY_LEAD in user.roles else Team.objects.filter(members=user.pk)


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


def get_key_result_for(user: User, slug: str, number: int, *, to_change: bool = False) -> KeyResult:
    """The key result of an objective, by its number; 404 and 403 as for the objective."""
    objective = get_objective_for(user, slug, to_change=to_change)
    return get_object_or_404(
        KeyResult.objects.select_related("objective", "metric"), pk=number, objective=objective
    )


def find_key_result_for(user: User, number: int) -> int:
    """The number of a key result that stands or was removed since, or 404 where the person may not know of it.

    Key results are of the whole company, as their objectives are; what a removed one was, the audit trail says.
    """
    if KeyResult.objects.filter(pk=number, objective__in=objectives_visible_to(user)).exists():
        return number
    removed = AuditEvent.objects.filter(
        table_name="alignment_keyresult", operation="delete", row_id=str(number)
    )
    if may_enter(user) and removed.exists():
        return number
    raise Http404("There is no such key result.")


def get_theme_for(user: User, slug: str, *, to_change: bool = False) -> Theme:
    """The theme, or 404 where the person may not know of it, or 403 where they may not change it."""
    theme = get_object_or_404(themes_visible_to(user).select_related("owner", "value_stream"), slug=slug)
    if to_change and not may_change_themes(user):
        raise PermissionDenied("Themes and their weights are the technology lead’s to change.")
    return theme


def batches_visible_to(user: User) -> QuerySet[ImportBatch]:
    """Imports of the whole company for everyone with a role, none for others."""
    return ImportBatch.objects.all() if may_enter(user) else ImportBatch.objects.none()


def get_batch_for(user: User, number: int, *, to_change: bool = False) -> ImportBatch:
    """The import, or 404 where the person may not know of it, or 403 where they may not undo it."""
    batch = get_object_or_404(batches_visible_to(user).select_related("by"), pk=number)
    if to_change:
        check_may_import(user)
    return batch


def check_may_import(user: User) -> None:
    """403 with words for everybody who may not load metric files."""
    if not may_import_metrics(user):
        raise PermissionDenied(
            "Technology leads, engineering leads and finance import metrics and undo imports. "
            "What was imported can be read by everybody, under Imports."
        )


def get_upload_for(user: User, token: UUID) -> ImportUpload:
    """A file that was handed in: for those who may import, 403 for others, 404 where it is gone."""
    check_may_import(user)
    return get_object_or_404(ImportUpload.objects.select_related("job", "batch"), token=token)


def get_metric_for(user: User, key: str, *, to_change: bool = False) -> Metric:
    """The metric, or 404 where the person may not know of it, or 403 where they may not change its definition."""
    metric = get_object_or_404(
        metrics_visible_to(user).select_related("owner", "theme", "value_stream", "team", "epic"), key=key
    )
    if to_change and not may_change_metrics(user):
        raise PermissionDenied("Technology leads and administrators change what a metric means.")
    return metric
