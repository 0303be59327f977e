"""The form of a metric's definition, for those who may change it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from alignment.forms.metrics import MetricForm
from alignment.permissions import get_metric_for
from alignment.queries.metric_uses import resting_words
from alignment.views.asking import signed_in
from alignment.views.editing import edit_answer
from alignment.views.framed import frame, readable_address


@require_http_methods(["GET", "HEAD", "POST"])
@readable_address
def metric_edit(request: HttpRequest, key: str) -> HttpResponse:
    """A metric's definition and thresholds; 403 for those who may not change them."""
    metric = get_metric_for(signed_in(request), key, to_change=True)
    _, _, shell = frame(request)
    name = metric.name
    form = MetricForm(request.POST if request.method == "POST" else None, instance=metric)
    return edit_answer(
        request, form, "alignment/metric_form.html", "metrics", shell, done=_page_of, heading=f"Change “{name}”",
        metric_name=name, resting=resting_words(metric), cancel=_page_of(metric), action="Save",
    )  # fmt: skip


def _page_of(metric: Any) -> str:
    return reverse("alignment:metric", args=[metric.key])
