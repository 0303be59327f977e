"""The form of a theme: what it is called, what it weighs, whose it is."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, Sum

from alignment.forms.editing import EditForm
from alignment.forms.fields import choose_from
from alignment.models import Theme, User, ValueStream
from alignment.queries.words import number_words, percent_words


class ThemeForm(EditForm):
    """A theme. The help of `weight` says what its share of all weights is now."""

    constraint_messages = {"theme_weight_not_negative": ("weight", "Write 0 or more.")}
    layout = (
        ("What it is", ("name", "description")),
        ("How much of the money and effort the plan gives it", ("weight",)),
        ("Whose it is", ("owner", "value_stream")),
    )

    class Meta(EditForm.Meta):
        model = Theme
        fields = ("name", "description", "weight", "owner", "value_stream")
        labels = {"name": "Theme", "weight": "Strategic weight"}

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        people = User.objects.filter(Q(is_active=True) | Q(pk=self.instance.owner_id))
        choose_from(self, "owner", people.order_by("display_name", "username"))
        choose_from(self, "value_stream", ValueStream.objects.order_by("name"))
        whole = Theme.objects.aggregate(whole=Sum("weight"))["whole"]
        share = percent_words(float(self.instance.weight / whole) if whole else None)
        self.fields["weight"].help_text = (
            f"Only its share of all weights counts: {share} now, of {number_words(whole)} in all. Changing it "
            "changes the share of every theme, and with it the company’s score from today on."
        )
