"""A key result's own period targets: rows of day and value in one field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template.loader import render_to_string

from alignment.forms.fields import as_typed, day_from, number_from

Targets = tuple[tuple[date, Decimal], ...]
BLANK_ROWS = 3
MOST_ROWS = 120


def text_of(targets: Iterable[tuple[date, Decimal]]) -> str:
    """The rows as one text, by day: equal rows, equal text."""
    return ";".join(f"{as_typed(day)}={as_typed(value)}" for day, value in sorted(targets))


def rows_from(text: str) -> list[tuple[str, str]]:
    """The rows of `text_of`, as typed."""
    return [(day, value) for day, _, value in (row.partition("=") for row in text.split(";") if row)]


class TargetRowsInput(forms.Widget):
    """Rows of two inputs, with empty ones to add to; a row that is emptied goes."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """The rows; the first input carries the field's id."""
        typed = rows_from(value) if isinstance(value, str) else list(value or ())
        rows = typed + [("", "")] * BLANK_ROWS
        built = self.build_attrs(self.attrs, attrs)
        return render_to_string(
            "components/_target_rows.html",
            {"name": name, "rows": rows, "attrs": built, "is_invalid": "aria-invalid" in built},
        )

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, str]]:
        """The rows that hold anything, as typed."""
        if not isinstance(data, QueryDict):
            return []
        days, values = data.getlist(f"{name}-day"), data.getlist(f"{name}-value")
        count = max(len(days), len(values))
        days, values = days + [""] * (count - len(days)), values + [""] * (count - len(values))
        return [(day, value) for day, value in zip(days, values, strict=True) if day.strip() or value.strip()]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Rows that are not sent are rows that were emptied."""
        return False

    def id_for_label(self, id_: str) -> str:
        """The first row's day."""
        return f"{id_}_0" if id_ else id_


class TargetRowsField(forms.Field):
    """Days with values; empty is allowed."""

    widget = TargetRowsInput

    def to_python(self, value: Any) -> str:
        """The rows as `text_of` writes them. Raises ValidationError that names the row."""
        if isinstance(value, str):
            return value
        if len(value or ()) > MOST_ROWS:
            raise ValidationError(f"Write at most {MOST_ROWS} rows.", "too_many")
        targets: dict[date, Decimal] = {}
        for number, (day_text, value_text) in enumerate(value or (), start=1):
            try:
                day = day_from(day_text)
                read = number_from(value_text)
            except ValidationError as problem:
                missing = "a day" if not day_text.strip() else "a value" if not value_text.strip() else ""
                said = f"it needs {missing}." if missing else problem.messages[0]
                raise ValidationError(f"Row {number}: {said}", "row") from None
            if day in targets:
                raise ValidationError(f"Row {number}: {day:%Y-%m-%d} stands in two rows. Keep one.", "twice")
            if read.adjusted() > 17 or -int(read.as_tuple().exponent) > 12:
                raise ValidationError(
                    f"Row {number}: write at most 18 digits before the point and 12 after.", "long"
                )
            targets[day] = read
        return text_of(targets.items())

    def targets_of(self, text: str) -> Targets:
        """The cleaned text as days and numbers."""
        return tuple((date.fromisoformat(day), Decimal(value)) for day, value in rows_from(text))
