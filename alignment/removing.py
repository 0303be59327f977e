"""Key results and empty objectives are taken away and put back; the audit trail keeps what was there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from alignment.audit import acting_as
from alignment.editing import object_edited
from alignment.models import AuditEvent, KeyResult, Objective, User
from alignment.scoring.loading import load_house

PUT_BACK_WITHIN = timedelta(days=30)
_TOGETHER = timedelta(seconds=2)  # a removal's own events lie closer together than two acts of a person


@dataclass(frozen=True, slots=True)
class Removed:
    """A key result that was taken away and can be put back."""

    number: int
    name: str
    by: str
    at: datetime


def remove_key_result(*, key_result: KeyResult, by: User, now: datetime) -> None:
    """Take a key result away, from today on. An objective that is left without one is no longer marked ready."""
    number = key_result.pk
    with acting_as(by.username), transaction.atomic():
        objective = Objective.objects.select_for_update(no_key=True).get(pk=key_result.objective_id)
        key_result.delete()
        if objective.is_ready and not objective.key_results.exists():
            objective.is_ready = False
            objective.save(update_fields=["is_ready"])
        _follow(number, by, now)


def removed_from(objective: Objective, now: datetime) -> tuple[Removed, ...]:
    """Key results that were taken from an objective lately, the latest first. Two queries."""
    events = AuditEvent.objects.filter(
        table_name="alignment_keyresult",
        operation="delete",
        at__gte=now - PUT_BACK_WITHIN,
        before__objective_id=objective.pk,
    ).order_by("-id")
    present = set(KeyResult.objects.filter(objective=objective).values_list("pk", flat=True))
    found: dict[int, Removed] = {}
    for event in events:
        number = int(event.row_id)
        if number not in present:
            found.setdefault(number, Removed(number, (event.before or {})["name"], event.actor, event.at))
    return tuple(found.values())


def put_back_key_result(*, objective: Objective, number: int, by: User, now: datetime) -> bool:
    """Put a key result back as it was when it was taken away, with its own targets; False where there is none.

    Sent twice it is put back once.
    """
    with acting_as(by.username), transaction.atomic(), connection.cursor() as cursor:
        Objective.objects.select_for_update(no_key=True).get(pk=objective.pk)
        if KeyResult.objects.filter(pk=number).exists():
            return True
        event = (
            AuditEvent.objects.filter(
                table_name="alignment_keyresult", operation="delete", row_id=str(number)
            )
            .filter(before__objective_id=objective.pk, at__gte=now - PUT_BACK_WITHIN)
            .order_by("-id")
            .first()
        )
        if event is None:
            return False
        cursor.execute(_BACK.format(table="alignment_keyresult"), [[event.pk]])
        cursor.execute(
            "SELECT id FROM alignment_auditevent WHERE table_name = 'alignment_keyresulttarget' "
            "AND operation = 'delete' AND before ->> 'key_result_id' = %s AND at BETWEEN %s AND %s",
            [str(number), event.at - _TOGETHER, event.at + _TOGETHER],
        )
        targets = [row[0] for row in cursor.fetchall()]
        cursor.execute(_BACK.format(table="alignment_keyresulttarget"), [targets])
        _follow(number, by, now)
    return True


# The row as the trail holds it, digit for digit: numbers do not pass through floats.
_BACK = """
    INSERT INTO {table}
    SELECT (jsonb_populate_record(NULL::{table}, before)).* FROM alignment_auditevent WHERE id = ANY(%s)
"""


def _follow(number: int, by: User, now: datetime) -> None:
    object_edited(kind="keyresult", object_id=number, since=load_house().day_of(now), by=by.username)
