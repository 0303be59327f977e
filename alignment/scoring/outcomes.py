"""Outcomes: what key results attained, summed up over objectives. Pure; docs/scoring.md, part 2."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from alignment.scoring.attainment import Standing, leaned, reach, share_over, standing_of
from alignment.scoring.explanation import Subject, SubjectKind
from alignment.scoring.formulas import Item, Result, weighted_mean
from alignment.scoring.inputs import (
    Definitions,
    KeyResultInput,
    ObjectiveInput,
    Reading,
    Snapshot,
)
from alignment.scoring.policy import Policy
from alignment.scoring.status import JUDGED_AFTER_DUE


@dataclass(frozen=True, slots=True)
class Leaf:
    """A key result's place in a mean: its value leaned on what went before, None when unknown."""

    key_result: KeyResultInput
    theme_id: int
    value: float | None
    note: str = ""
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """An objective's outcome: mean of its own key results and of its children's outcomes."""

    objective: ObjectiveInput | None
    value: float | None
    known: float
    parts: tuple[tuple[float, Leaf | Branch], ...]


LeafOf = Callable[[KeyResultInput, ObjectiveInput], Leaf]


def readings_within(key_result: KeyResultInput, readings: Sequence[Reading]) -> Sequence[Reading]:
    """Readings of periods that ended by the due date and came within its last day of judgement."""
    last_day = key_result.due + JUDGED_AFTER_DUE
    return [r for r in readings if r.period_end <= key_result.due and r.first_known_on <= last_day]


def standing_within(key_result: KeyResultInput, readings: Sequence[Reading]) -> Standing:
    """What the readings that count say."""
    return standing_of(key_result, readings_within(key_result, readings))


def leaf_of(
    key_result: KeyResultInput,
    objective: ObjectiveInput,
    snapshot: Snapshot,
    policy: Policy,
    standing: Standing | None = None,
) -> Leaf:
    """The value of one key result on the snapshot's day; `standing` where the caller has it already."""
    metric = key_result.metric
    last_day = key_result.due + JUDGED_AFTER_DUE
    if standing is None:
        standing = standing_within(key_result, snapshot.readings.get(metric.id, ()) if metric else ())
    reached = reach(key_result, standing, min(snapshot.day, last_day), policy.parameters)
    prior = snapshot.priors.get((objective.theme_id, objective.period_start))
    note = ""
    if not key_result.is_measurable:
        note = "not measurable"
    elif reached.kept:
        note = "stale: keeps its last attainment"
    elif reached.stale:
        note = "stale"
    elif standing.last is None:
        note = "no reading yet"
    value = None
    if reached.attainment is not None:
        judged_on = reached.judged_on if reached.judged_on is not None else snapshot.day
        share = share_over(key_result.start, key_result.due, judged_on)
        value = leaned(reached.attainment, share, prior, policy.parameters.young_until)
        if value is None:
            note = "too young, and no earlier period to lean on"
    return Leaf(key_result, objective.theme_id, value, note, standing.last)


def branch_of(
    objective: ObjectiveInput,
    definitions: Definitions,
    member_day: date,
    leaf: LeafOf,
    made: dict[int, Branch | None],
) -> Branch | None:
    """An objective's outcome, from leaves and children that have begun by `member_day`; None: nothing has yet.

    Children that have ended stay in, as do due key results: they keep what they attained.
    """
    if objective.id in made:
        return made[objective.id]
    own = definitions.key_results_of.get(objective.id, ())
    children = _children_of(objective, definitions)
    parts: list[tuple[float, Leaf | Branch]] = [
        (key_result.weight, leaf(key_result, objective))
        for key_result in own
        if key_result.start <= member_day
    ]
    for child in children:
        if child.period_start <= member_day:
            branch = branch_of(child, definitions, member_day, leaf, made)
            if branch is not None:
                parts.append((child.weight, branch))
    made[objective.id] = None if not parts and (own or children) else branch_from(objective, parts)
    return made[objective.id]


def _children_of(objective: ObjectiveInput, definitions: Definitions) -> tuple[ObjectiveInput, ...]:
    """Its child objectives, but none of those above it: of a circle, which only history can hold (the database lets
    no new one be made), each member counts what is its own, whichever is asked for first."""
    children = definitions.children_of.get(objective.id, ())
    if not children or objective.parent_id is None:
        return children
    above, parent = {objective.id}, definitions.objective_by_id.get(objective.parent_id)
    while parent is not None and parent.id not in above:
        above.add(parent.id)
        parent = None if parent.parent_id is None else definitions.objective_by_id.get(parent.parent_id)
    return tuple(child for child in children if child.id not in above)


def branch_from(objective: ObjectiveInput | None, parts: Sequence[tuple[float, Leaf | Branch]]) -> Branch:
    """The weighted mean of leaves and branches."""
    value, known = weighted_mean((weight, part.value, _known(part)) for weight, part in parts)
    return Branch(objective, value, known, tuple(parts))


def _known(part: Leaf | Branch) -> float:
    if isinstance(part, Branch):
        return part.known
    return 0.0 if part.value is None else 1.0


def roots_of(
    subject: Subject, definitions: Definitions, member_day: date
) -> list[tuple[float, ObjectiveInput]]:
    """Root objectives whose period holds the day, with their weight in the subject; company: x theme weight."""
    return [
        (
            o.weight * definitions.theme_by_id[o.theme_id].weight
            if subject.kind is SubjectKind.COMPANY
            else o.weight,
            o,
        )
        for o in definitions.objectives
        if o.parent_id is None
        and o.period_start <= member_day <= o.period_end
        and (subject.kind is SubjectKind.COMPANY or o.theme_id == subject.id)
    ]


def subject_branch(
    subject: Subject,
    definitions: Definitions,
    member_day: date,
    leaf: LeafOf,
    made: dict[int, Branch | None],
) -> Branch:
    """The mean that a subject's Outcomes are: of root objectives, or the objective's own."""
    if subject.kind is SubjectKind.OBJECTIVE:
        objective = definitions.objective_by_id[subject.id]
        return branch_of(objective, definitions, member_day, leaf, made) or branch_from(objective, [])
    parts: list[tuple[float, Leaf | Branch]] = []
    for weight, objective in roots_of(subject, definitions, member_day):
        branch = branch_of(objective, definitions, member_day, leaf, made)
        if branch is not None:
            parts.append((weight, branch))
    return branch_from(None, parts)


def outcomes(subject: Subject, snapshot: Snapshot, policy: Policy) -> Result:
    """The component of one subject, with every key result as an item."""

    def leaf(key_result: KeyResultInput, objective: ObjectiveInput) -> Leaf:
        return leaf_of(key_result, objective, snapshot, policy)

    return result_of(subject_branch(subject, snapshot.definitions, snapshot.member_day, leaf, {}))


def result_of(branch: Branch) -> Result:
    """A branch as a component."""
    items = tuple(_flat(branch, 1.0))
    missing = tuple(f"{item.label}: {item.note or 'unknown'}" for item in items if item.value is None)
    if not items:
        missing = ("No objective with a key result is running.",)
    return Result("outcomes", branch.value, branch.known, items, (), "", missing)


def _flat(branch: Branch, share: float) -> list[Item]:
    items: list[Item] = []
    known = [weight for weight, part in branch.parts if part.value is not None]
    total = math.fsum(known)
    for weight, part in branch.parts:
        part_share = share * weight / total if part.value is not None and total > 0 else 0.0
        if isinstance(part, Branch):
            items += _flat(part, part_share)
        else:
            result = part.key_result
            metric_id = result.metric.id if result.metric else None
            items.append(
                Item(
                    result.key,
                    result.name,
                    part.theme_id,
                    part_share,
                    part.value,
                    part.note,
                    metric_id,
                    part.reading,
                )
            )
    if not branch.parts and branch.objective is not None:
        objective = branch.objective
        items.append(Item(objective.key, objective.name, objective.theme_id, 0.0, None, "has no key result"))
    return items
