"""Where the latest readings behind key results came from, as they were known on the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alignment.queries.known import Known
from alignment.queries.standings import KeyResultStanding
from alignment.queries.words import day_words, measure, short_day
from alignment.scoring.explanation import Source
from alignment.scoring.loading import load_house
from alignment.scoring.sources import Sources

SHOWN_READINGS = 6


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One reading with the place that it came from."""

    period: str
    reading: str
    known: str
    place: str


def sources_of(standings: Sequence[KeyResultStanding], known: Known) -> dict[int, tuple[SourceRow, ...]]:
    """By key result the latest readings that were known on the day, a later correction not among them. Two queries."""
    metrics = {s.definition.metric.id: s.definition.metric for s in standings if s.definition.metric}
    latest = {
        standing.definition.id: list(reversed(standing.readings[-SHOWN_READINGS:])) for standing in standings
    }
    owner = {s.definition.id: s.definition.metric.id for s in standings if s.definition.metric}
    found = Sources(load_house(), metrics).load_readings(
        (owner.get(number), reading) for number, readings in latest.items() for reading in readings
    )
    return {
        number: tuple(
            SourceRow(
                day_words(reading.period_start),
                measure(reading.value, metrics[owner[number]].unit),
                "reconstructed"
                if reading.reconstructed
                else f"known since {short_day(reading.known_on, known.day)}",
                place_of(found.of_reading(owner[number], reading)),
            )
            for reading in readings
        )
        for number, readings in latest.items()
        if number in owner
    }


def place_of(source: Source | None) -> str:
    """File, line and column of an imported reading, or that it was not imported."""
    if source is None or not source.file_name:
        return "not imported from a file"
    place = source.file_name
    if source.line is not None:
        place += f", line {source.line}"
    return f"{place}, column {source.column}" if source.column else place
