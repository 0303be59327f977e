"""The catalogue of metrics as a file: a row for each metric that the filters leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alignment.exporting.sheet import Column, Sheet
from alignment.periods import Cadence, Period
from alignment.queries.catalogue_asked import CADENCES, Listed
from alignment.queries.readings import KnownReading

_COLUMNS = (
    Column("metric"), Column("name"), Column("category"), Column("unit"), Column("direction"), Column("cadence"),
    Column("latest", "number"), Column("period from", "day"), Column("period to", "day"), Column("freshness"),
    Column("stale since", "day"), Column("role"), Column("owner"), Column("measures"), Column("source"),
    Column("kind"), Column("change that would not matter", "number"), Column("shows"), Column("in words"),
    Column("judged to", "day"), Column("shown since", "day"), Column("season"),
)  # fmt: skip


def catalogue_sheet(found: Sequence[Listed], latest: Mapping[int, KnownReading | None]) -> Sheet:
    """All these metrics with their latest readings, by id."""
    return Sheet("Metrics", _COLUMNS, tuple(_row(one, latest[one.metric.pk]) for one in found))


def _row(one: Listed, latest: KnownReading | None) -> tuple[object | None, ...]:
    metric, fresh, said = one.metric, one.freshness, one.said
    start = latest.period_start if latest else None
    return (
        metric.key, metric.name, metric.get_category_display(), metric.unit, metric.get_direction_display(),
        CADENCES[metric.cadence], latest.value if latest else None, start,
        Period(start, Cadence(metric.cadence)).end if start else None,
        fresh.word, fresh.since, metric.get_role_display() if metric.role else "",
        metric.owner.name if metric.owner else "", str(metric.scope) if metric.scope else "the company", metric.source,
        metric.kind or "not declared", metric.margin, said.verdict if said else "not judged",
        said.sentence if said else "", said.as_of if said else None, said.since if said and said.claim else None,
        metric.season or "not declared",
    )  # fmt: skip
