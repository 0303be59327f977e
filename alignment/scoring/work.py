"""Focus and Guardrails: whether work serves a measured aim, and whether it keeps its bounds. Pure."""

from __future__ import annotations

from datetime import date

from alignment.scoring.attainment import is_within
from alignment.scoring.explanation import Subject, SubjectKind
from alignment.scoring.formulas import Item, Result, day_words, mean_result
from alignment.scoring.inputs import EpicInput, GuardrailInput, Snapshot
from alignment.scoring.policy import Parameters, Policy
from alignment.signals.staleness import kept_until, stale_from

APPROVAL_NOTE = "A complete hypothesis counts, since briefs cannot be approved yet."


def focus(subject: Subject, snapshot: Snapshot, policy: Policy) -> Result:
    """Share of active epics' effort (money where under 80 % have effort) on epics that serve a measured aim."""
    active = [
        epic
        for epic in snapshot.definitions.epics
        if epic.is_active(snapshot.member_day)
        and (subject.kind is SubjectKind.COMPANY or epic.theme_id == subject.id)
    ]
    if not active:
        return Result("focus", None, 0.0, missing=("No epic is active.",))
    with_effort = sum(1 for epic in active if epic.effort is not None)
    by_effort = with_effort >= policy.parameters.effort_known_from * len(active)
    unit = "effort" if by_effort else "money"
    items = []
    for epic in active:
        amount = epic.effort if by_effort else epic.money
        serves, why = _serves(epic, snapshot.member_day, policy.parameters)
        value = None if amount is None else 1.0 if serves else 0.0
        note = why if amount is not None else f"no {unit} is known"
        items.append(Item(epic.key, epic.name, epic.theme_id, amount or 0.0, value, note))
    mean = mean_result("focus", items)
    known = sum(1 for item in items if item.value is not None) / len(items)
    notes = f"Counted in {unit} of {len(active)} active epic{'' if len(active) == 1 else 's'}."
    if not policy.parameters.hypothesis_needs_approval:
        notes = f"{notes} {APPROVAL_NOTE}"
    missing = () if mean.value is not None else (f"No {unit} of active epics is known.",)
    return Result("focus", mean.value, known, mean.items, note=notes, missing=missing)


def _serves(epic: EpicInput, day: date, parameters: Parameters) -> tuple[bool, str]:
    if epic.kind in ("platform", "debt") and (epic.objective_id is not None or epic.guardrail_id is not None):
        return True, f"{epic.kind} work that names what it serves"
    if epic.objective_id is None:
        return False, "serves no objective"
    if not epic.has_hypothesis:
        return False, "has no measurable impact hypothesis"
    if parameters.hypothesis_needs_approval and (epic.approved_on is None or epic.approved_on > day):
        return False, "its hypothesis is not approved"
    return True, "serves an objective with a measurable hypothesis"


def guardrails(subject: Subject, snapshot: Snapshot, policy: Policy) -> Result:
    """Share, by importance, of guardrails whose last reading is within bounds."""
    definitions = snapshot.definitions
    guarded = (
        definitions.guardrails
        if subject.kind is SubjectKind.COMPANY
        else definitions.guardrails_of_theme.get(subject.id, ())
    )
    if not guarded:
        return Result("guardrails", None, 0.0, missing=("No guardrail is set.",))
    items = [_guardrail_item(guardrail, subject, snapshot, policy.parameters) for guardrail in guarded]
    missing = tuple(f"{item.label}: {item.note}" for item in items if item.value is None)
    return mean_result("guardrails", items, missing=missing)


def _guardrail_item(
    guardrail: GuardrailInput, subject: Subject, snapshot: Snapshot, parameters: Parameters
) -> Item:
    metric = guardrail.metric
    readings = snapshot.readings.get(metric.id, ())
    last = readings[-1] if readings else None
    value, note = None, "no reading yet"
    if last is not None:
        gone = stale_from(metric.cadence, last.period_start, metric.lag_days, parameters.stale_grace_cadences)
        kept = kept_until(gone, metric.cadence, last.period_start, parameters.stale_kept_cadences)
        if snapshot.day > kept:
            note = f"no reading since the period to {day_words(last.period_end)}"
        else:
            within = is_within(last.value, guardrail.lower_bound, guardrail.upper_bound)
            value = 1.0 if within else 0.0
            note = "within bounds" if within else "outside its bounds"
            note = f"{note} (stale)" if snapshot.day >= gone else note
    theme_id = subject.id if subject.kind is SubjectKind.THEME else _home(guardrail, snapshot)
    return Item(guardrail.key, guardrail.name, theme_id, guardrail.importance, value, note, metric.id, last)


def _home(guardrail: GuardrailInput, snapshot: Snapshot) -> int | None:
    """The one theme that a guardrail belongs to; None when it guards several or the whole company."""
    themes = [t.id for t in snapshot.definitions.themes if snapshot.definitions.guards(guardrail, t)]
    return themes[0] if len(themes) == 1 else None
