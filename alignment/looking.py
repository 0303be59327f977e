"""What a person saw when they last looked at the overview. A look is recorded when it is told, never by reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from alignment.models import AuditEvent, KeyResultStatus, PersonalLook, Score, Signal, User

VISIT = timedelta(minutes=30)
"""Looks that follow one another within this time are one visit; its news stay until the next visit."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the overview rested on: score in thousandths, status by key result id, stale metrics, last change."""

    score: int | None
    statuses: Mapping[int, str]
    stale: frozenset[int]
    last_event: int

    def stored(self) -> dict[str, Any]:
        """As JSON, read back by `of`."""
        statuses = {str(number): status for number, status in self.statuses.items()}
        return {
            "score": self.score, "statuses": statuses, "stale": sorted(self.stale), "last_event": self.last_event,
        }  # fmt: skip

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Seen:
        """From what `stored` made."""
        statuses = {int(number): status for number, status in stored["statuses"].items()}
        return cls(stored["score"], statuses, frozenset(stored["stale"]), stored["last_event"])


@dataclass(frozen=True, slots=True)
class EarlierLook:
    """The last look of an earlier visit."""

    at: datetime
    seen: Seen


def earlier_look(user: User, now: datetime) -> EarlierLook | None:
    """What news are held against; None in a first visit. One query."""
    look = PersonalLook.objects.filter(user=user).first()
    if look is None:
        return None
    if now - look.looked_at > VISIT:  # this is another visit, though nobody told yet
        return EarlierLook(look.looked_at, Seen.of(look.seen))
    if look.compared_at is None or look.compared is None:
        return None
    return EarlierLook(look.compared_at, Seen.of(look.compared))


def record_look(*, by: User, now: datetime, today: date, as_read: bool = False) -> PersonalLook:
    """The person looks at the overview now; `as_read` begins their news from here. A person's own row alone."""
    seen = seen_on(today).stored()
    with transaction.atomic():
        look, is_new = PersonalLook.objects.select_for_update().get_or_create(
            user=by, defaults={"looked_at": now, "seen": seen}
        )
        if as_read:
            look.compared_at, look.compared = now, seen
        elif not is_new and now - look.looked_at > VISIT:
            look.compared_at, look.compared = look.looked_at, look.seen
        if now >= look.looked_at:
            look.looked_at, look.seen = now, seen
        look.save()
    return look


def seen_on(today: date) -> Seen:
    """What the overview of today rests on. Four queries."""
    score = (
        Score.objects.filter(subject_kind="company", subject_id=0, policy__is_active=True, day__lte=today)
        .order_by("-day")
        .values_list("value", flat=True)
        .first()
    )
    statuses = (
        KeyResultStatus.objects.filter(day__lte=today, policy__is_active=True)
        .order_by("key_result_id", "-day")
        .distinct("key_result_id")
        .values_list("key_result_id", "status")
    )
    stale = Signal.objects.filter(kind=Signal.Kind.STALENESS, verdict="stale")
    return Seen(
        None if score is None else round(score * 1000),
        dict(statuses),
        frozenset(stale.values_list("metric_id", flat=True)),
        AuditEvent.objects.aggregate(last=Max("id"))["last"] or 0,
    )
