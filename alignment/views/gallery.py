"""The gallery of components: what pages are built from, in every state, in the light and in the dark."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from alignment.permissions import may_enter
from alignment.queries.gallery import gallery
from alignment.views.asking import signed_in
from alignment.views.framed import frame, framed, readable_address


@require_http_methods(["GET", "HEAD", "POST"])
@readable_address
def components(request: HttpRequest) -> HttpResponse:
    """Every component with invented words. Its forms are examples: what they send is not read."""
    if not may_enter(signed_in(request)):
        raise Http404("components")
    if request.method == "POST":
        return redirect("alignment:components")
    _, _, shell = frame(request)
    return framed(request, "alignment/gallery.html", "", shell, gallery())
