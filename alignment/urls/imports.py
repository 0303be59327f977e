"""Files that come in."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
