"""Objectives under each other: history may hold a circle from before the database refused them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from alignment.periods import Cadence
from alignment.scoring.explanation import Subject, SubjectKind
from alignment.scoring.inputs import (
    Definitions,
    KeyResultInput,
    MetricInput,
    ObjectiveInput,
    Reading,
    Snapshot,
    ThemeInput,
)
from alignment.scoring.outcomes import outcomes
from alignment.scoring.policy import Policy

START, END, DAY = date(2026, 1, 1), date(2026, 12, 31), date(2026, 12, 30)
METRIC = MetricInput(1, "users", "Users", "users", Cadence.MONTH)


def _objective(number: int, parent: int | None) -> ObjectiveInput:
    return ObjectiveInput(number, f"objective-{number}", f"Objective {number}", 1, START, END, parent)


def _snapshot(*objectives: ObjectiveInput) -> Snapshot:
    """Each objective has one key result; the first stands at its target, the second half-way, the third at none."""
    results = tuple(
        KeyResultInput(
            o.id, f"To {1000 * o.id}", o.id, START, END, replace(METRIC, id=o.id), baseline=0.0, target=100.0
        )
        for o in objectives
    )
    values = {1: 100.0, 2: 50.0, 3: 0.0}
    readings = {
        o.id: (
            Reading(
                date(2026, 11, 1), date(2026, 12, 29), values[o.id], date(2026, 12, 29), date(2026, 12, 29)
            ),
        )
        for o in objectives
    }
    definitions = Definitions((ThemeInput(1, "theme", "Theme", 1.0),), objectives, results)
    return Snapshot(definitions, DAY, {}, readings, DAY, DAY)


def _value(number: int, snapshot: Snapshot) -> float | None:
    return outcomes(Subject(SubjectKind.OBJECTIVE, number), snapshot, Policy()).value


@pytest.mark.parametrize("circle", [((1, 1),), ((1, 2), (2, 1)), ((1, 2), (2, 3), (3, 1))])
def test_in_a_circle_each_counts_what_is_its_own(circle: tuple[tuple[int, int], ...]) -> None:
    within = _snapshot(*(_objective(number, parent) for number, parent in circle))
    apart = _snapshot(*(_objective(number, None) for number, _ in circle))
    for number, _ in circle:
        assert _value(number, within) == _value(number, apart) is not None
    assert outcomes(Subject(SubjectKind.COMPANY), within, Policy()).value is None  # none of them is a root


def test_what_hangs_below_a_circle_still_counts_there() -> None:
    within = _snapshot(_objective(1, 1), _objective(3, 1))
    below = _snapshot(_objective(1, None), _objective(3, 1))
    assert _value(1, within) == _value(1, below) is not None
