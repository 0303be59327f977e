"""What a metric's readings show, as its page says it: answers to questions, marks and levels on the chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from alignment.charts.time_plot import Line
from alignment.models import Metric
from alignment.palette import Ink
from alignment.periods import Cadence
from alignment.queries.metric_marks import Happening
from alignment.queries.words import day_words, measure, number_words
from alignment.scoring.inputs import Reading, period_end
from alignment.scoring.signal_rows import laid_out
from alignment.signals.columns import LONGEST, Columns
from alignment.signals.verdict import Series, Verdicts

BETWEEN_CHANGES = "Level between changes"
_TOO_LITTLE = (
    "There are too few readings for it or for its season, or it is not known whether it is a flow or a stock."
)
_KEPT = 256
"""Verdicts kept in a process; they follow from readings and definition alone, so one that is kept is never old."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One question, its answer in a word or two and in a sentence, and the figures behind it for the suspicious."""

    question: str
    answer: str
    sentence: str
    figures: tuple[tuple[str, str], ...] = ()


def series_of(metric: Metric, readings: Sequence[Reading]) -> Series:
    """A metric whose readings were these, oldest first, as the signals look at it."""
    margin = None if metric.margin is None else float(metric.margin)
    laid = laid_out(Cadence(metric.cadence), readings)
    return Series(laid, metric.direction, metric.kind or None, margin, metric.unit, metric.season)


@lru_cache(maxsize=_KEPT)
def verdicts_on(series: Series) -> Verdicts:
    """All that is said of a series; what was said before is kept."""
    from alignment.signals.verdicts import verdicts  # loads numpy, without which the pages' server starts

    return verdicts([series])[0]


def happenings(metric: Metric, found: Verdicts) -> list[Happening]:
    """Changes, a shift that stands and a one-off, each on the last day of the period in which it began."""
    cadence = Cadence(metric.cadence)
    told = [(change.start, change.sentence) for change in found.changes]
    known = {start for start, _ in told}
    if found.shift.start is not None and found.shift.start not in known:
        told.append((found.shift.start, found.shift.sentence))
    if found.story.word == "one-off" and found.story.start is not None:
        told.append((found.story.start, found.story.sentence))
    return [Happening(period_end(cadence, start), "signal", words) for start, words in told]


def level_lines(found: Verdicts, first: date, last: date) -> list[Line]:
    """The levels, or lines, between changes as one broken line, cut to what is shown. None where nothing changed, and
    where lines were laid through readings too sluggish for a trend to be told: an eye would lay others."""
    points: list[tuple[date, float | None]] = []
    slanted = any(level.start != level.end for level in found.levels)
    untold = slanted and found.trend.verdict == "cannot tell"
    for level in found.levels if found.changes and not untold else ():
        begin, end = max(level.first, first), min(level.last, last)
        if begin > end:
            continue
        span = max((level.last - level.first).days, 1)
        points += [(begin, None)] if points else []
        points += [
            (day, level.start + (level.end - level.start) * (day - level.first).days / span)
            for day in (begin, end)
        ]
    return [Line(BETWEEN_CHANGES, tuple(points), Ink.TEXT, thin=True)] if points else []


def level_on(found: Verdicts, day: date) -> float | None:
    """The height of what `level_lines` draws on a day; None where nothing is drawn."""
    for level in found.levels if found.changes else ():
        if level.first <= day <= level.last:
            span = max((level.last - level.first).days, 1)
            return level.start + (level.end - level.start) * (day - level.first).days / span
    return None


def answers(metric: Metric, found: Verdicts, laid: Columns) -> tuple[Answer, ...]:
    """A row for each question that is asked of a metric's readings."""
    return (
        _trend(metric, found),
        _story(metric, found),
        _shift(metric, found),
        _changes(metric, found),
        _kind(metric, found, laid),
    )


def _trend(metric: Metric, found: Verdicts) -> Answer:
    trend = found.trend
    figures: list[tuple[str, str]] = []
    each = Cadence(metric.cadence).label
    if trend.slope is not None and trend.low is not None and trend.high is not None:
        span = f"{number_words(trend.low)} to {number_words(trend.high)}"
        figures = [
            (f"Slope, {each}", f"{_with_unit(trend.slope, metric)} ({span}: 95 %)"),
            ("Share of unmoving metrics that drift so far", _share(trend.p)),
            ("How much a reading resembles the last (phi)", number_words(trend.phi)),
        ]
    figures.append(("Readings judged", str(trend.n)))
    if found.without_year:
        figures.append(("Time of the year", "taken out, as the years before show it"))
    if trend.table is not None:
        figures.append(("Table of luck", f"version {trend.table}"))
    began = f" {found.began.sentence}" if found.began and found.began.sentence not in trend.sentence else ""
    return Answer("Is it improving or worsening?", trend.verdict, trend.sentence + began, tuple(figures))


_WORDS = {
    "step": "a step", "drift": "a drift", "both": "a drift with a step", "one-off": "a one-off",
    "none": "neither", "cannot tell": "cannot tell",
}  # fmt: skip


def _story(metric: Metric, found: Verdicts) -> Answer:
    story = found.story
    figures = []
    if story.p is not None:
        figures.append(("Share of unmoving metrics that show as much", _share(story.p)))
    if story.likely is not None:
        figures.append(("Likelihood of this word among step, drift, both", f"{story.likely:.0%}"))
    if story.size is not None:
        figures.append(("Size", _with_unit(story.size, metric)))
    words = story.sentence or {
        "none": "Neither a step nor a drift is larger than luck would explain.",
        "cannot tell": _TOO_LITTLE,
    }.get(story.word, "")
    return Answer("Did it step or drift?", _WORDS.get(story.word, story.word), words, tuple(figures))


def _shift(metric: Metric, found: Verdicts) -> Answer:
    shift = found.shift
    figures = []
    if shift.yearly is not None:
        figures.append(
            ("Share of unchanging metrics that show as much at some look within 52", _share(shift.yearly))
        )
    if shift.size is not None:
        figures.append(("New level less the one before", _with_unit(shift.size, metric)))
    words = shift.sentence or {
        "quiet": "The latest readings are like those before, as far as luck lets one tell.",
        "cannot tell": _TOO_LITTLE,
    }.get(shift.verdict, "")
    return Answer("Are the latest readings different?", shift.verdict, words, tuple(figures))


def _changes(metric: Metric, found: Verdicts) -> Answer:
    count = len(found.changes)
    if found.history.startswith("Cannot tell"):
        return Answer("When did it change for good?", "cannot tell", found.history)
    answer = "none" if not count else "once" if count == 1 else f"{count} times"
    figures = tuple(
        (
            day_words(change.start),
            f"{_with_unit(change.size, metric)} ({number_words(change.low)} to {number_words(change.high)}: 95 %)",
        )
        for change in found.changes
    )
    return Answer("When did it change for good?", answer, found.history, figures)


def _kind(metric: Metric, found: Verdicts, laid: Columns) -> Answer:
    guess, looked = found.guess, laid.values[-LONGEST:]
    declared = metric.get_kind_display() if metric.kind else "not declared"
    words = f"Declared: {declared}. {guess.reason}"
    if metric.kind and guess.kind and guess.kind != metric.kind:
        words += f" The readings look like a {guess.kind}: is the definition right?"
    figures = [
        ("Periods looked at", str(len(looked))),
        ("Of them without a reading", str(sum(value is None for value in looked))),
    ]
    if guess.phi is not None:
        figures.append(("How much of a deviation stays until the next reading", f"{max(guess.phi, 0):.0%}"))
    return Answer("Flow or stock?", guess.kind or "cannot tell", words, tuple(figures))


def _share(p: float | None) -> str:
    if p is None:
        return "not known"
    return "under 1 in 1,000" if p < 0.001 else f"{1000 * p:.0f} in 1,000"


def _with_unit(value: float, metric: Metric) -> str:
    return measure(value, "points" if metric.unit == "%" else metric.unit)
