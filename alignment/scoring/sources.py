"""Where readings came from: the batch, file, line and column behind each value that an explanation shows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

from alignment.periods import Period
from alignment.scoring.explanation import Source
from alignment.scoring.formulas import Item, Result
from alignment.scoring.inputs import MetricInput, Reading
from alignment.scoring.loading import House

Place = tuple[int, date]


class Sources:
    """The sources of the readings in some results, read in one query."""

    def __init__(self, house: House, metrics: dict[int, MetricInput]) -> None:
        self._house, self._metrics = house, metrics
        self._found: dict[tuple[int, date, date, float], Source] = {}

    def load(self, results: Iterable[Result]) -> Sources:
        """Read the sources of all items of these results."""
        items = [item for result in results for item in result.items]
        return self.load_readings((i.metric_id, i.reading) for i in items)

    def load_readings(self, wanted: Iterable[tuple[int | None, Reading | None]]) -> Sources:
        """Read the sources of these readings."""
        places = {(m, r.period_start) for m, r in wanted if m is not None and r is not None}
        if not places:
            return self
        ids, starts = (list(column) for column in zip(*sorted(places), strict=True))
        with connection.cursor() as cursor:
            cursor.execute(_SOURCES, {"ids": ids, "starts": starts, "zone": self._house.zone.key})
            for metric_id, start, known_on, value, known_at, reconstructed, *origin in cursor.fetchall():
                metric = self._metrics[metric_id]
                period = Period(start, metric.cadence)
                self._found[metric_id, start, known_on, float(value)] = Source(
                    metric_id, metric.key, metric.name, metric.unit, period.name(metric.calendar), start,
                    period.end, value, known_at, reconstructed, origin[0], origin[1] or "", origin[2], origin[3],
                )  # fmt: skip
        return self

    def of(self, item: Item) -> Source | None:
        """The source of an item's reading."""
        return self.of_reading(item.metric_id, item.reading)

    def of_reading(self, metric_id: int | None, reading: Reading | None) -> Source | None:
        """The source of one reading; None where it has none or was not loaded."""
        if metric_id is None or reading is None:
            return None
        return self._found.get((metric_id, reading.period_start, reading.known_on, reading.value))


_SOURCES = """
    WITH wanted AS (SELECT * FROM unnest(%(ids)s::bigint[], %(starts)s::date[]) w (metric_id, period_start)),
    versions AS (
        SELECT o.metric_id, o.period_start, o.known_at, o.value, o.reconstructed, o.batch_id, o.source_line,
               o.source_column
        FROM alignment_observation o JOIN wanted w USING (metric_id, period_start)
        UNION ALL
        SELECT o.metric_id, o.period_start, o.known_at, o.value, o.reconstructed, o.batch_id, o.source_line,
               o.source_column
        FROM alignment_observationrevision o JOIN wanted w USING (metric_id, period_start)
    )
    SELECT v.metric_id, v.period_start, (v.known_at AT TIME ZONE %(zone)s)::date, v.value, v.known_at,
           v.reconstructed, v.batch_id, b.file_name, v.source_line, v.source_column
    FROM versions v LEFT JOIN alignment_importbatch b ON b.id = v.batch_id
    ORDER BY v.metric_id, v.period_start, v.known_at
"""
