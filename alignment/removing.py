"""Key results are taken away and put back; the audit trail keeps what was there."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from alignment.audit import acting_as
from alignment.editing import object_edited
from alignment.forms.goals import unmeasurable
from alignment.models import AuditEvent, KeyResult, Objective, User
from alignment.scoring.loading import load_house

PUT_BACK_WITHIN = timedelta(days=30)
TOGETHER = timedelta(seconds=2)  # a removal's own events lie closer together than two acts of a person


@dataclass(frozen=True, slots=True)
class Removed:
    """A key result or objective that was taken away and can be put back."""

    number: int
    name: str
    by: str
    at: datetime


class Kept(Exception):
    """What a person asked for cannot be done, and nothing was written; the message says why and what to do."""


def remove_key_result(*, key_result: KeyResult, by: User, now: datetime) -> str:
    """Take a key result away, from today on. An objective that cannot be measured without it is no longer marked
    ready; answers why, "" where nothing became of the mark."""
    number = key_result.pk
    with acting_as(by.username), transaction.atomic():
        objective = Objective.objects.select_for_update(no_key=True).get(pk=key_result.objective_id)
        key_result.delete()
        why = _take_mark_off(objective)
        _follow(number, by, now)
    return why


def removed_from(objective: Objective, now: datetime, present: Collection[int]) -> tuple[Removed, ...]:
    """Key results that were taken from an objective lately, the latest first; `present` are those that stand. One
    query."""
    events = AuditEvent.objects.filter(
        table_name="alignment_keyresult",
        operation="delete",
        at__gte=now - PUT_BACK_WITHIN,
        before__objective_id=objective.pk,
    ).order_by("-id")
    found: dict[int, Removed] = {}
    for event in events:
        number = int(event.row_id)
        if number not in present:
            found.setdefault(number, Removed(number, (event.before or {})["name"], event.actor, event.at))
    return tuple(found.values())


def put_back_key_result(*, objective: Objective, number: int, by: User, now: datetime) -> str | None:
    """Put a key result back as it was when it was taken away, with its own targets; None where there is none.

    Sent twice it is put back once. Answers why its objective is no longer marked ready, "" where nothing became of the
    mark. Raises Kept where what it belonged to is gone.
    """
    with acting_as(by.username), transaction.atomic():
        objective = Objective.objects.select_for_update(no_key=True).get(pk=objective.pk)
        if KeyResult.objects.filter(pk=number).exists():
            return ""
        event = (
            AuditEvent.objects.filter(
                table_name="alignment_keyresult", operation="delete", row_id=str(number)
            )
            .filter(before__objective_id=objective.pk, at__gte=now - PUT_BACK_WITHIN)
            .order_by("-id")
            .first()
        )
        if event is None:
            return None
        insert_again("alignment_keyresult", [event.pk])
        targets = AuditEvent.objects.filter(
            table_name="alignment_keyresulttarget", operation="delete", before__key_result_id=number,
            at__range=(event.at - TOGETHER, event.at + TOGETHER),
        )  # fmt: skip
        insert_again("alignment_keyresulttarget", list(targets.values_list("pk", flat=True)))
        why = _take_mark_off(objective)
        _follow(number, by, now)
    return why


def insert_again(table: str, events: Collection[int], **changes: object) -> None:
    """Insert rows as the trail's events hold them, digit for digit: numbers do not pass through floats. `changes` are
    columns that are no longer what they were. Raises Kept where a row that they point to is gone."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} "  # noqa: S608 own names
                f"SELECT (jsonb_populate_record(NULL::{table}, before || %s::jsonb)).* "
                "FROM alignment_auditevent WHERE id = ANY(%s)",
                [json.dumps(changes), list(events)],
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as fault:
        raise Kept("What it belonged to is gone. Put that back first, or add it anew.") from fault


def _take_mark_off(objective: Objective) -> str:
    """The ready mark of a locked objective stays only where every key result can be measured."""
    why = unmeasurable(objective) if objective.is_ready else ""
    if why:
        objective.is_ready = False
        objective.save(update_fields=["is_ready"])
    return why


def _follow(number: int, by: User, now: datetime) -> None:
    object_edited(kind="keyresult", object_id=number, since=load_house().day_of(now), by=by.username)
