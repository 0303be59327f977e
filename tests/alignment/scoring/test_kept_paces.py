"""Chances are kept: only what is new is asked, and what is stored is what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from alignment.audit import acting_as
from alignment.models import KeyResult, KeyResultPace, KeyResultStatus
from alignment.periods import Cadence, Period
from alignment.scoring import storing_paces
from alignment.scoring.explain import explain_key_result_on
from alignment.scoring.explanation import Subject, SubjectKind
from alignment.scoring.paces import Chance, Question, answers
from alignment.scoring.stored_paces import pace_of, told_by_key_result, with_pace
from tests.alignment.scoring.conftest import TODAY, Firm, noon

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(scored_firm: Firm) -> Firm:
    """The firm after a full run; `new_firm` has had none."""
    return scored_firm


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many questions each run asked."""
    counts: list[int] = []

    def counting(questions: Sequence[Question]) -> dict[str, Chance]:
        counts.append(len(questions))
        return answers(questions)

    monkeypatch.setattr(storing_paces, "answers", counting)
    return counts


def _rows() -> list[dict[str, Any]]:
    return list(KeyResultPace.objects.order_by("key_result_id", "day").values())


def test_a_second_run_asks_nothing_and_a_new_reading_asks_for_its_own(
    new_firm: Firm, asked: list[int]
) -> None:
    new_firm.recompute()
    before = _rows()
    assert asked == [len(before)]
    assert any(row["probability"] is not None for row in before)
    assert new_firm.recompute().paces.unchanged == len(before)
    assert asked[1:] == [0]
    daily = KeyResult.objects.filter(metric__cadence=Cadence.DAY, due__gte=TODAY).earliest("pk")
    assert daily.metric is not None
    users = KeyResult.objects.filter(metric=daily.metric, start__lte=TODAY, due__gte=TODAY).count()
    with acting_as("tester"):
        since = new_firm.report(daily.metric, Period.containing(TODAY - timedelta(days=1), Cadence.DAY), 51.0)
    new_firm.recompute({daily.metric.pk}, since)
    assert asked[2:] == [users]
    assert [row for row in _rows() if row["day"] < since] == [row for row in before if row["day"] < since]


def test_a_new_version_of_the_rule_asks_everything_anew(
    new_firm: Firm, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    new_firm.recompute()
    count = len(_rows())
    monkeypatch.setattr("alignment.scoring.paces.RULE", 0)
    new_firm.recompute()
    assert asked[1:] == [count]
    assert len(_rows()) == count


def test_rows_lie_between_start_and_due_date_and_the_status_says_what_stands_there(firm: Firm) -> None:
    firm.recompute()
    lives = {k.pk: k for k in KeyResult.objects.all()}
    for row in KeyResultPace.objects.all():
        assert lives[row.key_result_id].start <= row.day <= lives[row.key_result_id].due
    told = told_by_key_result()
    for status in KeyResultStatus.objects.filter(reason__contains="pace unknown: "):
        doubt = [one.doubt for one in told[status.key_result_id] if one.day <= status.day][-1]
        assert f"pace unknown: {doubt}" in status.reason


def test_the_chance_of_a_past_day_is_what_was_known_then(firm: Firm) -> None:
    firm.recompute()
    rows = KeyResultPace.objects.filter(probability__isnull=False).order_by("day")
    row = rows[len(rows) // 2]
    later = (
        KeyResultPace.objects.filter(key_result=row.key_result_id, day__gt=row.day).order_by("day").first()
    )
    day = later.day - timedelta(days=1) if later else row.day
    for on in {row.day, day}:
        explained = explain_key_result_on(Subject(SubjectKind.KEY_RESULT, row.key_result_id), on)
        assert explained is not None
        pace = explained.level.pace
        assert pace is not None
        assert (pace.since, pace.probability, pace.sentence) == (row.day, row.probability, row.sentence)
        assert (pace.expected, pace.low, pace.high, pace.target) == (
            row.expected,
            row.low,
            row.high,
            row.target,
        )
        assert [[d.isoformat(), *numbers] for d, *numbers in pace.steps] == row.steps
        assert pace.steps[-1][1] == row.expected or explained.definition.is_band
    due = KeyResult.objects.get(pk=row.key_result_id).due
    after = explain_key_result_on(Subject(SubjectKind.KEY_RESULT, row.key_result_id), due + timedelta(days=1))
    assert after is not None
    assert after.level.pace is None


def test_status_rows_bring_their_chance_along_in_one_query(
    firm: Firm, django_assert_num_queries: Any
) -> None:
    firm.recompute()
    with django_assert_num_queries(1):
        rows = with_pace(
            KeyResultStatus.objects.order_by("key_result_id", "-day").distinct("key_result_id"), TODAY
        )
        found = {row.key_result_id: pace_of(row) for row in rows}
    latest = {row.key_result_id: row for row in KeyResultPace.objects.order_by("day")}
    assert {key: pace.sentence for key, pace in found.items() if pace} == {
        key: row.sentence for key, row in latest.items()
    }


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"probability": 1.2}, "is_share"),
        ({"sentence": ""}, "has_sentence"),
        ({"low": 3.0, "high": 2.0}, "has_its_range"),
        ({"target": None}, "has_its_range"),
        ({"day": date(2026, 1, 1)}, "once_a_day"),
    ],
)
def test_the_database_refuses_what_cannot_be(firm: Firm, wrong: dict[str, Any], constraint: str) -> None:
    key_result = KeyResult.objects.earliest("pk")
    right: dict[str, Any] = {
        "key_result": key_result, "probability": 0.5, "sentence": "x", "expected": 2.5, "low": 2.0, "high": 3.0,
        "target": 2.0, "fingerprint": "f", "computed_at": noon(TODAY),
    }  # fmt: skip
    KeyResultPace.objects.create(**right, day=date(2026, 1, 1))
    with pytest.raises(IntegrityError, match=f"key_result_pace_{constraint}"), transaction.atomic():
        KeyResultPace.objects.create(**{**right, "day": date(2026, 1, 2), **wrong})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgname = 'data_changed' "
            "AND tgrelid = 'alignment_keyresultpace'::regclass"
        )
        assert cursor.fetchone() == (1,)
