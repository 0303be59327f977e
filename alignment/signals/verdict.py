"""What is said of one metric's readings, and what it is said of. `alignment.signals.verdicts` says it.

Loads no numpy, so that what only asks or shows can hold these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from alignment.signals.columns import Columns, season_of, unseen_words

if TYPE_CHECKING:
    from alignment.signals.kinds import Guess
    from alignment.signals.trend import Trend
    from alignment.signals.verdict_words import Headline

CLAIMED = ("improving", "worsening")
"""Verdicts of a trend that say that something moves."""


@dataclass(frozen=True, slots=True)
class Series:
    """A metric's readings by period and what is declared of it; `margin` is the change that would not matter.

    `kind` is "flow", "stock" or None where it is not declared; `season` "yearly", "none" or "" where it is not
    declared; `unit` stands in the sentences.
    """

    columns: Columns
    direction: str
    kind: str | None = "flow"
    margin: float | None = None
    unit: str = ""
    season: str = ""

    @property
    def period(self) -> int | None:
        """Columns in a season, None where there is none: it counts as soon as it could be seen twice."""
        return season_of(self.columns.cadence, self.season)

    @property
    def unseen(self) -> str:
        """Why nothing can be told of a season that is declared and was not seen twice; else empty."""
        return unseen_words(len(self.columns.values), self.columns.cadence, self.season)


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
    """The alarm in days. `verdict` is "shifted", "drifting" (the readings differ bit by bit, so there is no `start`
    and no `size`), "quiet" or "cannot tell"; see `Alarm` for the figures. `start` and `size` are those of a change,
    and `raised` is None where the alarm was there before it.
    """

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
    its kind. `without_year`: the wave of the year was taken out of daily readings.
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
    without_year: bool = False
