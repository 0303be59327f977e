"""The forms of objectives and key results, and what must hold between their fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.text import slugify

from alignment.forms.editing import EditForm
from alignment.forms.fields import choose_from
from alignment.forms.target_rows import TargetRowsField, rows_from, text_of
from alignment.models import KeyResult, KeyResultTarget, Metric, Objective, Team, User
from alignment.queries.words import day_words, joined

RESERVED_SLUGS = frozenset({"new"})  # addresses of their own beside /objectives/<slug>
NOT_READY = "It cannot be marked ready yet"


class ObjectiveForm(EditForm):
    """An objective. `teams` narrows the teams to choose from: product managers have their own alone."""

    constraint_messages = {
        "objective_period_ordered": ("period_end", "The end must not be before the start."),
        "objective_weight_not_negative": ("weight", "Write 0 or more."),
        "objective_not_own_parent": ("parent", "An objective cannot be its own parent."),
        "objective_tree_has_no_circle": (
            "parent",
            "That objective lies under this one since a moment ago. Choose another.",
        ),
        "alignment_objective_slug_key": (
            "name",
            "Another objective has this name already. Change it a little.",
        ),
    }
    layout = (
        ("What it is", ("name", "description", "theme", "parent")),
        ("When, and who", ("period_start", "period_end", "owner", "team")),
        ("How it counts", ("weight", "is_ready")),
    )

    class Meta(EditForm.Meta):
        model = Objective
        fields = (
            "name", "description", "theme", "parent", "period_start", "period_end", "owner", "team", "weight",
            "is_ready",
        )  # fmt: skip
        labels = {
            "name": "Objective",
            "parent": "Part of",
            "period_start": "First day",
            "period_end": "Last day",
            "is_ready": "Ready to be judged",
        }
        help_texts = {
            "parent": "An objective with a parent counts in the parent, not in the theme's score by itself.",
            "weight": "Only its share of all weights in the theme matters.",
            "is_ready": "Every key result has a metric, a baseline and a target, or bounds.",
        }

    def __init__(self, data: Any = None, *, teams: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        people = User.objects.filter(Q(is_active=True) | Q(pk=self.instance.owner_id))
        choose_from(self, "owner", people.order_by("display_name", "username"))
        choose_from(self, "team", Team.objects.order_by("name") if teams is None else teams)
        self.fields["team"].required = teams is not None
        choose_from(self, "parent", Objective.objects.exclude(pk__in=_family(self.instance)).order_by("name"))

    def clean(self) -> dict[str, Any]:
        """Marked ready only where every key result can be measured."""
        cleaned = super().clean() or self.cleaned_data
        self._check_ready(cleaned)
        return cleaned

    def still_holds(self) -> bool:
        """Whether its key results can still be measured: they are only changed while its row is locked."""
        self._check_ready(self.cleaned_data)
        return not self.errors

    def _check_ready(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("is_ready") and (missing := unmeasurable(self.instance)):
            self.add_error("is_ready", f"{NOT_READY}: {missing}")

    def stamp(self, *, changed: frozenset[str], by: User, now: datetime) -> frozenset[str]:
        """A new objective's address, made of its name; it stays when the name changes."""
        if self.instance._state.adding:
            self.instance.slug = free_slug(self.instance.name)
        return frozenset()


def _family(objective: Objective) -> set[int]:
    """The objective and all below it: none of them may become its parent."""
    below: dict[int | None, set[int]] = {}
    for number, parent in Objective.objects.values_list("pk", "parent_id"):
        below.setdefault(parent, set()).add(number)
    found: set[int] = set()
    newest = {objective.pk} if objective.pk else set()
    while newest:
        found |= newest
        newest = set().union(*(below.get(number, set()) for number in newest)) - found
    return found


def unmeasurable(objective: Objective) -> str:
    """What keeps an objective from being measured, in words; "" where nothing does."""
    if objective._state.adding:
        return "add its key results first."
    rows = list(objective.key_results.all())
    if not rows:
        return "it has no key result."
    named = [f"“{row.name}” {lacks}" for row in rows if (lacks := lacking(row))]
    return f"{joined(named)}." if named else ""


def lacking(row: KeyResult) -> str:
    """What a key result lacks to be measured, "" where nothing does."""
    if row.metric_id is None:
        return "has no metric"
    if row.kind == KeyResult.Kind.BAND:
        bounds = (row.lower_bound, row.upper_bound, row.target)
        return "has no bound" if all(bound is None for bound in bounds) else ""
    if row.kind == KeyResult.Kind.CUMULATIVE:
        return "" if row.target else "has no target other than 0"
    missing = [name for name in ("baseline", "target") if getattr(row, name) is None]
    return f"has no {' and no '.join(missing)}" if missing else ""


def free_slug(name: str) -> str:
    """An address made of a name that no objective has yet; a number is added where one has."""
    base = slugify(name)[:100].strip("-") or "objective"
    taken = (
        set(Objective.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED_SLUGS
    )
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


@dataclass(frozen=True, slots=True)
class Counts:
    """For which kinds a field counts, apart by spaces; `filled` are those for which it does only once it is filled in,
    `path` the path that it needs. The page shows the fields that count, where scripts run."""

    kinds: str
    filled: str = ""
    path: str = ""


COUNTS = {
    "baseline": Counts("level", filled="cumulative"),  # a sum refuses one
    "target": Counts("level cumulative", filled="band"),
    "lower_bound": Counts("band"),
    "upper_bound": Counts("band"),
    "path": Counts("level cumulative"),
    "targets": Counts("level cumulative", path="targets"),
}


class KeyResultForm(EditForm):
    """A key result with its own period targets as rows."""

    _held: Objective | None = None
    targets = TargetRowsField(
        required=False,
        label="Own period targets",
        help_text="The value at the end of each period. They count where the path is “own period targets”. "
        "Empty a row to take it out.",
    )
    constraint_messages: ClassVar[Mapping[str, tuple[str, str]]] = {
        "key_result_start_before_due": ("due", "The due day must be after the start."),
        "key_result_weight_not_negative": ("weight", "Write 0 or more."),
        "key_result_bounds_ordered": ("upper_bound", "The upper bound must not be below the lower bound."),
        "key_result_journey_has_length": (
            "target",
            "The target equals the baseline, so there is no way to go. To keep a level, choose “keep within bounds”.",
        ),
        "key_result_cumulative_from_zero": (
            "baseline",
            "What is added up begins at 0. Leave the baseline empty or write 0.",
        ),
        "key_result_override_has_reason": ("override_reason", "Say why the status is set by hand."),
        "key_result_target_once": ("targets", "A day stands in two rows. Keep one."),
    }
    layout = (
        ("What is measured", ("name", "metric", "kind")),
        ("From where to where", ("baseline", "target")),
        ("Bounds to keep within", ("lower_bound", "upper_bound")),
        ("When, and how much it counts", ("start", "due", "weight")),
        ("The path to the target", ("path", "targets")),
        ("Status set by hand", ("override_status", "override_reason")),
    )

    class Meta(EditForm.Meta):
        model = KeyResult
        fields = (
            "name", "metric", "kind", "baseline", "target", "lower_bound", "upper_bound", "start", "due", "weight",
            "path", "override_status", "override_reason",
        )  # fmt: skip
        labels = {
            "name": "Key result",
            "kind": "How it is reached",
            "start": "Start",
            "due": "Due",
            "override_status": "Status",
            "override_reason": "Reason",
        }
        help_texts = {
            "baseline": "The metric's value at the start. Counts for “bring the level from baseline to target”.",
            "target": "The value to be reached by the due day. Counts for a level and for a sum; for bounds only where "
            "both are empty.",
            "lower_bound": "For “keep within bounds”: not below this.",
            "upper_bound": "For “keep within bounds”: not above this.",
            "weight": "Only its share of all weights in the objective matters.",
            "path": "Counts for a level and for a sum.",
            "override_status": "It stands until the next reading becomes known.",
        }

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.initial["targets"] = self.stored.get("targets", "")
        for name, counts in COUNTS.items():
            self.fields[name].__dict__["counts"] = counts
        choose_from(self, "metric", Metric.objects.order_by("name", "key"))
        metric: Any = self.fields["metric"]
        metric.label_from_instance = lambda row: f"{row.name} ({row.unit})"
        status: Any = self.fields["override_status"]
        status.choices = [("", "as the readings say"), *KeyResult.Status.choices]
        self.fields["override_reason"].widget.attrs["rows"] = 2

    def stored_values(self, instance: Any) -> dict[str, str]:
        """The row's values with its own targets as one text."""
        rows = KeyResultTarget.objects.filter(key_result=instance).values_list("period_end", "value")
        return super().stored_values(instance) | {"targets": text_of(rows)}

    def words_for(self, name: str, raw: str) -> str:
        """Own targets as a list of days and values."""
        if name != "targets":
            return super().words_for(name, raw)
        rows = [f"{day_words(date.fromisoformat(day))}: {value}" for day, value in rows_from(raw)]
        return "; ".join(rows) or "nothing"

    def fill(self, data: Any, name: str, raw: str) -> None:
        """Own targets are two lists of inputs."""
        if name == "targets":
            data.setlist("targets-day", [day for day, _ in rows_from(raw)])
            data.setlist("targets-value", [value for _, value in rows_from(raw)])
        else:
            super().fill(data, name, raw)

    def clean(self) -> dict[str, Any]:
        """What must hold between the fields, each said beside the field to change."""
        cleaned = super().clean() or self.cleaned_data
        status, reason = cleaned.get("override_status"), cleaned.get("override_reason", "")
        if status and not reason.strip() and "override_reason" not in self.errors:
            self.add_error("override_reason", "Say why the status is set by hand.")
        if reason.strip() and not status and "override_status" not in self.errors:
            self.add_error(
                "override_status", "Choose the status that this reason is for, or empty the reason."
            )
        self._check_rows(cleaned)
        return cleaned

    def _check_rows(self, cleaned: dict[str, Any]) -> None:
        start, due, text = cleaned.get("start"), cleaned.get("due"), cleaned.get("targets") or ""
        if "targets" in self.errors:
            return
        if cleaned.get("path") == KeyResult.Path.TARGETS and not text:
            self.add_error("targets", "Write at least one day with its target, or choose the straight line.")
        outside = [
            day for day, _ in rows_from(text) if start and due and not start < date.fromisoformat(day) <= due
        ]
        if outside:
            said = f"{start:%Y-%m-%d} to {due:%Y-%m-%d}"
            self.add_error("targets", f"{outside[0]} is not between start and due ({said}).")

    def _post_clean(self) -> None:
        """After the row is put together: an objective that is ready needs key results that can be measured."""
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            self._check_measurable(self.instance.objective)

    def hold(self) -> None:
        """Lock its objective, so that nobody marks it ready, ends or removes it meanwhile."""
        rows = Objective.objects.select_for_update(no_key=True)
        self._held = rows.filter(pk=self.instance.objective_id).first()

    def still_holds(self) -> bool:
        """Whether it may still be as it is typed beside its objective."""
        if self._held is None:
            self.add_error(None, "Its objective was removed a moment ago, so nothing can be added to it.")
        else:
            self._check_measurable(self._held)
        return not self.errors

    def _check_measurable(self, objective: Objective) -> None:
        if objective.is_ready and (lacks := lacking(self.instance)):
            self.add_error(
                "metric" if "metric" in lacks else "target" if "target" in lacks else "lower_bound",
                f"It {lacks}, and its objective is marked ready. Fill it in, or take the mark off first.",
            )

    def stamp(self, *, changed: frozenset[str], by: User, now: datetime) -> frozenset[str]:
        """Who set a status by hand, and when."""
        if not changed & {"override_status", "override_reason"}:
            return frozenset()
        by_hand = bool(self.instance.override_status)
        self.instance.override_by_name = by.name if by_hand else ""
        self.instance.overridden_at = now if by_hand else None
        return frozenset({"override_by_name", "overridden_at"})

    def write_more(self, instance: Any, *, changed: frozenset[str]) -> None:
        """Write the rows that differ, and those alone."""
        if "targets" not in changed:
            return
        wanted = {date.fromisoformat(day): Decimal(v) for day, v in rows_from(self.cleaned_data["targets"])}
        for row in KeyResultTarget.objects.filter(key_result=instance):
            value = wanted.pop(row.period_end, None)
            if value is None:
                row.delete()
            elif value != row.value:
                row.value = value
                row.save(update_fields=["value"])
        for day, value in wanted.items():
            KeyResultTarget.objects.create(key_result=instance, period_end=day, value=value)
