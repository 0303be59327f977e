"""The files in which readings arrive: real files, on time as a rule, with gaps, late rows and corrections."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from alignment.periods import Period
from alignment.sample.deliveries import DeliveredFile, delivered_files
from alignment.sample.series import Company
from alignment.sample.world import World

OPENED = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
COMPANY = Company(World(9, OPENED), OPENED)
FILES = delivered_files(COMPANY, NOW)


def test_each_file_arrives_after_its_period_by_the_lag_and_never_later_than_now() -> None:
    assert len({file.name for file in FILES}) == len(FILES)
    for file in FILES:
        assert file.arrived_at.date() == file.period.end + timedelta(days=file.feed.lag_days)
        assert 6 <= file.arrived_at.hour <= 18
        assert file.arrived_at <= NOW
        assert all(row.period.end < file.arrived_at.date() for row in file.rows)
    assert [file.arrived_at for file in FILES] == sorted(file.arrived_at for file in FILES)


def test_a_rows_line_is_where_it_stands_in_the_file() -> None:
    for file in FILES[:: len(FILES) // 10]:
        assert file.sha256 == sha256(file.text.encode()).hexdigest()
        lines = list(csv.reader(io.StringIO(file.text)))
        assert lines[0] == ["metric", "period", "value"]
        for row in file.rows:
            metric, period, value = lines[row.line - 1]
            assert metric == row.metric
            assert Period.parse(period) == row.period
            assert value == str(row.value)


def test_most_readings_come_once_and_in_time_some_late_some_twice_some_never() -> None:
    told = Counter((row.metric, row.period) for file in FILES for row in file.rows)
    owed = [
        (reading.metric, reading.period)
        for plan in COMPANY.plans
        for reading in COMPANY.readings[plan.key]
        if reading.period.end + timedelta(days=100) < OPENED
    ]
    by_count = Counter(told[reading] for reading in owed)
    assert set(by_count) == {0, 1, 2}
    assert 0.002 < by_count[0] / len(owed) < 0.02
    assert 0.01 < by_count[2] / len(owed) < 0.05
    late = sum(1 for file in FILES for row in file.rows if row.period < file.period)
    assert 0.01 < late / len(owed) < 0.1


def test_the_last_word_on_a_reading_is_its_true_value() -> None:
    last = {(row.metric, row.period): row.value for file in FILES for row in file.rows}
    true = {(r.metric, r.period): r.value for readings in COMPANY.readings.values() for r in readings}
    settled = [place for place in last if place[1].end + timedelta(days=370) < OPENED]
    assert len(settled) > 4000
    assert all(last[place] == true[place] for place in settled)
    preliminary = [place for place in last if last[place] != true[place]]
    assert len(preliminary) < 0.02 * len(last)


def test_an_earlier_moment_sees_the_first_files_only() -> None:
    half = FILES[len(FILES) // 2].arrived_at
    earlier: list[DeliveredFile] = delivered_files(COMPANY, half)
    assert earlier == FILES[: len(earlier)]
    assert FILES[len(earlier)].arrived_at > half
