"""Two metrics drawn on one scale, and below how far the first has got ahead of the second."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from alignment.charts.time_plot import Line, Moment, Stretch, TimePlot
from alignment.palette import Ink
from alignment.periods import Cadence, Period
from alignment.queries.charted import Chart, Table, charted
from alignment.queries.words import day_words, measure, number_words, signed
from alignment.signals.columns import Columns
from alignment.signals.pairing import SideBySide

if TYPE_CHECKING:
    from alignment.signals.divergence import Divergence

_START_SHARE, _FEWEST_AT_START = 12, 3
"""What is 100: the mean of the first twelfth of the readings, three at least; of a stock, which wanders, the first."""
_SMOOTHED = {Cadence.DAY: 3, Cadence.WEEK: 4, Cadence.MONTH: 1, Cadence.QUARTER: 1, Cadence.FISCAL_YEAR: 0}
"""Periods on either side that are averaged for the eye."""
_LONG_ENOUGH_TO_SMOOTH, _FEW = 24, 60


@dataclass(frozen=True, slots=True)
class Told:
    """What is drawn: names, units and lag as they stand on the page, the readings, and what is said of them."""

    names: tuple[str, str]
    units: tuple[str, str]
    lag: int
    stock: bool
    pair: SideBySide
    found: Divergence

    @property
    def columns(self) -> Columns:
        """The periods, with the second's readings."""
        return self.pair.second

    @property
    def ends(self) -> list[date]:
        """The last day of each period."""
        return [self.columns.last_day(at) for at in range(len(self.columns.starts))]

    @property
    def logs(self) -> bool:
        """Whether ratios are compared: all readings are above zero."""
        return all(value is None or value > 0 for value in (*self.pair.first, *self.columns.values))

    @property
    def at_start(self) -> int:
        """How many readings make the start."""
        return 1 if self.stock else max(_FEWEST_AT_START, round(self.pair.both / _START_SHARE))


def against_charts(told: Told) -> tuple[Chart, Chart | None]:
    """Both series on one scale, and where something is told what the first gained; with the tables behind."""
    scaled = [_indexed(values, told) for values in (told.pair.first, told.columns.values)]
    moments, stretches = _beginning(told)
    lines = [
        line
        for name, row, ink in zip(told.names, scaled, (Ink.ACCENT, Ink.TEXT), strict=True)
        for line in _drawn(name, row, ink, told)
    ]
    title = f"{told.names[0]} and {told.names[1]} on one scale, from {_span(told)}"
    floor = 0.0 if all(value is None or value >= 0 for row in scaled for value in row) else None
    plot = TimePlot(title, tuple(lines), moments=moments, stretches=stretches, height=320, floor=floor)
    return charted("figure-against", plot, _table(told, scaled)), _gap_chart(told, moments, stretches)


def _drawn(name: str, row: Sequence[float | None], ink: Ink, told: Told) -> list[Line]:
    """The readings, where there are many thin beneath their means."""
    points = tuple(zip(told.ends, row, strict=True))
    if not is_smoothed(told):
        return [Line(name, points, ink, dots=len(row) <= _FEW)]
    mean = tuple(zip(told.ends, _means(row, told.columns.cadence), strict=True))
    return [Line(name, points, ink, thin=True), Line(f"{name}, mean of neighbours", mean, ink)]


def is_smoothed(told: Told) -> bool:
    """Whether means of neighbouring periods are drawn as well: where so many readings hide where they go."""
    return len(told.columns.starts) > _FEW and not told.stock and _SMOOTHED[told.columns.cadence] > 0


def _gap_chart(told: Told, moments: tuple[Moment, ...], stretches: tuple[Stretch, ...]) -> Chart | None:
    gained = gains(told)
    if not any(value is not None for value in gained):
        return None
    mean = smoothed(gained, told)
    dots = tuple(zip(told.ends, gained, strict=True))
    lines = [Line("Nothing gained", ((told.ends[0], 0.0), (told.ends[-1], 0.0)), Ink.PATH, thin=True)]
    if mean is None:
        lines.append(Line("Gained", dots, dots=True, last_label=_percent(_newest(gained))))
    else:
        lines.append(Line("Gained, period by period", dots, Ink.RECONSTRUCTED, joined=False))
        points = tuple(zip(told.ends, mean, strict=True))
        lines.append(Line("Mean of neighbouring periods", points, last_label=_percent(_newest(mean))))
    title = f"What {told.names[0]} gained on {told.names[1]}, in per cent, from {_span(told)}"
    plot = TimePlot(title, tuple(lines), unit="%", moments=moments, stretches=stretches, height=240)
    cells = (gained, *([mean] if mean is not None else []))
    rows = tuple(
        (day_words(end), *("no reading" if row[at] is None else _percent(row[at]) for row in cells))
        for at, end in reversed(list(enumerate(told.ends)))
    )
    headings = ("Period to", "Gained", *(["Mean of neighbours"] if mean is not None else []))
    return charted("figure-gained", plot, Table(title, headings, rows))


def gains(told: Told) -> list[float | None]:
    """What the first has gained on the second since the start of the window, in per cent, by period; what the test
    judged, so readings that it left out are None."""
    path = [_level(value, told.logs) for value in told.found.path]
    base = _mean([value for value in path if value is not None][: told.at_start])
    return [None if value is None else _gain(value - base, told.logs) for value in path]


def smoothed(gained: Sequence[float | None], told: Told) -> list[float | None] | None:
    """Means of neighbouring periods; None where there are too few for that to help, and of
    stocks, which are smooth."""
    if told.stock or not _SMOOTHED[told.columns.cadence] or len(gained) < _LONG_ENOUGH_TO_SMOOTH:
        return None
    levels = [_level(value, told.logs) for value in gained]
    return [None if mean is None else _gain(mean, told.logs) for mean in _means(levels, told.columns.cadence)]


def _means(row: Sequence[float | None], cadence: Cadence) -> list[float | None]:
    """Each with its neighbours on either side; a gap stays one where nearly all around it are missing."""
    reach, means = _SMOOTHED[cadence], list[float | None]()
    for at, value in enumerate(row):
        near = [one for one in row[max(at - reach, 0) : at + reach + 1] if one is not None]
        means.append(None if value is None and len(near) <= reach else _mean(near))
    return means


def _level(gain: float | None, logs: bool) -> float | None:
    """A gain in per cent as what can be added up: of ratios the logarithm."""
    if gain is None:
        return None
    return math.log1p(gain / 100) if logs else gain / 100


def _gain(level: float, logs: bool) -> float:
    return 100 * (math.expm1(min(level, 700.0)) if logs else level)


def _indexed(values: Sequence[float | None], told: Told) -> list[float | None]:
    """With the start as 100; where values are not all above zero, the usual size as 100."""
    known = [value for value in values if value is not None]
    size = _mean(known[: told.at_start]) if told.logs else _mean([abs(value) for value in known])
    return [None if value is None else 100 * value / (size or 1.0) for value in values]


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0


def _beginning(told: Told) -> tuple[tuple[Moment, ...], tuple[Stretch, ...]]:
    """When it began and between when and when, unless it may have been there from the start."""
    began = told.found.began
    if began is None or began.always:
        return (), ()
    day = told.columns.last_day
    stretch = Stretch(day(began.earliest), day(began.latest))
    return (Moment(day(began.at), "began about here"),), (stretch,)


def _span(told: Told) -> str:
    return f"{day_words(told.ends[0])} to {day_words(told.ends[-1])}"


def _newest(row: Sequence[float | None]) -> float | None:
    return next((value for value in reversed(row) if value is not None), None)


def _percent(value: float | None) -> str:
    return "" if value is None else f"{signed(value, 0)} %"


def _table(told: Told, scaled: Sequence[Sequence[float | None]]) -> Table:
    """Newest first; the moved readings with the last day of the period that they are of."""
    cadence = told.columns.cadence

    def said(value: float | None, unit: str) -> str:
        return "no reading" if value is None else measure(value, unit)

    rows = []
    for at, start in reversed(list(enumerate(told.columns.starts))):
        came = Period(start, cadence).previous(told.lag).end
        first = said(told.pair.first[at], told.units[0])
        rows.append((
            day_words(told.columns.last_day(at)),
            f"{first} ({day_words(came)})" if told.lag and told.pair.first[at] is not None else first,
            said(told.columns.values[at], told.units[1]),
            *("" if row[at] is None else number_words(row[at]) for row in scaled),
        ))  # fmt: skip
    of = "start" if told.logs else "usual size"
    headings = ("Period to", *told.names, *(f"{name}, {of} = 100" for name in told.names))
    return Table(f"Readings of {told.names[0]} and {told.names[1]}", headings, tuple(rows))
