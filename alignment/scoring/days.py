"""Scores and statuses day by day, in memory. Pure: definitions and histories in, rows out.

Each day takes the same rules as `evaluation.evaluate`; what has not changed since the day before is kept: a
component other than Outcomes is worked out anew only on days on which one of its inputs can change.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from alignment.scoring.attainment import Standing
from alignment.scoring.evidence import measurable_factor, product, reporting_from, signals_factor
from alignment.scoring.explanation import Subject, SubjectKind
from alignment.scoring.formulas import Factor, Item, Result, combine, weights_of
from alignment.scoring.history import Counts, MetricHistory
from alignment.scoring.inputs import Definitions, KeyResultInput, ObjectiveInput, Reading, Snapshot
from alignment.scoring.money import closed_months, funding
from alignment.scoring.outcomes import Branch, Leaf, branch_of, leaf_of, standing_within, subject_branch
from alignment.scoring.policy import Policy
from alignment.scoring.work import focus, guardrails
from alignment.signals.staleness import kept_until, stale_from

COMPANY = Subject(SubjectKind.COMPANY)
Priors = dict[tuple[int, date], float | None]


@dataclass(frozen=True, slots=True)
class Dated:
    """Definitions that hold from a day on, until the next."""

    since: date
    definitions: Definitions


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One score, ready to be stored. Equal fingerprints mean equal scores, bit for bit."""

    kind: str
    subject_id: int
    day: date
    value: float | None
    coverage: float
    components: list[dict[str, Any]]
    missing: list[str]
    fingerprint: str
    reconstructed: bool


@dataclass
class Inputs:
    """All that a run over days needs. `counts` is readings in time by theme id, None being the company."""

    timeline: Sequence[Dated]
    histories: Mapping[int, MetricHistory]
    counts: Mapping[int | None, Counts]
    policy: Policy
    priors: Priors = field(default_factory=dict)


def fingerprint_of(*parts: object) -> str:
    """A short name of some inputs; floats go in by their exact shortest form."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def definitions_on(timeline: Sequence[Dated], day: date) -> Definitions:
    """The definitions that held at the end of `day`; before the first known ones, the first."""
    position = bisect_right(timeline, day, key=lambda dated: dated.since)
    return timeline[max(0, position - 1)].definitions


def scores_by_day(inputs: Inputs, first: date, last: date) -> Iterator[ScoreRow]:
    """The scores of all subjects for each day. Fills `inputs.priors` as periods end."""
    walks = {metric_id: history.walk() for metric_id, history in inputs.histories.items()}
    runs: dict[int, _Run] = {}
    day = first
    while day <= last:
        definitions = definitions_on(inputs.timeline, day)
        run = runs.get(id(definitions))
        if run is None:
            run = runs[id(definitions)] = _Run(inputs, definitions)
        readings = {metric_id: walk.to(day) for metric_id, walk in walks.items()}
        yield from run.day(Snapshot(definitions, day, inputs.priors, readings, day, day))
        day += timedelta(days=1)


class _Run:
    """The days under one set of definitions."""

    def __init__(self, inputs: Inputs, definitions: Definitions) -> None:
        self.inputs, self.definitions, self.policy = inputs, definitions, inputs.policy
        self.subjects = [
            COMPANY,
            *(Subject(SubjectKind.THEME, theme.id, theme.slug, theme.name) for theme in definitions.themes),
        ]
        self.period_starts = {o.period_start for o in definitions.objectives}
        self._kept: dict[tuple[str, int], tuple[object, Any]] = {}
        self._standings: dict[int, tuple[object, Standing]] = {}
        epics = definitions.epics
        self._focus_days = sorted(
            {d for e in epics for d in (e.started_on, e.finished_on, e.approved_on) if d is not None}
        )
        self._objective_days = sorted(
            {d for o in definitions.objectives for d in (o.period_start, o.period_end + timedelta(days=1))}
        )
        weeks = timedelta(weeks=self.policy.parameters.promise_weeks)
        self._signal_days = sorted(
            {d for e in epics if e.promised for d in (e.promised, e.promised + weeks, e.seen) if d}
        )
        self._stamp = fingerprint_of(self.policy)

    def day(self, snapshot: Snapshot) -> Iterator[ScoreRow]:
        """The rows of one day: objectives, themes, company."""
        made: dict[int, Branch | None] = {}
        digests: dict[int, tuple[str, bool]] = {}

        def leaf(key_result: KeyResultInput, objective: ObjectiveInput) -> Leaf:
            standing = self._standing(key_result, snapshot)
            return leaf_of(key_result, objective, snapshot, self.policy, standing)

        for objective in self.definitions.objectives:
            if objective.period_start <= snapshot.day <= objective.period_end:
                branch = branch_of(objective, self.definitions, snapshot.day, leaf, made)
                subject = Subject(SubjectKind.OBJECTIVE, objective.id, objective.slug, objective.name)
                if branch is not None:
                    yield self._row(subject, snapshot, [self._outcome(branch)], branch, digests)
        for subject in self.subjects:
            branch = subject_branch(subject, self.definitions, snapshot.day, leaf, made)
            results = [self._outcome(branch), *self._others(subject, snapshot)]
            if subject.kind is SubjectKind.THEME:
                following = snapshot.day + timedelta(days=1)
                if following in self.period_starts:
                    self.inputs.priors[subject.id, following] = branch.value
            yield self._row(subject, snapshot, results, branch, digests)

    def _standing(self, key_result: KeyResultInput, snapshot: Snapshot) -> Standing:
        readings = snapshot.readings.get(key_result.metric.id, ()) if key_result.metric else ()
        kept = self._standings.get(key_result.id)
        if kept is None or kept[0] is not readings:
            kept = self._standings[key_result.id] = (readings, standing_within(key_result, readings))
        return kept[1]

    def _outcome(self, branch: Branch) -> Result:
        if branch.value is not None and branch.known == 1.0:
            return Result("outcomes", branch.value, branch.known)
        missing = tuple(_missing_of(branch)) or ("No objective with a key result is running.",)
        return Result("outcomes", branch.value, branch.known, missing=missing)

    def _row(
        self,
        subject: Subject,
        snapshot: Snapshot,
        results: list[Result],
        branch: Branch,
        digests: dict[int, tuple[str, bool]],
    ) -> ScoreRow:
        weights = weights_of(subject, self.policy)
        scored = combine(results, weights, self.policy.parameters.coverage_floor)
        digest, reconstructed = _digest(branch, digests)
        others = [self._kept[name, subject.id][1] for name in _OTHERS] if len(results) > 1 else []
        components: list[dict[str, Any]] = [
            {
                "name": result.name,
                "value": result.value,
                "weight": weight,
                "coverage": result.known,
                "note": result.note,
            }
            for result, weight in zip(results, weights, strict=True)
        ]
        if len(results) > 1:
            components[_EVIDENCE]["reporting"] = list(self._reporting(subject, snapshot.day))
        rests_on = (digest, [other[1] for other in others])
        told = (components[_EVIDENCE]["reporting"] if others else (), scored.missing)
        return ScoreRow(
            subject.kind.value,
            subject.id,
            snapshot.day,
            scored.value,
            scored.coverage,
            components,
            list(scored.missing),
            fingerprint_of(self._stamp, subject.kind.value, snapshot.day, rests_on, told),
            reconstructed or any(o[2] for o in others),
        )

    def _reporting(self, subject: Subject, day: date) -> tuple[int, int]:
        counts = self.inputs.counts.get(subject.id if subject.kind is SubjectKind.THEME else None)
        return counts.at(day) if counts is not None else (0, 0)

    def _others(self, subject: Subject, snapshot: Snapshot) -> list[Result]:
        day, policy = snapshot.day, self.policy
        months = closed_months(day, policy.parameters.spend_months)
        reporting = self._reporting(subject, day)
        epochs = (bisect_right(self._objective_days, day), bisect_right(self._signal_days, day))
        return [
            self._keep("funding", subject, months, lambda: funding(subject, snapshot, policy)),
            self._keep(
                "focus",
                subject,
                bisect_right(self._focus_days, day),
                lambda: focus(subject, snapshot, policy),
            ),
            self._keep(
                "evidence",
                subject,
                (reporting, epochs),
                lambda: self._evidence(subject, snapshot, reporting),
            ),
            self._keep(
                "guardrails",
                subject,
                self._guardrail_state(subject, snapshot),
                lambda: guardrails(subject, snapshot, policy),
            ),
        ]

    def _keep(self, name: str, subject: Subject, state: object, make: Callable[[], Result]) -> Result:
        """The component as it was while its state stays, else made anew."""
        kept = self._kept.get((name, subject.id))
        if kept is not None and kept[0] == state:
            result: Result = kept[1][0]
            return result
        made = make()
        rests_on = [(i.key, i.weight, i.value, i.loss, _reading_key(i)) for i in made.items]
        factors = [(f.name, f.value, [(i.key, i.weight, i.value) for i in f.items]) for f in made.factors]
        digest = fingerprint_of(made.name, made.value, made.known, made.note, made.missing, rests_on, factors)
        reconstructed = any(item.reading is not None and item.reading.reconstructed for item in made.items)
        self._kept[name, subject.id] = (state, (made, digest, reconstructed))
        return made

    def _evidence(self, subject: Subject, snapshot: Snapshot, reporting: tuple[int, int]) -> Result:
        factors: list[Factor | None] = [
            reporting_from(*reporting),
            measurable_factor(subject, snapshot),
            signals_factor(subject, snapshot, self.policy),
        ]
        return product(tuple(factor for factor in factors if factor is not None))

    def _guardrail_state(self, subject: Subject, snapshot: Snapshot) -> object:
        limits = self.policy.parameters
        state: list[tuple[Reading | None, bool, bool]] = []
        guarded = (
            self.definitions.guardrails
            if subject.kind is SubjectKind.COMPANY
            else self.definitions.guardrails_of_theme[subject.id]
        )
        for guardrail in guarded:
            metric = guardrail.metric
            readings = snapshot.readings.get(metric.id, ())
            if readings:
                last = readings[-1]
                gone = stale_from(
                    metric.cadence, last.period_start, metric.lag_days, limits.stale_grace_cadences
                )
                kept = kept_until(gone, metric.cadence, last.period_start, limits.stale_kept_cadences)
                state.append((last, snapshot.day >= gone, snapshot.day > kept))
            else:
                state.append((None, False, False))
        return state


_OTHERS = ("funding", "focus", "evidence", "guardrails")
_EVIDENCE = 3


def _reading_key(item: Item) -> tuple[date, float] | None:
    return None if item.reading is None else (item.reading.period_start, item.reading.value)


def _missing_of(branch: Branch) -> Iterator[str]:
    for _, part in branch.parts:
        if isinstance(part, Branch):
            yield from _missing_of(part)
        elif part.value is None:
            yield f"{part.key_result.name}: {part.note or 'unknown'}"
    if not branch.parts and branch.objective is not None:
        yield f"{branch.objective.name}: has no key result"


def _digest(branch: Branch, digests: dict[int, tuple[str, bool]]) -> tuple[str, bool]:
    """Fingerprint of all that an outcome rests on, and whether any of it is reconstructed."""
    if branch.objective is not None and branch.objective.id in digests:
        return digests[branch.objective.id]
    parts: list[object] = []
    reconstructed = False
    for weight, part in branch.parts:
        if isinstance(part, Branch):
            below, flag = _digest(part, digests)
            parts.append((weight, below))
        else:
            reading = part.reading
            flag = reading is not None and reading.reconstructed
            parts.append(
                (
                    weight,
                    part.key_result.id,
                    part.value,
                    part.note,
                    reading and (reading.period_start, reading.value),
                )
            )
        reconstructed = reconstructed or flag
    made = (fingerprint_of(branch.value, branch.known, parts), reconstructed)
    if branch.objective is not None:
        digests[branch.objective.id] = made
    return made
