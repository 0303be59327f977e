"""Does one metric outgrow another? Since when, by how much, and how often luck alone would show as much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from alignment.models import Metric
from alignment.periods import Cadence
from alignment.queries.charted import Chart
from alignment.queries.metric_against_chart import Told, against_charts
from alignment.queries.metric_against_words import (
    Side,
    cadence_problem,
    each_words,
    facts,
    figures,
    gap_notes,
    lag_words,
    lead_words,
    notes,
    short_lag,
)
from alignment.queries.metric_comparable import (
    A_QUARTER,
    MOST_LAG,
    Comparable,
    comparable,
    lag_query,
    names_apart,
)
from alignment.queries.metric_signals import series_of, verdicts_on
from alignment.queries.objectives import Choice
from alignment.queries.readings import KnownReading, as_reading, newest_readings
from alignment.queries.words import counted
from alignment.scoring.loading import House, load_house
from alignment.signals.columns import as_found, columns, season_of, seen_twice, unseen_words
from alignment.signals.pairing import SideBySide, side_by_side

if TYPE_CHECKING:
    from alignment.signals.divergence import Divergence

_KEPT = 64
"""Pairs kept in a process; what is said of one follows from its readings alone, so one that is kept is never old."""
_ALL = 2_000_000


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of two metrics that can be compared, drawn and put into figures; `gap` is what the first gained."""

    sentence: str
    facts: tuple[tuple[str, str], ...]
    figures: tuple[tuple[str, str], ...]
    chart: Chart | None
    notes: tuple[str, ...]
    gap: Chart | None
    gap_notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgainstPage:
    """What the page of two metrics shows. `problem` says why they cannot be compared and what to do, "" where they can;
    `names` tell both apart, `period` is what a lag counts, `lags` are common ones.
    """

    first: Metric
    second: Metric
    names: tuple[str, str]
    lead: str
    problem: str
    said: Said | None
    lag: int
    lag_words: str
    lags: tuple[Choice, ...]
    most_lag: int
    period: str
    comparable: Comparable

    @property
    def reversed_query(self) -> str:
        """What follows the address of the other way round: the same lag seen from there."""
        return lag_query(-self.lag)


@dataclass(frozen=True, slots=True)
class ChoosingPage:
    """With what a metric can be compared, among those that hold the words searched for."""

    first: Metric
    words: str
    lag: int
    most_lag: int
    period: str
    comparable: Comparable

    @property
    def query(self) -> str:
        """What follows the address of a comparison."""
        return lag_query(self.lag)


def choosing_page(first: Metric, visible: QuerySet[Metric], *, words: str, lag: int = 0) -> ChoosingPage:
    """The page of choosing. At most two queries."""
    cadence = Cadence(first.cadence)
    found = comparable(first, visible, words=words)
    return ChoosingPage(first, words, lag, MOST_LAG[cadence], each_words(cadence), found)


def lag_problem(metric: Metric, lag: int) -> str:
    """What is wrong with a lag, "" where nothing is."""
    cadence = Cadence(metric.cadence)
    most = MOST_LAG[cadence]
    if abs(lag) <= most:
        return ""
    span = counted(most, each_words(cadence))
    return f"A lag of {lag} is too long. Ask for at most {span} either way: lag=-{most} to lag={most}."


def against_page(
    first: Metric, second: Metric, visible: QuerySet[Metric], day: date, *, lag: int
) -> AgainstPage:
    """Two different metrics as they were known on a day, the first `lag` periods before the second (negative: after
    it); within the bounds that `lag_problem` holds. The number of queries does not grow with the data."""
    cadence, names = Cadence(first.cadence), names_apart(first, second)
    problem = cadence_problem(first, second, names)
    told = None if problem else _told(first, second, day, lag)
    lead = f"{names[0]} and {names[1]} cannot be compared yet"
    return AgainstPage(
        first=first,
        second=second,
        names=names,
        lead=lead if told is None else lead_words(told[0].found, names),
        problem=problem,
        said=None if told is None else _said(*told),
        lag=lag,
        lag_words=lag_words(names, lag, cadence),
        lags=_lags(cadence, lag),
        most_lag=MOST_LAG[cadence],
        period=each_words(cadence),
        comparable=comparable(first, visible, chosen=second.key),
    )


def _told(first: Metric, second: Metric, day: date, lag: int) -> tuple[Told, tuple[Side, Side]]:
    """Two metrics of one cadence side by side, and what is said of them. Two queries."""
    house = load_house()
    known = newest_readings([(metric.pk, metric.cadence) for metric in (first, second)], day, house, _ALL)
    one, other = (_side(metric, known[metric.pk], house) for metric in (first, second))
    pair = side_by_side(one.laid, other.laid, lag)
    stock, names = "stock" in (one.kind, other.kind), names_apart(first, second)
    found = divergence_on(pair, stock, _season(first, second), names)
    return Told(names, (first.unit, second.unit), lag, stock, pair, found), (one, other)


def _said(told: Told, sides: tuple[Side, Side]) -> Said:
    chart, gap = against_charts(told) if told.pair.both else (None, None)
    return Said(
        told.found.sentence, facts(told, sides), figures(told, sides), chart, notes(told), gap,
        gap_notes(told) if gap else (),
    )  # fmt: skip


def _season(first: Metric, second: Metric) -> str:
    """A season of either is one of the ratio; none is there only where both say so."""
    declared = {first.season, second.season}
    return (
        Metric.Season.YEARLY
        if Metric.Season.YEARLY in declared
        else declared.pop()
        if len(declared) == 1
        else ""
    )


@lru_cache(maxsize=_KEPT)
def divergence_on(pair: SideBySide, stock: bool, season: str, names: tuple[str, str]) -> Divergence:
    """What is said of a pair; what was said before is kept. `season` is as a metric declares it."""
    import numpy as np  # without which the pages' server starts, and so without what follows

    from alignment.signals.divergence import Divergence
    from alignment.signals.diverging import diverge

    laid, columns_in_all = pair.second, len(pair.second.starts)
    doubt = unseen_words(columns_in_all, laid.cadence, season)
    if not pair.both:
        doubt = "there is no period in which both have a reading"
    if doubt:
        return Divergence("cannot tell", f"Cannot tell whether they part: {doubt}.", pair.both)
    rows = [np.array([as_found(values)]) for values in (pair.first, laid.values)]
    period = seen_twice(season_of(laid.cadence, season), columns_in_all)
    kind = "stock" if stock else "flow"
    return diverge(rows[0], rows[1], period=period, kind=kind, names=names, columns=laid)[0]


def _side(metric: Metric, known: Sequence[KnownReading], house: House) -> Side:
    """All readings, not only those that a verdict looks at: a lag moves older ones into view."""
    cadence = Cadence(metric.cadence)
    readings = [as_reading(row, cadence, house) for row in known]
    laid = columns([(row.period_start, float(row.value)) for row in known], cadence, longest=None)
    kind = metric.kind or verdicts_on(series_of(metric, readings)).guess.kind
    return Side(metric, laid, kind, bool(metric.kind))


def _lags(cadence: Cadence, lag: int) -> tuple[Choice, ...]:
    """No lag, a quarter, half a year and a year, as far as the cadence knows them, and the one that is asked for."""
    common = (
        (0, 1, 2) if cadence is Cadence.FISCAL_YEAR else (A_QUARTER[cadence] * many for many in (0, 1, 2, 4))
    )
    offered = sorted({at for at in common if at <= MOST_LAG[cadence]} | {lag})
    return tuple(Choice(str(at), short_lag(at, cadence), at == lag) for at in offered)
