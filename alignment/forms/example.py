"""A form with every kind of field, for the gallery of components alone: it reads and writes nothing."""

from __future__ import annotations

from typing import Any

from django import forms

from alignment.forms.fields import DayField, NumberField, with_plain_messages
from alignment.forms.target_rows import TargetRowsField


class ExampleForm(forms.Form):
    """Fields as people edit them, with invented words. Looks like an EditForm to `components/_form.html`."""

    name = forms.CharField(label="Name", max_length=40, help_text="Short, and what people call it.")
    target = NumberField(label="Target", help_text="In percent, with a point before decimals.")
    due = DayField(label="Due", help_text="The last day of the period that counts.")
    policy = forms.ChoiceField(label="Policy", choices=[("path", "Path"), ("pace", "Pace")])
    source = forms.CharField(
        label="Source", disabled=True, required=False, help_text="Set by the import; nobody types it."
    )
    is_paused = forms.BooleanField(
        label="Paused", required=False, help_text="A paused example is not judged."
    )
    reason = forms.CharField(label="Reason", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    targets = TargetRowsField(label="Targets on the way", required=False, help_text="Each with its day.")

    def __init__(self, *args: Any, stale: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.label_suffix = ""
        self.stale = stale
        with_plain_messages(self.fields)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
            if not isinstance(field.widget, forms.CheckboxInput):
                field.widget.attrs["class"] = "input"

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields by legend, as EditForm lays them out."""
        first, second = ("name", "target", "due", "policy"), ("source", "is_paused", "reason", "targets")
        return [("", [self[name] for name in first]), ("Beside it", [self[name] for name in second])]

    def problems(self) -> list[tuple[str, str, str]]:
        """(id of the input, label, message) of everything that is wrong."""
        return [
            (self[name].id_for_label, str(self[name].label), str(message))
            for name, messages in self.errors.items()
            for message in messages
        ]
