"""Objectives, their key results, and the policy lab."""

from django.urls import URLPattern, path

from alignment.views import objectives

patterns: list[URLPattern] = [
    path("objectives", objectives.objectives, name="objectives"),
    path("objectives/<slug:slug>", objectives.objective, name="objective"),
]
