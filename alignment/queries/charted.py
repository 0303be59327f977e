"""A chart with everything that a page needs of it: the drawing, the figure for the script, the table behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alignment.charts.text import Markup
from alignment.charts.time_drawing import drawing
from alignment.charts.time_plot import Band, Fan, Figure, Line, Moment, TimePlot, figure
from alignment.palette import Ink
from alignment.queries.pace import figure_words, range_words, with_unit
from alignment.queries.standings import KeyResultStanding
from alignment.queries.words import day_words, measure, number_words
from alignment.scoring.attainment import expected_on
from alignment.scoring.inputs import KeyResultInput, Reading


@dataclass(frozen=True, slots=True)
class Table:
    """What a chart shows, as text; the first cell of a row heads it."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. `id` names its figure within the page."""

    id: str
    drawing: Markup
    figure: Figure
    table: Table


@dataclass(frozen=True, slots=True)
class ScorePoint:
    """The stored score of one day; `value` is None where too little was known."""

    day: date
    value: float | None
    coverage: float
    reconstructed: bool


def charted(identifier: str, plot: TimePlot, table: Table) -> Chart:
    """A plot in both forms, with its table."""
    return Chart(identifier, drawing(plot), figure(plot), table)


def score_chart(
    identifier: str, title: str, points: tuple[ScorePoint, ...], moments: tuple[Moment, ...]
) -> Chart:
    """A score by week: what was reconstructed is dashed and paler, gaps stay gaps, the last value is written out."""
    turning = next((i for i, point in enumerate(points) if not point.reconstructed), len(points))
    seen = tuple((point.day, point.value) for point in points[turning:])
    guessed = tuple((point.day, point.value) for point in points[: turning + 1])
    last = next((point.value for point in reversed(points) if point.value is not None), None)
    label = "" if last is None else f"{last:.0f}"
    lines = []
    if turning > 0:
        ending = label if turning >= len(points) else ""
        lines.append(Line("Reconstructed", guessed, Ink.RECONSTRUCTED, dashed=True, last_label=ending))
    if seen:
        lines.append(Line("Score", seen, last_label=label))
    plot = TimePlot(title, tuple(lines), moments=moments, floor=0, ceiling=100, least_spread=20, height=330)
    rows = tuple(
        (
            day_words(point.day),
            "too little known" if point.value is None else f"{point.value:.1f}",
            f"{point.coverage * 100:.0f} %",
            "reconstructed" if point.reconstructed else "as recorded",
        )
        for point in reversed(points)
    )
    return charted(identifier, plot, Table(title, ("Day", "Score", "Inputs known", "History"), rows))


LAST_OF_OLD = 8
"""Readings drawn of a metric that has long been silent."""


def key_result_chart(standing: KeyResultStanding, day: date) -> Chart | None:
    """Readings against the path from baseline to target, or against the band. None without a metric or readings.

    Where none came since eight weeks before the start, the last ones are drawn: what is said rests on them.
    """
    definition = standing.definition
    first = definition.start - timedelta(days=56)
    shown = [reading for reading in standing.readings if reading.period_end >= first]
    shown = shown or list(standing.readings[-LAST_OF_OLD:])
    if definition.metric is None or not shown:
        return None
    unit = definition.metric.unit
    bands: tuple[Band, ...] = ()
    readings = Line(
        definition.metric.name,
        tuple((reading.period_end, reading.value) for reading in shown),
        dots=len(shown) <= 40,
        last_label=number_words(shown[-1].value),
    )
    lines = [readings]
    if definition.kind == "cumulative" and not definition.is_band:
        lines = [_summed(definition, shown)]
    if definition.is_band:
        bands = (Band(*definition.bounds, label="meant to stay in here"),)
    elif definition.is_measurable:
        aim = f"target {number_words(definition.target)}"
        path = path_points(definition)
        lines.insert(0, Line("Path to the target", path, Ink.PATH, dashed=True, last_label=aim, quiet=True))
    fans, foretold, coming = _forecast(standing, lines, unit)
    lines += foretold
    plot = TimePlot(
        f"{definition.name}: readings in {unit or 'its unit'} up to {day_words(shown[-1].period_end)}",
        tuple(lines),
        unit=unit,
        bands=bands,
        fans=fans,
        moments=(Moment(day, "today"),) if definition.start <= day < definition.due else (),
        height=224,
        floor=0.0 if definition.kind == "cumulative" and min(r.value for r in shown) >= 0 else None,
        first=min(first, shown[0].period_end),
        last=max(definition.due, shown[-1].period_end),
    )
    rows = coming + tuple(
        (
            day_words(reading.period_end),
            measure(reading.value, unit),
            "not known" if reading.known_on is None else day_words(reading.known_on),
            "reconstructed" if reading.reconstructed else "as recorded",
        )
        for reading in reversed(shown)
    )
    caption = f"Readings of {definition.metric.name}{', and what is foretold' if coming else ''}"
    table = Table(caption, ("Period to", "Reading", "Known since", "History"), rows)
    return charted(f"figure-key-result-{definition.id}", plot, table)


def _forecast(
    standing: KeyResultStanding, lines: Sequence[Line], unit: str
) -> tuple[tuple[Fan, ...], list[Line], tuple[tuple[str, ...], ...]]:
    """From the last reading to the due date: the range as a fan, what is expected as a line, both as rows."""
    pace, drawn = standing.pace, lines[-1].last
    if pace is None or not pace.steps or drawn is None:
        return (), [], ()
    day, value = drawn
    fan = Fan(
        "Eight cases in ten", ((day, value, value), *((at, low, high) for at, _, low, high in pace.steps))
    )
    points = ((day, value), *((at, middle) for at, middle, _, _ in pace.steps))
    line = Line("Expected", points, dashed=True, thin=True)  # no words: they would run into the target's
    kind = "forecast of the sum" if standing.definition.kind == "cumulative" else "forecast"
    rows = tuple(
        (
            day_words(step[0]),
            f"{with_unit(figure_words(step), unit)}, {range_words(step)} in eight cases of ten",
            f"foretold on {day_words(pace.since)}",
            kind,
        )
        for step in reversed(pace.steps)
    )
    return (fan,), [line], rows


def _summed(definition: KeyResultInput, shown: Sequence[Reading]) -> Line:
    """What has been added up since the start, reading by reading, as the status counts it."""
    total, points = 0.0, [(definition.start, 0.0)]
    for reading in shown:
        if reading.period_start >= definition.start and reading.period_end <= definition.due:
            total += reading.value
            points.append((reading.period_end, total))
    label = number_words(total)
    return Line("Added up since the start", tuple(points), dots=len(points) <= 40, last_label=label)


def path_points(definition: KeyResultInput) -> tuple[tuple[date, float | None], ...]:
    """The path on the metric's scale: its corners from start to due."""
    base, target = definition.start_value, definition.target
    if base is None or target is None:
        return ()
    corners = [definition.start, *(at for at, _ in definition.targets), definition.due]
    days = sorted({corner for corner in corners if definition.start <= corner <= definition.due})
    return tuple((corner, base + (target - base) * expected_on(definition, corner)) for corner in days)
