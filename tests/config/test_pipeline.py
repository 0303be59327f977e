"""What follows when readings arrive, are taken back, when goals change and when a day begins."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alignment import queueing
from alignment.models import Job, Metric, Score
from alignment.periods import Period
from alignment.tasks import begin_day
from config import pipeline
from tests.alignment.scoring.conftest import TODAY, Firm, firm

__all__ = ["firm"]  # the fixture


def test_the_kinds_have_functions() -> None:
    assert {pipeline.RECOMPUTE, pipeline.NIGHTLY} <= set(queueing.registered_kinds())


def _run(job: Job) -> None:
    assert queueing.run_now(job).state == Job.State.DONE


def test_a_day_begins(firm: Firm) -> None:
    """The first run makes all days; after that there is nothing to do until the next day."""
    begin_day()
    begin_day()
    _run(Job.objects.get(kind=pipeline.NIGHTLY))
    days = set(Score.objects.filter(subject_kind="company").values_list("day", flat=True))
    assert timezone.now().date() in days
    assert len(days) > 100


def test_a_batch_moves_scores_and_its_undo_moves_them_back(firm: Firm) -> None:
    metric = Metric.objects.get(key="metric.7")  # a guardrail's, imported before
    period = Period.containing(TODAY, metric.rhythm)
    period = period if period.end <= TODAY else period.previous()
    firm.take_back(metric, period)
    begin_day()
    _run(Job.objects.get(kind=pipeline.NIGHTLY))
    latest = Score.objects.filter(subject_kind="company").order_by("-day")
    before = latest[0]
    firm.report(metric, period, 5000.0)
    _run(pipeline.batch_loaded(batch_id=1, touched=[(metric.pk, TODAY)], by="tester"))
    assert latest[0].fingerprint != before.fingerprint
    firm.take_back(metric, period)
    _run(pipeline.batch_undone(batch_id=1, touched=[(metric.pk, TODAY)], by="tester"))
    assert (latest[0].fingerprint, latest[0].components) == (before.fingerprint, before.components)


def test_an_edit_is_one_job_however_often_it_is_told(firm: Firm) -> None:
    since = TODAY - timedelta(days=3)
    one = pipeline.object_edited(kind="theme", object_id=1, since=since, by="tester")
    two = pipeline.object_edited(kind="theme", object_id=1, since=since, by="tester")
    assert one.pk == two.pk
    _run(one)


@pytest.mark.parametrize(
    "pairs", [[], [(5, TODAY), (3, TODAY - timedelta(days=9)), (5, TODAY - timedelta(days=2))]]
)
def test_the_earliest_day_counts(db: None, pairs: list[tuple[int, object]]) -> None:
    job = pipeline.batch_loaded(batch_id=7, touched=pairs, by="tester")  # type: ignore[arg-type]
    assert job.payload["touched_metrics"] == ([3, 5] if pairs else [])
    assert job.payload["since"] == ((TODAY - timedelta(days=9)).isoformat() if pairs else None)
