"""An objective's place in the whole: points that it gives and lacks, and the guardrails around it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from alignment.charts.rows import progress_bar
from alignment.charts.text import Markup
from alignment.models import Objective
from alignment.queries.known import explained_on
from alignment.queries.words import percent_words
from alignment.scoring.evaluation import evaluate
from alignment.scoring.explanation import ComponentLevel, LevelExplanation, Subject, SubjectKind
from alignment.scoring.level import explain_scored


@dataclass(frozen=True, slots=True)
class Contribution:
    """What an objective gives to a score and what it leaves open, in points of 100. `slug` is "" for the company."""

    label: str
    kind: str
    slug: str
    gives: str
    lacks: str
    share: Markup


@dataclass(frozen=True, slots=True)
class GuardrailRow:
    """A guardrail of the objective's theme on the day, and how far it holds."""

    name: str
    held: str
    note: str
    is_broken: bool
    bar: Markup


@dataclass(frozen=True, slots=True)
class ObjectivePlace:
    """Contributions to theme and company, and guardrails."""

    contributions: tuple[Contribution, ...]
    guardrails: tuple[GuardrailRow, ...]


def place_of_objective(
    objective: Objective, key_results: Collection[int], company: str, day: date
) -> ObjectivePlace:
    """The objective in its theme's and the company's score at the end of the day. The company's explanation is kept."""
    theme = objective.theme
    explained = explained_on(Subject(SubjectKind.COMPANY), day, None)
    subject = Subject(SubjectKind.THEME, theme.pk, theme.slug, theme.name)
    scored = evaluate(subject, explained.snapshot, explained.policy)
    of_theme = explain_scored(subject, day, scored, explained.policy, explained.snapshot.definitions)
    of_company = explained.level
    keys = {f"key-result:{number}" for number in key_results}
    rows = (
        _contribution(theme.name, "theme", theme.slug, of_theme, keys),
        _contribution(company, "company", "", of_company, keys),
    )
    return ObjectivePlace(tuple(row for row in rows if row is not None), _guardrails(of_theme))


def _component(level: LevelExplanation, name: str) -> ComponentLevel | None:
    return next((part for part in level.components if part.name == name), None)


def _contribution(
    label: str, kind: str, slug: str, level: LevelExplanation, keys: set[str]
) -> Contribution | None:
    """Its key results' shares of the Outcomes component: what they give of its points, and what they lack."""
    outcomes = _component(level, "outcomes")
    if outcomes is None or outcomes.value is None or level.thousandths is None:
        return None
    own = [part for part in outcomes.inputs if part.key in keys]
    known = [part for part in outcomes.inputs if part.value is not None]
    whole = sum(part.weight * (part.value or 0.0) for part in known)
    gained = sum(part.weight * (part.value or 0.0) for part in own)
    gives = outcomes.contribution * gained / whole if whole > 0 else 0.0
    lacks = sum(part.loss for part in own)
    possible = gives + lacks
    if not own:
        return None
    return Contribution(
        label, kind, slug, f"{gives / 1000:.1f}", f"{lacks / 1000:.1f}",
        progress_bar(gives / possible if possible else 0.0, None),
    )  # fmt: skip


def _held(share: float | None) -> str:
    """How far a guardrail holds."""
    if share is None:
        return "not known"
    return "kept" if share >= 1 else "broken" if share <= 0 else f"{percent_words(share)} kept"


def _guardrails(level: LevelExplanation) -> tuple[GuardrailRow, ...]:
    component = _component(level, "guardrails")
    parts = component.inputs if component else ()
    return tuple(
        GuardrailRow(
            part.label,
            _held(part.value),
            "" if part.value in (0.0, 1.0) else part.note,
            part.value is not None and part.value < 1,
            progress_bar(part.value, None),
        )
        for part in sorted(parts, key=lambda part: (2.0 if part.value is None else part.value, part.label))
    )
