"""The form of a metric's definition. Readings are in no form: they change by import alone."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from alignment.forms.editing import EditForm
from alignment.forms.fields import choose_from
from alignment.models import Epic, Metric, Observation, User
from alignment.queries.signals import signals_of

FIXED_CADENCE = (
    "Fixed, because readings exist and each stands for a whole period of this length. "
    "To measure in another rhythm, import the readings into a metric of their own."
)
UNDECLARED = "not declared: taken from the readings where they settle it"
_JUDGED = ("direction", "kind", "season", "margin", "role", "hard_minimum", "hard_maximum")
_SCOPES = ("theme", "value_stream", "team", "epic")


class MetricForm(EditForm):
    """What a metric means, when it is late, and where a reading is an alarm."""

    constraint_messages = {
        "metric_hard_bounds_ordered": (
            "hard_maximum",
            "The hard maximum must not be below the hard minimum.",
        ),
        "metric_one_scope": ("theme", "A metric measures one thing. Leave all but one of these empty."),
        "metric_has_name": ("name", "Enter a name."),
        "metric_margin_above_zero": ("margin", "Enter a number above zero, or leave it empty."),
    }
    layout = (
        ("What it is", ("name", "description", "category", "unit", "owner")),
        ("How it is judged", _JUDGED),
        ("When it reports", ("cadence", "reporting_lag_days")),
        ("What it measures: one of these, or none for the whole company", _SCOPES),
    )

    class Meta(EditForm.Meta):
        model = Metric
        fields = (
            "name", "description", "category", "unit", "owner", "direction", "kind", "season", "margin", "role",
            "hard_minimum", "hard_maximum", "cadence", "reporting_lag_days", *_SCOPES,
        )  # fmt: skip
        labels = {
            "direction": "Better",
            "kind": "Flow or stock",
            "season": "Season",
            "margin": "Change that would not matter",
            "reporting_lag_days": "Reporting lag in days",
        }
        help_texts = {
            "unit": "What one reading counts, such as %, USD, days. Readings are not converted: correct it where it "
            "was named wrongly.",
            "direction": "Decides whether a trend is improving or worsening, and which side of a target that is to "
            "be kept is a miss: statuses of its key results may change.",
            "kind": "A flow counts what happened in a period; a stock is a level at its end, and its trend is tested "
            "on its changes: the trend’s verdict may change.",
            "season": "Whether the time of the year moves it. None: all is told from twelve readings on. Yearly: "
            "trend, steps and chances wait until it was seen twice, in 104 weeks or 24 months. Not declared: until "
            "then chances come with a wider range. Daily readings have their week’s season; a yearly one cannot be "
            "told from them.",
            "margin": "Over all readings that are looked at, at most 156, in the metric’s unit; empty for none. "
            "With it, a metric that surely changed by less is told to be flat; without it, that no change is clear.",
            "role": "What looks for this kind of metric finds it by its role.",
            "hard_minimum": "A reading below it changes a status at once, without waiting for more evidence.",
            "hard_maximum": "A reading above it changes a status at once, without waiting for more evidence.",
            "reporting_lag_days": "Days between a period’s end and its reading. More of them make the metric, and the "
            "key results that rest on it, stale later.",
        }

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["role"].choices = [("", "none"), *Metric.Role.choices]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", UNDECLARED), *Metric.Kind.choices]  # type: ignore[attr-defined]
        self.fields["kind"].help_text = f"{self.fields['kind'].help_text} {self._guess()}".strip()
        self.fields["season"].choices = [("", "not declared"), *Metric.Season.choices]  # type: ignore[attr-defined]
        people = User.objects.filter(Q(is_active=True) | Q(pk=self.instance.owner_id))
        choose_from(self, "owner", people.order_by("display_name", "username"))
        choose_from(self, "epic", Epic.objects.order_by("name"))
        if Observation.objects.filter(metric_id=self.instance.pk).exists():
            self.fields["cadence"].disabled = True
            self.fields["cadence"].help_text = FIXED_CADENCE

    def _guess(self) -> str:
        """What the readings say about flow or stock, as the last run stored it."""
        told = signals_of([self.instance.pk]).get(self.instance.pk) if self.instance.pk else None
        if told is None:
            return ""
        word = f"look like a {told.guess}" if told.guess else "do not settle it"
        return f"The readings {word}: {told.guess_reason[:1].lower()}{told.guess_reason[1:]}"
