"""The readings of a metric as rows: value, when it became known, file, line and column, and what it was before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from alignment.exporting.readings import READING_COLUMNS
from alignment.exporting.sheet import Column, Sheet
from alignment.models import ImportBatch, Metric
from alignment.periods import Cadence, Period
from alignment.queries.metric_marks import Restatement
from alignment.queries.readings import KnownReading
from alignment.queries.words import NO_BREAK, day_words
from alignment.scoring.loading import House

A_PAGE = 25
_SOURCE_COLUMNS = (
    Column("metric"), Column("period from", "day"), Column("period to", "day"), Column("value", "number"),
    Column("state"), Column("known at", "moment"), Column("history"), Column("file"), Column("line", "number"),
    Column("column"), Column("imported by"), Column("replaced at", "moment"), Column("replaced by file"),
    Column("replaced by"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reading was imported from; `batch_id` is None where it was not."""

    file: str
    line: int | None
    column: str
    batch_id: int | None

    @property
    def words(self) -> str:
        """`weekly.csv, line 41, column value`."""
        parts = [self.file] if self.batch_id else ["not imported from a file"]
        parts += [f"line {self.line}"] if self.line is not None else []
        return ", ".join([*parts, *([f"column {self.column}"] if self.column else [])])


@dataclass(frozen=True, slots=True)
class Former:
    """What a reading was before, and who replaced it when with which file."""

    value: str
    words: str
    place: Place


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One period. `value` has all its digits, None where the reading was taken back and nothing came instead."""

    period: str
    value: str | None
    known: str
    place: Place | None
    former: tuple[Former, ...]


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """One page of readings, newest first; `count` counts all, `restated_count` those with a history."""

    rows: tuple[SourceRow, ...]
    count: int
    restated_count: int
    number: int
    pages: int
    _metric: Metric
    _known: Sequence[KnownReading]
    _restatements: Sequence[Restatement]
    _batches: Mapping[int, ImportBatch]

    @property
    def before(self) -> int:
        """The number of the page before."""
        return self.number - 1

    @property
    def after(self) -> int:
        """The number of the page after."""
        return self.number + 1

    def readings_sheet(self) -> Sheet:
        """Key, day and value of all readings: what imports back without a change."""
        rows = tuple((self._metric.key, r.period_start, r.value) for r in self._known)
        return Sheet("Readings", READING_COLUMNS, rows)

    def sources_sheet(self) -> Sheet:
        """Every reading and every one that was replaced, each with its file, line and column."""
        return _sources_sheet(self._metric, self._known, self._restatements, self._batches)


def sources_page(
    metric: Metric,
    known: Sequence[KnownReading],
    restatements: Sequence[Restatement],
    batches: Mapping[int, ImportBatch],
    house: House,
    number: int,
) -> SourcesPage:
    """The asked page, the last one where there are fewer, and both sheets."""
    former: dict[date, list[Restatement]] = {}
    for restatement in restatements:
        former.setdefault(restatement.period_start, []).append(restatement)
    by_start: dict[date, KnownReading | None] = dict.fromkeys(former)
    by_start |= {reading.period_start: reading for reading in known}
    starts = sorted(by_start, reverse=True)
    pages = max(-(-len(starts) // A_PAGE), 1)
    number = min(number, pages)
    shown = starts[(number - 1) * A_PAGE : number * A_PAGE]
    return SourcesPage(
        rows=tuple(_row(s, by_start[s], former.get(s, ()), batches, metric, house) for s in shown),
        count=len(starts),
        restated_count=len(former),
        number=number,
        pages=pages,
        _metric=metric,
        _known=known,
        _restatements=restatements,
        _batches=batches,
    )


def _row(
    start: date,
    reading: KnownReading | None,
    former: Sequence[Restatement],
    batches: Mapping[int, ImportBatch],
    metric: Metric,
    house: House,
) -> SourceRow:
    end = Period(start, Cadence(metric.cadence)).end
    period = stretch_words(start, end)
    known = "taken back"
    if reading is not None:
        known = _moment(reading.known_at, house) + (", reconstructed" if reading.reconstructed else "")
    return SourceRow(
        period,
        None if reading is None else exact_words(reading.value),
        known,
        None if reading is None else _place(reading.batch_id, reading.line, reading.column, batches),
        tuple(_former(restatement, house) for restatement in reversed(former)),
    )


def stretch_words(start: date, end: date) -> str:
    """`9 Nov 2026`, `9–15 Nov 2026`, `26 Oct – 1 Nov 2026`, `28 Dec 2026 – 3 Jan 2027`; parts never break."""
    if start == end:
        return day_words(start)
    if start.year != end.year:
        text = f"{day_words(start)} – {day_words(end)}"
    elif start.month != end.month:
        text = f"{start.day} {start:%b} – {day_words(end)}"
    else:
        text = f"{start.day}–{day_words(end)}"
    return text.replace(" ", NO_BREAK)


def exact_words(value: Decimal) -> str:
    """All digits of a reading, without zeros at the end of its decimals."""
    text = f"{value:,f}".replace(",", NO_BREAK).replace("-", "−")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _former(restatement: Restatement, house: House) -> Former:
    when = _moment(restatement.replaced_at, house)
    if restatement.reason == "undone":
        words = f"taken back on {when} by {restatement.by}"
    else:
        words = f"replaced on {when} by {restatement.by}"
        words += f" with {restatement.new_file}" if restatement.new_file else ""
    place = Place(restatement.file, restatement.line, restatement.column, restatement.batch_id)
    return Former(exact_words(restatement.value), words, place)


def _place(batch_id: int | None, line: int | None, column: str, batches: Mapping[int, ImportBatch]) -> Place:
    batch = batches.get(batch_id) if batch_id is not None else None
    return Place(batch.file_name if batch else "", line, column, batch_id if batch else None)


def _moment(moment: datetime, house: House) -> str:
    local = moment.astimezone(house.zone)
    return f"{day_words(local.date())}, {local:%H:%M}"


def _sources_sheet(
    metric: Metric,
    known: Sequence[KnownReading],
    restatements: Sequence[Restatement],
    batches: Mapping[int, ImportBatch],
) -> Sheet:
    """Every reading, and every one that it replaced, by period and when it became known."""
    rows: list[tuple[date, datetime, tuple[object | None, ...]]] = []
    cadence = Cadence(metric.cadence)
    for reading in known:
        batch = batches.get(reading.batch_id) if reading.batch_id is not None else None
        rows.append((reading.period_start, reading.known_at, (
            metric.key, reading.period_start, Period(reading.period_start, cadence).end, reading.value, "counts",
            reading.known_at, _history(reading.reconstructed), batch.file_name if batch else None, reading.line,
            reading.column, batch.by_name if batch else None, None, None, None,
        )))  # fmt: skip
    for r in restatements:
        batch = batches.get(r.batch_id) if r.batch_id is not None else None
        rows.append((r.period_start, r.known_at, (
            metric.key, r.period_start, Period(r.period_start, cadence).end, r.value, r.reason, r.known_at, None,
            r.file or None, r.line, r.column, batch.by_name if batch else None, r.replaced_at, r.new_file or None, r.by,
        )))  # fmt: skip
    rows.sort(key=lambda row: row[:2])
    return Sheet("Readings with sources", _SOURCE_COLUMNS, tuple(row for _, _, row in rows))


def _history(reconstructed: bool) -> str:
    return "reconstructed" if reconstructed else "as recorded"
