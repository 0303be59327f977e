"""What other people edited, read from the audit trail and put into words; amounts only for those who may see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from alignment.looking import EarlierLook
from alignment.models import AuditEvent, Theme, User
from alignment.queries.words import joined, number_words

MOST_EVENTS = 200
_OVERLAP = 1000  # a transaction that took its numbers early and committed late is not missed
_NOUNS = {
    "alignment_budgetline": "the budget",
    "alignment_company": "the company",
    "alignment_epic": "the epic",
    "alignment_guardrail": "the guardrail",
    "alignment_keyresult": "the key result",
    "alignment_keyresulttarget": "a target on the path of a key result",
    "alignment_metric": "the metric",
    "alignment_objective": "the objective",
    "alignment_scorepolicy": "the scoring policy",
    "alignment_team": "the team",
    "alignment_theme": "the theme",
    "alignment_valuestream": "the value stream",
}
_DID = {"insert": "added", "update": "changed", "delete": "removed"}
_AMOUNTS = frozenset({"planned", "revised", "actual", "money", "yearly_revenue"})
_UNTOLD = frozenset({"id", "version", "updated_at", "created_at", "first_imported_at", "overridden_at"})


def edits_of_others(user: User, look: EarlierLook, sees_money: bool, currency: str) -> tuple[str, ...]:
    """`Kim changed the key result “Sell”: target 120 to 130`, newest first. Three queries."""
    events = list(
        AuditEvent.objects.filter(
            id__gt=look.seen.last_event - _OVERLAP, at__gt=look.at, table_name__in=_NOUNS
        )
        .exclude(actor=user.username)
        .exclude(actor__regex=r"^(system|database):")
        .order_by("-id")[:MOST_EVENTS]
    )
    usernames = sorted({event.actor for event in events})
    people = {person.username: person.name for person in User.objects.filter(username__in=usernames)}
    themes = dict(Theme.objects.values_list("id", "name"))
    said = (
        _words(event, people.get(event.actor, event.actor), themes, currency if sees_money else "")
        for event in events
    )
    return tuple(dict.fromkeys(line for line in said if line))


def _words(event: AuditEvent, who: str, themes: Mapping[int, str], currency: str) -> str:
    """`currency` is "" for those who see no amounts."""
    row = event.after or event.before or {}
    thing = _NOUNS[event.table_name]
    if event.table_name == "alignment_budgetline":
        month = date.fromisoformat(row["month"])
        thing = f"the budget of {themes.get(row['theme_id'], 'no theme')} for {month:%B %Y}"
    elif row.get("name"):
        thing = f"{thing} “{row['name']}”"
    begin = f"{who} {_DID[event.operation]} {thing}"
    if event.operation != "update":
        return begin
    told = _differences(event.before or {}, event.after or {}, currency)
    return f"{begin}: {joined(told)}" if told else ""


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], currency: str) -> list[str]:
    told = []
    for field, value in after.items():
        if field in _UNTOLD or before.get(field) == value:
            continue
        label = field.removesuffix("_id").replace("_", " ")
        if field in _AMOUNTS and not currency:
            told.append(f"{label} (amounts are restricted)")
        elif field in _AMOUNTS:
            told.append(f"{label} from {_value(before.get(field))} to {_value(value)} {currency}")
        elif field.endswith("_id") or isinstance(value, (dict, list)) or field == "description":
            told.append(label)
        else:
            told.append(f"{label} from {_value(before.get(field))} to {_value(value)}")
    return told


def _value(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        try:
            return number_words(Decimal(str(value)))
        except InvalidOperation:
            return str(value)
    text = str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
