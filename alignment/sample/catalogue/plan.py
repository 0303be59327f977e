"""What a metric of the sample company is, and how its values come about."""

from __future__ import annotations

from dataclasses import dataclass

from alignment.periods import Cadence


@dataclass(frozen=True)
class Feed:
    """A file that arrives regularly: `lag_days` after the end of each period, in the morning."""

    slug: str
    stem: str
    cadence: Cadence
    lag_days: int
    hour: int


OPERATIONS = Feed("operations", "weekly-operations", Cadence.WEEK, 2, 8)
GATEWAY = Feed("ai-gateway", "ai-gateway", Cadence.WEEK, 1, 6)
REVENUE = Feed("revenue", "revenue-report", Cadence.MONTH, 5, 9)
CLOSE = Feed("finance-close", "finance-close", Cadence.MONTH, 8, 16)
PEOPLE = Feed("people", "people-survey", Cadence.QUARTER, 14, 10)
REVIEW = Feed("strategy-review", "strategy-review", Cadence.QUARTER, 10, 11)
FEEDS = (OPERATIONS, GATEWAY, REVENUE, CLOSE, PEOPLE, REVIEW)


@dataclass(frozen=True)
class Course:
    """The course of a series without its noise.

    `base` is the value at the epoch. With `ratio` growth a year, season, noise and story are shares of the level
    (0.1 is ten percent), else amounts in the metric's unit. `season` is the half-height of a yearly wave with its
    top in week `peak`; `phi` how much each noise value resembles the last; `story` the effect of the full drift;
    with `stalls`, growth ends when the story begins.
    """

    base: float
    yearly: float = 0.0
    ratio: bool = False
    season: float = 0.0
    peak: int = 10
    noise: float = 0.0
    phi: float = 0.3
    story: float = 0.0
    stalls: bool = False


@dataclass(frozen=True)
class MetricPlan:
    """One metric: what the database says about it, and the course of its values (none: derived from others)."""

    key: str
    name: str
    category: str
    unit: str
    direction: str
    feed: Feed
    decimals: int
    source: str
    description: str
    course: Course | None = None
    kind: str = "flow"
    role: str = ""
    owner: str = ""
    team: str = ""
    value_stream: str = ""
    theme: str = ""
    epic: str = ""
    low: float | None = None
    high: float | None = None
    weeks_before_opening: int | None = None
    only_healthy: bool = False
    silent_from_weeks: int | None = None
    silent_for_weeks: int = 0
    hard_minimum: str = ""
    hard_maximum: str = ""

    @property
    def season(self) -> str:
        """What is declared of it: whether its course has a wave; nothing of what is derived from others."""
        if self.course is None:
            return ""
        return "yearly" if self.course.season else "none"
