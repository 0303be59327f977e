"""How signals are told from luck: what each test asks, how it decides, what it leaves untold, how often it errs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from alignment.charts.time_plot import Line, TimePlot
from alignment.queries.charted import Chart, Table, charted
from alignment.queries.method_tables import Rates, percent, rate_tables
from alignment.queries.words import counted, joined, number_words
from alignment.signals.measured import Measured, measured

_FIRST_WEEK = date(2026, 1, 11)
"""The example has no dates of its own; weeks need some."""


@dataclass(frozen=True, slots=True)
class Test:
    """One test in words for people who have never heard of it."""

    slug: str
    name: str
    asks: str
    decides: str
    untold: str
    errs: str


@dataclass(frozen=True, slots=True)
class MethodPage:
    """The tests, the tables of measured rates, and a picture on which other methods see what is not there."""

    tests: tuple[Test, ...]
    tables: tuple[Rates, ...]
    example: Chart
    example_words: str
    note: str


def method_page() -> MethodPage:
    """The page; reads no data of the company."""
    found = measured()
    note = (
        "Measured on simulated series, on none of which anything was tuned. Their noise is that of a company: each "
        "reading resembles the last more or less, half of the series have wild readings, seasons and gaps. Methods "
        "that see more also see more that is not there: both figures belong together."
    )
    return MethodPage(_tests(found), rate_tables(found), _example(found), _example_words(found), note)


def _of_lengths(found: Measured) -> str:
    return joined([str(length) for length in found.lengths])


def _tests(found: Measured) -> tuple[Test, ...]:
    ours, shift = found.trend[0], found.shift[0]
    right = {truth: dict(shares) for truth, shares in found.words}
    alarms = joined([percent(share) for share in ours.alarms])
    seen = joined([percent(share) for share in ours.seen])
    return (
        Test(
            "trend", "Is it improving or worsening?",
            "Whether the readings climb or fall over the last three years at most, beyond their usual ups and downs.",
            "A line with the season is laid through the readings. How far such a line would lie off level by "
            "luck alone "
            "was tried on tens of thousands of made-up metrics that do not move, as noisy and as sluggish as "
            "this one; "
            "less than one in twenty of them must drift as far. “Flat” is said only where the metric names a "
            "change that "
            "would not matter, and a larger one can be ruled out.",
            "With fewer than 12 readings, or where each reading resembles the last so much that a wandering "
            "level and a "
            "trend look alike, it says that it cannot tell.",
            f"Of metrics that do not move, {alarms} are called a trend with {_of_lengths(found)} readings. Of "
            f"drifts of "
            f"three standard deviations over the window, {seen} are seen.",
        ),
        Test(
            "story", "Did it step or drift?",
            "Whether a change came at once, bit by bit, or both, or whether one reading stands alone.",
            "A level, a step at every possible place, a line, and both are held against each other; the word "
            "that makes "
            "the readings likeliest is used, and how much likelier it is stands beside it.",
            "Fewer than 12 readings, and metrics that may be flow or stock.",
            f"A step of three standard deviations among 52 readings is called a step in "
            f"{percent(right['a step']['step'])}, "
            f"a drift of that size a drift in {percent(right['a drift']['drift'])}; where nothing happens, a "
            f"step or a "
            f"drift is seen in {percent(right['nothing']['step'] + right['nothing']['drift'])}.",
        ),
        Test(
            "shift", "Are the latest readings different?",
            "Whether the last 2 to 16 readings lie on another level than those before.",
            "It looks after each new reading. Looking often is what breeds false alarms, so the bar is set for "
            "all looks "
            "together; an alarm stays until a month of looks is calm, without being repeated.",
            "Fewer than 12 readings, and metrics that may be flow or stock.",
            f"Of metrics that do not change, {percent(shift.alarms)} give an alarm within 52 looks. A shift of "
            f"1.5, 2 "
            f"or 3 standard deviations is told after {joined([f'{delay:.0f}' for delay in shift.delays])} "
            f"readings (median).",
        ),
        Test(
            "changes", "When did it change for good?",
            "At which periods of the whole history a level, or a line, gave way to another.",
            "Changes are added one by one as long as each makes the readings much likelier, allowing for "
            "readings that "
            "resemble the last; the size comes with a range that holds in 95 of 100 cases.",
            "Fewer than 12 readings. Changes of less than a tenth of the usual spread are not told.",
            _changes_errs(found),
        ),
        Test(
            "pace", "How likely is the target?",
            "Where a key result will be at its due date, and how likely it reaches its target.",
            "Level, slope, season and sluggishness are estimated with all that the readings leave open, and carried "
            "forward; a slope is taken to go on at nine tenths of what it was.",
            "Fewer than 12 readings, a declared season that was seen less than twice, a due date further off than the "
            "readings reach back. Where no season is declared or seen yet, the range allows for one. "
            "Where nothing is told, attainment alone decides the status, and the page says “pace unknown”.",
            _pace_errs(found),
        ),
        Test(
            "divergence", "Does it outgrow another metric?",
            "Whether the ratio of two metrics drifts, whatever their units; where values are not all above zero, the "
            "difference of both, each divided by its usual size.",
            "The test for trends is put to the ratio, so that what lifts both alike cancels. A lag holds each reading "
            "of one against an earlier one of the other: choose it before you look, as every lag that is tried is "
            "another chance for luck.",
            "Fewer than 12 periods with 9 readings of both, a season seen less than twice, and two cadences.",
            _divergence_errs(found),
        ),
        Test(
            "many", "Which of many metrics move?",
            "Of a hundred metrics that do not move, some seem to. Which of those that seem to may be shown?",
            "Within each category, the rule of Benjamini and Hochberg keeps the share of luck among what is "
            "shown at a "
            "tenth on average. What does not pass is said on the metric's own page, without colour in the catalogue.",
            "Metrics of which nothing can be told neither count nor dilute.",
            "On average one in ten of what is shown as moving is luck after all.",
        ),
    )  # fmt: skip


def _changes_errs(found: Measured) -> str:
    ours = found.changes[0]
    alarms, seen = (joined([percent(share) for share in shares]) for shares in (ours.alarms, ours.seen))
    return (
        f"In metrics that never change, a change is told in {alarms} with "
        f"{joined([str(length) for length in found.change_lengths])} readings. A step of two standard deviations in "
        f"the middle is found within three readings in {seen}."
    )


def _pace_errs(found: Measured) -> str:
    steady = found.pace[0]
    at = next((one for one in steady.bins if 0.7 <= one.said < 0.8), None)
    likely = (
        f"Of targets said to be {percent(at.said)} likely, {percent(at.happened)} are reached. " if at else ""
    )
    gaps = [f"{percent(each.gap)} {_WHERE.get(each.name, each.name)}" for each in found.pace]
    lowest, highest = (percent(extreme(each.inside for each in found.pace)) for extreme in (min, max))
    chance = percent(2 * max(each.error for each in found.pace))
    return (
        f"{likely}Over ten such classes the largest gap between what is said and what happens is {joined(gaps)}; so "
        f"few cases lie in some classes that up to {chance} of that can be luck. The range of eight cases in ten "
        f"holds {lowest} to {highest}."
    )


_WHERE = {
    "steady": "where a line goes on",
    "broken": "where it breaks",
    "total": "for sums that add up",
    "stock": "for levels that wander",
    "unseen": "where half have a season that nobody declared",
}


def _divergence_errs(found: Measured) -> str:
    ours = found.divergence[0]
    alarms, seen = (joined([percent(share) for share in shares]) for shares in (ours.alarms, ours.seen))
    return (
        f"Of pairs that move alike, {alarms} are said to part with {joined([str(n) for n in ours.lengths])} readings. "
        f"Of pairs of which one gains three standard deviations on the other, {seen} are seen."
    )


def _example(found: Measured) -> Chart:
    days = [_FIRST_WEEK + timedelta(weeks=week) for week in range(len(found.example))]
    points = tuple(zip(days, found.example, strict=True))
    plot = TimePlot(
        "A simulated metric that does not move: 26 weekly readings around 100",
        (Line("Simulated readings", points, dots=True),),
        height=240,
    )
    rows = tuple((f"Week {week}", number_words(value)) for week, value in enumerate(found.example, start=1))
    table = Table("Readings of the simulated metric", ("Week", "Reading"), rows)
    return charted("figure-method", plot, table)


def _example_words(found: Measured) -> str:
    fooled = [name for name, alarmed in found.example_alarms if alarmed]
    return (
        f"This metric does not move; its readings only resemble each other from week to week. "
        f"{counted(len(fooled), 'method')} of {len(found.example_alarms)} see a trend in it: {joined(fooled)}. "
        f"Plumbline says “no clear change”. It is the first of {found.run('example').series:,} on which so many err; "
        f"how often each does stands below."
    )
