"""A person changes or adds one row: never over what they have not seen, once however often it is sent.

Each save is one transaction: the row under a lock, one audit event for each changed row under the person's name, and
the recompute that follows, from today on (docs/decisions.md, 9).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, OperationalError, connection, models, transaction

from alignment import queueing
from alignment.audit import acting_as
from alignment.forms.editing import NEW, OPENED_WITH, EditForm
from alignment.models import AuditEvent, Job, User
from alignment.scoring.loading import load_house

RECOMPUTE = "recompute"
_BUSY = frozenset({"55P03", "40P01"})  # a lock not had in time, a deadlock
_NOT_TYPED = frozenset({OPENED_WITH, "csrfmiddlewaretoken"})


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written. `changed` names the fields; empty where the row stood like this already."""

    instance: Any
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that another person changed meanwhile, in words. `keep` is what the form proposes."""

    name: str
    label: str
    opened: str
    yours: str
    theirs: str
    by: str
    at: datetime | None
    keep: bool


@dataclass(frozen=True, slots=True)
class Stale:
    """Somebody saved in between; nothing was written. The form holds what was typed and both versions."""

    differences: tuple[Difference, ...]
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot stand beside what others wrote; the form's errors say why. Nothing was written."""


def save_edit(*, form: EditForm, by: User, now: datetime) -> Saved | Stale | Refused:
    """Write a valid form's row. `now` is an aware moment."""
    try:
        with acting_as(by.username), transaction.atomic():
            return _update(form, by, now) if form.instance.pk else _create(form, by, now)
    except IntegrityError as fault:
        if form.instance._state.adding:
            form.instance.pk = None
        form.refuse(_constraint_of(fault))
        return Refused()
    except OperationalError as fault:
        if getattr(fault.__cause__, "sqlstate", "") not in _BUSY:
            raise
        form.add_error(None, "Somebody else is saving this at this moment. Save again.")
        return Refused()


def object_edited(*, kind: str, object_id: int, since: date, by: str) -> Job:
    """A goal, budget line, epic, guardrail or policy changed: all days from `since` on, whatever the object was.

    A metric's own settings count as they are now for every day, so kind "metric" means everything anew.
    """
    everything = kind == "metric"
    payload: dict[str, Any] = {
        "touched_metrics": None if everything else [],
        "since": None if everything else since.isoformat(),
        "by": by,
    }
    return queueing.enqueue(
        RECOMPUTE, payload=payload, deduplication_key=f"edit:{kind}:{object_id}:{since.isoformat()}", by=by
    )


def _update(form: EditForm, by: User, now: datetime) -> Saved | Stale | Refused:
    model: Any = form._meta.model
    form.hold()
    # "No key": a recompute under way holds the keys of the rows whose statuses it writes.
    rows = model._default_manager.select_for_update(no_key=True)
    stored = rows.filter(pk=form.instance.pk).first()
    if stored is None:
        form.show_stale(Stale((), is_gone=True), {})
        return Stale((), is_gone=True)
    current, typed = form.stored_values(stored), form.typed_values()
    changed = frozenset(name for name in typed if typed[name] != current.get(name, ""))
    if not changed:
        return Saved(form.instance, ())
    if form.opened != current:
        stale = _stale(form, stored, current, typed)
        if stale.differences:
            form.show_stale(stale, current)
            return stale
    if not form.still_holds():
        return Refused()
    columns = {field.name for field in model._meta.concrete_fields}
    written = (changed & columns) | form.stamp(changed=changed, by=by, now=now)
    if written:
        form.instance.save(update_fields=sorted(written))
    form.write_more(form.instance, changed=changed)
    _follow(form, by, now)
    return Saved(form.instance, tuple(sorted(changed)))


def _create(form: EditForm, by: User, now: datetime) -> Saved | Refused:
    """Add the row unless this very form was sent before: the job that it left behind knows which row that was."""
    token = (form.opened or {}).get(NEW, "")
    key = f"add:{form._meta.model._meta.model_name}:{token}"
    if token:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        before = Job.objects.filter(deduplication_key=key).first()
        if before is not None:
            return _sent_before(form, before)
    form.hold()
    if not form.still_holds():
        return Refused()
    changed = frozenset(form.own_names())
    form.stamp(changed=changed, by=by, now=now)
    form.instance.save(force_insert=True)
    form.write_more(form.instance, changed=changed)
    if not token:
        _follow(form, by, now)
    else:
        since = load_house().day_of(now).isoformat()
        payload = {
            "touched_metrics": [],
            "since": since,
            "by": by.username,
            "object_id": form.instance.pk,
            "typed": _digest(form),
        }
        queueing.enqueue(RECOMPUTE, payload=payload, deduplication_key=key, by=by.username)
    return Saved(form.instance, tuple(sorted(changed)))


def _sent_before(form: EditForm, before: Job) -> Saved | Refused:
    """The same form again is the same row. What says something else is never taken for it: a second tab, or a form
    that the browser's history brought back, is shown again as one of its own."""
    row = form._meta.model._default_manager.filter(pk=before.payload["object_id"]).first()
    if row is not None and before.payload.get("typed") == _digest(form):
        return Saved(row, ())
    was = (
        f"“{row}” was added with this form before" if row else "What this form added before was removed since"
    )
    form.add_error(None, f"{was}. To add what stands here now as well, save again.")
    form.renew()
    return Refused()


def _digest(form: EditForm) -> str:
    """The same for the same things typed."""
    data: Any = form.data
    sent = [(name, values) for name, values in data.lists() if name not in _NOT_TYPED]
    return hashlib.sha256(json.dumps(sorted(sent)).encode()).hexdigest()


def _follow(form: EditForm, by: User, now: datetime) -> None:
    object_edited(
        kind=str(form._meta.model._meta.model_name),
        object_id=form.instance.pk,
        since=load_house().day_of(now),
        by=by.username,
    )


def _stale(form: EditForm, stored: models.Model, current: dict[str, str], typed: dict[str, str]) -> Stale:
    opened = form.opened or {}
    others = [name for name in typed if typed[name] != current.get(name, "") != opened.get(name)]
    said = _who_and_when(stored, others)
    differences = []
    for name in others:
        by, at = said.get(name, ("somebody", None))
        differences.append(
            Difference(
                name,
                form.label_of(name),
                form.words_for(name, opened[name]) if name in opened else "not known",
                form.words_for(name, typed[name]),
                form.words_for(name, current.get(name, "")),
                by,
                at,
                keep=typed[name] != opened.get(name),
            )
        )
    return Stale(tuple(differences))


def _who_and_when(stored: models.Model, names: list[str]) -> dict[str, tuple[str, datetime | None]]:
    """By field the person and moment of its latest change, out of the audit trail. Two queries."""
    columns = {field.name: field.column for field in stored._meta.concrete_fields}
    events = AuditEvent.objects.filter(table_name=stored._meta.db_table, row_id=str(stored.pk)).order_by(
        "-id"
    )
    found: dict[str, tuple[str, datetime | None]] = {}
    for event in events[:200]:
        before, after = event.before or {}, event.after or {}
        for name in names:
            column = columns.get(name)
            differs = column is None or before.get(column) != after.get(column)
            if name not in found and differs:
                found[name] = (event.actor, event.at)
    people = {
        user.username: user.name for user in User.objects.filter(username__in={a for a, _ in found.values()})
    }
    return {name: (people.get(actor, actor), at) for name, (actor, at) in found.items()}


def _constraint_of(fault: IntegrityError) -> str:
    diagnosis = getattr(fault.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", "") or ""
