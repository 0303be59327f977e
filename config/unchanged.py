"""Conditional GET: a page that would say what it said before is answered with 304 before its view does any work.

A page's tag is made of everything that it can depend on: the address, the person with their roles, the data version,
the company's today, since when they are told what changed, whether htmx asks, the secret that its forms are checked
against, and our own code. None of it can be read back from the tag, and no two people share one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.crypto import salted_hmac
from django.utils.http import parse_etags

from alignment.data_version import Standing, standing_for

CACHE_CONTROL = "private, no-cache"
"""Kept by this browser alone, and never shown again without asking. `no-store` cannot be asked about."""
_STANDS = "plumbline.standing"


class UnchangedPagesMiddleware:
    """Answers 304 to whoever holds the page as it still is; stands behind all that decides who asks.

    It acts on views that `readable_address` marked as pages, on GET and HEAD. A page that carries a message, or that
    set its own Cache-Control, has no tag.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        standing: Standing | None = request.META.get(_STANDS)
        if standing is None:
            return response
        patch_vary_headers(response, ("Cookie", "HX-Request"))
        if _may_be_kept(request, response):
            response["ETag"] = _tag(request, standing)
            response["Cache-Control"] = CACHE_CONTROL
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseNotModified | None:
        """304 where the tag that was sent along is the page's."""
        if settings.DEBUG or request.method not in ("GET", "HEAD") or not getattr(view, "is_page", False):
            return None
        if not request.user.is_authenticated or _has_messages(request):
            return None
        standing = standing_for(request.user.pk)
        request.META[_STANDS] = standing
        asked = parse_etags(request.headers.get("If-None-Match", ""))
        if not _secret(request) or _tag(request, standing) not in asked:
            return None
        answer = HttpResponseNotModified()
        answer["ETag"] = _tag(request, standing)
        answer["Cache-Control"] = CACHE_CONTROL
        return answer


def _may_be_kept(request: HttpRequest, response: HttpResponseBase) -> bool:
    return (
        response.status_code == 200
        and isinstance(response, HttpResponse)
        and not response.has_header("Cache-Control")
        and not _has_messages(request)
        and bool(_secret(request))
    )


def _has_messages(request: HttpRequest) -> bool:
    """Whether a message waits, or was shown just now."""
    storage = getattr(request, "_messages", None)
    return "messages" in request.COOKIES or (
        storage is not None and (storage.used or storage.added_new or "_messages" in request.session)
    )


def _secret(request: HttpRequest) -> str:
    """What a form's token is checked against; "" before the browser has one. It changes at each sign-in."""
    return str(request.META.get("CSRF_COOKIE") or "")


def _tag(request: HttpRequest, standing: Standing) -> str:
    parts = (
        request.get_full_path(),
        request.user.pk,
        standing.version,
        standing.roles,
        standing.told_since,
        timezone.localdate(timezone=ZoneInfo(standing.time_zone)).isoformat(),
        request.headers.get("HX-Request", ""),
        request.headers.get("HX-Target", ""),
        request.headers.get("HX-Boosted", ""),
        _secret(request),
        code_version(),
    )
    return f'W/"{salted_hmac("config.unchanged", repr(parts), algorithm="sha256").hexdigest()[:32]}"'


@cache
def code_version() -> str:
    """A digest of what makes pages: code, templates and static files. Read once for each process."""
    base = Path(settings.BASE_DIR)
    folders = ("alignment", "diagnostics", "turnaround", "config", "templates", "static")
    files = sorted(path for folder in folders for path in (base / folder).rglob("*") if path.is_file())
    digest = hashlib.sha256(f"{settings.STATIC_URL}{settings.SAMPLE_SIGN_IN}".encode())
    for path in files:
        if path.suffix != ".pyc":
            digest.update(f"{path.relative_to(base)}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
