"""Why this number."""

from django.urls import URLPattern, path

from alignment.views import why

patterns: list[URLPattern] = [
    path("why/company", why.company, name="why-company"),
    path("why/<str:kind>/<slug:slug>", why.subject, name="why"),
]
