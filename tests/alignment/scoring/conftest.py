"""A small company in the database, made by a seed, for tests that recompute."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from alignment.audit import acting_as
from alignment.models import (
    BudgetLine,
    Company,
    Epic,
    Guardrail,
    ImportBatch,
    KeyResult,
    KeyResultTarget,
    Metric,
    Objective,
    Observation,
    ObservationRevision,
    Team,
    Theme,
    ValueStream,
)
from alignment.periods import Cadence, Period
from alignment.scoring.recompute import RecomputeResult, recompute
from config.state import State
from tests.kept_rows import Kept, keep

TODAY = datetime.now(tz=UTC).date()  # edits are dated by the database's clock, so the firm lives today
FIRST = TODAY - timedelta(days=165)


def noon(day: date) -> datetime:
    """A moment of the day."""
    return datetime.combine(day, time(12), tzinfo=UTC)


@dataclass
class Firm:
    """The company, and what can happen to it."""

    chance: random.Random
    today: date = TODAY

    def recompute(self, touched: set[int] | None = None, since: date | None = None) -> RecomputeResult:
        return recompute(
            touched_metrics=touched, since=since, until=self.today, by="tester", now=noon(self.today)
        )

    def batch(self) -> ImportBatch:
        moment = noon(self.today)
        number = self.chance.getrandbits(60)
        return ImportBatch.objects.create(
            file_name=f"file-{number}.csv", file_sha256=f"{number:064x}", options_fingerprint="x",
            by_name="tester", started_at=moment, imported_at=moment, state="loaded",
        )  # fmt: skip

    def report(self, metric: Metric, period: Period, value: float) -> date:
        """A reading comes, or restates one; answers the day from which scores can differ."""
        batch = self.batch()
        known_at = noon(self.today)
        old = Observation.objects.filter(metric=metric, period_start=period.start).first()
        new = {
            "value": Decimal(str(round(value, 3))), "known_at": known_at, "reconstructed": False,
            "batch": batch, "source_line": self.chance.randrange(2, 90), "source_column": "value",
        }  # fmt: skip
        if old is None:
            Observation.objects.create(metric=metric, period_start=period.start, **new)
        else:
            self._keep(old, batch, "restated", old.known_at)
            Observation.objects.filter(metric=metric, period_start=period.start).update(**new)
        if metric.first_imported_at is None:
            Metric.objects.filter(pk=metric.pk).update(first_imported_at=known_at)
            metric.refresh_from_db()
        return self.today

    def take_back(self, metric: Metric, period: Period) -> date | None:
        """Undo of a reading that replaced nothing."""
        found = Observation.objects.filter(metric=metric, period_start=period.start).first()
        if found is None or found.batch is None:
            return None
        imported = found.batch.imported_at
        assert imported is not None
        self._keep(found, found.batch, "undone", max(found.known_at, imported))
        Observation.objects.filter(metric=metric, period_start=period.start).delete()
        return found.known_at.date()

    def _keep(self, old: Observation, batch: ImportBatch, reason: str, known_at: datetime) -> None:
        ObservationRevision.objects.create(
            metric=old.metric, period_start=old.period_start, value=old.value, known_at=known_at,
            reconstructed=old.reconstructed, batch=old.batch, source_line=old.source_line,
            source_column=old.source_column, replaced_at=noon(self.today), replaced_by=batch, reason=reason,
            by_name="tester",
        )  # fmt: skip


@pytest.fixture
def new_firm(db: None) -> Firm:
    """A firm with two themes, five objectives, a dozen key results and five months of readings."""
    return _filled()


@pytest.fixture
def firm(new_firm: Firm) -> Firm:
    """The new firm, unless a module takes the scored one."""
    return new_firm


@pytest.fixture(scope="session")
def kept_firm(servers: State, django_db_setup: None, django_db_blocker: Any) -> Kept:
    """The firm with all that a full run makes of it, which takes seconds; done once."""

    def make() -> Firm:
        made = _filled()
        made.recompute()
        return made

    with django_db_blocker.unblock():
        return keep(servers, "firm", make)


@pytest.fixture
def scored_firm(kept_firm: Kept, db: None) -> Firm:
    """The new firm after a full run."""
    with acting_as("system:tester"):
        found: Firm = kept_firm.bring()
    return found


def _filled() -> Firm:
    made = Firm(random.Random(11))
    with acting_as("system:tester"):  # as a loader does: what it fills in has been there always
        _fill(made)
    return made


def _fill(firm: Firm) -> None:
    chance = firm.chance
    Company.objects.create(name="Firm", staff=400, yearly_revenue=Decimal(10_000_000))
    stream = ValueStream.objects.create(slug="stream", name="Stream")
    team = Team.objects.create(slug="team", name="Team", value_stream=stream)
    themes = [
        Theme.objects.create(
            slug=f"theme-{i}", name=f"Theme {i}", weight=i, value_stream=stream if i == 1 else None
        )
        for i in (1, 2, 3)
    ]
    metrics = [_metric(i) for i in range(1, 9)]
    for metric in metrics:
        _history(firm, metric)
    for number in range(6):
        _objective(firm, number, themes, metrics)
    for theme in [None, *themes]:
        month = Period.containing(FIRST, Cadence.MONTH)
        while month.start <= TODAY:
            actual = Decimal(chance.randrange(100, 900)) if month.next().end < TODAY else None
            BudgetLine.objects.create(theme=theme, month=month.start, planned=Decimal(500), actual=actual)
            month = month.next()
    guardrail = Guardrail.objects.create(
        slug="slo", name="SLO", metric=metrics[5], lower_bound=Decimal(40), kind="slo", value_stream=stream
    )
    Guardrail.objects.create(
        slug="cost",
        name="Cost",
        metric=metrics[6],
        upper_bound=Decimal(60),
        kind="unit-cost",
        theme=themes[1],
    )
    for number in range(8):
        started = FIRST + timedelta(days=chance.randrange(120))
        Epic.objects.create(
            slug=f"epic-{number}", name=f"Epic {number}", theme=chance.choice(themes), team=team,
            objective=chance.choice([None, *Objective.objects.all()]), state="active", started_on=started,
            effort=chance.choice([None, Decimal(5), Decimal(8)]), money=Decimal(1000),
            kind=chance.choice(["feature", "platform"]), guardrail_served=chance.choice([None, guardrail]),
            impact_metric=chance.choice([None, metrics[0]]), impact_from=Decimal(1), impact_to=Decimal(2),
            impact_by=TODAY, first_signal_promised=chance.choice([None, started + timedelta(days=30)]),
            first_signal_seen=chance.choice([None, started + timedelta(days=20)]),
        )  # fmt: skip


def _metric(number: int) -> Metric:
    cadence = [Cadence.WEEK, Cadence.MONTH, Cadence.WEEK, Cadence.DAY][number % 4]
    return Metric.objects.create(
        key=f"metric.{number}", name=f"Metric {number}", category="business-outcomes", unit="count",
        cadence=cadence, reporting_lag_days=number % 3, direction="higher",
        first_imported_at=noon(FIRST + timedelta(days=40)) if number % 2 else None,
    )  # fmt: skip


def _history(firm: Firm, metric: Metric) -> None:
    batch = firm.batch()
    rows, value = [], 50.0
    period = Period.containing(FIRST - timedelta(days=60), metric.rhythm)
    while period.end < TODAY - timedelta(days=3):
        value += firm.chance.gauss(0.3, 4)
        if firm.chance.random() < 0.92:
            late = firm.chance.choice([0, 0, 0, 6])
            rows.append(
                Observation(
                    metric=metric, period_start=period.start, value=Decimal(str(round(value, 2))),
                    known_at=noon(period.end + timedelta(days=metric.reporting_lag_days + late)),
                    reconstructed=bool(metric.first_imported_at is None), batch=batch,
                    source_line=len(rows) + 2, source_column="value",
                )
            )  # fmt: skip
        period = period.next()
    Observation.objects.bulk_create(rows)


def _objective(firm: Firm, number: int, themes: list[Theme], metrics: list[Metric]) -> None:
    chance = firm.chance
    quarter = Period.containing(TODAY, Cadence.QUARTER).previous(number % 2)
    objective = Objective.objects.create(
        slug=f"objective-{number}", name=f"Objective {number}", theme=themes[number % 3],
        period_start=quarter.start, period_end=quarter.end,
        parent=Objective.objects.order_by("pk").first() if number == 4 else None,
    )  # fmt: skip
    for index in range(3):
        kind = ["level", "band", "cumulative"][(number + index) % 3]
        fields: dict[str, Any] = {"baseline": Decimal(50), "target": Decimal(chance.choice([30, 70, 80]))}
        if kind == "band":
            fields = {"lower_bound": Decimal(40), "upper_bound": Decimal(65)}
        if kind == "cumulative":
            fields = {"baseline": Decimal(0), "target": Decimal(500)}
        key_result = KeyResult.objects.create(
            objective=objective, name=f"Key result {number}.{index}", kind=kind, start=quarter.start,
            due=quarter.end, metric=chance.choice([*metrics[:6], None]) if index else metrics[number % 6],
            path="targets" if kind == "level" and index == 0 else "linear", **fields,
        )  # fmt: skip
        if key_result.path == "targets":
            KeyResultTarget.objects.create(
                key_result=key_result, period_end=quarter.start + timedelta(days=30), value=Decimal(48)
            )


def derived() -> tuple[list[tuple[Any, ...]], ...]:
    """Scores, statuses, chances and signals as they are stored, to the last bit.

    Rows of key results that were removed stay as they were, and no run makes them again: they are left out.
    """
    still_there = "WHERE key_result_id IN (SELECT id FROM alignment_keyresult)"
    tables = []
    with connection.cursor() as cursor:
        for query in (
            "SELECT subject_kind, subject_id, day, policy_id, value, coverage, components::text, missing::text, "
            "fingerprint, reconstructed FROM alignment_score ORDER BY 1, 2, 3, 4",
            "SELECT key_result_id, day, policy_id, status, attainment, progress, expected, reason, "
            f"reading_period_start FROM alignment_keyresultstatus {still_there} ORDER BY 1, 2, 3",
            "SELECT key_result_id, day, probability, sentence, expected, low, high, target, steps::text, fingerprint "
            f"FROM alignment_keyresultpace {still_there} ORDER BY 1, 2",
            "SELECT metric_id, kind, verdict, sentence, details::text, fingerprint FROM alignment_signal ORDER BY 1, 2",
        ):
            cursor.execute(query)
            tables.append(cursor.fetchall())
    return tuple(tables)


def forget() -> None:
    """Remove all that is derived."""
    with connection.cursor() as cursor:
        for table in ("score", "keyresultstatus", "keyresultpace", "signal"):
            cursor.execute(f"DELETE FROM alignment_{table}")
