"""The addresses of Plumbline, and a hello-world view behind the same sign-in to hold them against."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def hello(request: HttpRequest) -> HttpResponse:
    """The least that a page behind sign-in can do."""
    return HttpResponse(f"Hello {request.user}")


urlpatterns = [path("hello", hello), path("", include("config.urls"))]
