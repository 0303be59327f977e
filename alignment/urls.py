"""Addresses of alignment's pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
