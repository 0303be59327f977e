"""Why this number, and that somebody looked."""

from django.urls import URLPattern, path

from alignment.views import looking, why

patterns: list[URLPattern] = [
    path("look", looking.look, name="look"),
    path("why/company", why.company, name="why-company"),
    path("why/<str:kind>/<slug:slug>", why.subject, name="why"),
]
