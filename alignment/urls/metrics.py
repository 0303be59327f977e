"""The catalogue of metrics, and one of them."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
