"""Objectives: the list, and one of them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from alignment.models import Company
from alignment.periods import PeriodError
from alignment.permissions import get_objective_for, may_add_objective, objectives_visible_to
from alignment.queries.known import load_known
from alignment.queries.objective import objective_page
from alignment.queries.objective_list import SORTS, Asked, ObjectivesPage, objectives_page
from alignment.queries.shell import Shell
from alignment.removing_objectives import removed_objectives
from alignment.views.asking import AddressProblem, signed_in
from alignment.views.exporting import export_asked
from alignment.views.framed import frame, framed, readable_address


@require_safe
@readable_address
def objectives(request: HttpRequest) -> HttpResponse:
    """The objectives of the day or of `?period=`, narrowed, sorted, as a list, a tree (`?view=tree`) or a file."""
    company, _, shell = frame(request)
    page = _listed(request, company, shell) if company else None
    if page and (answer := export_asked(request, page.sheet, "objectives")):
        return answer
    user = signed_in(request)
    may_add = company is not None and may_add_objective(user)
    removed = removed_objectives(user, timezone.now()) if may_add else ()
    return framed(
        request, "alignment/objectives.html", "objectives", shell, page, may_add=may_add, removed=removed
    )


@require_safe
@readable_address
def objective(request: HttpRequest, slug: str) -> HttpResponse:
    """One objective; 404 for those who may not know of it."""
    user = signed_in(request)
    found = get_objective_for(user, slug)
    company, day, shell = frame(request)
    if company is None:
        raise Http404("There is no company yet.")
    page = objective_page(user, found, company, day, timezone.now())
    return framed(request, "alignment/objective.html", "objectives", shell, page)


def _listed(request: HttpRequest, company: Company, shell: Shell) -> ObjectivesPage:
    try:
        visible = objectives_visible_to(signed_in(request))
        return objectives_page(visible, load_known(shell.day), company, _asked(request))
    except PeriodError as problem:
        raise AddressProblem(f"{problem} Write period as a quarter, such as period=2026-Q4.") from problem


def _asked(request: HttpRequest) -> Asked:
    sort, view = request.GET.get("sort") or "status", request.GET.get("view", "")
    if sort not in SORTS:
        raise AddressProblem(f"“{sort[:40]}” is no order of this list. Choose one of: {', '.join(SORTS)}.")
    if view not in ("", "tree"):
        raise AddressProblem(f"“{view[:40]}” is no view of this list. Leave view out, or write view=tree.")
    return Asked(
        theme=request.GET.get("theme", ""),
        status=request.GET.get("status", ""),
        owner=request.GET.get("owner", ""),
        team=request.GET.get("team", ""),
        period=request.GET.get("period", ""),
        sort=sort,
        view=view,
    )
