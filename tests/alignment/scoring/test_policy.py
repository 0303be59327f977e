"""Policies as data: the presets on twenty cases each, weights and parameters."""

from __future__ import annotations

import pytest

from alignment.scoring.policy import (
    PRESETS,
    STATUS_OF_CLASS,
    Parameters,
    Policy,
    PolicyError,
    classify,
    parameters_from,
)

ORDER = ("plumbline", "cascade", "viva", "engagedly", "servicenow", "mooncamp", "puzzle")

CASES = [
    (
        "half gone, 130 of 100 -> 200",
        100,
        200,
        130,
        0.5,
        "at risk, at risk, behind, behind, red, off track, commit",
    ),
    (
        "half gone, exactly on the path",
        100,
        200,
        150,
        0.5,
        "on track, on track, on track, on track, green, on track, commit",
    ),
    (
        "half gone, ahead",
        100,
        200,
        170,
        0.5,
        "on track, on track, on track, on track, green, on track, target",
    ),
    (
        "half gone, nothing moved",
        100,
        200,
        100,
        0.5,
        "off track, at risk, behind, at risk, red, off track, fail",
    ),
    (
        "half gone, worse than the baseline",
        100,
        200,
        80,
        0.5,
        "off track, at risk, behind, at risk, red, off track, fail",
    ),
    (
        "half gone, past the target",
        100,
        200,
        210,
        0.5,
        "on track, on track, on track, on track, green, on track, stretch",
    ),
    (
        "before the start, unmoved",
        100,
        200,
        100,
        0.0,
        "on track, on track, on track, on track, green, on track, fail",
    ),
    (
        "before the start, below the baseline",
        100,
        200,
        90,
        0.0,
        "on track, on track, behind, on track, green, on track, fail",
    ),
    (
        "on the first day, ahead",
        100,
        200,
        105,
        0.0,
        "on track, on track, on track, on track, green, on track, fail",
    ),
    (
        "at due, reached",
        100,
        200,
        200,
        1.0,
        "on track, on track, on track, on track, green, on track, stretch",
    ),
    ("at due, almost", 100, 200, 196, 1.0, "on track, on track, behind, on track, green, on track, target"),
    (
        "at due, most of the way",
        100,
        200,
        188,
        1.0,
        "at risk, behind, behind, on track, yellow, progressing, target",
    ),
    (
        "at due, three quarters",
        100,
        200,
        175,
        1.0,
        "at risk, at risk, behind, behind, yellow, progressing, target",
    ),
    ("after due, half", 100, 200, 150, 1.0, "off track, at risk, behind, at risk, red, off track, commit"),
    (
        "after due, below the baseline",
        100,
        200,
        95,
        1.0,
        "off track, at risk, behind, at risk, red, off track, fail",
    ),
    (
        "lower is better, half gone, on the path",
        40,
        20,
        30,
        0.5,
        "on track, on track, on track, on track, green, on track, commit",
    ),
    (
        "lower is better, half gone, behind",
        40,
        20,
        36,
        0.5,
        "at risk, at risk, behind, behind, red, off track, fail",
    ),
    (
        "lower is better, half gone, worse",
        40,
        20,
        44,
        0.5,
        "off track, at risk, behind, at risk, red, off track, fail",
    ),
    (
        "lower is better, a quarter gone, a little behind",
        40,
        20,
        36,
        0.25,
        "on track, at risk, behind, on track, yellow, progressing, fail",
    ),
    (
        "lower is better, at due, past the target",
        40,
        20,
        18,
        1.0,
        "on track, on track, on track, on track, green, on track, stretch",
    ),
]


@pytest.mark.parametrize(("label", "baseline", "target", "current", "expected", "classes"), CASES)
def test_presets(
    label: str, baseline: float, target: float, current: float, expected: float, classes: str
) -> None:
    progress = (current - baseline) / (target - baseline)
    assert [classify(name, progress, expected) for name in ORDER] == classes.split(", "), label


def test_all_presets_have_cases_and_statuses() -> None:
    assert set(ORDER) == set(PRESETS)
    for name, preset in PRESETS.items():
        column = ORDER.index(name)
        assert {case[5].split(", ")[column] for case in CASES} == set(preset.classes)
        assert name == "plumbline" or set(preset.classes) <= set(STATUS_OF_CLASS)


def test_policy_weights_add_up_to_a_hundred() -> None:
    with pytest.raises(PolicyError, match="100"):
        Policy(weights=(35, 20, 20, 15, 11))
    with pytest.raises(PolicyError, match="no preset"):
        Policy(preset="gut feeling")


@pytest.mark.parametrize(
    "values", [{"nonsense": 1}, {"on_track_from": "high"}, {"on_track_from": 1.5}, {"spend_months": -1}]
)
def test_wrong_parameters_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(PolicyError):
        parameters_from(values)


def test_parameters_stand_over_the_defaults() -> None:
    assert parameters_from({"on_track_from": 0.85}) == Parameters(on_track_from=0.85)
