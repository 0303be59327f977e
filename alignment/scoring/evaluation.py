"""A whole score from a snapshot: the one path that full, incremental, as-of and explained scores take. Pure."""

from __future__ import annotations

from collections.abc import Callable

from alignment.scoring.evidence import evidence
from alignment.scoring.explanation import Subject
from alignment.scoring.formulas import Result, Scored, combine, components_of, weights_of
from alignment.scoring.inputs import Snapshot
from alignment.scoring.money import funding
from alignment.scoring.outcomes import outcomes
from alignment.scoring.policy import Policy
from alignment.scoring.work import focus, guardrails

Component = Callable[[Subject, Snapshot, Policy], Result]

COMPONENT_RULES: dict[str, Component] = {
    "outcomes": outcomes,
    "funding": funding,
    "focus": focus,
    "evidence": evidence,
    "guardrails": guardrails,
}


def evaluate(subject: Subject, snapshot: Snapshot, policy: Policy) -> Scored:
    """The score of a subject on the snapshot's day, with all components and items."""
    results = [COMPONENT_RULES[name](subject, snapshot, policy) for name in components_of(subject)]
    return combine(results, weights_of(subject, policy), policy.parameters.coverage_floor)
