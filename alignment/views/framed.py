"""How a page is answered: the frame around it, and an address that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alignment.models import Company
from alignment.places import PLACES
from alignment.queries.shell import Shell, shell_for
from alignment.views.asking import AddressProblem, asked_day, signed_in, today_of

P = ParamSpec("P")


def readable_address(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse], /
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Answers 400 with what is wrong where a view raises AddressProblem; marks the view as a page.

    A page depends on nothing but its address, the person and what is stored, so that config.unchanged may answer 304.
    """

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except AddressProblem as problem:
            return render(request, "400.html", {"problem": str(problem)}, status=400)

    answer.__dict__["is_page"] = True
    return answer


def frame(request: HttpRequest) -> tuple[Company | None, date, Shell]:
    """The company, the day that is asked about, and what stands around the page."""
    company = Company.objects.first()
    today = today_of(company)
    day = asked_day(request, today)
    return company, day, shell_for(signed_in(request), company, day, today)


def framed(
    request: HttpRequest,
    template: str,
    place: str,
    shell: Shell,
    page: Any,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page within its frame; `more` are further names for the template."""
    context = {"place": place, "places": PLACES, "shell": shell, "page": page, **more}
    return render(request, template, context, status=status)
