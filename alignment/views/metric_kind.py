"""Declaring a metric a flow or a stock with one click."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from alignment.forms.metric_kind import MetricKindForm
from alignment.permissions import get_metric_for
from alignment.queries.metric_uses import resting_words
from alignment.views.asking import signed_in
from alignment.views.editing import edit_answer
from alignment.views.framed import frame, readable_address


@require_POST
def declare(request: HttpRequest, key: str) -> HttpResponse:
    """Sets the kind that was offered; 403 for those who may not change metrics, and where somebody changed it since,
    the form with both versions."""
    return _declared(request, key)  # an act, not a page, though an address may be as wrong


@readable_address
def _declared(request: HttpRequest, key: str) -> HttpResponse:
    metric = get_metric_for(signed_in(request), key, to_change=True)
    _, _, shell = frame(request)
    name = metric.name
    return edit_answer(
        request, MetricKindForm(request.POST, instance=metric), "alignment/metric_form.html", "metrics", shell,
        done=_page_of, heading=f"Declare the kind of “{name}”", metric_name=name, resting=resting_words(metric),
        cancel=_page_of(metric), action="Declare",
    )  # fmt: skip


def _page_of(metric: Any) -> str:
    return reverse("alignment:metric", args=[metric.key])
