"""What the sample company's story does to its scores: it falls while its healthy twin stays where it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from alignment.models import KeyResultStatus, Score
from alignment.sample.loading import BY, load
from alignment.scoring.recompute import recompute
from tests.counts import count

pytestmark = pytest.mark.django_db
OPENED = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)


def scored(seed: int, *, healthy: bool) -> tuple[dict[date, float | None], float, set[str]]:
    """Scores of the company by day, coverage on the last, and the statuses that key results have on it."""
    with transaction.atomic():
        load(by=BY, seed=seed, healthy=healthy, opened_on=OPENED, now=NOW)
        recompute(touched_metrics=None, since=None, until=OPENED, by=BY, now=NOW)
        scores = Score.objects.filter(subject_kind="company")
        by_day = dict(scores.values_list("day", "value"))
        last = {row.key_result_id: row.status for row in KeyResultStatus.objects.order_by("day")}
        coverage = scores.get(day=OPENED).coverage
        transaction.set_rollback(True)
    return by_day, coverage, set(last.values())


@pytest.mark.parametrize("seed", [7, *range(count(small=0, long=20))])
def test_the_story_pulls_the_score_down_and_its_absence_leaves_it(seed: int) -> None:
    falling, coverage, statuses = scored(seed, healthy=False)
    steady, _, _ = scored(seed, healthy=True)
    early = OPENED - timedelta(weeks=12)
    then, now = falling[early], falling[OPENED]
    well_then, well = steady[early], steady[OPENED]
    assert then is not None
    assert now is not None
    assert well_then is not None
    assert well is not None
    assert 48 < now < 68
    assert now < then - 5
    assert 80 < well < 94
    assert abs(well - well_then) < 8
    assert coverage > 0.9
    assert statuses >= {"on-track", "at-risk", "off-track", "stale", "not-measurable"}
