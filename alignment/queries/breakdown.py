"""A score taken apart: by component, by theme, and money against strategy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alignment.charts.rows import dumbbell, progress_bar, signed_bars
from alignment.charts.text import Markup
from alignment.queries.charted import Table
from alignment.queries.moves import why_address
from alignment.queries.words import counted, percent_words, signed
from alignment.scoring.explanation import LevelExplanation
from alignment.scoring.shapley import whole_parts

NOTABLE_SHARE = 0.05
"""A theme's share of spend that is this far from its share of weight is drawn as a drift."""


@dataclass(frozen=True, slots=True)
class FundingRow:
    """A theme's share of spend beside its share of strategic weight."""

    theme: str
    aim: str
    actual: str
    difference: str
    is_notable: bool
    bar: Markup


@dataclass(frozen=True, slots=True)
class Funding:
    """Money against strategy: how much of it would have to move, by theme, and the table behind."""

    sentence: str
    note: str
    rows: tuple[FundingRow, ...]
    table: Table


@dataclass(frozen=True, slots=True)
class ComponentBar:
    """One component of the score: its level and what it weighs."""

    name: str
    label: str
    level: str
    weight: int
    bar: Markup


@dataclass(frozen=True, slots=True)
class LossRow:
    """Points that the score lacks on account of one theme; the rows add up to 100 less the score."""

    theme: str
    points: str
    bar: Markup
    why: str


def component_bars(level: LevelExplanation) -> tuple[ComponentBar, ...]:
    """The components in their order; an unknown one has an empty bar and says so."""
    return tuple(
        ComponentBar(
            part.name, part.label, percent_words(part.value), part.weight, progress_bar(part.value, None)
        )
        for part in level.components
    )


def losses_of(level: LevelExplanation, names: Mapping[str, str]) -> tuple[LossRow, ...]:
    """By theme, greatest first, in tenths that add up; what belongs to no single theme comes last."""
    if level.thousandths is None:
        return ()
    lost = sorted(level.by_theme(), key=lambda item: (item[0] == "", -item[1]))
    tenths = whole_parts([points / 100 for _, points in lost], round((100_000 - level.thousandths) / 100))
    bars = signed_bars([-float(value) for value in tenths])
    return tuple(
        LossRow(
            names.get(slug, "Of no single theme"),
            f"{value / 10:.1f}",
            bar,
            why_address("theme", slug, as_of=level.day.isoformat()) if slug else "",
        )
        for (slug, _), value, bar in zip(lost, tenths, bars, strict=True)
    )


def funding_of(level: LevelExplanation) -> Funding | None:
    """Shares of spend against shares of weight, furthest apart first; None where Funding is not known."""
    component = next((part for part in level.components if part.name == "funding"), None)
    if component is None or component.value is None:
        return None
    parts = [part for part in component.inputs if part.value is not None]
    longest = max((max(part.weight, part.value or 0.0) for part in parts), default=1.0)
    rows = []
    for part in sorted(parts, key=lambda part: -abs((part.value or 0.0) - part.weight)):
        actual = part.value or 0.0
        notable = abs(actual - part.weight) >= NOTABLE_SHARE
        rows.append(
            FundingRow(
                part.label,
                percent_words(part.weight),
                percent_words(actual),
                f"{signed(100 * (actual - part.weight), 0)} pts",
                notable,
                dumbbell(part.weight, actual, longest=longest, is_notable=notable),
            )
        )
    table = Table(
        "Share of spend against share of strategic weight",
        ("Theme", "Strategic weight", "Share of spend", "Difference"),
        tuple((row.theme, row.aim, row.actual, row.difference) for row in rows),
    )
    moving = f"{100 * (1 - component.value):.0f}"
    sentence = f"{counted(int(moving), 'point')} of spend would have to move to follow the plan."
    return Funding(sentence, component.note, tuple(rows), table)
