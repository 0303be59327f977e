"""Readings as they were known at the end of a day: the newest of many metrics, or all of some. Exact values.

On day D those count that were known by its end and not replaced by then; of several for one period, the one
learnt last; and only periods that had ended. The same rule as `alignment.scoring.history`, in the database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from alignment.models import Metric
from alignment.periods import Cadence, Period
from alignment.scoring.inputs import Reading
from alignment.scoring.loading import House

METRICS_AT_ONCE = 10
"""Metrics whose readings are held at a time while all of them are exported."""


@dataclass(frozen=True, slots=True)
class KnownReading:
    """One reading of one period. `known_at` is reconstructed where `reconstructed` says so."""

    metric_id: int
    period_start: date
    value: Decimal
    known_at: datetime
    reconstructed: bool
    batch_id: int | None
    line: int | None
    column: str


def as_reading(row: KnownReading, cadence: Cadence, house: House) -> Reading:
    """A reading as the rules take it, known since the day on which the company learnt it."""
    known_on = house.day_of(row.known_at)
    end = Period(row.period_start, cadence).end
    return Reading(row.period_start, end, float(row.value), known_on, known_on, row.reconstructed)


def end_of(day: date, house: House) -> datetime:
    """The first moment after the day where the company is."""
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=house.zone)


def last_ended(day: date, house: House) -> dict[str, date]:
    """For each cadence the first day of the last period that had ended by the end of `day`."""
    return {
        cadence.value: Period.containing(day + timedelta(days=1), cadence, house.calendar).previous().start
        for cadence in Cadence
    }


def newest_readings(
    cadences: Iterable[tuple[int, str]], day: date, house: House, count: int
) -> dict[int, tuple[KnownReading, ...]]:
    """The last `count` readings of each metric, given as (id, cadence), oldest first. One query."""
    bounds = last_ended(day, house)
    asked = [(metric_id, bounds[cadence]) for metric_id, cadence in cadences]
    found: dict[int, list[KnownReading]] = {metric_id: [] for metric_id, _ in asked}
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(
                _NEWEST,
                {
                    "ids": [metric_id for metric_id, _ in asked],
                    "bounds": [bound for _, bound in asked],
                    "until": end_of(day, house),
                    "count": count,
                    "revised": count * 4,
                },
            )
            for row in cursor.fetchall():
                found[row[0]].append(KnownReading(*row))
    return {metric_id: tuple(reversed(readings)) for metric_id, readings in found.items()}


def all_readings(metric_id: int, cadence: str, day: date, house: House) -> tuple[KnownReading, ...]:
    """Every reading of one metric, oldest first. One query."""
    return newest_readings([(metric_id, cadence)], day, house, 2_000_000)[metric_id]


def each_reading(ids: Collection[int], day: date, house: House) -> Iterator[tuple[str, date, Decimal]]:
    """(key, first day of the period, value) of all readings known at the end of the day, also of periods that
    still run, by key and period. One query for every ten metrics, so that the time grows with what is read."""
    keys = dict(sorted(Metric.objects.filter(pk__in=ids).values_list("pk", "key"), key=lambda pair: pair[1]))
    ordered = list(keys)
    until = end_of(day, house)
    for start in range(0, len(ordered), METRICS_AT_ONCE):
        with connection.cursor() as cursor:
            cursor.execute(_EACH, {"ids": ordered[start : start + METRICS_AT_ONCE], "until": until})
            rows: list[Any] = cursor.fetchall()
        yield from ((keys[metric_id], period_start, value) for metric_id, period_start, value in rows)


_COLUMNS = "metric_id, period_start, value, known_at, reconstructed, batch_id, source_line, source_column"
_NEWEST = f"""
    SELECT found.*
    FROM unnest(%(ids)s::bigint[], %(bounds)s::date[]) AS asked(id, bound)
    CROSS JOIN LATERAL (
        SELECT DISTINCT ON (period_start) * FROM (
            (SELECT {_COLUMNS} FROM alignment_observation
             WHERE metric_id = asked.id AND period_start <= asked.bound AND known_at < %(until)s
             ORDER BY period_start DESC LIMIT %(count)s)
            UNION ALL
            (SELECT {_COLUMNS} FROM alignment_observationrevision
             WHERE metric_id = asked.id AND period_start <= asked.bound AND known_at < %(until)s
               AND replaced_at >= %(until)s
             ORDER BY period_start DESC LIMIT %(revised)s)
        ) AS versions
        ORDER BY period_start DESC, known_at DESC LIMIT %(count)s
    ) AS found
    ORDER BY found.metric_id, found.period_start DESC
"""  # noqa: S608 own names
_EACH = """
    SELECT DISTINCT ON (array_position(%(ids)s::bigint[], metric_id), period_start) metric_id, period_start, value
    FROM (
        SELECT metric_id, period_start, value, known_at FROM alignment_observation
        WHERE metric_id = ANY(%(ids)s) AND known_at < %(until)s
        UNION ALL
        SELECT metric_id, period_start, value, known_at FROM alignment_observationrevision
        WHERE metric_id = ANY(%(ids)s) AND known_at < %(until)s AND replaced_at >= %(until)s
    ) AS versions
    ORDER BY array_position(%(ids)s::bigint[], metric_id), period_start, known_at DESC
"""
