"""What the seed decides about the sample company as a whole: its time span and its story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from alignment.periods import Cadence, Calendar, Period
from alignment.sample.chance import between

YEARS_OF_HISTORY = 3
CALENDAR = Calendar(fiscal_year_start_month=1, first_day_of_week=0)
# Chains such as cash or ARR, and yearly growth, need values from before the first one shown.
WARM_UP_WEEKS = 70


@dataclass(frozen=True)
class Story:
    """How the company drifts: when, how much, in which shape. A healthy twin has the same one, unused.

    `strength` is 0 until the platform rebuild begins, 1 on the day of opening, and levels off at 1.25 afterwards.
    """

    begins: date
    size: float
    curve: float
    weeks_to_opening: float

    def strength(self, day: date) -> float:
        """How far the drift has come on `day`: 0 before it began, 1 at the opening, at most 1.25."""
        weeks = (day - self.begins).days / 7
        if weeks <= 0:
            return 0.0
        return float(min(1.25, (weeks / self.weeks_to_opening) ** self.curve))


@dataclass(frozen=True)
class World:
    """One sample company: its seed, the day on which it was opened, and whether the story is left out."""

    seed: int
    opened_on: date
    healthy: bool = False

    @cached_property
    def epoch(self) -> date:
        """The first day of history: a Monday about three years before the opening."""
        start = self.opened_on - timedelta(days=round(365.25 * YEARS_OF_HISTORY))
        return Period.containing(start, Cadence.WEEK, CALENDAR).start

    @cached_property
    def story(self) -> Story:
        """The story that belongs to the seed; it begins 20 to 40 weeks before the opening."""
        weeks = between(20, 40, self.seed, "story", "begins")
        begins = Period.containing(
            self.opened_on - timedelta(days=round(7 * weeks)), Cadence.WEEK, CALENDAR
        ).start
        return Story(
            begins=begins,
            size=between(0.9, 1.15, self.seed, "story", "size"),
            curve=between(1.0, 1.5, self.seed, "story", "curve"),
            weeks_to_opening=(self.opened_on - begins).days / 7,
        )

    def drift(self, day: date) -> float:
        """Strength of the story times its size on `day`; always 0 for the healthy twin."""
        return 0.0 if self.healthy else self.story.size * self.story.strength(day)

    def weeks(self, day: date) -> float:
        """Weeks from the epoch to `day`; negative before it."""
        return (day - self.epoch).days / 7

    def weeks_of_growth(self, day: date) -> float:
        """Weeks from the epoch to `day`, standing still once the story has begun."""
        if self.healthy:
            return self.weeks(day)
        return min(self.weeks(day), self.weeks(self.story.begins))

    def first_period(self, cadence: Cadence) -> Period:
        """The first period that is reported: the one that holds the epoch."""
        return Period.containing(self.epoch, cadence, CALENDAR)

    def warm_up_period(self, cadence: Cadence) -> Period:
        """The first period that is computed, before any is reported."""
        return Period.containing(self.epoch - timedelta(weeks=WARM_UP_WEEKS), cadence, CALENDAR)
