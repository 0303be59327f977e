"""Themes and how they compare."""

from django.urls import URLPattern, path

from alignment.views import portfolio

patterns: list[URLPattern] = [
    path("portfolio", portfolio.portfolio, name="portfolio"),
    path("portfolio/<slug:slug>", portfolio.theme, name="theme"),
    path("portfolio/<slug:slug>/edit", portfolio.theme_edit, name="theme-edit"),
]
