"""All that is said of one metric's readings, settled together: the one door to the signals of a metric.

A steady drift looks like a shift and a single step like a trend, so the words are chosen here, where trend, story
(step, drift, both, one-off), alarm and change history are known. Pages, stored signals and `manage.py analyze` say what
stands here; none of them asks the single tests. Columns become days by `Columns`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from alignment.signals import arbiter
from alignment.signals.alarm import Alarm, alarms
from alignment.signals.beginning import beginning
from alignment.signals.changes import History, Model, Moved
from alignment.signals.columns import Columns, alike, as_found, seen_twice
from alignment.signals.kinds import FEWEST, Guess, guess_kind
from alignment.signals.regression import Fit
from alignment.signals.sense import come_back, record, stands_alone, too_small
from alignment.signals.settling import SAME_WITHIN, Claim, Settled, settle
from alignment.signals.steps import deseasoned
from alignment.signals.sums import Floats, rounded
from alignment.signals.trend import Trend, trend
from alignment.signals.trends import level_fit
from alignment.signals.verdict import CLAIMED, Began, Change, Level, Series, Shift, Story, Verdicts
from alignment.signals.verdict_words import (
    Told,
    alarm_words,
    beginning_words,
    change_words,
    drifting_words,
    headline_of,
    record_words,
    story_words,
)
from alignment.signals.yearly import judged_days

STEPPED = ("step", "both")
LATELY = 1 / 3
"""Share of the readings within which a change of level says how a metric goes lately."""


def verdicts(many: Sequence[Series]) -> list[Verdicts]:
    """Judge metrics together; each is told bit for bit what it would be told alone.

    One whose kind is not declared is taken for what its readings show it to be; where they do not, step and shift are
    left untold. Of days the latest are judged, the year's wave taken out where years before them show it.
    """
    days = [judged_days(one.columns, one.season) for one in many]
    many = [replace(one, columns=laid) for one, (laid, _) in zip(many, days, strict=True)]
    cases = [_case(one, fit) for one, fit in zip(many, _fits(many), strict=True)]
    told = [_one(case, *heard) for case, heard in zip(cases, _steps_and_shifts(cases), strict=True)]
    return [replace(one, without_year=known) for one, (_, known) in zip(told, days, strict=True)]


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
    fits: list[Fit | None] = [None] * len(many)
    asked = [place for place, one in enumerate(many) if one.columns.known >= FEWEST]
    shapes = alike((len(many[at].columns.values), many[at].period) for at in asked)
    for (_, period), places in shapes.items():
        group = [asked[place] for place in places]
        together = level_fit(_rows(many[at].columns for at in group), period)
        for row, at in enumerate(group):
            fits[at] = together.of(row)
    return fits


def _rows(group: Iterable[Columns]) -> Floats:
    """Values of columns of one length, (N, n)."""
    return np.array([as_found(columns.values) for columns in group], dtype=np.float64)


def _case(series: Series, fit: Fit | None) -> _Case:
    guess = guess_kind(series.columns.values, period=series.period, fit=fit)
    return _Case(series, series.period, series.kind or guess.kind, guess, fit)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the arbiter says of a case before it is settled; `place` and `size` in the worked readings."""

    word: str
    p: float | None = None
    likely: float | None = None
    place: int | None = None
    size: float = 0.0
    rise: float = 0.0

    @property
    def claim(self) -> Claim | None:
        """The step that is claimed, if one is."""
        return Claim(self.place, self.size) if self.word in STEPPED and self.place is not None else None


def _one(case: _Case, alarm: Alarm, heard: _Heard) -> Verdicts:
    one, columns = case.series, case.columns
    found = trend(
        columns.values, cadence=columns.cadence, direction=one.direction, kind=one.kind, margin=one.margin,
        season=one.season, levels=case.fit,
    )  # fmt: skip
    alarm = _standing(case, alarm)
    settled = _settled(case, alarm, heard)
    story, shift = _story(case, heard, settled), _shift(case, alarm, heard, settled.changes[1])
    began = _began(case, found, story)
    changes, levels = _changes(case, settled.history), _levels(case, settled.history)
    last = changes[-1] if changes else None
    drifting = shift.verdict == "drifting"
    told = Told(
        story.word, story.sentence, story.size or 0.0, "" if drifting else shift.sentence, alarm.size or 0.0,
        began.sentence if began else "", last.sentence if last else "", last.size if last else 0.0,
        bool(last and last.kind == "turn"), _heading(case, settled.history),
        record_words(record(np.array(as_found(columns.values)))), case.stock, _long_ago(case, story, last),
        _steps(settled.history), shift.sentence if drifting else "",
    )  # fmt: skip
    headline = headline_of(found, told, one.direction)
    return Verdicts(
        headline, found, story, shift, changes, settled.history.sentence, levels, began, case.guess
    )


def _steps_and_shifts(cases: Sequence[_Case]) -> list[tuple[Alarm, _Heard]]:
    """Alarm and word of each, those of one shape together; untold where the kind is not known or too little is."""
    told = [(Alarm("cannot tell"), _Heard("cannot tell"))] * len(cases)
    shapes = alike((len(case.columns.values), case.kind, case.period, case.series.unseen) for case in cases)
    for (length, kind, period, unseen), places in shapes.items():
        stock = kind == "stock"
        if kind is None or unseen or length - stock < arbiter.SHORTEST:
            continue
        group = [cases[place] for place in places]
        rows = _rows(case.columns for case in group)
        seen = alarms(rows, stock=stock, period=period)
        found = arbiter.stories(np.diff(rows, axis=1) if stock else rows, period=period)
        for row, (place, case) in enumerate(zip(places, group, strict=True)):
            told[place] = (seen[row], _heard(case, found, row))
    return told


def _heard(case: _Case, found: arbiter.Stories, row: int) -> _Heard:
    word, values = found.words[row], [value for value in case.columns.values if value is not None]
    if word == "cannot tell" or max(values) == min(values):
        return _Heard("cannot tell" if word == "cannot tell" else "none")
    p = rounded(found.p[row])
    if word == "none" or not _borne_out(case, word, found, row):
        return _Heard("none", p)
    likely = rounded(found.likely[arbiter.WORDS.index(word), row]) if word in arbiter.WORDS else None
    place = None if np.isnan(found.place[row]) else int(found.place[row])
    return _Heard(word, p, likely, place, rounded(found.size[row]), rounded(found.rise[row]))


def _standing(case: _Case, alarm: Alarm) -> Alarm:
    """The alarm, unless it is of nothing that could be seen, or over."""
    if alarm.begins is not None and alarm.raised is not None and alarm.size is not None:
        row, at, now = case.worked(), alarm.begins - case.stock, alarm.raised - case.stock
        if too_small(alarm.size, row) or come_back(row, at, now, alarm.size):
            return Alarm("quiet")
    return alarm


def _settled(case: _Case, alarm: Alarm, heard: _Heard) -> Settled:
    """History of levels, of lines where a drift explains the readings better, of steps for a stock; with it the step
    that is claimed and the alarm's."""
    if case.series.unseen:
        words = f"Cannot tell what changed: {case.series.unseen}."
        return Settled(History(False, words, case.columns.known), (None, None))
    row = np.array(as_found(case.columns.values))
    model = Model.LINES if heard.word in ("drift", "both") and not case.stock else Model.LEVELS
    watched = None
    if alarm.begins is not None and not _of_drift(alarm, heard):
        watched = Claim(alarm.begins - case.stock, alarm.size or 0.0, since=True)
    return settle(
        np.diff(row) if case.stock else row, case.period, model, (heard.claim, watched),
        alarmed=alarm.begins is not None,
    )  # fmt: skip


def _of_drift(alarm: Alarm, heard: _Heard) -> bool:
    """Whether the latest readings differ from those before as a drift makes them."""
    return heard.word == "drift" and heard.size * (alarm.size or 0.0) > 0


def _story(case: _Case, heard: _Heard, settled: Settled) -> Story:
    """A step as the history dates it, else as the arbiter does; of both that the history does not date the drift."""
    word, size, place, likely, width, steps = heard.word, heard.size, heard.place, heard.likely, 0.0, 1
    moved = settled.changes[0]
    if moved is not None:
        size, place, width, steps = moved.size, moved.at, moved.high - moved.low, _steps(settled.history)
    elif word == "both":
        word, size, place, likely = "drift", heard.rise, None, None
    if word in ("none", "cannot tell"):
        return Story(word, "", heard.p)
    column = None if place is None else place + case.stock
    words = story_words(
        word, case.columns, column, size, likely, case.unit, case.stock, width=width, steps=steps
    )
    start = None if column is None else case.columns.starts[column]
    return Story(word, words, heard.p, likely, start, size)


def _borne_out(case: _Case, word: str, found: arbiter.Stories, row: int) -> bool:
    """Whether a person who looks at the readings would see what the word says."""
    readings = case.worked()
    if word == "one-off":
        return stands_alone(readings, int(found.place[row]))
    return not too_small(float(found.size[row]), readings)


def _began(case: _Case, found: Trend, story: Story) -> Began | None:
    """Of a trend that is no single step."""
    if found.verdict not in CLAIMED or story.word == "step":
        return None
    columns = case.columns
    season = seen_twice(case.period, len(columns.values))
    row = np.array(as_found(columns.values))
    turn = beginning(row, phi=found.phi or 0.0, period=season, stock=found.kind == "stock")
    if turn is None:
        return None
    days = (columns.starts[turn.at], columns.starts[turn.earliest], columns.starts[turn.latest])
    return Began(*days, turn.always, beginning_words(columns, turn))


def _steps(history: History) -> int:
    return sum(moved.kind != "turn" for moved in history.changes)


def _shift(case: _Case, alarm: Alarm, heard: _Heard, moved: Moved | None) -> Shift:
    """The alarm in days: since the history's change, else since its own; of a drift since no day."""
    if alarm.begins is None or alarm.raised is None:
        return Shift(alarm.verdict, "", yearly=alarm.yearly)
    raised = case.columns.starts[alarm.raised]
    if _of_drift(alarm, heard):
        words = drifting_words(alarm, case.columns)
        return Shift("drifting", words, raised, None, None, alarm.yearly)
    size = alarm.size or 0.0
    moved = moved or Moved(alarm.begins - case.stock, "up" if size > 0 else "down", size, size, size)
    words = alarm_words(alarm, moved, case.columns, case.unit, case.stock)
    start = case.columns.starts[moved.at + case.stock]
    return Shift("shifted", words, raised if raised >= start else None, start, moved.size, alarm.yearly)


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
    )  # fmt: skip


def _levels(case: _Case, history: History) -> tuple[Level, ...]:
    if case.stock:
        return ()
    days = case.columns.last_day
    return tuple(Level(days(part.first), days(part.last), part.start, part.end) for part in history.segments)
