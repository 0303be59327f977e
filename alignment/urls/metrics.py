"""The catalogue of metrics, and one of them."""

from django.urls import URLPattern, path

from alignment.views import method, metric_against, metric_forms, metric_kind, metrics

patterns: list[URLPattern] = [
    path("metrics", metrics.metrics, name="metrics"),
    path("method", method.method, name="method"),
    path("readings", metrics.readings, name="readings"),
    path("metrics/<str:key>", metrics.metric, name="metric"),
    path("metrics/<str:key>/against", metric_against.choose, name="metric-choose"),
    path("metrics/<str:key>/against/<str:other>", metric_against.against, name="metric-against"),
    path("metrics/<str:key>/kind", metric_kind.declare, name="metric-kind"),
    path("metrics/<str:key>/edit", metric_forms.metric_edit, name="metric-edit"),
]
