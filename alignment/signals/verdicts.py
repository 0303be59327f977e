"""All that is said of one metric's readings, settled together: the one door to the signals of a metric.

A steady drift looks like a shift and a single step like a trend, so the words are chosen here, where trend, story
(step, drift, both, one-off), alarm and change history are known. Pages, stored signals and `manage.py analyze` say what
stands here; none of them asks the single tests. Columns become days by `Columns`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from alignment.signals import arbiter
from alignment.signals.alarm import Alarm, alarms
from alignment.signals.beginning import beginning
from alignment.signals.changes import History, Model, change_history
from alignment.signals.columns import Columns, as_found
from alignment.signals.kinds import FEWEST, Guess, guess_kind
from alignment.signals.regression import Fit
from alignment.signals.sense import come_back, kept, record, stands_alone, too_small
from alignment.signals.steps import deseasoned
from alignment.signals.sums import Floats
from alignment.signals.trend import Trend, season_of, trend
from alignment.signals.trends import level_fit
from alignment.signals.verdict_words import (
    Headline,
    Told,
    alarm_words,
    beginning_words,
    change_words,
    headline_of,
    record_words,
    story_words,
)

CYCLES_NEEDED = 2
SAME_WITHIN = 6
"""Columns by which story and history may date one step differently."""
LATELY = 1 / 3
"""Share of the readings within which a change of level says how a metric goes lately."""


@dataclass(frozen=True, slots=True)
class Series:
    """A metric's readings by period and what is declared of it; `margin` is the change that would not matter.

    `kind` is "flow", "stock" or None where it is not declared; `unit` stands in the sentences.
    """

    columns: Columns
    direction: str
    kind: str | None = "flow"
    margin: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """One word for the whole stretch: "step", "drift", "both", "one-off", "none" or "cannot tell".

    `p` is the share of metrics in which nothing happens that show as much, `likely` how likely the word is among
    step, drift and both. `start` is the first day of the new level, or of the one-off's period; `size` in the unit.
    """

    word: str
    sentence: str
    p: float | None = None
    likely: float | None = None
    start: date | None = None
    size: float | None = None


@dataclass(frozen=True, slots=True)
class Began:
    """When a drift began: first days of periods. `always`: perhaps from the first reading on."""

    start: date
    earliest: date
    latest: date
    always: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Change:
    """A level, a line, or a stock's growth changed for good: first day, and size with its interval of 95 %.

    `kind` is "up", "down", or "turn", whose size is of the slope for each period.
    """

    start: date
    kind: str
    size: float
    low: float
    high: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Level:
    """What held between two changes: last days of its first and last period, and the level, or the line, there."""

    first: date
    last: date
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Shift:
    """The alarm in days. `verdict` is "shifted", "quiet" or "cannot tell"; see `Alarm` for the figures."""

    verdict: str
    sentence: str
    raised: date | None = None
    start: date | None = None
    size: float | None = None
    yearly: float | None = None


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Everything said of one metric; `headline` is the sentence to show first.

    `levels` stand for a chart; none of a stock, whose changes are of its growth. `guess` is what the readings say about
    its kind.
    """

    headline: Headline
    trend: Trend
    story: Story
    shift: Shift
    changes: tuple[Change, ...]
    history: str
    levels: tuple[Level, ...]
    began: Began | None
    guess: Guess


def verdicts(many: Sequence[Series]) -> list[Verdicts]:
    """Judge metrics together; each is told bit for bit what it would be told alone.

    One whose kind is not declared is taken for what its readings show it to be; where they do not, step and shift are
    left untold.
    """
    cases = [_case(one, fit) for one, fit in zip(many, _fits(many), strict=True)]
    known = [case for case in cases if case.kind]
    columns = [case.columns.values for case in known]
    seen = alarms(columns, stock=[case.stock for case in known], period=[case.period for case in known])
    told = dict(zip(map(id, known), zip(seen, _stories(known), strict=True), strict=True))
    untold = (Alarm("cannot tell"), Story("cannot tell", ""))
    return [_one(case, *told.get(id(case), untold)) for case in cases]


@dataclass(frozen=True, slots=True)
class _Case:
    """A series with its season and the kind that it is judged as, None where that is not known."""

    series: Series
    period: int | None
    kind: str | None
    guess: Guess
    fit: Fit | None

    @property
    def columns(self) -> Columns:
        return self.series.columns

    @property
    def stock(self) -> bool:
        return self.kind == "stock"

    @property
    def unit(self) -> str:
        return self.series.unit

    def worked(self) -> Floats:
        """What steps and shifts are looked for in: the readings without season, of a stock its growth."""
        row = np.array(as_found(self.columns.values))
        return np.asarray(deseasoned(np.diff(row) if self.stock else row, self.period)[0], dtype=np.float64)


def _fits(many: Sequence[Series]) -> list[Fit | None]:
    """The line of each series, None where there are too few readings to ask; those of equal length together."""
    groups: dict[tuple[int, int | None], list[int]] = defaultdict(list)
    for place, one in enumerate(many):
        if one.columns.known >= FEWEST:
            groups[len(one.columns.values), season_of(one.columns.cadence)].append(place)
    fits: list[Fit | None] = [None] * len(many)
    for (_, period), places in groups.items():
        together = level_fit(np.array([as_found(many[place].columns.values) for place in places]), period)
        for row, place in enumerate(places):
            fits[place] = together.of(row)
    return fits


def _case(series: Series, fit: Fit | None) -> _Case:
    period = season_of(series.columns.cadence)
    guess = guess_kind(series.columns.values, period=period, fit=fit)
    return _Case(series, period, series.kind or guess.kind, guess, fit)


def _one(case: _Case, alarm: Alarm, story: Story) -> Verdicts:
    one, columns = case.series, case.columns
    found = trend(
        columns.values, cadence=columns.cadence, direction=one.direction, kind=one.kind, margin=one.margin,
        levels=case.fit,
    )  # fmt: skip
    began = _began(case, found, story)
    history = _history(case, story)
    shift = _shift(case, alarm)
    changes, levels = _changes(case, history), _levels(case, history)
    last = changes[-1] if changes else None
    told = Told(
        story.word, story.sentence, story.size or 0.0, shift.sentence, shift.size or 0.0,
        began.sentence if began else "", last.sentence if last else "", last.size if last else 0.0,
        bool(last and last.kind == "turn"), _heading(case, history),
        record_words(record(np.array(as_found(columns.values)))), case.stock, _long_ago(case, story, last),
    )  # fmt: skip
    headline = headline_of(found, told, one.direction)
    return Verdicts(headline, found, story, shift, changes, history.sentence, levels, began, case.guess)


def _stories(cases: Sequence[_Case]) -> list[Story]:
    groups: dict[tuple[int, bool, int | None], list[int]] = defaultdict(list)
    for place, case in enumerate(cases):
        groups[len(case.columns.values), case.stock, case.period].append(place)
    told: dict[int, Story] = {}
    for (length, stock, period), places in groups.items():
        rows = np.array([as_found(cases[place].columns.values) for place in places]).reshape(
            len(places), length
        )
        rows = np.diff(rows, axis=1) if stock else rows
        if rows.shape[1] < arbiter.SHORTEST:
            told |= {place: Story("cannot tell", "") for place in places}
            continue
        found = arbiter.stories(rows, period=period)
        told |= {place: _story(cases[place], found, row) for row, place in enumerate(places)}
    return [told[place] for place in range(len(cases))]


def _story(case: _Case, found: arbiter.Stories, row: int) -> Story:
    word, values = found.words[row], [value for value in case.columns.values if value is not None]
    if word == "cannot tell" or max(values) == min(values):
        return Story("cannot tell" if word == "cannot tell" else "none", "")
    p = _rounded(found.p[row])
    if word == "none" or not _borne_out(case, word, found, row):
        return Story("none", "", p)
    column = None if np.isnan(found.place[row]) else int(found.place[row]) + case.stock
    size = _rounded(found.size[row])
    likely = _rounded(found.likely[arbiter.WORDS.index(word), row]) if word in arbiter.WORDS else None
    sentence = story_words(word, case.columns, column, size, likely, case.unit, case.stock)
    return Story(word, sentence, p, likely, None if column is None else case.columns.starts[column], size)


def _borne_out(case: _Case, word: str, found: arbiter.Stories, row: int) -> bool:
    """Whether a person who looks at the readings would see what the word says."""
    readings = case.worked()
    if word == "one-off":
        return stands_alone(readings, int(found.place[row]))
    return not too_small(float(found.size[row]), readings)


def _began(case: _Case, found: Trend, story: Story) -> Began | None:
    """Of a trend that is no single step."""
    if found.verdict not in ("improving", "worsening") or story.word == "step":
        return None
    columns, period = case.columns, case.period
    season = period if period and len(columns.values) >= CYCLES_NEEDED * period else None
    row = np.array(as_found(columns.values))
    turn = beginning(row, phi=found.phi or 0.0, period=season, stock=found.kind == "stock")
    if turn is None:
        return None
    days = (columns.starts[turn.at], columns.starts[turn.earliest], columns.starts[turn.latest])
    return Began(*days, turn.always, beginning_words(columns, turn))


def _shift(case: _Case, alarm: Alarm) -> Shift:
    """The alarm, unless it is of nothing that could be seen, or over."""
    if alarm.begins is not None and alarm.raised is not None and alarm.size is not None:
        row, at, now = case.worked(), alarm.begins - case.stock, alarm.raised - case.stock
        if too_small(alarm.size, row) or come_back(row, at, now, alarm.size):
            alarm = Alarm("quiet")
    starts, words = case.columns.starts, alarm_words(alarm, case.columns, case.unit, case.stock)
    raised, begins = (None if at is None else starts[at] for at in (alarm.raised, alarm.begins))
    return Shift(alarm.verdict, words, raised, begins, alarm.size, alarm.yearly)


def _history(case: _Case, story: Story) -> History:
    """Of levels, of lines where a drift explains the readings better, of steps for a stock."""
    row = np.array(as_found(case.columns.values))
    model = Model.LINES if story.word in ("drift", "both") and not case.stock else Model.LEVELS
    return change_history(np.diff(row) if case.stock else row, case.period, model=model)


def _long_ago(case: _Case, story: Story, last: Change | None) -> bool:
    """Whether a step lies in the first half and no change has come since, their doubt about its day aside."""
    if story.start is None:
        return False
    starts = case.columns.starts
    at = starts.index(story.start)
    since = 0 if last is None else starts.index(last.start) - at
    return at < len(starts) / 2 and since <= SAME_WITHIN


def _heading(case: _Case, history: History) -> float:
    """Which way the metric has gone since its last change: above zero is up; 0 where nothing changed lately."""
    if not history.changes:
        return 0.0
    last, values = history.changes[-1], case.columns.values
    if last.kind == "turn":
        return history.segments[-1].end - history.segments[-1].start
    if not case.stock:
        return last.size if last.at >= len(values) * (1 - LATELY) else 0.0
    known = [value for value in values[last.at :] if value is not None]
    return known[-1] - known[0] if known else 0.0


def _changes(case: _Case, history: History) -> tuple[Change, ...]:
    return tuple(
        Change(
            case.columns.starts[moved.at + case.stock], moved.kind, moved.size, moved.low, moved.high,
            change_words(moved, case.columns, case.unit, case.stock),
        )
        for moved in history.changes
        if moved.kind == "turn" or kept(moved.size, moved.low, moved.high)
    )  # fmt: skip


def _levels(case: _Case, history: History) -> tuple[Level, ...]:
    if case.stock:
        return ()
    days = case.columns.last_day
    return tuple(Level(days(part.first), days(part.last), part.start, part.end) for part in history.segments)


def _rounded(number: float) -> float:
    """Ten significant digits: what is stored does not hang on the last bits of a library."""
    return float(f"{number:.10g}")
