"""The method page: how signals are told from luck, and how often that goes wrong."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from alignment.permissions import may_enter
from alignment.queries.method import method_page
from alignment.views.asking import signed_in
from alignment.views.framed import frame, framed, readable_address


@require_safe
@readable_address
def method(request: HttpRequest) -> HttpResponse:
    """Each test in words, with measured error rates; the same for everybody who may enter."""
    if not may_enter(signed_in(request)):
        raise Http404("method")
    _, _, shell = frame(request)
    return framed(request, "alignment/method.html", "metrics", shell, method_page())
