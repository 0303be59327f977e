"""What stands around every page: finding things, and the gallery of components."""

from django.urls import URLPattern, path

from alignment.views import finding, gallery

patterns: list[URLPattern] = [
    path("find", finding.find_anything, name="find"),
    path("components/", gallery.components, name="components"),
]
