"""Fields that people type into: numbers and days have one form each, and everything else is refused with words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
NUMBER_FORM = "Write digits with a point before decimals and nothing between thousands, such as 1234.5 or -3."
DAY_FORM = "Write the day as year, month and day, such as 2026-03-31."
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)


def number_from(text: str) -> Decimal:
    """The number typed. Raises ValidationError for every form with two meanings ("1,234") and for words."""
    bare = text.strip().replace("\u2212", "-")
    if not NUMBER.fullmatch(bare):
        raise ValidationError(
            f"“{text.strip()[:40]}” cannot be read without guessing. {NUMBER_FORM}", "invalid"
        )
    return Decimal(bare)


def day_from(text: str) -> date:
    """The day typed as 2026-03-31. Raises ValidationError for other forms and for days beyond reach."""
    try:
        day = date.fromisoformat(text.strip()) if len(text.strip()) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise ValidationError(f"“{text.strip()[:40]}” is not a day. {DAY_FORM}", "invalid")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError(
            f"{day:%Y-%m-%d} is out of reach. Choose a day between {FIRST_DAY.year} and {LAST_DAY.year}.",
            "range",
        )
    return day


class NumberField(forms.DecimalField):
    """A decimal number in one form only; bounds and digits are checked as Django does."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override] # the stubs name its base's
        """The number, None for nothing typed."""
        if value is None or not str(value).strip():
            return None
        return number_from(str(value))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No step, minimum or maximum: a text input has none."""
        return {}

    def prepare_value(self, value: Any) -> Any:
        """The number without zeros that say nothing."""
        return as_typed(value) if isinstance(value, Decimal) else value


class DayField(forms.DateField):
    """A day, typed or picked, as year-month-day."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def to_python(self, value: Any) -> date | None:
        """The day, None for nothing typed."""
        if value is None or not str(value).strip():
            return None
        return day_from(str(value))


def house_field(field: models.Field[Any, Any], **options: Any) -> forms.Field | None:
    """Django's `formfield_callback`: our fields for numbers and days, Django's for the rest."""
    if isinstance(field, models.DecimalField):
        return field.formfield(form_class=NumberField, **options)
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return field.formfield(form_class=DayField, **options)
    return field.formfield(**options)


def as_typed(value: Any) -> str:
    """A stored or cleaned value as the text that an input would hold: one text for equal values."""
    if value is None or value is False:
        return ""
    if value is True:
        return "on"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text in ("-0", "") else text
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, models.Model):
        return str(value.pk)
    return str(value).replace("\r\n", "\n")


def with_plain_messages(fields: Mapping[str, forms.Field]) -> None:
    """Give every field messages that say what to do."""
    for field in fields.values():
        label = (
            str(field.label or "this").lower() if not _is_name(str(field.label or "")) else str(field.label)
        )
        if isinstance(field, forms.ModelChoiceField):
            field.empty_label = "choose one" if field.required else "none"
        verb = "Choose" if isinstance(field, forms.ChoiceField | forms.ModelChoiceField) else "Enter"
        field.error_messages |= {
            "required": f"{verb} {_article(label)}.",
            "max_length": "Write at most %(limit_value)d characters; these are %(show_value)d.",
            "null_characters_not_allowed": "This holds a character that cannot be stored. Type it anew.",
            "invalid_choice": "This is not one of the choices any more. Choose another.",
            "max_digits": "Write at most %(max)s digits in all.",
            "max_decimal_places": "Write at most %(max)s digits after the point.",
            "max_whole_digits": "Write at most %(max)s digits before the point.",
            "min_value": "Write %(limit_value)s or more.",
            "max_value": "Write %(limit_value)s or less.",
        }


def choose_from(form: forms.BaseForm, name: str, rows: models.QuerySet[Any]) -> None:
    """Let a field's choices be these rows."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


def _is_name(label: str) -> bool:
    return label.isupper()


def _article(label: str) -> str:
    return f"{'an' if label[:1] in 'aeiou' else 'a'} {label}"


def words_of(field: forms.Field, raw: str) -> str:
    """What a person reads for the text of an input: names for numbers of rows, yes and no, "nothing"."""
    if isinstance(field, forms.BooleanField):
        return "yes" if raw else "no"
    if raw == "":
        return "nothing"
    if isinstance(field, forms.ModelChoiceField):
        try:
            return field.label_from_instance(field.to_python(raw))
        except ValidationError:
            return "something that is gone"
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return {str(value): str(label) for value, label in choices}.get(raw, raw)
    return raw
