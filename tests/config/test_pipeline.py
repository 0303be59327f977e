"""What follows when readings arrive, are taken back, when goals change and when a day begins."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from alignment import queueing
from alignment.editing import object_edited
from alignment.importing.score_again import ask_for_scores
from alignment.models import Job, Metric, Score, Signal
from alignment.periods import Period
from alignment.tasks import begin_day
from config import pipeline
from tests.alignment.scoring.conftest import TODAY, Firm, derived, firm, forget, new_firm

__all__ = ["firm", "new_firm"]  # fixtures


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
    _run(_asked(metric))
    assert latest[0].fingerprint != before.fingerprint
    firm.take_back(metric, period)
    _run(_asked(metric))
    assert (latest[0].fingerprint, latest[0].components) == (before.fingerprint, before.components)


def _asked(metric: Metric) -> Job:
    """The job that an import and an undo store with their readings."""
    ask_for_scores(batch_id=1, touched=((metric.pk, TODAY),), by="tester")
    return Job.objects.get(kind=pipeline.RECOMPUTE, state=Job.State.QUEUED)


def test_an_edit_is_one_job_however_often_it_is_told(firm: Firm) -> None:
    since = TODAY - timedelta(days=3)
    one = object_edited(kind="theme", object_id=1, since=since, by="tester")
    two = object_edited(kind="theme", object_id=1, since=since, by="tester")
    assert one.pk == two.pk
    _run(one)


def test_a_metric_that_is_edited_has_all_its_signals_made_anew(firm: Firm) -> None:
    """A metric's own settings count for every day: scores, statuses and trend are those of a full run."""
    begin_day()
    _run(Job.objects.get(kind=pipeline.NIGHTLY))
    metric = Metric.objects.get(key="metric.1")
    Metric.objects.filter(pk=metric.pk).update(direction="range", reporting_lag_days=9)
    _run(object_edited(kind="metric", object_id=metric.pk, since=TODAY, by="tester"))
    trend = Signal.objects.get(metric=metric, kind="trend")
    assert "cannot tell" in trend.verdict
    after = derived()
    forget()
    firm.today = timezone.now().date()
    firm.recompute()
    assert derived() == after


def test_a_metric_told_twice_counts_from_its_earliest_day(db: None) -> None:
    earliest = TODAY - timedelta(days=9)
    ask_for_scores(batch_id=7, touched=((5, earliest), (3, TODAY), (5, TODAY)), by="tester")
    payload = Job.objects.get(kind=pipeline.RECOMPUTE).payload
    assert set(payload["touched_metrics"]) == {3, 5}
    assert payload["since"] == earliest.isoformat()
