"""Addresses of alignment's pages."""

from django.urls import URLPattern, path

from alignment.views import objectives, why

app_name = "alignment"
urlpatterns: list[URLPattern] = [
    path("objectives", objectives.objectives, name="objectives"),
    path("objectives/<slug:slug>", objectives.objective, name="objective"),
    path("why/company", why.company, name="why-company"),
    path("why/<str:kind>/<slug:slug>", why.subject, name="why"),
]
