"""Scoring policies: versioned data that says how key results are judged and how much each component weighs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

COMPONENTS = ("outcomes", "funding", "focus", "evidence", "guardrails")


class PolicyError(ValueError):
    """A policy's parameters are wrong; the message says which and what is allowed."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The figures of docs/scoring.md, each changeable by a policy. Shares are 0..1."""

    off_track_below: float = 0.70
    on_track_from: float = 0.90
    probability_off_track_below: float = 0.2
    probability_on_track_from: float = 0.6
    probability_counts_after: float = (
        0.25  # share of the path that must be over before it can say "off track"
    )
    band_achieved_from: float = 0.90
    stale_grace_cadences: float = 0.5
    stale_kept_cadences: int = 2
    young_until: float = 0.25  # without an earlier period, unknown until this share of the path is over
    spend_months: int = 3
    effort_known_from: float = 0.80
    expected_readings: int = 4
    promise_weeks: int = 26
    coverage_floor: float = 0.5
    hypothesis_needs_approval: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the rules. `weights` are whole percentages in the order of `COMPONENTS`, summing to 100."""

    version: int = 1
    preset: str = "plumbline"
    weights: tuple[int, int, int, int, int] = (35, 20, 20, 15, 10)
    parameters: Parameters = Parameters()

    def __post_init__(self) -> None:
        if sum(self.weights) != 100 or min(self.weights) < 0:
            raise PolicyError(f"The weights of the components must add up to 100, not {sum(self.weights)}.")
        if self.preset not in PRESETS:
            raise PolicyError(f"“{self.preset}” is no preset. Choose one of: {', '.join(PRESETS)}.")

    def weight(self, component: str) -> int:
        """The weight of a component, of 100."""
        return self.weights[COMPONENTS.index(component)]


def parameters_from(values: Mapping[str, object]) -> Parameters:
    """Read a policy's stored parameters over the defaults; raises PolicyError for an unknown or wrong one."""
    known = {field.name: field.default for field in fields(Parameters)}
    read: dict[str, float | int | bool] = {}
    for name, value in values.items():
        default = known.get(name)
        if default is None:
            raise PolicyError(f"“{name}” is no parameter of a policy. Known are: {', '.join(known)}.")
        if isinstance(value, bool) != isinstance(default, bool) or not isinstance(value, int | float):
            raise PolicyError(f"“{name}” must be a {type(default).__name__}, not {value!r}.")
        if value < 0 or (isinstance(default, float) and value > 1) or value != value:
            raise PolicyError(f"“{name}” lies outside its range: {value!r}.")
        read[name] = value
    return Parameters(**read)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Preset:
    """A way of judging: its name on pages, its words for good, middling and bad, and its rule in words."""

    name: str
    rule: str
    classes: tuple[str, ...]


PRESETS: Mapping[str, Preset] = {
    "plumbline": Preset(
        "Plumbline", "shortfall as a share of the whole journey", ("on track", "at risk", "off track")
    ),
    "cascade": Preset(
        "Cascade-like", "ratio to expected: .95 on track, .85 behind", ("on track", "behind", "at risk")
    ),
    "viva": Preset("Viva-like", "progress at or above expected is on track", ("on track", "behind")),
    "engagedly": Preset(
        "Engagedly-like", "gap below 16.5 on track, to 33 behind", ("on track", "behind", "at risk")
    ),
    "servicenow": Preset("ServiceNow-like", "ratio: .90 green, .75 yellow", ("green", "yellow", "red")),
    "mooncamp": Preset(
        "Mooncamp-like", "ratio: .90 on track, .70 progressing", ("on track", "progressing", "off track")
    ),
    "puzzle": Preset(
        "puzzle-like",
        "progress alone: .3 commit, .7 target, 1 stretch",
        ("stretch", "target", "commit", "fail"),
    ),
}


def classify(preset: str, progress: float, expected: float) -> str:
    """The class that a preset gives to a progress against what is expected; `plumbline` without its pace.

    Formula: docs/scoring.md, "Policies". r = progress / expected (expected 0: on track), gap = 100 (expected -
    progress). Ratios are compared by multiplication, so that a boundary value falls on the better side.
    """
    if preset == "plumbline":
        attainment = min(1.0, max(0.0, 1.0 - max(0.0, expected - progress)))
        return "off track" if attainment < 0.70 else "on track" if attainment >= 0.90 else "at risk"
    if preset == "viva":
        return "on track" if progress >= expected else "behind"
    if preset == "engagedly":
        gap = 100.0 * (expected - progress)
        return "on track" if gap < 16.5 else "behind" if gap <= 33.0 else "at risk"
    if preset == "puzzle":
        return (
            "fail"
            if progress < 0.3
            else "commit"
            if progress < 0.7
            else "target"
            if progress < 1
            else "stretch"
        )
    good, middling = _RATIOS[preset]
    names = PRESETS[preset].classes
    if expected <= 0 or progress >= good * expected:
        return names[0]
    return names[1] if progress >= middling * expected else names[2]


_RATIOS = {"cascade": (0.95, 0.85), "servicenow": (0.90, 0.75), "mooncamp": (0.90, 0.70)}

STATUS_OF_CLASS = {
    "on track": "on-track", "green": "on-track", "stretch": "on-track", "target": "on-track",
    "behind": "at-risk", "yellow": "at-risk", "progressing": "at-risk", "commit": "at-risk",
    "at risk": "off-track", "red": "off-track", "off track": "off-track", "fail": "off-track",
}  # fmt: skip
"""The stored status of a preset's class: its best, its middle, its worst. (Plumbline's own "at risk" is
middling.)
"""
