"""Recomputes scores, statuses and signals: all of them, or only what changed, with the same result bit for bit.

The only writer of `Score`, `KeyResultStatus`, `KeyResultPace` and `Signal`. One transaction, one run at a time.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from alignment.audit import acting_as
from alignment.models import Score, ScorePolicy, Signal
from alignment.scoring.days import Dated, Inputs, Priors, scores_by_day
from alignment.scoring.history import Counts, MetricHistory
from alignment.scoring.inputs import KeyResultInput, MetricInput
from alignment.scoring.loading import (
    House,
    active_policy,
    load_histories,
    load_house,
    load_metrics,
    load_timeline,
    policy_from,
    used_metric_ids,
)
from alignment.scoring.paces import Question, questions_of
from alignment.scoring.policy import Policy
from alignment.scoring.reporting import Points, counts_of, merged_points, stored_points
from alignment.scoring.signal_rows import VERDICTS, Judged, judged, staleness_row, verdict_rows
from alignment.scoring.status import JUDGED_AFTER_DUE
from alignment.scoring.status_history import Life, StatusRow, definition_on, statuses_by_day
from alignment.scoring.storing import (
    Written,
    store_scores,
    store_signals,
    store_statuses,
    stored_marks,
)
from alignment.scoring.storing_news import store_news
from alignment.scoring.storing_paces import store_paces

_LOCK = 0x706C756D62  # one run at a time: two would write the same rows


@dataclass(frozen=True, slots=True)
class RecomputeResult:
    """What a run read and wrote. `first` is None where there was nothing to compute."""

    mode: str  # "full", "days" or "metrics"
    first: date | None
    last: date
    rows_read: int
    scores: Written
    statuses: Written
    paces: Written
    signals: Written
    seconds: float


@dataclass(frozen=True, slots=True)
class _Plan:
    mode: str
    first: date
    last: date
    touched: frozenset[int]


def recompute(
    *,
    touched_metrics: Collection[int] | None,
    since: date | None,
    until: date,
    by: str,
    now: datetime,
) -> RecomputeResult:
    """Bring scores, statuses and signals up to `until`.

    `touched_metrics` None: everything, from the first possible day. With metrics: what rests on them, from `since`
    (the first day on which a changed reading was known). With none but `since`: all days from then on, after an
    edit of goals, money or work. Days that have no scores yet are always caught up.
    """
    began = time.perf_counter()
    with acting_as(by):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        house, row = load_house(), active_policy()
        run = _Run(house, row, policy_from(row), until, now)
        return run.do(touched_metrics, since, began)


class _Run:
    """One run: plans what to read, reads it once, computes in memory, writes what differs."""

    def __init__(self, house: House, row: ScorePolicy, policy: Policy, until: date, now: datetime) -> None:
        self.house, self.row, self.policy, self.until, self.now = house, row, policy, until, now

    def do(self, touched: Collection[int] | None, since: date | None, began: float) -> RecomputeResult:
        """Plan, read, compute, write."""
        plan = self._plan(touched, since)
        if plan.first > self.until:
            none = Written(0, 0, 0)
            return RecomputeResult(
                plan.mode, None, self.until, 0, none, none, none, none, time.perf_counter() - began
            )
        used = used_metric_ids()
        metrics = load_metrics(self.house, used | plan.touched if plan.mode == "metrics" else None)
        timeline = load_timeline(self.house, metrics)
        first = max(plan.first, first_day(timeline, self.until))
        histories, rows_read = self._histories(plan, metrics, used, first)
        points = self._points(plan, histories, first)
        counts = self._counts(plan, points, timeline, first)
        scored = {metric_id: histories[metric_id] for metric_id in sorted(used) if metric_id in histories}
        inputs = Inputs(timeline, scored, counts, self.policy, self._priors(timeline, first))
        scores = store_scores(
            scores_by_day(inputs, first, self.until),
            self.row.pk,
            date.min if plan.mode == "full" else first,
            None if plan.mode == "full" else self.until,
            self.now,
        )
        return RecomputeResult(
            plan.mode,
            first,
            self.until,
            rows_read,
            scores,
            *self._statuses(plan, timeline, scored, first),
            self._signals(plan, histories, points, first),
            time.perf_counter() - began,
        )

    def _plan(self, touched: Collection[int] | None, since: date | None) -> _Plan:
        """Full, all of some days, or what rests on some metrics: the least that gives the same as full."""
        last_stored = (
            Score.objects.filter(policy=self.row, subject_kind="company")
            .order_by("-day")
            .values_list("day", flat=True)
            .first()
        )
        if touched is None or last_stored is None or (since is None and not touched):
            if touched is not None and since is None and last_stored is not None:
                return _Plan("days", last_stored + timedelta(days=1), self.until, frozenset())
            return _Plan("full", date.min, self.until, frozenset())
        first = min(since or self.until, self.until)
        if last_stored < self.until:
            return _Plan("days", min(first, last_stored + timedelta(days=1)), self.until, frozenset(touched))
        if not touched:
            return _Plan("days", first, self.until, frozenset())
        return _Plan("metrics", first, self.until, frozenset(touched))

    def _histories(
        self, plan: _Plan, metrics: Sequence[MetricInput], used: set[int], first: date
    ) -> tuple[dict[int, MetricHistory], int]:
        """All readings of used and touched metrics; of the others, in a run over days, only the latest.

        One that has been silent for longer is read whole: its staleness tells of its last reading.
        """
        if plan.mode != "days":
            return load_histories(self.house, metrics)
        count = self.policy.parameters.expected_readings + 2
        whole = used | plan.touched
        since = {
            metric.id: first - timedelta(days=count * (metric.cadence.typical_days + 2) + metric.lag_days)
            for metric in metrics
            if metric.id not in whole and first > date(1000, 1, 1)
        }
        histories, rows_read = load_histories(self.house, metrics, since)
        silent = [m for m in metrics if m.id in since and not histories[m.id].readings(self.until)]
        if silent:
            found, more = load_histories(self.house, silent)
            return histories | found, rows_read + more
        return histories, rows_read

    def _points(self, plan: _Plan, histories: dict[int, MetricHistory], first: date) -> Points:
        """Readings in time of each metric that was read, by day, over the days of this run."""
        ids = plan.touched if plan.mode == "metrics" else histories.keys()
        count = self.policy.parameters.expected_readings
        return {
            metric_id: histories[metric_id].reporting(first, self.until, count)
            for metric_id in sorted(ids)
            if metric_id in histories
        }

    def _counts(
        self, plan: _Plan, points: Points, timeline: Sequence[Dated], first: date
    ) -> dict[int | None, Counts]:
        if plan.mode != "metrics":
            return counts_of(points, timeline)
        old = stored_points(plan.touched, first)
        counts = counts_of(points, timeline, taken_out=old)
        for kind, subject_id, components, day in (
            Score.objects.filter(policy=self.row, day__gte=first, subject_kind__in=["company", "theme"])
            .order_by("subject_kind", "subject_id", "day")
            .values_list("subject_kind", "subject_id", "components", "day")
        ):
            key = None if kind == "company" else subject_id
            came, expected = components[3]["reporting"]
            counts.setdefault(key, Counts()).base(day, came, expected)
        return counts

    def _priors(self, timeline: Sequence[Dated], first: date) -> Priors:
        """Outcomes of themes at the ends of periods before this run's days, as they were stored."""
        starts = {
            o.period_start
            for dated in timeline
            for o in dated.definitions.objectives
            if o.period_start <= first
        }
        ends = [start - timedelta(days=1) for start in starts]
        rows = Score.objects.filter(
            policy=self.row, subject_kind="theme", day__in=ends, day__lt=first
        ).values_list("subject_id", "day", "components")
        return {
            (theme_id, day + timedelta(days=1)): components[0]["value"] for theme_id, day, components in rows
        }

    def _statuses(
        self, plan: _Plan, timeline: Sequence[Dated], histories: dict[int, MetricHistory], first: date
    ) -> tuple[Written, Written]:
        """Status histories of the key results that this run can have changed, each from its own start, and chances."""
        judged: dict[int, list[tuple[date, KeyResultInput]]] = {}
        for key_result_id, life in sorted(key_result_lives(timeline).items()):
            used = {definition.metric.id for _, definition in life if definition.metric is not None}
            due = max(definition.due for _, definition in life) + JUDGED_AFTER_DUE
            if plan.mode == "metrics" and not used & plan.touched:
                continue
            if plan.mode == "days" and due < first and not used & plan.touched:
                continue
            judged[key_result_id] = life
        earliest = first_day(timeline, self.until)
        questions: list[Question] = []
        for life in judged.values():
            questions += questions_of_life(life, histories, earliest, self.until)
        paces, told = store_paces(questions, list(judged), self.now)
        rows: list[StatusRow] = []
        for key_result_id, life in judged.items():
            begin = max(earliest, min(definition.start for _, definition in life) - timedelta(days=31))
            rows += statuses_by_day(
                definition_on(life), histories, begin, self.until, self.policy, told.get(key_result_id, ())
            )
        return store_statuses(rows, list(judged), self.row.pk, self.now), paces

    def _signals(
        self, plan: _Plan, histories: dict[int, MetricHistory], points: Points, first: date
    ) -> Written:
        ids = sorted(plan.touched if plan.mode == "metrics" else histories)
        kept: dict[int, dict[str, Any]] = {}
        if plan.mode != "full":
            kept = dict(
                Signal.objects.filter(metric_id__in=ids, kind="staleness").values_list("metric_id", "details")
            )
        rows = []
        asked: list[Judged] = []
        for metric_id in ids:
            history = histories.get(metric_id)
            if history is None:
                continue
            readings = history.readings(self.until)
            old = kept.get(metric_id, {}).get("reporting", []) if plan.mode != "full" else []
            told = merged_points(old, points.get(metric_id, []), first)
            rows.append(staleness_row(history.metric, readings, self.until, self.policy, told))
            if plan.mode != "days" or metric_id in plan.touched:
                asked.append(judged(history.metric, readings))
        marks = stored_marks([one.metric.id for one in asked], VERDICTS)
        new = [one for one in asked if marks.get(one.metric.id) != one.mark]
        signals = store_signals([*rows, *verdict_rows(new)], self.now)
        kept_rows = (len(asked) - len(new)) * len(VERDICTS)
        news = store_news(self.until, self.now)
        return Written(signals.written + news.written, signals.unchanged + kept_rows + news.unchanged, 0)


def first_day(timeline: Sequence[Dated], until: date) -> date:
    """The first day that has scores: the earliest on which an objective was set and had begun, at latest `until`."""
    starts = [max(o.period_start, dated.since) for dated in timeline for o in dated.definitions.objectives]
    return min([*starts, until])


def questions_of_life(
    life: Life, histories: Mapping[int, MetricHistory], earliest: date, until: date
) -> list[Question]:
    """What the pace signal is asked about a key result, from the first scored day on."""
    used = {definition.metric.id for _, definition in life if definition.metric is not None}
    own = {metric_id: histories[metric_id] for metric_id in used if metric_id in histories}
    days = {day for since, definition in life for day in (since, definition.start)}
    begin = max(earliest, min(definition.start for _, definition in life))
    return questions_of(definition_on(life), days, own, begin, until)


def key_result_lives(timeline: Sequence[Dated]) -> dict[int, list[tuple[date, KeyResultInput]]]:
    """For each key result that still is: its definitions with the day from which each held, oldest first."""
    lives: dict[int, list[tuple[date, KeyResultInput]]] = {}
    current = {key_result.id for key_result in timeline[-1].definitions.key_results}
    for dated in timeline:
        for key_result in dated.definitions.key_results:
            if key_result.id in current:
                life = lives.setdefault(key_result.id, [])
                if not life or life[-1][1] != key_result:
                    life.append((dated.since, key_result))
    return lives
