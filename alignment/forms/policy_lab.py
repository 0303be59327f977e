"""What the policy lab is asked in its address: two policies, a stretch of days, and where. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from django.core.exceptions import ValidationError

from alignment.forms.fields import day_from, number_from
from alignment.queries.policy_lab import Side
from alignment.scoring.policy import PRESETS, Policy, PolicyError, parameters_from

ACTIVE, OWN = "active", "own"
OWN_SHARES = {
    "on_track_from": "On track from (share attained)",
    "off_track_below": "Off track below (share attained)",
    "band_achieved_from": "A band is kept from (share of readings)",
    "stale_grace_cadences": "Stale after (cadences late)",
}
USUAL_DAYS = 91


class LabProblem(ValueError):
    """Something in the address cannot be used; the message says what and how to mend it."""


def sides_from(asked: Mapping[str, str], active: Policy) -> tuple[Side, Side]:
    """The two policies: the active one and Cascade-like where nothing is said. Raises LabProblem."""
    return _side(asked.get("first") or ACTIVE, asked, active), _side(
        asked.get("second") or "cascade", asked, active
    )


def _side(name: str, asked: Mapping[str, str], active: Policy) -> Side:
    if name == ACTIVE:
        return Side(f"The policy that counts (version {active.version})", active)
    if name == OWN:
        return Side("Own parameters", _own(asked, active))
    if name not in PRESETS:
        raise LabProblem(
            f"“{name[:40]}” is no policy here. Choose one of: {ACTIVE}, {OWN}, {', '.join(PRESETS)}."
        )
    return Side(PRESETS[name].name, replace(active, preset=name))


def _own(asked: Mapping[str, str], active: Policy) -> Policy:
    """The active policy with the preset and the shares of the form; empty ones stay as they are."""
    preset = asked.get("preset") or active.preset
    values: dict[str, object] = {name: getattr(active.parameters, name) for name in _names(active)}
    for name, label in OWN_SHARES.items():
        text = asked.get(name, "").strip()
        if not text:
            continue
        try:
            values[name] = float(number_from(text))
        except ValidationError as problem:
            raise LabProblem(f"{label}: {problem.messages[0]}") from problem
        if not 0 <= float(str(values[name])) <= 1:
            raise LabProblem(f"{label}: write a number from 0 to 1, such as 0.9, not {text[:20]}.")
    try:
        own = replace(active, preset=preset, parameters=parameters_from(values))
    except PolicyError as problem:
        raise LabProblem(str(problem)) from problem
    if own.parameters.off_track_below > own.parameters.on_track_from:
        raise LabProblem("“Off track below” must not be above “on track from”: nothing could be at risk.")
    return own


def _names(active: Policy) -> tuple[str, ...]:
    return tuple(active.parameters.__slots__)


def stretch_from(asked: Mapping[str, str], day: date) -> tuple[date, date]:
    """From and to, both included: the last quarter of a year where nothing is said. Raises LabProblem."""
    last = _day(asked.get("to", ""), "to") or day
    first = _day(asked.get("from", ""), "from") or last - timedelta(days=USUAL_DAYS - 1)
    if last > day:
        raise LabProblem(f"to={last} is after {day}, the day that is looked at. Ask for a day up to then.")
    if first > last:
        raise LabProblem(f"from={first} is after to={last}. Ask for a stretch that begins before it ends.")
    return first, last


def _day(text: str, name: str) -> date | None:
    if not text.strip():
        return None
    try:
        return day_from(text)
    except ValidationError as problem:
        raise LabProblem(f"{name}: {problem.messages[0]}") from problem
