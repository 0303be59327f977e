"""The sentences of a metric's signals, as precise as the evidence and no more. No sums here."""

from __future__ import annotations

from dataclasses import dataclass

from alignment.periods import Cadence
from alignment.signals.alarm import Alarm
from alignment.signals.beginning import Beginning
from alignment.signals.changes import COARSE, Moved
from alignment.signals.columns import EACH, Columns, period_words
from alignment.signals.pace_words import figure
from alignment.signals.trend import Trend, luck_words
from alignment.signals.verdict import CLAIMED


@dataclass(frozen=True, slots=True)
class Told:
    """What was said beside the trend: the story's word, size and sentence, the alarm's, when a drift began, the last
    change with its size (of the slope where it `turned`), where the metric is heading since, and what is plain to see.
    """

    word: str
    story: str
    story_size: float
    shift: str
    shift_size: float
    began: str
    change: str = ""
    change_size: float = 0.0
    turned: bool = False
    heading: float = 0.0
    plain: str = ""
    of_growth: bool = (
        False  # of a stock: story and alarm are about its growth, not about what the trend is of
    )
    long_ago: bool = False  # the story's step lies in the first half, and nothing has changed since
    steps: int = 1  # how often the level changed
    drifting: str = ""  # what the alarm says of readings that came there bit by bit


@dataclass(frozen=True, slots=True)
class Headline:
    """The verdict in a word, the sentence to show first, and whether it is "better", "worse" or neither ("")."""

    verdict: str
    sentence: str
    tone: str = ""


def headline_of(trend: Trend, told: Told, direction: str) -> Headline:
    """One reading of trend, story and alarm: a step is never called a trend, nor a drift a shift."""
    if trend.verdict in CLAIMED:
        tone = "better" if trend.verdict == "improving" else "worse"
        if told.of_growth:
            aside = told.story if told.word in ("step", "drift", "both") else ""
            words = _joined(trend.sentence, told.began, aside)
            lately = told.shift or _turned(trend.slope or 0.0, told)
            return Headline(trend.verdict, _joined(words, "" if aside else lately), tone)
        if told.word == "step":
            luck = f"{_capital(luck_words(trend.p or 0.0))}."
            steps = "steps" if told.steps > 1 else "one step"
            words = f"{trend.verdict.capitalize()}, in {steps}: {_small(told.story)} {luck}"
            words = _joined(words, "No clear change since." if told.long_ago else "")
        else:
            words = _joined(trend.sentence, told.began, told.story if told.word == "both" else "")
        return Headline(trend.verdict, _joined(words, _lately(trend.slope or 0.0, told)), tone)
    what = "growth " if told.of_growth else ""
    no_trend = "No trend can be told" if trend.verdict == "cannot tell" else "No steady trend"
    if told.change and (told.word in ("step", "both") or not told.shift):
        way = "up" if told.change_size > 0 else "down"
        words = f"{no_trend}, but a change: {_small(told.change)}"
        verdict = f"{what}{'turned' if told.turned else 'stepped'} {way}"
        return Headline(verdict, words, _tone(told.change_size, direction))
    if told.word in ("step", "both") and told.story:
        way = "up" if told.story_size > 0 else "down"
        but = f"{no_trend}, but {'a step' if told.word == 'step' else 'it moved'}:"
        words = _joined(but, _small(told.story))
        return Headline(f"{what}stepped {way}", words, _tone(told.story_size, direction))
    if told.shift or told.drifting:
        way = "up" if told.shift_size > 0 else "down"
        return Headline(
            f"{what}shifted {way}", told.shift or told.drifting, _tone(told.shift_size, direction)
        )
    words = _joined(trend.sentence, told.story if told.word == "one-off" else "", told.plain)
    return Headline(trend.verdict, words)


def _lately(slope: float, told: Told) -> str:
    """What goes against a trend at its end."""
    if told.shift and slope * told.shift_size < 0:
        return f"Lately otherwise: {told.shift}"
    return _turned(slope, told)


def _turned(slope: float, told: Told) -> str:
    """A change since which the metric has gone against its trend."""
    if told.change and slope * told.change_size < 0 and slope * told.heading < 0:
        return f"Lately otherwise: {_small(told.change)}"
    return ""


def _tone(size: float, direction: str) -> str:
    if direction == "range":
        return ""
    return "better" if (size > 0) == (direction == "higher") else "worse"


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def story_words(
    word: str, columns: Columns, column: int | None, size: float, likely: float | None, unit: str, stock: bool,
    *, width: float = 0.0, steps: int = 1,
) -> str:  # fmt: skip
    """`It stepped up by about 4.2 % in the week to 12 Oct 2026; a step explains it better than a drift (9 to 1).`

    `width` is that of the size's interval where it has one; of several `steps` the one given is the largest.
    """
    what = "Its growth" if stock else "It"
    by, way = amount(abs(size), COARSE * width or abs(size), unit), "up" if size > 0 else "down"
    when = "" if column is None else period_words(columns, column)
    if word == "one-off":
        side = "above" if size > 0 else "below"
        of = "the growth" if stock else "the reading"
        return f"{_capital(of)} of {when} stands alone, {by} {side} what was usual: a one-off."
    at = "on" if columns.cadence is Cadence.DAY else "in"
    if word == "step" and steps > 1:
        told = f"{what} moved in {steps} steps, the largest {way} by about {by} {at} {when}"
        return f"{told}; {_explained('steps', 'drift', likely)}."
    if word == "step":
        return f"{what} stepped {way} by about {by} {at} {when}; {_explained('step', 'drift', likely)}."
    if word == "both" and steps > 1:
        return f"{what} moved in {steps} steps besides drifting, the largest {way} by about {by} {at} {when}."
    if word == "both":
        return f"{what} stepped {way} by about {by} {at} {when}, besides drifting."
    moved = "rose" if size > 0 else "fell"
    return f"{what} {moved} by about {by} bit by bit; {_explained('drift', 'step', likely)}."


def _explained(one: str, other: str, likely: float | None) -> str:
    """How sure the word is; about even is no better."""
    if likely is not None and likely < 0.6:
        return f"a {other} explains it about as well"
    better = "steps explain" if one == "steps" else f"a {one} explains"
    return f"{better} it better than a {other}{'' if likely is None else f' ({_odds(likely)})'}"


def record_words(found: tuple[int, int] | None) -> str:
    """`The last 15 readings are higher than all 107 before.`"""
    if found is None:
        return ""
    last, before = found
    return f"The last {abs(last)} readings are {'higher' if last > 0 else 'lower'} than all {before} before."


def beginning_words(columns: Columns, turn: Beginning) -> str:
    """`It began about the week to 5 Apr 2026 (between ... and ...).`"""
    if turn.always:
        return "It may have begun with the first reading or before."
    when, earliest, latest = (period_words(columns, at) for at in (turn.at, turn.earliest, turn.latest))
    return f"It began about {when} (between {earliest} and {latest})."


def alarm_words(alarm: Alarm, moved: Moved, columns: Columns, unit: str, stock: bool) -> str:
    """Since when the latest readings differ, by how much, and how often a year of looking shows that by luck."""
    what = "Its growth" if stock else "Its level"
    way = "up" if moved.size > 0 else "down"
    since = period_words(columns, moved.at + stock)
    by = amount(abs(moved.size), COARSE * (moved.high - moved.low) or abs(moved.size), unit)
    late = alarm.raised is not None and alarm.raised >= moved.at + stock
    clear = f"; {_clear(alarm, columns)}" if late else "."
    return f"{what} shifted {way} by about {by} from {since} on{clear} {_yearly(alarm)}"


def drifting_words(alarm: Alarm, columns: Columns) -> str:
    """The same where the readings drift: there is no day from which on."""
    way = "higher" if (alarm.size or 0.0) > 0 else "lower"
    moved = f"The latest readings lie {way} than those before and came there bit by bit"
    return f"{moved}; {_clear(alarm, columns)} {_yearly(alarm)}"


def _clear(alarm: Alarm, columns: Columns) -> str:
    return f"the reading of {period_words(columns, alarm.raised or 0)} made it clear."


def _yearly(alarm: Alarm) -> str:
    among = 1000 * (alarm.yearly or 0.0)
    count = "fewer than 10" if among < 10 else f"about {10 * round(among / 10)}"
    return f"Of 1,000 metrics that do not change, {count} would show as much at some look within 52."


def change_words(moved: Moved, columns: Columns, unit: str, stock: bool) -> str:
    """`From the week to 12 Oct 2026 its level was higher by 4.2 points (3.1 to 5.3).`"""
    width = COARSE * (moved.high - moved.low)
    low, high = sorted((abs(moved.low), abs(moved.high)))
    since, by = period_words(columns, moved.at + stock), amount(abs(moved.size), width, unit)
    span = f"({figure(low, width)} to {figure(high, width)})"
    up = moved.size > 0
    if moved.kind == "turn":
        each = EACH[columns.cadence]
        return f"From {since} it {'gained' if up else 'lost'} {by} more each {each} than before {span}."
    what = "its growth" if stock else "its level"
    return f"From {since} {what} was {'higher' if up else 'lower'} by {by} {span}."


def amount(number: float, width: float, unit: str) -> str:
    """A difference with its unit, to the step that its uncertainty allows; of percentages in points."""
    said = figure(number, width)
    if unit in ("%", "percent"):
        return f"{said} point{'' if said == '1' else 's'}"
    return f"{said} {unit}" if unit else said


def _odds(likely: float) -> str:
    """Nine to one and so on, no finer than one significant digit."""
    if likely >= 0.99:
        return "99 to 1 or more"
    odds = float(f"{likely / (1 - likely):.1g}")
    return f"about {odds:.0f} to 1" if odds >= 2 else "about even"


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
