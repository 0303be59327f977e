"""Why this number: a score's components, the inputs of each, and the imported row under every reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from alignment.charts.rows import progress_bar
from alignment.charts.text import Markup
from alignment.queries.known import explained_on
from alignment.queries.words import day_words, measure, percent_words, signed
from alignment.scoring.explanation import (
    COMPONENT_LABELS,
    ChangeExplanation,
    ComponentLevel,
    InputPart,
    Source,
    Subject,
)


@dataclass(frozen=True, slots=True)
class InputRow:
    """One input: how well it does, what it weighs, what it costs, and the reading that says so."""

    label: str
    value: str
    bar: Markup
    weight: str
    loss: str
    note: str
    reading: str
    place: str


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """One component with its inputs, those that cost most first."""

    name: str
    label: str
    value: str
    bar: Markup
    weight: str
    contribution: str
    loss: str
    known: str
    note: str
    inputs: tuple[InputRow, ...]


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of a change with the readings before and after."""

    label: str
    component: str
    reason: str
    points: str
    tone: str
    note: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class WhyPage:
    """All that explains one score on one day, and its change since another where one was asked for."""

    name: str
    kind: str
    day: date
    score: str
    exact: str
    policy: int
    coverage: str
    fingerprint: str
    reconstructed: bool
    components: tuple[ComponentRow, ...]
    missing: tuple[str, ...]
    since: date | None
    parts: tuple[PartRow, ...]
    total: str
    change_missing: tuple[str, ...]


def why_page(subject: Subject, name: str, day: date, since: date | None) -> WhyPage:
    """The level of the day; with `since`, also every part of the change."""
    explained = explained_on(subject, day, since)
    level, change = explained.level, explained.change
    return WhyPage(
        name=name,
        kind=subject.kind.value,
        day=day,
        score="no number" if level.score is None else f"{level.score:.1f}",
        exact="" if level.thousandths is None else f"{level.thousandths / 1000:.3f}",
        policy=level.policy_version,
        coverage=percent_words(level.coverage),
        fingerprint=level.fingerprint[:12],
        reconstructed=level.reconstructed,
        components=tuple(map(_component, level.components)),
        missing=level.missing,
        since=since,
        parts=_parts(change),
        total="" if change is None or change.change is None else signed(change.change / 1000, 3),
        change_missing=change.missing if change else (),
    )


def _component(part: ComponentLevel) -> ComponentRow:
    return ComponentRow(
        name=part.name,
        label=part.label,
        value=percent_words(part.value),
        bar=progress_bar(part.value, None),
        weight=f"{part.weight} of 100",
        contribution=f"{part.contribution / 1000:.3f}",
        loss=f"{part.loss / 1000:.3f}",
        known=percent_words(part.coverage),
        note=part.note,
        inputs=tuple(_input(row) for row in sorted(part.inputs, key=lambda row: (-row.loss, row.key))),
    )


def _input(part: InputPart) -> InputRow:
    return InputRow(
        label=part.label,
        value=percent_words(part.value),
        bar=progress_bar(part.value, None),
        weight=f"{100 * part.weight:.1f} %",
        loss=f"{part.loss / 1000:.3f}",
        note=part.note,
        reading=reading_words(part.source),
        place=place_words(part.source),
    )


def _parts(change: ChangeExplanation | None) -> tuple[PartRow, ...]:
    if change is None:
        return ()
    return tuple(
        PartRow(
            label=part.label,
            component=COMPONENT_LABELS[part.component],
            reason=part.reason.label,
            points=signed(part.thousandths / 1000, 3),
            tone="tone-better" if part.thousandths > 0 else "tone-worse",
            note=part.note,
            before=reading_words(part.before),
            after=reading_words(part.after),
        )
        for part in change.parts
    )


def reading_words(source: Source | None) -> str:
    """`103.1 % for the period to 14 Nov 2026`; "" without a reading."""
    if source is None:
        return ""
    return f"{measure(source.value, source.unit)} for the period to {day_words(source.period_end)}"


def place_words(source: Source | None) -> str:
    """File, line and column, or that the reading was not imported; "" without a reading."""
    if source is None:
        return ""
    if not source.file_name:
        return "not imported from a file"
    place = source.file_name if source.line is None else f"{source.file_name}, line {source.line}"
    return f"{place}, column {source.column}" if source.column else place
