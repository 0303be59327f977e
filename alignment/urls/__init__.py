"""Addresses of alignment's pages, one module for each place in the rail."""

from django.urls import URLPattern

from alignment.urls import imports, metrics, objectives, portfolio, shell, why

app_name = "alignment"
urlpatterns: list[URLPattern] = [
    *shell.patterns,
    *objectives.patterns,
    *portfolio.patterns,
    *metrics.patterns,
    *imports.patterns,
    *why.patterns,
]
