"""Why a key result has its status: the rule with its figures, the policy, and the readings down to file and line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from alignment.charts.rows import progress_bar
from alignment.charts.text import Markup
from alignment.models import Objective
from alignment.queries.known import explained_key_result
from alignment.queries.pace import pace_steps
from alignment.queries.sentences import dated_reason
from alignment.queries.standings import StatusWord
from alignment.queries.why import SourceWords, source_words
from alignment.queries.words import day_words, measure, number_words, percent_words
from alignment.scoring.explain import ExplainedKeyResult
from alignment.scoring.explanation import KeyResultLevel, Subject, SubjectKind
from alignment.scoring.inputs import KeyResultInput
from alignment.scoring.policy import PRESETS, Policy


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One reading that the status rests on, newest first."""

    source: SourceWords
    known: str
    history: str


@dataclass(frozen=True, slots=True)
class KeyResultWhyPage:
    """All that explains one status on one day. `steps` are (what, words) from the definition to the status.

    `objective_slug` is "" where its objective has no page any more.
    """

    name: str
    objective: str
    objective_slug: str
    number: int
    status: StatusWord
    since: date | None
    reason: str
    progress: str
    bar: Markup
    steps: tuple[tuple[str, str], ...]
    policy: Policy
    rule_name: str
    rule: str
    readings: tuple[ReadingRow, ...]
    others: tuple[tuple[str, str], ...]


def why_key_result(number: int, day: date) -> KeyResultWhyPage | None:
    """The explanation of the day, as the key result was defined then; None where it did not stand on that day."""
    subject = Subject(SubjectKind.KEY_RESULT, number)
    explained = explained_key_result(subject, day)
    if explained is None:
        return None
    level, definition = explained.level, explained.definition
    share = level.attainment if definition.is_band else level.progress
    slug = Objective.objects.filter(pk=explained.objective.id).values_list("slug", flat=True).first()
    return KeyResultWhyPage(
        name=definition.name,
        objective=explained.objective.name,
        objective_slug=slug or "",
        number=number,
        status=StatusWord.of(level.status),
        since=level.since,
        reason=dated_reason(level.reason, level.since, day),
        progress=percent_words(share),
        bar=progress_bar(share, None if definition.is_band else level.expected),
        steps=_steps(explained, day),
        policy=explained.policy,
        rule_name=PRESETS[explained.policy.preset].name,
        rule=PRESETS[explained.policy.preset].rule,
        readings=_readings(level, day),
        others=level.other_policies,
    )


def _steps(explained: ExplainedKeyResult, day: date) -> tuple[tuple[str, str], ...]:
    level, definition = explained.level, explained.definition
    unit = definition.metric.unit if definition.metric else ""
    steps = [
        ("Metric", definition.metric.name if definition.metric else "none: it cannot be measured"),
        ("Runs", f"{day_words(definition.start)} to {day_words(definition.due)}"),
        ("Aim", _aim(definition, unit)),
    ]
    if explained.current is not None:
        last = level.sources[0].period_end if level.sources else None
        when = (
            f", the reading of the period to {day_words(last)}" if last and definition.kind == "level" else ""
        )
        steps.append(("Stands at", f"{measure(explained.current, unit)}{when}"))
    if level.progress is not None and not definition.is_band and explained.current is not None:
        base, target = definition.start_value, definition.target
        figures = [number_words(number) for number in (explained.current, base, target)]
        steps.append(
            ("Progress", f"({figures[0]} − {figures[1]}) / ({figures[2]} − {figures[1]}) = "
             f"{percent_words(level.progress)} of the way")
        )  # fmt: skip
    if level.expected is not None and not definition.is_band:
        steps.append(("Path", f"asks for {percent_words(level.expected)} of the way by {day_words(day)}"))
    if level.attainment is not None:
        words = (
            "share of readings within bounds" if definition.is_band else "1 less what is missing on the path"
        )
        steps.append(("Attainment", f"{percent_words(level.attainment)}: {words}"))
    steps += pace_steps(explained.level.pace, definition, unit, explained.policy.parameters)
    if definition.override_status and definition.override_by:
        steps.append(("Overridden", f"by {definition.override_by}: {definition.override_reason}"))
    return tuple(steps)


def _aim(definition: KeyResultInput, unit: str) -> str:
    if definition.is_band:
        low, high = definition.bounds
        said = [f"at least {measure(low, unit)}"] if low is not None else []
        said += [f"at most {measure(high, unit)}"] if high is not None else []
        return " and ".join(said) or "no bounds: it cannot be measured"
    if definition.start_value is None or definition.target is None:
        return "no baseline or no target: it cannot be measured"
    return f"from {measure(definition.start_value, unit)} to {measure(definition.target, unit)}"


def _readings(level: KeyResultLevel, day: date) -> tuple[ReadingRow, ...]:
    rows = []
    for source in level.sources:
        words = source_words(source, day)
        if words is not None:
            history = "reconstructed" if source.reconstructed else "as recorded"
            rows.append(ReadingRow(words, day_words(source.known_at.date()), history))
    return tuple(rows)
