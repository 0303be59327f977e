"""An objective is taken away, put back, or brought to its end; the audit trail keeps what was there.

Only what never counted can be taken away: scores of days before must stay what they were, with all that they rest on.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from alignment.audit import acting_as
from alignment.editing import object_edited
from alignment.forms.goals import free_slug
from alignment.models import AuditEvent, KeyResult, Objective, Score, User
from alignment.permissions import may_change_objective
from alignment.queries.words import counted, day_words, joined
from alignment.removing import PUT_BACK_WITHIN, TOGETHER, Kept, Removed, insert_again
from alignment.scoring.loading import load_house

CHANGED = (
    "Somebody changed it, or one of its key results, after you opened this page. Look at it again first."
)


@dataclass(frozen=True, slots=True)
class Acts:
    """What may be done with an objective today: `not_removable` and `not_endable` are the words that forbid it, ""
    where nothing does; `seen` travels with the act."""

    seen: str
    not_removable: str
    not_endable: str


def acts_on(objective: Objective, now: datetime) -> Acts:
    """What its form offers beside changing it. Six queries at most."""
    today, stored = load_house().day_of(now), Objective.objects.get(pk=objective.pk)
    return Acts(seen_of(stored), why_not_removable(stored, today), why_not_endable(stored, today))


def seen_of(objective: Objective) -> str:
    """The same for the same row and key results: travels with a form, so that nobody acts on what they have not seen.
    Two queries."""
    rows: list[object] = [*Objective.objects.filter(pk=objective.pk).values_list()]
    rows += KeyResult.objects.filter(objective=objective).order_by("pk").values_list()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def why_not_removable(objective: Objective, today: date) -> str:
    """What forbids taking it away, in words; "" where nothing does. Three queries at most."""
    scores = Score.objects.filter(subject_kind="objective", subject_id=objective.pk, day__lt=today)
    first = scores.order_by("day").values_list("day", flat=True).first()
    if first is not None:
        return (
            f"It has counted since {day_words(first)}, and scores of days before stay what they were. "
            "Let it end instead."
        )
    if below := objective.children.count():
        return f"{counted(below, 'objective')} {_stand(below)} under it. Move or remove {_them(below)} first."
    if epics := list(objective.epics.order_by("id").values_list("name", flat=True)[:4]):
        named = joined([f"“{name}”" for name in epics[:3]] + (["others"] if len(epics) > 3 else []))
        return f"It is served by {named}. Let {_them(len(epics))} serve another objective first."
    return ""


def why_not_endable(objective: Objective, today: date) -> str:
    """What forbids making today its last day, in words; "" where nothing does. One query at most."""
    if objective.period_start > today:
        return "It has not begun."
    if objective.period_end <= today:
        return f"Its last day is {day_words(objective.period_end)} already."
    if below := objective.children.filter(period_end__gt=today).count():
        runs = "runs" if below == 1 else "run"
        return f"{counted(below, 'objective')} under it still {runs}. End or move {_them(below)} first."
    return ""


def remove_objective(*, objective: Objective, seen: str, by: User, now: datetime) -> None:
    """Take an objective away with its key results, from today on. Raises Kept with words, and writes nothing, where it
    was changed since it was `seen` or something rests on it."""
    today, number = load_house().day_of(now), objective.pk
    with acting_as(by.username), transaction.atomic():
        _check_seen(_locked(objective), seen)
        if why := why_not_removable(objective, today):
            raise Kept(why)
        objective.key_results.all().delete()
        objective.delete()
        object_edited(kind="objective", object_id=number, since=today, by=by.username)


def end_objective(*, objective: Objective, seen: str, by: User, now: datetime) -> None:
    """Make today its last day: from tomorrow on it no longer counts. Raises Kept like `remove_objective`."""
    today = load_house().day_of(now)
    with acting_as(by.username), transaction.atomic():
        stored = _locked(objective)
        _check_seen(stored, seen)
        if why := why_not_endable(stored, today):
            raise Kept(why)
        stored.period_end = today
        stored.save(update_fields=["period_end"])
        object_edited(kind="objective", object_id=stored.pk, since=today, by=by.username)


def removed_objectives(user: User, now: datetime) -> tuple[Removed, ...]:
    """Objectives that were taken away lately and that the person may put back, the latest first. Two queries."""
    found: dict[int, Removed] = {}
    events = [(event, _as_it_was(event)) for event in _removals(now)]
    present = set(Objective.objects.filter(pk__in=[row.pk for _, row in events]).values_list("pk", flat=True))
    for event, row in events:
        if row.pk not in present and may_change_objective(user, row):
            found.setdefault(row.pk, Removed(row.pk, row.name, event.actor, event.at))
    return tuple(found.values())


def put_back_objective(*, number: int, by: User, now: datetime) -> Objective | None:
    """Put an objective back as it was, with its key results and their targets; None where none was taken away lately
    or the person may not. Sent twice it is put back once. Raises Kept where what it belonged to is gone.
    """
    with acting_as(by.username), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"put back:{number}"])
        event = _removals(now).filter(row_id=str(number)).first()
        if event is None or not may_change_objective(by, _as_it_was(event)):
            return None
        if (back := Objective.objects.filter(pk=number).first()) is not None:
            return back
        _insert_all(event, number)
        object_edited(kind="objective", object_id=number, since=load_house().day_of(now), by=by.username)
        return Objective.objects.get(pk=number)


def _insert_all(event: AuditEvent, number: int) -> None:
    """The objective, the key results that went with it and their targets, each as it was."""
    lately = AuditEvent.objects.filter(
        operation="delete", at__range=(event.at - TOGETHER, event.at + TOGETHER)
    )
    results = lately.filter(table_name="alignment_keyresult", before__objective_id=number)
    numbers = [int(row_id) for row_id in results.values_list("row_id", flat=True)]
    targets = lately.filter(table_name="alignment_keyresulttarget", before__key_result_id__in=numbers)
    was = _as_it_was(event)
    taken = Objective.objects.filter(slug=was.slug).exists()
    insert_again("alignment_objective", [event.pk], **({"slug": free_slug(was.name)} if taken else {}))
    insert_again("alignment_keyresult", list(results.values_list("pk", flat=True)))
    insert_again("alignment_keyresulttarget", list(targets.values_list("pk", flat=True)))


def _removals(now: datetime) -> QuerySet[AuditEvent]:
    """What people took away lately, the latest first."""
    return (
        AuditEvent.objects.filter(
            table_name="alignment_objective", operation="delete", at__gte=now - PUT_BACK_WITHIN
        )
        .exclude(actor__regex=r"^(system|database):")
        .order_by("-id")
    )


def _as_it_was(event: AuditEvent) -> Objective:
    """The row that went, to be read and not to be saved."""
    return Objective(**(event.before or {}))


def _locked(objective: Objective) -> Objective:
    """The row as it stands, which nobody else changes now; Kept where it is gone."""
    stored = Objective.objects.select_for_update(no_key=True).filter(pk=objective.pk).first()
    if stored is None:
        raise Kept("Somebody removed it a moment ago.")
    return stored


def _check_seen(objective: Objective, seen: str) -> None:
    if seen_of(objective) != seen:
        raise Kept(CHANGED)


def _stand(count: int) -> str:
    return "stands" if count == 1 else "stand"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"
