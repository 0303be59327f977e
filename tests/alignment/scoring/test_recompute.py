"""Only what changed is recomputed, and the result is that of a full run, bit for bit."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alignment.audit import acting_as
from alignment.models import (
    BudgetLine,
    Epic,
    Guardrail,
    KeyResult,
    KeyResultStatus,
    Metric,
    Objective,
    Observation,
    Score,
    Signal,
    Theme,
)
from alignment.periods import Cadence, Period
from alignment.scoring.explain import explain_change, explain_level
from alignment.scoring.explanation import Subject, SubjectKind
from tests.alignment.scoring.conftest import FIRST, TODAY, Firm, derived, forget, noon
from tests.counts import LONG, count

COMPANY = Subject(SubjectKind.COMPANY)


@pytest.fixture
def firm(scored_firm: Firm) -> Firm:
    """The firm after a full run; `new_firm` has had none."""
    return scored_firm


def _same_as_full(firm: Firm, what: str) -> None:
    incremental = derived()
    forget()
    firm.recompute()
    for name, one, other in zip(
        ("scores", "statuses", "chances", "signals"), incremental, derived(), strict=True
    ):
        differing = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
        assert len(one) == len(other), (what, name)
        assert not differing, (what, name, *differing[0])


def _reading(firm: Firm) -> tuple[str, set[int], date]:
    metric = firm.chance.choice(list(Metric.objects.order_by("pk")))
    period = Period.containing(firm.today, metric.rhythm).previous(firm.chance.randrange(1, 6))
    return "reading", {metric.pk}, firm.report(metric, period, firm.chance.gauss(50, 15))


def _undo(firm: Firm) -> tuple[str, set[int], date]:
    metric = firm.chance.choice(list(Metric.objects.order_by("pk")))
    found = Observation.objects.filter(metric=metric).order_by("-period_start").first()
    since = firm.take_back(metric, Period(found.period_start, metric.rhythm)) if found else None
    return "undo", {metric.pk}, since or firm.today


def _edit(firm: Firm) -> tuple[str, set[int], date]:
    chance = firm.chance
    kind = chance.choice(
        [
            "weight",
            "target",
            "theme",
            "actual",
            "epic",
            "guardrail",
            "metric",
            "objective",
            "insert",
            "delete",
        ]
    )
    if kind == "weight":
        _one(firm, Objective).update(weight=Decimal(chance.randrange(1, 5)))
    elif kind == "target":
        _one(firm, KeyResult, kind="level").update(target=Decimal(chance.choice([60, 75, 95])))
    elif kind == "theme":
        _one(firm, Theme).update(weight=Decimal(chance.randrange(0, 5)))
    elif kind == "actual":
        _one(firm, BudgetLine).update(actual=Decimal(chance.randrange(0, 900)))
    elif kind == "epic":
        _one(firm, Epic).update(effort=Decimal(chance.randrange(1, 20)), objective=None)
    elif kind == "guardrail":
        _one(firm, Guardrail).update(importance=Decimal(chance.randrange(1, 5)))
    elif kind == "metric":
        _one(firm, KeyResult).update(metric=chance.choice(list(Metric.objects.order_by("pk"))))
    elif kind == "insert":
        _insert(firm)
    elif kind == "delete":
        _one(firm, chance.choice([KeyResult, Epic, BudgetLine])).delete()
    else:
        quarter = Period.containing(TODAY, Cadence.QUARTER)
        _one(firm, Objective).update(period_end=chance.choice([quarter.end, quarter.next().end]))
    return f"edit of {kind}", set(), _audited_on()


def _insert(firm: Firm) -> None:
    """A person adds an objective that began long ago, with a key result, and a key result to another."""
    number = Objective.objects.count()
    start = FIRST - timedelta(days=30)
    theme = Theme.objects.get(slug="theme-1")
    added = Objective.objects.create(
        slug=f"added-{number}", name=f"Added {number}", theme=theme, period_start=start,
        period_end=TODAY + timedelta(days=40),
    )  # fmt: skip
    for objective in (added, Objective.objects.order_by("pk")[0]):
        KeyResult.objects.create(
            objective=objective, name=f"Added to {objective.name}", kind="level", baseline=Decimal(50),
            target=Decimal(70), start=objective.period_start, due=objective.period_end,
            metric=firm.chance.choice(list(Metric.objects.order_by("pk"))),
        )  # fmt: skip


def _one(firm: Firm, model: type, **where: object) -> object:
    ids = list(model.objects.filter(**where).order_by("pk").values_list("pk", flat=True))  # type: ignore[attr-defined]
    return model.objects.filter(pk=firm.chance.choice(ids))  # type: ignore[attr-defined]


def _audited_on() -> date:
    """The day of the last change on the database's own clock, which the audit trail goes by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (max(at) AT TIME ZONE 'UTC')::date FROM alignment_auditevent")
        day: date = cursor.fetchone()[0]
        return day


@pytest.mark.parametrize("seed", range(count(small=3, long=20)))
def test_incremental_is_full_bit_for_bit(firm: Firm, seed: int) -> None:
    """Readings, restatements, undos, edits and passing days in any order: after each, the same as a full run."""
    firm.chance = random.Random(seed)
    for step in range(count(small=8, long=10)):
        firm.today += timedelta(days=firm.chance.choice([0, 0, 1, 9]))
        with acting_as("tester"):
            what, touched, since = firm.chance.choice([_reading, _reading, _undo, _edit])(firm)
        firm.recompute(touched, since)
        if LONG or step % 2:  # in short: what two of them, one on the other, leave
            _same_as_full(firm, f"seed {seed}, step {step}: {what}")


def test_edits_change_the_days_from_their_own_on(firm: Firm) -> None:
    """The audit trail says since when a weight holds: days before the edit keep what they had."""
    firm.today = TODAY + timedelta(days=2)
    firm.recompute()
    before = dict(Score.objects.filter(subject_kind="company").values_list("day", "fingerprint"))
    with acting_as("tester"):
        Theme.objects.filter(slug="theme-1").update(weight=Decimal(40))
    edited = _audited_on()
    firm.recompute(set(), edited)
    after = dict(Score.objects.filter(subject_kind="company").values_list("day", "fingerprint"))
    # All in one day: the edit holds for its day and later ones, and for none before.
    assert {day for day in before if before[day] != after[day]} == {day for day in before if day >= edited}
    _same_as_full(firm, "edit of a theme's weight")


def test_what_a_person_adds_counts_from_that_day(firm: Firm) -> None:
    """A new key result of a running objective changes no score of days before it was there."""
    before = derived()[0]
    with acting_as("tester"):
        _insert(firm)
    firm.recompute(set(), _audited_on())
    earlier = [row for row in derived()[0] if row[2] < _audited_on()]
    assert earlier == [row for row in before if row[2] < _audited_on()]
    assert derived()[0] != before
    _same_as_full(firm, "added")


def test_another_metric_leaves_the_statuses_before_alone(firm: Firm) -> None:
    other = Metric.objects.create(
        key="unused.other", name="Other", category="business-outcomes", unit="count", cadence="month"
    )
    firm.recompute()
    key_result = KeyResult.objects.filter(kind="level", metric__isnull=False).order_by("pk")[0]
    statuses = KeyResultStatus.objects.filter(key_result=key_result, day__lt=TODAY).order_by("day")
    before = list(statuses.values_list("day", "status", "reason", "progress"))
    assert len(before) > 1
    with acting_as("tester"):
        KeyResult.objects.filter(pk=key_result.pk).update(metric=other)
    firm.recompute(set(), _audited_on())
    assert list(statuses.values_list("day", "status", "reason", "progress")) == before
    _same_as_full(firm, "another metric")


def test_counts_of_readings_in_time_are_kept_even_where_their_share_stays(firm: Firm) -> None:
    """Two metrics that report alike: the second leaves the share as it is, and still has to be counted."""
    twins = [_in_time(f"twin.{i}") for i in range(2)]
    for twin in twins:
        firm.recompute({twin.pk}, FIRST)
    firm.recompute({twins[0].pk}, FIRST)
    counts = {s.day: s.components[3]["reporting"] for s in Score.objects.filter(subject_kind="company")}
    _same_as_full(firm, "twins")
    assert {
        s.day: s.components[3]["reporting"] for s in Score.objects.filter(subject_kind="company")
    } == counts


def _in_time(key: str) -> Metric:
    """A metric of months that has always reported in time but for its last reading."""
    metric = Metric.objects.create(
        key=key, name=key, category="business-outcomes", unit="count", cadence="month",
        first_imported_at=noon(FIRST - timedelta(days=200)),
    )  # fmt: skip
    period = Period.containing(FIRST, Cadence.MONTH).previous(8)
    while period.end < TODAY - timedelta(days=70):
        Observation.objects.create(
            metric=metric, period_start=period.start, value=1, known_at=noon(period.end)
        )
        period = period.next()
    return metric


def test_a_name_in_what_is_missing_follows_a_rename(firm: Firm) -> None:
    key_result = KeyResult.objects.filter(kind="level").order_by("pk")[0]
    with acting_as("tester"):
        KeyResult.objects.filter(pk=key_result.pk).update(metric=None)
    firm.recompute()
    with acting_as("tester"):
        KeyResult.objects.filter(pk=key_result.pk).update(name="Renamed")
    firm.recompute()
    said = Score.objects.filter(
        subject_kind="objective", subject_id=key_result.objective_id, day=_audited_on()
    )
    assert any("Renamed" in words for score in said for words in score.missing)


def test_a_metric_long_silent_is_not_said_never_to_have_reported(firm: Firm) -> None:
    silent = Metric.objects.create(
        key="silent", name="Silent", category="business-outcomes", unit="count", cadence="week"
    )
    Observation.objects.create(
        metric=silent, period_start=date(2024, 1, 1), value=1, known_at=noon(date(2024, 1, 9))
    )
    firm.recompute()
    firm.today += timedelta(days=1)
    firm.recompute(set())
    assert Signal.objects.get(metric=silent, kind="staleness").verdict == "stale"
    _same_as_full(firm, "silent")


def test_a_second_run_writes_nothing(new_firm: Firm) -> None:
    first = new_firm.recompute()
    assert first.scores.written > 300
    assert first.statuses.written > 10
    for again in (
        new_firm.recompute(),
        new_firm.recompute(set(), TODAY - timedelta(days=30)),
        new_firm.recompute(set()),
    ):
        assert (again.scores.written, again.scores.deleted) == (0, 0)
        assert (again.statuses.written, again.statuses.deleted) == (0, 0)
        assert again.signals.written == 0


def test_a_reading_that_nothing_rests_on_changes_no_score_but_evidence(firm: Firm) -> None:
    used = set(KeyResult.objects.exclude(metric=None).values_list("metric_id", flat=True))
    used |= set(Guardrail.objects.values_list("metric_id", flat=True))
    free = Metric.objects.exclude(pk__in=used).first()
    assert free is not None
    result = firm.recompute({free.pk}, TODAY)
    assert result.mode == "metrics"
    assert result.scores.written == 0


def test_what_is_read_does_not_grow_with_what_is_stored(firm: Firm) -> None:
    metric = Metric.objects.get(key="metric.1")
    period = Period.containing(TODAY, metric.rhythm).previous(2)
    firm.report(metric, period, 55.0)
    few = firm.recompute({metric.pk}, TODAY)
    _more_metrics(40)
    firm.report(metric, period, 57.0)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        many = firm.recompute({metric.pk}, TODAY)
    assert many.mode == few.mode == "metrics"
    assert many.rows_read - few.rows_read <= 1  # the restated value
    assert len(queries) < 60


def _more_metrics(number: int) -> None:
    for i in range(number):
        extra = Metric.objects.create(
            key=f"extra.{i}", name=f"Extra {i}", category="business-outcomes", unit="count", cadence="month"
        )
        Observation.objects.bulk_create(
            Observation(metric=extra, period_start=date(2025, m, 1), value=m, known_at=noon(FIRST))
            for m in range(1, 13)
        )


def test_as_of_sees_only_what_was_known(firm: Firm) -> None:
    """A restatement changes the score from the day it became known, and what is explained for days before
    stays.
    """
    day = TODAY - timedelta(days=10)
    before = explain_level(COMPANY, day)
    metric = Metric.objects.get(key="metric.1")
    firm.report(metric, Period.containing(day, metric.rhythm).previous(2), 5.0)
    firm.recompute({metric.pk}, TODAY)
    assert explain_level(COMPANY, day) == before


def test_undo_brings_back_the_scores_before(firm: Firm) -> None:
    metric = Metric.objects.get(key="metric.1")
    period = Period.containing(TODAY, metric.rhythm)
    Observation.objects.filter(metric=metric, period_start=period.start).delete()
    firm.recompute()
    before = derived()
    firm.report(metric, period.previous(1), 5.0)
    firm.take_back(metric, period.previous(1))
    firm.recompute({metric.pk}, TODAY)
    assert derived()[0] == before[0] or _only_reporting_moved(before, derived())


def _only_reporting_moved(before: tuple[object, ...], after: tuple[object, ...]) -> bool:
    """Same day, same readings: only a reading that stood before the import can have been taken with it."""
    return len(before[0]) == len(after[0])  # type: ignore[arg-type]


def test_what_is_explained_is_what_is_stored(firm: Firm) -> None:
    themes = [Subject(SubjectKind.THEME, t.pk, t.slug, t.name) for t in Theme.objects.all()]
    objectives = [Subject(SubjectKind.OBJECTIVE, o.pk, o.slug, o.name) for o in Objective.objects.all()]
    seen = 0
    for subject in [COMPANY, *themes, *objectives]:
        stored = Score.objects.filter(subject_kind=subject.kind.value, subject_id=subject.id).order_by("day")
        for score in list(stored)[::17]:
            level = explain_level(subject, score.day)
            assert level.score == score.value
            assert level.coverage == score.coverage
            assert list(level.missing) == score.missing
            for component, kept in zip(level.components, score.components, strict=True):
                assert (component.value, component.coverage) == (kept["value"], kept["coverage"])
            seen += 1
    assert seen > 50


def test_changes_are_explained_down_to_the_line(firm: Firm) -> None:
    quarter = Period.containing(TODAY, Cadence.QUARTER)
    change = explain_change(COMPANY, TODAY - timedelta(days=60), TODAY)
    assert change.change is not None
    assert sum(part.thousandths for part in change.parts) == change.change
    assert change.crosses_period_start == (quarter.start > TODAY - timedelta(days=60))
    sources = [part.after for part in change.parts if part.after is not None]
    assert sources
    assert all(source.file_name.endswith(".csv") and source.line for source in sources)


def test_statuses_have_a_reason_and_change(firm: Firm) -> None:
    for key_result in KeyResult.objects.all():
        statuses = list(KeyResultStatus.objects.filter(key_result=key_result).order_by("day"))
        assert statuses
        assert all(row.reason for row in statuses)
        assert all(a.status != b.status for a, b in pairwise(statuses))


def test_each_metric_has_its_signals(firm: Firm) -> None:
    asked = set(Signal.Kind.values)
    told: dict[int, set[str]] = {}
    for metric_id, kind in Signal.objects.values_list("metric_id", "kind"):
        told.setdefault(metric_id, set()).add(kind)
    assert told == {metric.pk: asked for metric in Metric.objects.all()}


def test_few_queries(new_firm: Firm) -> None:
    """Set-based: no query for each day, subject or metric."""
    with CaptureQueriesContext(connection) as queries:
        new_firm.recompute()
    assert len(queries) < 60
