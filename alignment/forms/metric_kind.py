"""A metric's kind alone, to be declared with one click where its readings show it."""

from __future__ import annotations

from typing import Any

from alignment.forms.editing import EditForm
from alignment.models import Metric


class MetricKindForm(EditForm):
    """Flow or stock: one of them has to be said."""

    class Meta(EditForm.Meta):
        model = Metric
        fields = ("kind",)
        labels = {"kind": "Flow or stock"}

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["kind"].required = True
        self.fields["kind"].choices = Metric.Kind.choices  # type: ignore[attr-defined]
