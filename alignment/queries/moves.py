"""What moved a score, as rows that add up to the shown change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from alignment.charts.rows import signed_bars
from alignment.charts.text import Markup
from alignment.queries.addresses import asking
from alignment.queries.words import counted, signed
from alignment.scoring.explanation import COMPONENT_LABELS, ChangeExplanation, ChangePart
from alignment.scoring.shapley import whole_parts

MOST_ROWS = 7


@dataclass(frozen=True, slots=True)
class Move:
    """One reason for a change. `tenths` of a point; the rows of one card add up to its total."""

    label: str
    note: str
    tenths: int
    bar: Markup

    @property
    def points(self) -> str:
        """Signed points with one decimal."""
        return signed(self.tenths / 10)

    @property
    def tone(self) -> str:
        """Class of its colour."""
        return "tone-better" if self.tenths > 0 else "tone-worse" if self.tenths < 0 else ""


@dataclass(frozen=True, slots=True)
class Moves:
    """The rows and what they add up to; the same by reason, in words; `why` leads to all parts."""

    rows: tuple[Move, ...]
    total: Move
    by_reason: str
    why: str


def moves_of(change: ChangeExplanation, theme_names: Mapping[str, str], why: str) -> Moves:
    """Outcomes by theme, the other components whole; the greatest first, in tenths that add up to the change."""
    groups = sorted(_groups(change, theme_names), key=lambda group: -abs(group[2]))
    if len(groups) > MOST_ROWS:
        rest = groups[MOST_ROWS - 1 :]
        groups = groups[: MOST_ROWS - 1]
        groups.append((counted(len(rest), "smaller movement"), "", sum(group[2] for group in rest)))
    total = round((change.change or 0) / 100)
    tenths = whole_parts([moved / 100 for _, _, moved in groups], total) if groups else []
    bars = signed_bars([float(value) for value in tenths])
    rows = tuple(
        Move(label, note, value, bar)
        for (label, note, _), value, bar in zip(groups, tenths, bars, strict=True)
    )
    return Moves(rows, Move("All together", "", total, Markup("")), _by_reason(change), why)


def _groups(change: ChangeExplanation, theme_names: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """(label, note, thousandths) by component, Outcomes apart by theme."""
    grouped: dict[tuple[str, str], list[ChangePart]] = {}
    for part in change.parts:
        theme = part.theme if part.component == "outcomes" else ""
        grouped.setdefault((part.component, theme), []).append(part)
    return [
        (_label(component, theme_names.get(theme, ""), sum(p.thousandths for p in parts)), *_noted(parts))
        for (component, theme), parts in grouped.items()
    ]


def _label(component: str, theme: str, thousandths: int) -> str:
    if component == "outcomes":
        did = "moved ahead" if thousandths > 0 else "fell behind"
        return f"{theme}: key results {did}" if theme else f"Key results {did}"
    return _LABELS[component]


_LABELS = {
    "funding": "Money against the plan",
    "focus": "Effort on measured aims",
    "evidence": "Evidence that came in time",
    "guardrails": "Guardrails kept or broken",
    "policy": "The scoring policy",
    "coverage": "What is known",
}


def _noted(parts: list[ChangePart]) -> tuple[str, int]:
    """The input that moved most in the group's direction, and the group's sum."""
    total = sum(part.thousandths for part in parts)
    net: dict[str, int] = {}
    for part in parts:
        net[part.label] = net.get(part.label, 0) + part.thousandths
    label = max(net, key=lambda name: net[name] * (1 if total >= 0 else -1))
    known = label not in COMPONENT_LABELS.values()
    return (f"Most: {label} {signed(net[label] / 1000)}" if known else ""), total


def _by_reason(change: ChangeExplanation) -> str:
    """The whole change by reason: `Readings −12.1, time passing −5.9.`"""
    said = [
        f"{reason.label} {signed(moved / 1000)}" for reason, moved in change.by_reason() if abs(moved) >= 50
    ]
    text = ", ".join(said)
    return f"By reason: {text}." if text else ""


def why_address(kind: str, name: str = "", **asked: str) -> str:
    """The page that explains a subject."""
    address = (
        reverse("alignment:why-company") if kind == "company" else reverse("alignment:why", args=[kind, name])
    )
    return asking(address, asked)
