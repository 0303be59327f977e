"""What moved a score, as rows that add up to the shown change."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from alignment.charts.rows import signed_bars
from alignment.charts.text import Markup
from alignment.queries.words import counted, signed
from alignment.scoring.explanation import COMPONENT_LABELS, ChangeExplanation, ChangePart, Reason
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
    """The rows and what they add up to; `why` leads to all parts."""

    rows: tuple[Move, ...]
    total: Move
    why: str


def moves_of(change: ChangeExplanation, why: str) -> Moves:
    """The greatest movements by input, time passing as one row, the rest as another; in tenths that add up."""
    groups = _groups(change)
    greatest = sorted(groups, key=lambda group: -abs(group[2]))
    if len(greatest) > MOST_ROWS:
        rest = greatest[MOST_ROWS - 1 :]
        greatest = greatest[: MOST_ROWS - 1]
        greatest.append((counted(len(rest), "smaller movement"), "", sum(group[2] for group in rest)))
    total = round((change.change or 0) / 100)
    tenths = whole_parts([moved / 100 for _, _, moved in greatest], total) if greatest else []
    bars = signed_bars([float(value) for value in tenths])
    rows = tuple(
        Move(label, note, value, bar)
        for (label, note, _), value, bar in zip(greatest, tenths, bars, strict=True)
    )
    return Moves(rows, Move("All together", "", total, Markup("")), why)


def _groups(change: ChangeExplanation) -> list[tuple[str, str, int]]:
    """(label, note, thousandths) by input; Evidence is one group, and so is time that passed without a reading."""
    silent = [part for part in change.parts if _is_silent(part)]
    evidence = [part for part in change.parts if part.component == "evidence" and not _is_silent(part)]
    grouped: dict[tuple[str, str], list[ChangePart]] = {}
    for part in change.parts:
        if part.component != "evidence" and not _is_silent(part):
            grouped.setdefault((part.component, part.key), []).append(part)
    rows = [(parts[0].label, _note(parts), _sum(parts)) for parts in grouped.values()]
    if evidence:
        inputs = len({part.key for part in evidence})
        rows.append(
            ("Evidence that came or did not", f"{counted(inputs, 'input')} of Evidence", _sum(evidence))
        )
    if silent:
        inputs = len({part.key for part in silent})
        rows.append(("Time passed without a reading", f"on {counted(inputs, 'path')}", _sum(silent)))
    return rows


def _is_silent(part: ChangePart) -> bool:
    """Time passed, and the reading that counts is still the one from before."""
    return part.reason is Reason.TIME and part.component == "outcomes" and part.before == part.after


def _sum(parts: list[ChangePart]) -> int:
    return sum(part.thousandths for part in parts)


def _note(parts: list[ChangePart]) -> str:
    """The component, and what each reason did: `Outcomes: path rose −5.9, readings +1.5`."""
    component = COMPONENT_LABELS[parts[0].component]
    if parts[0].component == "outcomes":
        by_reason: dict[Reason, int] = {}
        for part in parts:
            by_reason[part.reason] = by_reason.get(part.reason, 0) + part.thousandths
        said = ", ".join(
            f"{_REASONS[reason]} {signed(moved / 1000)}"
            for reason, moved in sorted(by_reason.items(), key=lambda item: -abs(item[1]))
            if round(moved / 100)
        )
    else:
        said = max(parts, key=lambda part: abs(part.thousandths)).note.rstrip(".")
    return f"{component}: {said}" if said else component


_REASONS = {
    Reason.POLICY: "policy",
    Reason.COVERAGE: "what is known",
    Reason.WEIGHTS: "what counts",
    Reason.READINGS: "readings",
    Reason.TIME: "path rose",
}


def why_address(kind: str, name: str = "", **asked: str) -> str:
    """The page that explains a subject."""
    address = (
        reverse("alignment:why-company") if kind == "company" else reverse("alignment:why", args=[kind, name])
    )
    return f"{address}?{urlencode(asked)}" if asked else address
