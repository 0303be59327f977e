"""What was known on a day, loaded once for a page: definitions, readings, policy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from alignment.queries.kept import kept
from alignment.scoring.days import definitions_on
from alignment.scoring.explain import ExplainedDay, ExplainedKeyResult, explain_day, explain_key_result_on
from alignment.scoring.explanation import Subject
from alignment.scoring.inputs import Definitions, Snapshot
from alignment.scoring.loading import (
    active_policy,
    load_histories,
    load_house,
    load_metrics,
    load_timeline,
    policy_from,
)
from alignment.scoring.policy import Policy

READ_BACK = timedelta(days=460)
"""Readings further back than this are not shown on any of these pages, and no key result runs longer."""


@dataclass(frozen=True)
class Known:
    """One day as it was known at its end."""

    day: date
    snapshot: Snapshot
    policy: Policy

    @property
    def definitions(self) -> Definitions:
        """What was wanted, funded and done on that day."""
        return self.snapshot.definitions


def load_known(day: date, objective_ids: Collection[int] | None = None) -> Known:
    """Definitions of the day, and the readings of the metrics that key results use (of these objectives, or all).

    A constant number of queries, one where it was kept. Raises ScorePolicy.DoesNotExist where no policy is active.
    """
    ids = None if objective_ids is None else frozenset(objective_ids)
    return kept(("known", day, ids), lambda: _load(day, ids))


def explained_on(subject: Subject, day: date, since: date | None) -> ExplainedDay:
    """Why the subject stands where it stands and what moved it, kept like `load_known`; knows amounts of money."""
    return kept(("explained", subject, day, since), lambda: explain_day(subject, day, since))


def explained_key_result(subject: Subject, day: date) -> ExplainedKeyResult | None:
    """Why a key result has its status on a day; None where it did not exist by then."""
    return kept(("key result", subject, day), lambda: explain_key_result_on(subject, day))


def _load(day: date, objective_ids: Collection[int] | None) -> Known:
    policy = policy_from(active_policy())
    house = load_house()
    metrics = load_metrics(house)
    definitions = definitions_on(load_timeline(house, metrics), day)
    used = {
        result.metric
        for result in definitions.key_results
        if result.metric is not None and (objective_ids is None or result.objective_id in objective_ids)
    }
    first = day - READ_BACK
    histories, _ = load_histories(house, used, {metric.id: first for metric in used})
    readings = {metric_id: history.readings(day) for metric_id, history in histories.items()}
    return Known(day, Snapshot(definitions, day, {}, readings, day, day), policy)
