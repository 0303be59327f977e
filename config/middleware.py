"""What every answer passes through: the longest session, sign-in within htmx, nothing private in caches."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url

Answer = Callable[[HttpRequest], HttpResponseBase]
_METHODS = ("GET", "HEAD", "OPTIONS", "POST")
_SIGNED_IN_AT = "signed-in-at"


class KnownMethodsMiddleware:
    """Answers 405 for a method that no page has, before the check for forgery would answer 403."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in _METHODS:
            return HttpResponseNotAllowed(_METHODS)
        return self.get_response(request)


class WritableAddressMiddleware:
    """Answers 400 for an address with a NUL in it: nothing here has one in its name, and the database keeps none."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            problem = "The address holds a character (NUL) that no name here has. Take it out."
            return render(request, "400.html", {"problem": problem}, status=400)
        return self.get_response(request)


class SessionAgeMiddleware:
    """Ends a session 8 hours after it began, and keeps it alive for an hour from each request until then."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            now = int(time.time())
            began = request.session.setdefault(_SIGNED_IN_AT, now)
            if now - began >= settings.SESSION_LONGEST_SECONDS:
                logout(request)
            elif now - request.session.get("seen-at", 0) >= 60:
                request.session["seen-at"] = now  # a write a minute at most moves the idle limit along
        return self.get_response(request)


class HtmxSignInMiddleware:
    """Sends the whole page to the sign-in form where an htmx call meets an ended session.

    Stands before LoginRequiredMiddleware, whose redirect htmx would follow and paint into the middle of a page.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        location = response.headers.get("Location", "")
        if request.headers.get("HX-Request") and location.startswith(resolve_url(settings.LOGIN_URL)):
            whole_page = request.headers.get("HX-Current-URL", "")
            back = urlsplit(whole_page).path or "/"
            return HttpResponse(
                headers={"HX-Redirect": f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}"}
            )
        return response


class PrivatePagesMiddleware:
    """Marks every answer to a signed-in person as not to be stored."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response
