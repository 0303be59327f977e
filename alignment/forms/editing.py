"""A form over one row that knows what the row was when the form was opened.

`opened_with` travels with the form: the values it was opened with, signed. The verb `alignment.editing.save_edit`
compares them with what is stored by then, under a lock, so that nobody writes over what they have not seen.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core import signing
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.http import QueryDict

from alignment.forms.fields import as_typed, house_field, with_plain_messages, words_of
from alignment.models import User

OPENED_WITH = "opened_with"
NEW = "new"
_LONG = 200  # characters from which a line takes the form's whole width


if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm


class EditForm(_ModelForm):
    """The base of every form that edits or adds a row. Unknown fields of a request change nothing.

    `constraint_messages` says for a database constraint which field it is about and what to do; `groups` lays the
    fields out as (legend, names). A subclass with fields beside the model's own overrides `stored_values`,
    `write_more` and `fill` (see `KeyResultForm`).
    """

    constraint_messages: ClassVar[Mapping[str, tuple[str, str]]] = {}
    layout: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = ()
    opened_with = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        """Inherit this one, so that numbers and days are read by our fields."""

        formfield_callback = house_field

    def __init__(self, data: QueryDict | None = None, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(None, **options)
        self.stored: dict[str, str] = self.stored_values(self.instance) if self.instance.pk else {}
        self.opened: dict[str, str] | None = None
        self.stale: Any = None  # the comparison of `alignment.editing.Stale`, once there is one
        if data is not None:
            self.opened = read_token(data.get(OPENED_WITH, ""), self._salt())
            self.data = self._with_theirs(data)
            self.is_bound = True
        self.initial[OPENED_WITH] = self.token(self.stored)
        with_plain_messages(self.fields)
        for name in self.own_names():
            self._dress(name)

    # -- what was there ----------------------------------------------------------------------------------------

    def own_names(self) -> tuple[str, ...]:
        """The names of the fields that people see."""
        return tuple(name for name in self.fields if name != OPENED_WITH)

    def stored_values(self, instance: Any) -> dict[str, str]:
        """A row's values as the texts that the inputs would hold, by name of field."""
        names = {field.name: field for field in instance._meta.concrete_fields}
        return {
            name: as_typed(getattr(instance, names[name].attname))
            for name in self.own_names()
            if name in names
        }

    def typed_values(self) -> dict[str, str]:
        """What the person wants, in the same form; for a valid form."""
        return {name: as_typed(self.cleaned_data.get(name)) for name in self.own_names()}

    def token(self, values: Mapping[str, str]) -> str:
        """The hidden field: these values signed, for a new row something that is never the same."""
        content: object = dict(values) if self.instance.pk else {NEW: secrets.token_hex(16)}
        return signing.dumps(content, salt=self._salt(), compress=True)

    def words_for(self, name: str, raw: str) -> str:
        """What a person reads for an input's text."""
        return words_of(self.fields[name], raw)

    def label_of(self, name: str) -> str:
        """The label above the field."""
        return str(self[name].label)

    # -- writing, called by `alignment.editing.save_edit` alone ------------------------------------------------

    def hold(self) -> None:
        """Lock what the checks rest on beside the row itself; the first thing in the verb's transaction."""

    def still_holds(self) -> bool:
        """Check again, under the locks, what others may have changed since; says what is wrong beside its field."""
        return True

    def stamp(self, *, changed: frozenset[str], by: User, now: datetime) -> frozenset[str]:
        """Set columns that are nobody's to type (who and when); returns their names."""
        return frozenset()

    def write_more(self, instance: Any, *, changed: frozenset[str]) -> None:
        """Write what lies in other tables; in the verb's transaction, after the row itself."""

    def refuse(self, constraint: str) -> None:
        """Put a violated constraint of the database into words beside the field that it is about."""
        name, message = self.constraint_messages.get(
            constraint, (NON_FIELD_ERRORS, "These values cannot stand together. Check them and save again.")
        )
        self.add_error(name if name in self.fields else None, message)

    # -- how it looks ------------------------------------------------------------------------------------------

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The visible fields by legend, in the order of `layout`; fields that it forgets come last."""
        said = [(legend, [name for name in names if name in self.fields]) for legend, names in self.layout]
        rest = [name for name in self.own_names() if not any(name in names for _, names in said)]
        return [(legend, [self[name] for name in names]) for legend, names in [*said, ("", rest)] if names]

    def problems(self) -> list[tuple[str, str, str]]:
        """(id of the input or "", label, message) of everything that is wrong, for the top of the form."""
        return [
            (self[name].id_for_label if name in self.fields else "", self._label(name), str(message))
            for name, messages in self.errors.items()
            for message in messages
        ]

    def show_stale(self, stale: Any, stored: Mapping[str, str]) -> None:
        """Turn into the comparison of both versions: as typed, opened anew with what is stored now."""
        self.stale = stale
        anew: Any = self.data
        self.data = anew = anew.copy()
        anew[OPENED_WITH] = self.token(stored)

    def renew(self) -> None:
        """Turn what was sent into a new form with everything that was typed."""
        anew: Any = self.data
        self.data = anew = anew.copy()
        anew[OPENED_WITH] = self.token({})

    def _label(self, name: str) -> str:
        return self.label_of(name) if name in self.fields else ""

    def _salt(self) -> str:
        return f"edit:{self._meta.model._meta.label_lower}:{self.instance.pk or NEW}"

    def _with_theirs(self, data: QueryDict) -> QueryDict:
        """What was sent, with the others' values where the person chose to take them."""
        taken = [name for name in self.own_names() if data.get(f"take-{name}") == "theirs"]
        mine = data.copy()
        for name in taken:
            if self.opened is not None and name in self.opened:
                self.fill(mine, name, self.opened[name])
        return mine

    def fill(self, data: QueryDict, name: str, raw: str) -> None:
        """Set a field of what was sent to an input's text."""
        data[name] = raw
        if not raw and isinstance(self.fields[name], forms.BooleanField):
            del data[name]

    def _dress(self, name: str) -> None:
        widget = self.fields[name].widget
        widget.attrs.setdefault("autocomplete", "off")
        if not isinstance(widget, forms.CheckboxInput):
            widget.attrs["class"] = f"{widget.attrs.get('class', '')} input".strip()
        if isinstance(widget, forms.Textarea):
            widget.attrs["rows"] = 4
        elif (getattr(self.fields[name], "max_length", None) or 0) >= _LONG:
            widget.attrs["class"] += " is-long"
        self.fields[name].widget = widget

    def _update_errors(self, errors: ValidationError) -> None:
        """Put violated constraints of the model where `constraint_messages` wants them."""
        plain, named = split_constraints(errors, self.instance, self.constraint_messages)
        for constraint in named:
            if not (set(self.constraint_messages[constraint][:1]) & set(self.errors)):
                self.refuse(constraint)
        if plain:
            super()._update_errors(ValidationError(plain))  # type: ignore[misc]


def split_constraints(
    errors: ValidationError, instance: models.Model, known: Mapping[str, tuple[str, str]]
) -> tuple[dict[str, list[ValidationError]], list[str]]:
    """Errors that are not of a known constraint, by field, and the names of the known ones that are violated."""
    by_message = {
        constraint.get_violation_error_message(): constraint.name
        for constraint in instance._meta.constraints
        if constraint.name in known
    }
    plain: dict[str, list[ValidationError]] = {}
    named: list[str] = []
    for field, found in errors.update_error_dict({}).items():
        for error in found:
            constraint = by_message.get(str(error.message))
            if constraint:
                named.append(constraint)
            else:
                plain.setdefault(field, []).append(error)
    return plain, named


def read_token(text: str, salt: str) -> dict[str, str] | None:
    """The values in a hidden field, None where it is missing, of another row or not ours."""
    try:
        found = signing.loads(text, salt=salt)
    except (signing.BadSignature, ValueError):
        return None
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else None
