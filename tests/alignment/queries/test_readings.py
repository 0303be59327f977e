"""Readings in SQL are the readings of `alignment.scoring.history`: two ways, the same rows on every day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from alignment.importing.files import from_bytes
from alignment.importing.import_file import import_file
from alignment.importing.options import Options
from alignment.importing.undo import undo_batch
from alignment.models import Company, Metric
from alignment.queries.readings import all_readings, each_reading, newest_readings
from alignment.scoring.loading import House, load_histories, load_house, load_metrics
from tests.alignment.small_company import DAY, build

START = date(2026, 11, 9)


@pytest.fixture
def house(db: None) -> House:
    """A small company far east, whose readings were restated, undone and restated again."""
    build()
    Company.objects.update(time_zone="Pacific/Auckland")
    for day, value in ((16, "150"), (17, "151"), (18, "152")):
        at = datetime(2026, 11, day, 13, tzinfo=UTC)  # already the next day in Auckland
        content = f"metric,date,value\nsales.0,{START},{value}\nsales.1,2026-10-05,{value}\n".encode()
        done = import_file(
            file=from_bytes("fix.csv", content), options=Options(cadence="week"), by="ada", now=at
        )
        if day == 17:
            undo_batch(batch_id=done.result.batch_id or 0, by="ada", now=at + timedelta(hours=2))
    return load_house()


@pytest.mark.parametrize("back", range(12))
def test_the_database_and_the_rule_know_the_same(house: House, back: int) -> None:
    day = DAY - timedelta(days=back)
    metrics = load_metrics(house)
    histories, _ = load_histories(house, metrics)
    for metric in metrics:
        told = [(r.period_start, r.value, r.reconstructed) for r in histories[metric.id].readings(day)]
        found = all_readings(metric.id, metric.cadence.value, day, house)
        assert [(r.period_start, float(r.value), r.reconstructed) for r in found] == told
        newest = newest_readings([(metric.id, metric.cadence.value)], day, house, 3)[metric.id]
        assert newest == found[-3:]


def test_each_reading_comes_once_and_in_order(house: House) -> None:
    ids = list(Metric.objects.values_list("pk", flat=True))
    rows = list(each_reading(ids, DAY, house))
    assert len(rows) == 160
    assert rows == sorted(rows, key=lambda row: (row[0].encode(), row[1]))
    assert {(key, start): value for key, start, value in rows}["sales.0", START] == 152


def test_each_reading_goes_on_with_the_next_metrics(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = list(Metric.objects.values_list("pk", flat=True))
    whole = list(each_reading(ids, DAY, house))
    monkeypatch.setattr("alignment.queries.readings.METRICS_AT_ONCE", 3)
    assert list(each_reading(ids, DAY, house)) == whole
    assert list(each_reading([], DAY, house)) == []
