"""A file that is imported a second time: left alone while its readings stand, brought back where an undo took them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from alignment.importing.digest import readings_digest
from alignment.importing.load import LoadResult
from alignment.importing.undo import undo_batch
from alignment.models import ImportBatch, Observation
from tests.alignment.importing.conftest import NOW, Import

FIRST = "date,visits\n2026-01-05,1\n2026-01-12,2\n2026-01-19,3\n"
REPEATED = FIRST + "2026-01-26,4\n"


class Days:
    """Each step a day later than the last."""

    def __init__(self, take: Import) -> None:
        self.take, self.now = take, NOW

    def tomorrow(self) -> datetime:
        self.now += timedelta(days=1)
        return self.now

    def load(self, content: str, **given: Any) -> LoadResult:
        return self.take(content, "visits.csv", now=self.tomorrow(), **given).result

    def undo(self, result: LoadResult) -> None:
        undo_batch(batch_id=result.batch_id or 0, by="ada", now=self.tomorrow())


@pytest.fixture
def days(take: Import) -> Days:
    return Days(take)


def values() -> list[Decimal]:
    return list(Observation.objects.in_order().values_list("value", flat=True))


def test_what_a_later_file_only_repeated_comes_back_with_that_file(days: Days) -> None:
    first = days.load(FIRST)
    second = days.load(REPEATED)
    assert (second.new, second.unchanged) == (1, 3)
    before = values()
    days.undo(first)
    assert values() == [4]
    again = days.load(REPEATED)
    assert not again.already
    assert (again.new, again.changed, again.unchanged) == (3, 0, 1)
    assert (again.again, again.kept) == (second.batch_id, 0)
    assert values() == before == [1, 2, 3, 4]
    batch = ImportBatch.objects.get(pk=again.batch_id)
    assert batch.again_id == second.batch_id
    assert list(ImportBatch.objects.order_by("pk").values_list("state", flat=True)) == [
        "undone", "loaded", "loaded"
    ]  # fmt: skip


def test_once_it_is_back_the_file_is_known_again(days: Days) -> None:
    first = days.load(FIRST)
    days.load(REPEATED)
    days.undo(first)
    back = days.load(REPEATED)
    digest, batches = readings_digest(), ImportBatch.objects.count()
    third = days.load(REPEATED)
    assert third.already
    assert third.batch_id == back.batch_id
    assert (readings_digest(), ImportBatch.objects.count()) == (digest, batches)


def test_an_undo_of_other_readings_leaves_the_file_known(days: Days) -> None:
    loaded = days.load(FIRST)
    other = days.take("date,orders\n2026-01-05,1\n2026-01-12,2\n2026-01-19,3\n", now=days.tomorrow()).result
    days.undo(other)
    batches = ImportBatch.objects.count()
    again = days.load(FIRST)
    assert again.already
    assert again.batch_id == loaded.batch_id
    assert ImportBatch.objects.count() == batches


def test_a_value_that_an_undo_put_back_is_replaced_again(days: Days) -> None:
    days.load(FIRST)
    restating = days.load(FIRST.replace(",3\n", ",33\n"))
    repeating = days.load(REPEATED.replace(",3\n", ",33\n"))
    assert (repeating.new, repeating.unchanged) == (1, 3)
    days.undo(restating)
    assert values() == [1, 2, 3, 4]
    again = days.load(REPEATED.replace(",3\n", ",33\n"))
    assert (again.new, again.changed, again.again) == (0, 1, repeating.batch_id)
    assert values() == [1, 2, 33, 4]
    days.undo(again)
    assert values() == [1, 2, 3, 4]


def test_what_a_later_file_restated_is_not_overruled(days: Days) -> None:
    first = days.load(FIRST)
    days.load(REPEATED)
    days.undo(first)
    days.load("date,visits\n2026-01-12,22\n2026-01-26,44\n")
    assert values() == [22, 44]
    again = days.load(REPEATED)
    assert (again.new, again.changed, again.unchanged, again.kept) == (2, 0, 2, 2)
    assert values() == [1, 22, 3, 44]


def test_it_can_be_brought_back_more_than_once(days: Days) -> None:
    first = days.load(FIRST)
    other = days.load("date,visits\n2026-02-02,5\n2026-02-09,6\n2026-02-16,7\n")
    both = REPEATED + "2026-02-02,5\n2026-02-09,6\n2026-02-16,7\n"
    days.load(both)
    days.undo(first)
    assert days.load(both).new == 3
    days.undo(other)
    last = days.load(both)
    assert last.new == 3
    assert values() == [1, 2, 3, 4, 5, 6, 7]
    days.undo(last)
    assert values() == [1, 2, 3, 4]
    assert days.load(both).new == 3
    assert values() == [1, 2, 3, 4, 5, 6, 7]


def test_undoing_what_came_back_leaves_the_digest_of_before(days: Days) -> None:
    first = days.load(FIRST)
    days.load(REPEATED)
    days.undo(first)
    digest = readings_digest()
    days.undo(days.load(REPEATED))
    assert readings_digest() == digest
