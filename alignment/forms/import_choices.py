"""The choices about reading a file, as a form: every one is decided from the file where it is left open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from alignment.importing.delimited import DELIMITERS
from alignment.importing.encodings import KNOWN_ENCODINGS
from alignment.importing.options import DateOrder, Options
from alignment.models import Metric
from alignment.periods import Cadence

_OPEN = ("", "Decide from the file")
_TEXT_ONLY = ("encoding", "delimiter")
_TEXTS = (
    "sheet", "encoding", "decimal", "cadence", "date_column", "metric_column", "source", "category", "unit",
    "direction",
)  # fmt: skip
_TICKED = ("create_metrics", "good_rows_only", "round_decimals", "restate")
_MOST_MATCHED = 5_000
NAME, KEY = "match_name", "match_key"


def _choices(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    return [_OPEN, *pairs]


class ImportChoicesForm(forms.Form):
    """All of `Options`. `columns` are the names in the file's header, where it could be read."""

    sheet = forms.CharField(
        label="Sheet", required=False, max_length=100, help_text="the only filled one where left open"
    )
    encoding = forms.ChoiceField(
        label="Encoding", required=False, choices=_choices(*((name, name) for name in KNOWN_ENCODINGS))
    )
    delimiter = forms.ChoiceField(
        label="Delimiter",
        required=False,
        choices=_choices(*(("tab" if mark == "\t" else mark, name) for mark, name in DELIMITERS.items())),
    )
    decimal = forms.ChoiceField(
        label="Decimal mark",
        required=False,
        choices=_choices((".", "point, as in 1,234.5"), (",", "comma, as in 1.234,5")),
    )
    dates = forms.ChoiceField(
        label="Order of dates",
        required=False,
        choices=_choices(
            ("d/m/y", "day first, as in 31/01/2026"), ("m/d/y", "month first, as in 01/31/2026")
        ),
    )
    cadence = forms.ChoiceField(
        label="Cadence", required=False, choices=_choices(*((c.value, c.label) for c in Cadence))
    )
    date_column = forms.CharField(label="Date column", required=False, max_length=300)
    metric_column = forms.CharField(label="Metric column", required=False, max_length=300)
    ignored_columns = forms.CharField(
        label="Columns to leave out",
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="one name a line",
    )
    key_prefix = forms.CharField(
        label="Prefix",
        required=False,
        max_length=150,
        help_text="put before each metric's key, such as synapse",
    )
    source = forms.CharField(
        label="Source",
        required=False,
        max_length=300,
        help_text="the system that the file comes from; else the prefix, else the file's name without dates",
    )
    create_metrics = forms.BooleanField(label="Create metrics that do not exist yet", required=False)
    category = forms.ChoiceField(
        label="Category of new metrics", required=False, choices=[("", "Choose"), *Metric.Category.choices]
    )
    unit = forms.CharField(
        label="Unit of new metrics", required=False, max_length=32, help_text="such as %, USD, days, count"
    )
    direction = forms.ChoiceField(
        label="Better direction of new metrics",
        required=False,
        choices=[("", "Choose"), *Metric.Direction.choices],
    )
    round_decimals = forms.BooleanField(label="Round to 12 decimals what has more", required=False)
    good_rows_only = forms.BooleanField(
        label="Import the good rows and leave out the faulty ones", required=False
    )
    restate = forms.BooleanField(
        label="The source corrected itself: most stored readings may change", required=False
    )

    data: QueryDict

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        options: Options,
        columns: Sequence[str] = (),
        workbook: bool = False,
    ) -> None:
        super().__init__(data, initial=_initial(options), label_suffix="")
        self.options = options
        for name in _TEXT_ONLY if workbook else ("sheet",):
            if not getattr(options, name):
                del self.fields[name]
        if columns:
            for name in ("date_column", "metric_column"):
                self._offer(name, columns)
        for name, field in self.fields.items():
            kind = field.widget
            kind.attrs["autocomplete"] = "off"
            if not isinstance(kind, forms.CheckboxInput):
                kind.attrs["class"] = "input"
            if field.help_text:
                kind.attrs["aria-describedby"] = f"id_{name}_helptext"

    def _offer(self, name: str, columns: Sequence[str]) -> None:
        """A list of the file's columns in the place of a text field; what is chosen already stays choosable."""
        chosen = getattr(self.options, name)
        offered = [column for column in columns if column]
        if chosen and chosen not in offered:
            offered.append(chosen)
        pairs = _choices(*((column, column) for column in offered))
        self.fields[name] = forms.ChoiceField(label=self.fields[name].label, required=False, choices=pairs)

    @property
    def reading(self) -> list[forms.BoundField]:
        """How the file is read."""
        names = (
            "sheet",
            "encoding",
            "delimiter",
            "decimal",
            "dates",
            "cadence",
            "date_column",
            "metric_column",
        )
        return [self[name] for name in (*names, "ignored_columns") if name in self.fields]

    @property
    def placing(self) -> list[forms.BoundField]:
        """Where its readings go."""
        return [self[name] for name in ("source", "key_prefix")]

    @property
    def creating(self) -> list[forms.BoundField]:
        """What new metrics are."""
        return [self[name] for name in ("create_metrics", "category", "unit", "direction")]

    @property
    def allowing(self) -> list[forms.BoundField]:
        """What is let through."""
        return [self[name] for name in ("good_rows_only", "round_decimals", "restate")]

    @property
    def typed_matches(self) -> dict[str, str]:
        """What was typed beside each name in the file, as it was typed; what was left empty is left out."""
        pairs = zip(
            self.data.getlist(NAME)[:_MOST_MATCHED], self.data.getlist(KEY)[:_MOST_MATCHED], strict=False
        )
        return {name: key for name, key in pairs if name and key}

    def clean(self) -> dict[str, Any]:
        """Also what is typed beside the names in the file can be stored."""
        if any("\0" in text for name in (NAME, KEY) for text in self.data.getlist(name)):
            raise forms.ValidationError(
                "A name or the metric typed beside it holds a character (NUL) that no name has. Type it anew."
            )
        return self.cleaned_data

    def to_options(self) -> Options:
        """The choices; call it on a valid form."""
        given: dict[str, Any] = self.cleaned_data
        prefix = given["key_prefix"].strip()
        delimiter = given.get("delimiter", "")
        chosen: dict[str, Any] = {name: given.get(name, "") or None for name in _TEXTS}
        chosen |= {name: given[name] for name in _TICKED}
        return Options(
            prefix=prefix if not prefix or prefix.endswith(".") else f"{prefix}.",
            delimiter="\t" if delimiter == "tab" else delimiter or None,
            dates=DateOrder(given["dates"]) if given["dates"] else None,
            ignored_columns=tuple(line for line in given["ignored_columns"].splitlines() if line.strip()),
            metrics=tuple((n[:300], k.strip()[:200]) for n, k in self.typed_matches.items() if k.strip()),
            **chosen,
        )


def _initial(options: Options) -> dict[str, Any]:
    stored = options.as_json()
    return stored | {
        "key_prefix": options.prefix,
        "delimiter": "tab" if options.delimiter == "\t" else options.delimiter,
        "ignored_columns": "\n".join(options.ignored_columns),
    }
