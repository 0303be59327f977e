"""Why this number: a score's components, the inputs of each, and the imported row under every reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from alignment.charts.rows import progress_bar
from alignment.charts.text import Markup
from alignment.queries.known import explained_on
from alignment.queries.words import day_words, measure, percent_words, signed
from alignment.scoring.explanation import (
    COMPONENT_LABELS,
    ChangeExplanation,
    ComponentLevel,
    InputPart,
    LevelExplanation,
    Source,
    Subject,
)
from alignment.scoring.policy import PRESETS, Policy

FORMULAS = {
    "outcomes": "The mean of what the objectives attain, each by its weight; an objective attains the mean of its key "
    "results and of the objectives under it.",
    "funding": "For the company, one less half the sum of the differences between each theme's share of spend and its "
    "share of strategic weight; for a theme, the smaller of the two shares over the greater.",
    "focus": "The share of active epics' effort, or of their money where effort is not known, that serves an objective "
    "with a measurable hypothesis, or the objective or guardrail that platform work names.",
    "evidence": "Readings that came in time × key results that are measurable × first signals that came by their day; "
    "a factor with nothing due is left out.",
    "guardrails": "The share of guardrails, by importance, whose latest reading lies within its bounds.",
}
"""How each component is worked out, in words; docs/scoring.md says it in full."""


@dataclass(frozen=True, slots=True)
class SourceWords:
    """A reading and the row that it came from; the links lead to the metric and to the file's page, "" for none."""

    reading: str
    metric_link: str
    place: str
    batch_link: str


@dataclass(frozen=True, slots=True)
class InputRow:
    """One input: how well it does, what it weighs, what it costs, and the reading that says so."""

    label: str
    link: str
    value: str
    bar: Markup
    weight: str
    loss: str
    note: str
    source: SourceWords | None


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
    formula: str
    inputs: tuple[InputRow, ...]


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of a change with the readings before and after."""

    label: str
    link: str
    component: str
    reason: str
    points: str
    tone: str
    note: str
    before: SourceWords | None
    after: SourceWords | None


@dataclass(frozen=True, slots=True)
class WhyPage:
    """All that explains one score on one day, and its change since another where one was asked for."""

    name: str
    kind: str
    day: date
    score: str
    exact: str
    policy: Policy
    rule_name: str
    rule: str
    sum: str
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
    definitions = explained.snapshot.definitions
    homes = {k.key: definitions.objective_by_id[k.objective_id].name for k in definitions.key_results}
    return WhyPage(
        name=name,
        kind=subject.kind.value,
        day=day,
        score="no number" if level.score is None else f"{level.score:.1f}",
        exact="" if level.thousandths is None else f"{level.thousandths / 1000:.3f}",
        policy=explained.policy,
        rule_name=PRESETS[explained.policy.preset].name,
        rule=PRESETS[explained.policy.preset].rule,
        sum=_sum(level),
        coverage=percent_words(level.coverage),
        fingerprint=level.fingerprint[:12],
        reconstructed=level.reconstructed,
        components=tuple(_component(part, day, homes) for part in level.components),
        missing=level.missing,
        since=since,
        parts=_parts(change, day),
        total="" if change is None or change.change is None else signed(change.change / 1000, 3),
        change_missing=change.missing if change else (),
    )


def _sum(level: LevelExplanation) -> str:
    """The last sum of a score, with its figures: `100 × (35 × 0.614 + 20 × 0.801) / 55`; "" without a score."""
    known = [part for part in level.components if part.value is not None and part.weight]
    if level.thousandths is None or not known:
        return ""
    terms = " + ".join(f"{part.weight} × {part.value:.4f}" for part in known)
    return f"100 × ({terms}) / {sum(part.weight for part in known)} = {level.thousandths / 1000:.3f}"


def _component(part: ComponentLevel, day: date, homes: Mapping[str, str]) -> ComponentRow:
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
        formula=FORMULAS[part.name],
        inputs=tuple(
            _input(row, day, homes) for row in sorted(part.inputs, key=lambda row: (-row.loss, row.key))
        ),
    )


def _input(part: InputPart, day: date, homes: Mapping[str, str]) -> InputRow:
    """`homes` names the objective of a key result by its key: key results of two periods may share a name."""
    return InputRow(
        label=part.label,
        link=object_link(part.key, day),
        value=percent_words(part.value),
        bar=progress_bar(part.value, None),
        weight=f"{100 * part.weight:.1f} %",
        loss=f"{part.loss / 1000:.3f}",
        note=" · ".join(words for words in (homes.get(part.key, ""), part.note) if words),
        source=source_words(part.source, day),
    )


def _parts(change: ChangeExplanation | None, day: date) -> tuple[PartRow, ...]:
    if change is None:
        return ()
    return tuple(
        PartRow(
            label=part.label,
            link=object_link(part.key, day),
            component=COMPONENT_LABELS[part.component],
            reason=part.reason.label,
            points=signed(part.thousandths / 1000, 3),
            tone="tone-better" if part.thousandths > 0 else "tone-worse",
            note=part.note,
            before=source_words(part.before, day),
            after=source_words(part.after, day),
        )
        for part in change.parts
    )


def object_link(key: str, day: date) -> str:
    """Where an input is explained further: `key-result:12`, `objective:slug`, `theme:slug`, `metric:key`; else ""."""
    kind, _, name = key.partition(":")
    asked = f"?{urlencode({'as_of': day.isoformat()})}"
    if kind in {"key-result", "objective", "theme"} and name:
        return reverse("alignment:why", args=[kind, name]) + asked
    return reverse("alignment:metric", args=[name]) + asked if kind == "metric" and name else ""


def source_words(source: Source | None, day: date) -> SourceWords | None:
    """A reading in words with its links; None without one."""
    if source is None:
        return None
    batch = reverse("alignment:import-batch", args=[source.batch_id]) if source.batch_id is not None else ""
    return SourceWords(
        reading_words(source), object_link(f"metric:{source.metric_key}", day), place_words(source), batch
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
