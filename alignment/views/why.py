"""Why this number: the explanation of a score, on any day, and of its change since another."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from alignment.permissions import find_key_result_for, get_objective_for, get_theme_for, may_enter
from alignment.queries.why import why_page
from alignment.queries.why_key_result import why_key_result
from alignment.scoring.explanation import Subject, SubjectKind
from alignment.views.asking import AddressProblem, read_day, signed_in
from alignment.views.framed import frame, framed, readable_address


@require_safe
@readable_address
def company(request: HttpRequest) -> HttpResponse:
    """The company's score."""
    return _answer(request, Subject(SubjectKind.COMPANY), "")


@require_safe
@readable_address
def subject(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """The score of a theme, the outcome of an objective, the status of a key result; 404 for who may not know of it."""
    user = signed_in(request)
    if kind == "theme":
        theme = get_theme_for(user, slug)
        return _answer(request, Subject(SubjectKind.THEME, theme.pk, theme.slug, theme.name), theme.name)
    if kind == "objective":
        objective = get_objective_for(user, slug)
        found = Subject(SubjectKind.OBJECTIVE, objective.pk, objective.slug, objective.name)
        return _answer(request, found, objective.name)
    if kind == "key-result" and slug.isdecimal():
        return _key_result(request, find_key_result_for(user, int(slug[:18])))
    raise Http404("Companies, themes and objectives have scores, key results a status.")


def _key_result(request: HttpRequest, number: int) -> HttpResponse:
    house, day, shell = frame(request)
    page = why_key_result(number, day) if house else None
    if page is None:
        raise Http404("This key result did not stand on that day.")
    return framed(request, "alignment/why_key_result.html", "objectives", shell, page)


def _answer(request: HttpRequest, explained: Subject, name: str) -> HttpResponse:
    if not may_enter(signed_in(request)):
        raise Http404("Nothing is shown to people without a role.")
    house, day, shell = frame(request)
    if house is None:
        raise Http404("There is no company yet.")
    page = why_page(explained, name or house.name, day, _since(request, day))
    place = "objectives" if explained.kind is SubjectKind.OBJECTIVE else "overview"
    return framed(request, "alignment/why.html", place, shell, page)


def _since(request: HttpRequest, day: date) -> date | None:
    """The day in `?since=`, before the one that is asked about; None where it is not asked for."""
    text = request.GET.get("since", "").strip()
    if not text:
        return None
    since = read_day("since", text)
    if since >= day:
        raise AddressProblem(
            f"since={since} is not before {day}, the day that is explained. Ask for an earlier one."
        )
    return since
