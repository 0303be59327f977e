"""Everything that can be said of a set of named series at once, of pairs of them, and of targets: the run as a whole.

The same rules as the product's, without a database: `manage.py analyze` prints what stands here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from alignment.periods import Period
from alignment.signals.columns import (
    Columns,
    as_found,
    season_in_doubt,
    season_of,
    seen_twice,
)
from alignment.signals.discovery import Discoveries, Finding, discover
from alignment.signals.divergence import Divergence
from alignment.signals.diverging import diverge
from alignment.signals.pace import Goal, Pace, pace
from alignment.signals.pairing import side_by_side
from alignment.signals.staleness import Staleness, staleness
from alignment.signals.verdict import Series, Verdicts
from alignment.signals.verdicts import verdicts


class NotComparable(ValueError):
    """Two series that cannot be held against each other; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A series with its names. `series.kind` is None where neither a person nor its name says what it is;
    `kind_source` is "declared" or "name" where one does, with the reason."""

    key: str
    name: str
    series: Series
    kind_source: str | None = None
    kind_reason: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one series. `kind` is what it was judged as ("flow", "stock", None where that stayed open),
    `kind_source` "declared", "name", "readings" or "open"; `p` the evidence behind the headline."""

    subject: Subject
    kind: str | None
    kind_source: str
    kind_reason: str
    verdicts: Verdicts
    staleness: Staleness
    p: float | None


@dataclass(frozen=True, slots=True)
class PairAsked:
    """Positions of two series; each reading of the second is held against the first's `lag` periods before."""

    first: int
    second: int
    lag: int = 0


@dataclass(frozen=True, slots=True)
class PairTold:
    """What is said of a pair, over the periods (of the second series) in which both are known."""

    asked: PairAsked
    columns: Columns
    kind: str
    divergence: Divergence


@dataclass(frozen=True, slots=True)
class TargetAsked:
    """The value that a series (by its position) is to have reached in the last period that ends by `due`."""

    at: int
    value: float
    due: date


@dataclass(frozen=True, slots=True)
class TargetTold:
    """Where the series will be, with the first days of the periods of the path."""

    asked: TargetAsked
    pace: Pace
    starts: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """A run: series, pairs and targets in the order asked, and what stands out among the series."""

    series: tuple[Told, ...]
    pairs: tuple[PairTold, ...]
    targets: tuple[TargetTold, ...]
    run: Discoveries[str]


def analyse(
    subjects: Sequence[Subject],
    *,
    day: date,
    pairs: Sequence[PairAsked] = (),
    targets: Sequence[TargetAsked] = (),
) -> Analysis:
    """Judge a run as of `day`. Raises NotComparable for a pair of different cadences."""
    found = verdicts([subject.series for subject in subjects])
    told = tuple(_told(*each, day) for each in zip(subjects, found, strict=True))
    findings = [Finding(one.subject.key, "", one.verdicts.headline.verdict, one.p) for one in told]
    return Analysis(
        told,
        tuple(_pair(told, asked) for asked in pairs),
        tuple(_target(told[asked.at], asked) for asked in targets),
        discover(findings),
    )


def evidence(found: Verdicts) -> float | None:
    """The p of what the headline claims (of the trend where it claims nothing), None where it cannot tell.

    Of series in which nothing happens 5 % have a p under .05, as measured, so a run may be judged by it.
    """
    verdict = found.headline.verdict
    if "stepped" in verdict or "turned" in verdict:
        return found.story.p
    if "shifted" in verdict:
        return found.shift.yearly
    return None if verdict == "cannot tell" else found.trend.p


def _told(subject: Subject, found: Verdicts, day: date) -> Told:
    kind, source, reason = subject.series.kind, subject.kind_source or "declared", subject.kind_reason
    if kind is None:
        kind, source = found.guess.kind, "readings" if found.guess.kind else "open"
        reason = found.guess.reason
    columns = subject.series.columns
    last = columns.starts[-1] if columns.starts else None
    stale = staleness(columns.cadence, 0, last, day)
    return Told(subject, kind, source, reason, found, stale, evidence(found))


def _pair(told: Sequence[Told], asked: PairAsked) -> PairTold:
    one, other = told[asked.first], told[asked.second]
    first, second = one.subject.series.columns, other.subject.series.columns
    if first.cadence is not second.cadence:
        raise NotComparable(
            f"{one.subject.name} is {first.cadence.label} and {other.subject.name} {second.cadence.label}: "
            "pair series of one cadence."
        )
    pair = side_by_side(first, second, asked.lag)
    columns = pair.second
    rows = [np.array([as_found(values)]) for values in (pair.first, columns.values)]
    kind = "stock" if "stock" in (one.kind, other.kind) else "flow"
    if not columns.starts:
        words = "Cannot tell whether they part: there is no period in which both have a reading."
        return PairTold(asked, columns, kind, Divergence("cannot tell", words, 0))
    names = (one.subject.name, other.subject.name)
    period = seen_twice(season_of(columns.cadence), len(columns.starts))
    [found] = diverge(*rows, period=period, kind=kind, names=names, columns=columns)
    return PairTold(asked, columns, kind, found)


def _target(told: Told, asked: TargetAsked) -> TargetTold:
    series = told.subject.series
    columns = series.columns
    if not columns.starts:
        words = "Cannot tell where it will be: there are no readings."
        return TargetTold(asked, Pace(None, words, asked.value, 0), ())
    last = Period(columns.starts[-1], columns.cadence)
    period = last.next()
    starts: list[date] = []
    while period.end <= asked.due:
        starts.append(period.start)
        period = period.next()
    [found] = pace(
        np.array([as_found(columns.values)]),
        ahead=len(starts),
        target=np.array([asked.value]),
        higher=series.direction != "lower",
        goal=Goal.STOCK if told.kind == "stock" else Goal.READING,
        period=series.period,
        perhaps=season_in_doubt(columns.cadence, series.season),
    )
    return TargetTold(asked, found, tuple(starts[: len(found.steps)]))
