"""What stands around every page: finding things, the gallery of components, what was looked at."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
