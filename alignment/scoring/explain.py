"""Explains levels and changes of stored scores: reads a day's inputs and asks the rules why.

The day's inputs are what was known at its end, so that what is explained is the score that was stored.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

from alignment.models import KeyResultStatus, Score, ScorePolicy
from alignment.scoring.attainment import expected_on
from alignment.scoring.change import Side, explain_parts
from alignment.scoring.days import Priors, definitions_on
from alignment.scoring.evaluation import evaluate
from alignment.scoring.explanation import (
    ChangeExplanation,
    KeyResultLevel,
    LevelExplanation,
    Subject,
    SubjectKind,
)
from alignment.scoring.history import MetricHistory
from alignment.scoring.inputs import (
    Definitions,
    KeyResultInput,
    MetricInput,
    ObjectiveInput,
    Reading,
    Snapshot,
)
from alignment.scoring.level import explain_scored
from alignment.scoring.loading import (
    active_policy,
    load_histories,
    load_house,
    load_metrics,
    load_timeline,
    policy_from,
)
from alignment.scoring.outcomes import standing_within
from alignment.scoring.policy import PRESETS, Policy, classify
from alignment.scoring.sources import Sources
from alignment.scoring.status import judge
from alignment.scoring.stored_paces import pace_of, with_pace


@dataclass(frozen=True, slots=True)
class ExplainedDay:
    """A day read once: why the score stands there, why it moved since another day, and what it all rests on."""

    level: LevelExplanation
    change: ChangeExplanation | None
    snapshot: Snapshot
    policy: Policy


def explain_level(subject: Subject, day: date, *, policy: ScorePolicy | None = None) -> LevelExplanation:
    """Why the subject stood where it stood at the end of `day`, by what was known then."""
    reader = _Reader(subject, (day,), policy)
    side = reader.side(day)
    return _level(reader, side, reader.sources((side,)))


def explain_change(
    subject: Subject, from_day: date, to_day: date, *, policy: ScorePolicy | None = None
) -> ChangeExplanation:
    """Why the subject's score moved from the end of one day to the end of another."""
    reader = _Reader(subject, (from_day, to_day), policy)
    before, after = reader.side(from_day), reader.side(to_day)
    return _change(reader, before, after, reader.sources((before, after)))


def explain_day(subject: Subject, day: date, since: date | None) -> ExplainedDay:
    """Level and, where `since` is given, change, for the price of one reading."""
    reader = _Reader(subject, (day,) if since is None else (since, day), None)
    after = reader.side(day)
    before = None if since is None else reader.side(since)
    sources = reader.sources((after,) if before is None else (before, after))
    change = None if before is None else _change(reader, before, after, sources)
    return ExplainedDay(_level(reader, after, sources), change, after.snapshot, after.policy)


def _level(reader: _Reader, side: Side, sources: Sources) -> LevelExplanation:
    stored = reader.stored(side.snapshot.day)
    return explain_scored(
        reader.subject,
        side.snapshot.day,
        side.scored,
        side.policy,
        side.snapshot.definitions,
        source_of=sources.of,
        fingerprint=stored.fingerprint if stored else "",
        reconstructed=stored.reconstructed if stored else False,
    )


def _change(reader: _Reader, before: Side, after: Side, sources: Sources) -> ChangeExplanation:
    from_day, to_day = before.snapshot.day, after.snapshot.day
    parts = explain_parts(reader.subject, before, after, source_of=sources.of)
    values = (before.scored.value, after.scored.value)
    known = values[0] is not None and values[1] is not None
    starts = {o.period_start for o in after.snapshot.definitions.objectives}
    stored = [row for row in (reader.stored(from_day), reader.stored(to_day)) if row]
    return ChangeExplanation(
        reader.subject,
        from_day,
        to_day,
        *values,
        round((values[1] or 0.0) * 1000) - round((values[0] or 0.0) * 1000) if known else None,
        parts,
        () if known else (*before.scored.missing, *after.scored.missing),
        any(from_day < start <= to_day for start in starts),
        any(row.reconstructed for row in stored),
        before.policy.version,
        after.policy.version,
    )


@dataclass(frozen=True, slots=True)
class ExplainedKeyResult:
    """A key result's day read once: why it stands so, by which definition and policy; `current` is what it reached.

    `objective` is the one that it was of on that day.
    """

    level: KeyResultLevel
    definition: KeyResultInput
    objective: ObjectiveInput
    policy: Policy
    current: float | None


def explain_key_result(subject: Subject, day: date) -> KeyResultLevel:
    """How a key result stands at the end of `day`. Raises LookupError where it did not exist by then."""
    explained = explain_key_result_on(subject, day)
    if explained is None:
        raise LookupError(f"{subject.key} did not exist on {day}.")
    return explained.level


def explain_key_result_on(subject: Subject, day: date) -> ExplainedKeyResult | None:
    """The level with definition and policy; the readings behind it, and what other policies would say."""
    house, policy = load_house(), active_policy()
    metrics = load_metrics(house)
    definitions = definitions_on(load_timeline(house, metrics), day)
    key_result = next((k for k in definitions.key_results if k.id == subject.id), None)
    if key_result is None:
        return None
    readings: tuple[Reading, ...] = ()
    by_id = {metric.id: metric for metric in metrics}
    if key_result.metric is not None:
        histories, _ = load_histories(house, [key_result.metric])
        readings = histories[key_result.metric.id].readings(day)
    stored = with_pace(
        KeyResultStatus.objects.filter(key_result_id=subject.id, policy=policy, day__lte=day).order_by(
            "-day"
        ),
        day,
    ).first()
    pace = pace_of(stored) if stored else None
    pace = pace if pace and pace.holds(key_result, day) else None
    told = (pace.probability, pace.doubt) if pace else (None, "")
    said = judge(key_result, readings, day, policy_from(policy), *told)
    latest = list(reversed(readings[-13:]))
    metric_id = key_result.metric.id if key_result.metric else None
    sources = Sources(house, by_id).load_readings((metric_id, reading) for reading in latest)
    others: tuple[tuple[str, str], ...] = ()
    if said.progress is not None:
        asked = expected_on(key_result, day)
        own = judge(key_result, readings, day, replace(policy_from(policy), preset="plumbline"), *told)
        words = {"plumbline": own.status.label} if own.pace_known else {}
        others = tuple(
            (preset.name, words.get(name) or classify(name, said.progress, asked))
            for name, preset in PRESETS.items()
        )
    found = (sources.of_reading(metric_id, reading) for reading in latest)
    level = KeyResultLevel(
        subject,
        day,
        stored.status if stored else said.status.value,
        stored.reason if stored else said.reason,
        stored.day if stored else None,
        said.attainment,
        said.progress,
        said.expected,
        said.stale,
        tuple(source for source in found if source is not None),
        others,
        pace and pace.where(stale=said.stale),
    )
    current = standing_within(key_result, readings).current if key_result.is_measurable else None
    objective = definitions.objective_by_id[key_result.objective_id]
    return ExplainedKeyResult(level, key_result, objective, policy_from(policy), current)


class _Reader:
    """Reads once what the explanation of one subject on some days needs."""

    def __init__(self, subject: Subject, days: Collection[date], policy: ScorePolicy | None) -> None:
        self.subject = subject
        self.house = load_house()
        self.row = policy or active_policy()
        self.policy = policy_from(self.row)
        metrics = load_metrics(self.house)
        self.metrics = {metric.id: metric for metric in metrics}
        self.timeline = load_timeline(self.house, metrics)
        self.histories = self._read(metrics, days)
        self._stored = {
            score.day: score
            for score in Score.objects.filter(
                policy=self.row, subject_kind=subject.kind.value, subject_id=subject.id, day__in=days
            )
        }
        self._priors = self._read_priors(max(days))

    def stored(self, day: date) -> Score | None:
        """The stored score of a day."""
        return self._stored.get(day)

    def side(self, day: date) -> Side:
        """The inputs of a day, and the score that they make."""
        readings = {metric_id: history.readings(day) for metric_id, history in self.histories.items()}
        definitions = definitions_on(self.timeline, day)
        snapshot = Snapshot(definitions, day, self._priors, readings, day, day)
        return Side(snapshot, self.policy, evaluate(self.subject, snapshot, self.policy))

    def sources(self, sides: Collection[Side]) -> Sources:
        """The sources of all readings in the sides' scores."""
        return Sources(self.house, self.metrics).load(r for side in sides for r in side.scored.results)

    def _read(self, metrics: tuple[MetricInput, ...], days: Collection[date]) -> dict[int, MetricHistory]:
        """All readings of what key results and guardrails use; of other metrics what Evidence looks at."""
        whole: set[int] = set()
        wanted: set[int] = set()
        for day in days:
            definitions = definitions_on(self.timeline, day)
            used, homes = _used(self.subject, definitions)
            whole |= used
            wanted |= homes
        count = self.policy.parameters.expected_readings + 2
        since = {
            metric.id: min(days) - timedelta(days=count * (metric.cadence.typical_days + 2) + metric.lag_days)
            for metric in metrics
            if metric.id not in whole
        }
        chosen = [metric for metric in metrics if metric.id in whole or metric.id in wanted]
        histories, _ = load_histories(self.house, chosen, since)
        return histories

    def _read_priors(self, last: date) -> Priors:
        starts = {
            o.period_start
            for dated in self.timeline
            for o in dated.definitions.objectives
            if o.period_start <= last
        }
        rows = Score.objects.filter(
            policy=self.row, subject_kind="theme", day__in=[start - timedelta(days=1) for start in starts]
        ).values_list("subject_id", "day", "components")
        return {
            (theme_id, day + timedelta(days=1)): components[0]["value"] for theme_id, day, components in rows
        }


def _used(subject: Subject, definitions: Definitions) -> tuple[set[int], set[int]]:
    """Metrics that a subject's key results and guardrails use, and those whose reporting counts for it."""
    is_company = subject.kind is SubjectKind.COMPANY
    is_objective = subject.kind is SubjectKind.OBJECTIVE
    found = {
        o.id
        for o in definitions.objectives
        if is_company or (o.id == subject.id if is_objective else o.theme_id == subject.id)
    }
    family: set[int] = set()
    while found:  # children may stand in other themes
        family |= found
        found = {o.id for o in definitions.objectives if o.parent_id in found} - family
    used = {k.metric.id for k in definitions.key_results if k.metric and k.objective_id in family}
    if is_objective:
        return used, set()
    guarded = definitions.guardrails if is_company else definitions.guardrails_of_theme.get(subject.id, ())
    used |= {guardrail.metric.id for guardrail in guarded}
    homes = {
        metric.id
        for metric in definitions.metrics
        if is_company or subject.id in definitions.themes_of_metric.get(metric.id, ())
    }
    return used, homes
