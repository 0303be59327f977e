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

MOST_ROWS = 6


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
    """(label, note, thousandths) by input and component; what passing time did is one group of its own."""
    timed = [part for part in change.parts if part.reason is Reason.TIME]
    grouped: dict[tuple[str, str], list[ChangePart]] = {}
    for part in change.parts:
        if part.reason is not Reason.TIME:
            grouped.setdefault((part.component, part.key), []).append(part)
    rows = [
        (parts[0].label, _note(parts), sum(part.thousandths for part in parts)) for parts in grouped.values()
    ]
    if timed:
        paths = len({part.key for part in timed})
        note = f"Paths rose and readings aged on {counted(paths, 'input')}"
        rows.append(("Time passing", note, sum(part.thousandths for part in timed)))
    return rows


def _note(parts: list[ChangePart]) -> str:
    component = COMPONENT_LABELS[parts[0].component]
    said = max(parts, key=lambda part: abs(part.thousandths)).note.rstrip(".")
    return f"{component}: {said}" if said else component


def why_address(kind: str, name: str = "", **asked: str) -> str:
    """The page that explains a subject."""
    address = (
        reverse("alignment:why-company") if kind == "company" else reverse("alignment:why", args=[kind, name])
    )
    return f"{address}?{urlencode(asked)}" if asked else address
