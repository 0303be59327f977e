"""The chart of one metric: readings by period with gaps as gaps, limits, paths of key results, numbered marks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from alignment.charts.time_plot import Band, Line, Moment, Points, TimePlot
from alignment.models import Metric
from alignment.palette import Ink
from alignment.periods import Cadence, Period
from alignment.queries.charted import Chart, Table, charted, path_points
from alignment.queries.metric_marks import Mark, Restatement
from alignment.queries.metric_signals import BETWEEN_CHANGES, level_lines, level_on
from alignment.queries.metric_uses import bounds_words
from alignment.queries.standings import KeyResultStanding
from alignment.queries.words import counted, day_words, joined, measure, number_words
from alignment.scoring.inputs import KeyResultInput, Reading, period_end
from alignment.signals.limits import Limits, process_limits
from alignment.signals.verdict import Verdicts

MOST_POINTS = 400
"""Points of one line; longer series are drawn as means of several periods with their lowest and highest."""
MOST_PATHS = 4
MOST_TABLED = 400
_ROOM_FOR_LABELS = 0.25  # share of the spread by which two labels at the right edge must differ
_FAR = 2.0  # a limit further away than twice the spread of what is drawn would flatten it


@dataclass(frozen=True, slots=True)
class MetricChart:
    """The chart and what has to be said about it in words."""

    chart: Chart
    notes: tuple[str, ...]
    limits: Limits | None


@dataclass(frozen=True, slots=True)
class Slot:
    """One period of the range, or several taken together: the day at its end, mean, lowest, highest."""

    day: date
    value: float | None
    low: float | None
    high: float | None


def by_period(
    readings: Sequence[Reading], cadence: Cadence, count: int | None
) -> tuple[Reading | Period, ...]:
    """The last `count` periods (None: all) up to the newest reading; a period without a reading is its Period."""
    if not readings:
        return ()
    known = {reading.period_start: reading for reading in readings}
    last = Period(readings[-1].period_start, cadence)
    first = readings[0].period_start
    if count is not None:
        first = max(first, last.previous(count - 1).start)
    slots: list[Reading | Period] = []
    period = Period(first, cadence)
    while period.start <= last.start:
        slots.append(known.get(period.start, period))
        period = period.next()
    return tuple(slots)


def gathered(periods: Sequence[Reading | Period]) -> tuple[tuple[Slot, ...], int]:
    """At most MOST_POINTS slots, and how many periods each takes together."""
    together = max(math.ceil(len(periods) / MOST_POINTS), 1)
    slots = []
    for start in range(0, len(periods), together):
        group = periods[start : start + together]
        values = [reading.value for reading in group if isinstance(reading, Reading)]
        mean = math.fsum(values) / len(values) if values else None
        slots.append(Slot(_end(group[-1]), mean, min(values, default=None), max(values, default=None)))
    return tuple(slots), together


def _end(slot: Reading | Period) -> date:
    return slot.period_end if isinstance(slot, Reading) else slot.end


def metric_chart(
    metric: Metric,
    readings: Sequence[Reading],
    count: int | None,
    standings: Sequence[KeyResultStanding],
    restatements: Sequence[Restatement],
    marks: Sequence[Mark],
    found: Verdicts,
) -> MetricChart | None:
    """The chart of the last `count` periods, with the levels between changes. None without a reading."""
    periods = by_period(readings, Cadence(metric.cadence), count)
    if not periods:
        return None
    slots, together = gathered(periods)
    first, last = slots[0].day, slots[-1].day
    limits = (
        None
        if (metric.kind or found.guess.kind) == "stock"
        else process_limits([_value(slot) for slot in periods])
    )
    lines = _series(metric, slots, together)
    lines += _restated(metric, restatements, first, last) if together == 1 else []
    lines += level_lines(found, first, last)
    drawn = [value for line in lines for _, value in line.points if value is not None] + [readings[-1].value]
    paths, path_notes = _paths(standings, first, last, drawn)
    band, band_notes = _hard_limits(metric, drawn)
    plot = TimePlot(
        f"{metric.name}: readings in {metric.unit or 'its unit'} from {day_words(first)} to {day_words(last)}",
        (*_limit_lines(limits, first, last), *paths, *lines),
        unit=metric.unit,
        bands=band,
        moments=tuple(Moment(mark.day, str(mark.number)) for mark in marks),
        height=340,
        floor=0.0 if min(drawn, default=-1.0) >= 0 else None,
        first=first,
        last=last,
    )
    notes = _notes(metric, periods, together, limits, found) + path_notes + band_notes
    if any(line.name == BETWEEN_CHANGES for line in lines):
        notes.append(
            "Thin line in the text’s colour: the level, or slope, from one lasting change to the next."
        )
    if any(not line.joined for line in lines):
        notes.append(
            "Grey dots: what restated readings were before. Who replaced them stands with the readings below."
        )
    table = _table(metric, periods, found)
    return MetricChart(charted("figure-metric", plot, table), tuple(notes), limits)


def _value(slot: Reading | Period) -> float | None:
    return slot.value if isinstance(slot, Reading) else None


def _series(metric: Metric, slots: Sequence[Slot], together: int) -> list[Line]:
    last = next((slot for slot in reversed(slots) if slot.value is not None), None)
    name = metric.name if together == 1 else f"{metric.name}, mean of {together} periods"
    main = Line(
        name,
        tuple((slot.day, slot.value) for slot in slots),
        dots=len(slots) <= 60,
        last_label=number_words(last.value) if last and together == 1 else "",
    )
    if together == 1:
        return [main]
    lowest = Line("Lowest", tuple((s.day, s.low) for s in slots), Ink.RECONSTRUCTED, thin=True)
    highest = Line("Highest", tuple((s.day, s.high) for s in slots), Ink.RECONSTRUCTED, thin=True)
    return [lowest, highest, main]


def _restated(metric: Metric, restatements: Sequence[Restatement], first: date, last: date) -> list[Line]:
    """The former values of restated readings, as points of their own."""
    cadence = Cadence(metric.cadence)
    points = sorted(
        (end, float(r.value))
        for r in restatements
        if r.reason == "restated" and first <= (end := period_end(cadence, r.period_start)) <= last
    )
    return [Line("Before it was restated", tuple(points), Ink.NEUTRAL, joined=False)] if points else []


def _limit_lines(limits: Limits | None, first: date, last: date) -> list[Line]:
    if limits is None:
        return []
    sides = (("above", limits.low), ("below", limits.high))
    return [
        Line(
            f"Usually {side} {number_words(edge)}",
            ((first, edge), (last, edge)),
            Ink.RECONSTRUCTED,
            thin=True,
        )
        for side, edge in sides
    ]


def _paths(
    standings: Sequence[KeyResultStanding], first: date, last: date, drawn: Sequence[float]
) -> tuple[list[Line], list[str]]:
    """The way that each key result wants the metric to go, cut to what is shown, and what to say of it."""
    found: list[tuple[Line, str]] = []
    notes: list[str] = []
    for standing in standings:
        definition = standing.definition
        if definition.due < first or definition.start > last:
            continue
        if definition.kind == "cumulative" and not definition.is_band:
            notes.append(
                f"“{definition.name}” adds readings up since its start; its path is not one of single readings."
            )
        elif definition.is_band:
            days = (max(definition.start, first), min(definition.due, last))
            found += [
                (_path(definition, tuple((day, edge) for day in days)), f"bound {number_words(edge)}")
                for edge in definition.bounds
                if edge is not None
            ]
        elif definition.is_measurable:
            points = _cut(path_points(definition), first, last)
            found.append((_path(definition, points), f"towards {number_words(definition.target)}"))
    if found:
        said = dict.fromkeys(f"“{line.name}”" for line, _ in found[:MOST_PATHS])
        notes.append(f"Dashed: where the key results want it, {joined(list(said))}.")
    if len(found) > MOST_PATHS:
        notes.append(
            f"{len(found)} such lines run here; {MOST_PATHS} are drawn. All key results stand under “Who uses it”."
        )
    return [_labelled(line, label, drawn) for line, label in found[:MOST_PATHS]], notes


def _path(definition: KeyResultInput, points: Points) -> Line:
    return Line(definition.name, points, Ink.PATH, dashed=True, quiet=True)


def _labelled(line: Line, label: str, drawn: Sequence[float]) -> Line:
    """With its label, unless that would run into the latest reading's; the notes name the line anyway."""
    if line.last is None or not drawn:
        return line
    spread = max([*drawn, line.last[1]]) - min([*drawn, line.last[1]]) or 1.0
    return (
        line if abs(line.last[1] - drawn[-1]) < _ROOM_FOR_LABELS * spread else replace(line, last_label=label)
    )


def _cut(points: Points, first: date, last: date) -> Points:
    """The corners within the range, with the path's height at its edges."""
    inside = [(day, value) for day, value in points if first <= day <= last]
    for (day, value), (after, higher) in pairwise(points):
        if value is None or higher is None:
            continue
        inside += [
            (edge, value + (higher - value) * (edge - day).days / (after - day).days)
            for edge in (first, last)
            if day < edge < after
        ]
    return tuple(sorted(inside, key=lambda point: point[0]))


def _hard_limits(metric: Metric, drawn: Sequence[float]) -> tuple[tuple[Band, ...], list[str]]:
    low = None if metric.hard_minimum is None else float(metric.hard_minimum)
    high = None if metric.hard_maximum is None else float(metric.hard_maximum)
    if low is None and high is None:
        return (), []
    reach = _FAR * (max(drawn) - min(drawn) or abs(max(drawn)) or 1.0)
    far = [
        words
        for words, edge in (("minimum", low), ("maximum", high))
        if edge is not None and (edge < min(drawn) - reach or edge > max(drawn) + reach)
    ]
    note = f"Hard limits: {bounds_words(low, high, metric.unit)}. A reading outside changes a status at once."
    if far:
        return (), [f"{note} The {' and '.join(far)} lies beyond the picture."]
    return (Band(low, high, "within hard limits"),), [note]


def _notes(
    metric: Metric, periods: Sequence[Reading | Period], together: int, limits: Limits | None, found: Verdicts
) -> list[str]:
    notes = []
    gaps = sum(isinstance(slot, Period) for slot in periods)
    if gaps:
        notes.append(f"{counted(gaps, 'period')} without a reading: the line breaks there.")
    if together > 1:
        notes.append(
            f"{len(periods):,} periods: each point is the mean of {together} of them, the pale lines their lowest and "
            "highest. Choose a shorter range to see single readings."
        )
    if limits:
        widened = (
            f", widened because each reading resembles the last ({limits.phi:.2f})"
            if limits.phi >= 0.05
            else ""
        )
        notes.append(
            f"Thin pale lines: single readings usually fall between {number_words(limits.low)} and "
            f"{measure(limits.high, metric.unit)} (2.66 mean steps around {number_words(limits.middle)}{widened}). "
            "They illustrate; the trend test decides."
        )
    elif (metric.kind or found.guess.kind) == "stock":
        notes.append("A stock wanders, so no usual range is drawn.")
    return notes


def _table(metric: Metric, periods: Sequence[Reading | Period], found: Verdicts) -> Table:
    """Readings, newest first, and where levels are drawn the level that held."""
    levels = bool(found.changes and found.levels)
    rows = tuple(
        (
            day_words(_end(slot)),
            measure(slot.value, metric.unit) if isinstance(slot, Reading) else "no reading",
            *((_level_words(found, _end(slot), metric.unit),) if levels else ()),
            ("reconstructed" if slot.reconstructed else day_words(slot.known_on))
            if isinstance(slot, Reading)
            else "",
        )
        for slot in reversed(periods[-MOST_TABLED:])
    )
    said = f", the latest {MOST_TABLED}" if len(periods) > MOST_TABLED else ""
    headings = ("Period to", "Reading", *((BETWEEN_CHANGES,) if levels else ()), "Known since")
    return Table(f"Readings of {metric.name}{said}", headings, rows)


def _level_words(found: Verdicts, day: date, unit: str) -> str:
    level = level_on(found, day)
    return "" if level is None else measure(level, unit)
