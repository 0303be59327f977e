"""Objectives: the list, and one of them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from alignment.permissions import get_objective_for, objectives_visible_to
from alignment.queries.known import load_known
from alignment.queries.objective import objective_page
from alignment.queries.objectives import objectives_page
from alignment.views.asking import signed_in
from alignment.views.framed import frame, framed, readable_address


@require_safe
@readable_address
def objectives(request: HttpRequest) -> HttpResponse:
    """The objectives of the day, narrowed by `?theme=` and `?status=`."""
    company, day, shell = frame(request)
    page = company and objectives_page(
        objectives_visible_to(signed_in(request)),
        load_known(day),
        theme=request.GET.get("theme", ""),
        status=request.GET.get("status", ""),
        period=shell.period,
    )
    return framed(request, "alignment/objectives.html", "objectives", shell, page)


@require_safe
@readable_address
def objective(request: HttpRequest, slug: str) -> HttpResponse:
    """One objective; 404 for those who may not know of it."""
    user = signed_in(request)
    found = get_objective_for(user, slug)
    company, day, shell = frame(request)
    if company is None:
        raise Http404("There is no company yet.")
    return framed(
        request, "alignment/objective.html", "objectives", shell, objective_page(user, found, company, day)
    )
