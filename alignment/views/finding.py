"""Finding anything by its name: a page of its own, and the list within the palette."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alignment.searching import LONGEST, Hit, find
from alignment.views.asking import signed_in
from alignment.views.framed import frame, framed, readable_address


@dataclass(frozen=True, slots=True)
class Found:
    """What was asked for and what was found."""

    words: str
    hits: tuple[Hit, ...]


@require_safe
@readable_address
def find_anything(request: HttpRequest) -> HttpResponse:
    """What the words in `?q=` are found in; to the palette the bare list."""
    text = request.GET.get("q", "")[:LONGEST].replace("\0", " ").strip()
    found = Found(text, find(signed_in(request), text))
    _, _, shell = frame(request)
    if request.headers.get("HX-Target") == "palette-results":
        return render(
            request, "components/_found.html", {"words": found.words, "hits": found.hits, "shell": shell}
        )
    return framed(request, "find.html", "", shell, found)
