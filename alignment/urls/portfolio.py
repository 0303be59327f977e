"""Themes and how they compare."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
