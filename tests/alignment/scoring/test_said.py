"""What was said of metrics day by day: kept where a word changed, never written again, and what of it is new."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from alignment.data_version import data_version
from alignment.models import Metric, MetricVerdict, Observation, Signal
from alignment.queries.said import Said, discovery_of, said_on
from alignment.queries.signals import signals_of
from alignment.scoring import storing_news
from alignment.scoring.signal_rows import RULE
from tests.alignment.scoring.conftest import TODAY, Firm, noon
from tests.alignment.scoring.test_stored_signals import FIRST, _metric, _noise, _rising

LATER = TODAY + timedelta(days=9)


def said(metric: Metric, day: date, *, is_today: bool = False) -> Said | None:
    return said_on([metric.pk], day, is_today=is_today).get(metric.pk)


def put_back(metric: Metric, rows: list[Observation]) -> None:
    Observation.objects.filter(metric=metric).delete()
    Observation.objects.bulk_create(rows)


def falling(metric: Metric) -> list[Observation]:
    """Readings that say the opposite of `_rising`."""
    return [
        Observation(
            metric=metric, period_start=FIRST + timedelta(weeks=at), value=Decimal(str(-value)), known_at=noon(TODAY)
        )
        for at, value in enumerate(_rising())
        if value is not None
    ]  # fmt: skip


def test_a_past_day_reads_what_was_said_then(firm: Firm) -> None:
    rising = _metric("rising", _rising())
    firm.recompute()
    first = said(rising, TODAY)
    assert first is not None
    assert (first.verdict, first.claim, first.since, first.before) == ("improving", "improving", None, "")
    assert not first.is_new(TODAY)
    assert said(rising, TODAY - timedelta(days=1)) is None  # never judged then
    put_back(rising, falling(rising))
    firm.today = LATER
    firm.recompute()
    turned = said(rising, LATER)
    assert turned is not None
    assert (turned.verdict, turned.claim, turned.since, turned.before) == (
        "worsening", "worsening", LATER, "improving",
    )  # fmt: skip
    assert said(rising, LATER - timedelta(days=1)) == first
    assert said(rising, LATER + timedelta(days=400)) == turned
    assert signals_of([rising.pk])[rising.pk].shown_since == LATER


def test_rows_stand_only_where_a_word_changed(firm: Firm) -> None:
    rising = _metric("rising", _rising())
    firm.recompute()
    rows = list(MetricVerdict.objects.order_by("pk").values())
    assert len(rows) == Metric.objects.count()
    for _ in range(2):
        firm.today += timedelta(days=7)
        Observation.objects.create(
            metric=rising, period_start=FIRST + timedelta(weeks=60 + firm.today.toordinal() % 2), value=Decimal(33),
            known_at=noon(firm.today),
        )  # fmt: skip
        firm.recompute({rising.pk}, firm.today)
    assert list(MetricVerdict.objects.filter(metric=rising).values()) == [
        row for row in rows if row["metric_id"] == rising.pk
    ]
    latest, then = said(rising, firm.today, is_today=True), said(rising, firm.today)
    assert latest is not None
    assert then is not None
    assert "last 62 readings" in latest.sentence  # of today the latest words, with their period
    assert "last 60 readings" in then.sentence
    assert latest.as_of == Signal.objects.get(metric=rising, kind="headline").as_of
    assert then.as_of is not None
    assert latest.as_of is not None
    assert latest.as_of > then.as_of


def test_a_run_over_unchanged_data_writes_nothing(firm: Firm) -> None:
    _metric("rising", _rising())
    firm.recompute()
    before, rows = data_version(), list(MetricVerdict.objects.order_by("pk").values())
    firm.recompute()
    assert data_version() == before
    assert list(MetricVerdict.objects.order_by("pk").values()) == rows


def test_what_came_and_went_within_a_day_leaves_no_news(firm: Firm) -> None:
    rising = _metric("rising", _rising())
    kept = list(Observation.objects.filter(metric=rising))
    firm.recompute()
    firm.today = LATER
    put_back(rising, falling(rising))
    firm.recompute()
    put_back(rising, kept)
    firm.recompute()
    back = said(rising, LATER)
    assert back is not None
    assert (back.verdict, back.claim, back.since, back.before) == ("improving", "improving", None, "")
    assert signals_of([rising.pk])[rising.pk].shown_since is None


def test_news_are_what_stands_out_and_since_when(firm: Firm) -> None:
    for number in range(4):
        _metric(f"still.{number}", [20 + _noise(at + 5 * number) for at in range(60)])
    rising = _metric("rising", _rising())
    later = _metric("later", [20 + _noise(at) for at in range(60)])
    firm.recompute()
    put_back(later, falling(later))
    firm.today = LATER
    firm.recompute({later.pk}, LATER)
    found = said_on(None, LATER, is_today=True)
    assert found[later.pk].is_new(LATER)
    assert not found[rising.pk].is_new(LATER)
    assert found[later.pk].is_new(LATER + timedelta(days=28))
    assert not found[later.pk].is_new(LATER + timedelta(days=29))
    assert not found[later.pk].is_new(LATER - timedelta(days=1))
    ours = [found[m.pk] for m in Metric.objects.filter(category="team-effectiveness")]
    assert discovery_of(ours, LATER).startswith(
        "Of 6 metrics, 2 move more than luck would explain, 1 of them new;"
    )
    firm.today += timedelta(days=2)
    firm.recompute()
    again = said(later, firm.today)
    assert again is not None
    assert again.since == LATER  # told again, not new again


def test_a_metric_that_is_judged_for_the_first_time_is_not_news(firm: Firm) -> None:
    firm.recompute()
    firm.today = LATER
    late = _metric("late", _rising())
    firm.recompute()
    found = said(late, LATER)
    assert found is not None
    assert (found.claim, found.since) == ("improving", None)


def test_what_the_rules_alone_changed_is_no_news(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    rising, steady = _metric("rising", _rising()), _metric("steady", _rising())
    firm.recompute()
    put_back(rising, falling(rising))
    monkeypatch.setattr(storing_news, "RULE", 99)
    firm.today = LATER
    firm.recompute()
    turned, same = said(rising, LATER), said(steady, LATER)
    assert turned is not None
    assert same is not None
    assert (turned.claim, turned.since, turned.before) == ("worsening", None, "")
    assert (same.claim, same.since) == ("improving", None)
    rows = MetricVerdict.objects.filter(metric=steady).order_by("day")
    assert [(row.day, row.rule) for row in rows] == [(TODAY, RULE), (LATER, 99)]


def test_what_no_longer_stands_out_is_withdrawn_and_said(firm: Firm) -> None:
    rising = _metric("rising", _rising())
    firm.recompute()
    Observation.objects.filter(metric=rising, period_start__gte=FIRST + timedelta(weeks=6)).delete()
    firm.today = LATER
    firm.recompute({rising.pk}, LATER)
    stored = signals_of([rising.pk])[rising.pk]
    assert (stored.trend, stored.shown, stored.shown_since) == ("cannot tell", False, None)
    found = said(rising, LATER)
    assert found is not None
    assert (found.claim, found.since, found.before) == ("", LATER, "improving")
    assert found.has_stopped(LATER)
    assert not found.has_stopped(LATER + timedelta(days=29))


@pytest.mark.parametrize("wrong", [{"since": LATER}, {"before": "improving"}, {"day": TODAY}])
def test_rows_that_make_no_sense_are_refused(firm: Firm, wrong: dict[str, object]) -> None:
    metric = _metric("rising", [])
    right = {"metric": metric, "verdict": "flat", "trend": "flat", "rule": 1, "computed_at": noon(TODAY)}
    MetricVerdict.objects.create(**right, day=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        MetricVerdict.objects.create(**{**right, "day": TODAY + timedelta(days=1), **wrong})


def test_the_migration_keeps_what_the_last_run_said(firm: Firm) -> None:
    _metric("rising", _rising())
    firm.recompute()
    names = (
        "metric_id",
        "day",
        "verdict",
        "sentence",
        "tone",
        "as_of",
        "trend",
        "claim",
        "since",
        "before",
    )
    said_by_the_run = list(MetricVerdict.objects.order_by("metric_id").values_list(*names))
    MetricVerdict.objects.all().delete()
    seed = import_module("alignment.migrations.0013_what_was_said").SEED
    with connection.cursor() as cursor:
        cursor.execute(seed)
    assert list(MetricVerdict.objects.order_by("metric_id").values_list(*names)) == said_by_the_run != []
