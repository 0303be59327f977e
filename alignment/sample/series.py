"""The values of all metrics of a sample company, up to a day.

A value depends on the seed, the metric and the periods before it, never on how far the series is computed: a later
`until` only adds periods at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import cos, exp, pi

from alignment.periods import Cadence, Period, periods_between
from alignment.sample.catalogue import metrics
from alignment.sample.catalogue.plan import Course, MetricPlan
from alignment.sample.chance import sluggish
from alignment.sample.derived import derive
from alignment.sample.world import CALENDAR, World


@dataclass(frozen=True)
class Reading:
    """The value of one metric for one period, rounded as it is reported."""

    metric: str
    period: Period
    value: Decimal


@dataclass(frozen=True)
class _Moment:
    """The end of a period as courses need it; the same for all metrics of a cadence."""

    period: Period
    step: str
    weeks: float
    weeks_of_growth: float
    week_of_year: float
    drift: float

    @classmethod
    def at_end_of(cls, period: Period, world: World) -> _Moment:
        """The moment at which the period ends."""
        end = period.end
        week_of_year = end.timetuple().tm_yday / 365.25 * 52
        return cls(
            period,
            period.start.isoformat(),
            world.weeks(end),
            world.weeks_of_growth(end),
            week_of_year,
            world.drift(end),
        )


def course_value(course: Course, moment: _Moment) -> float:
    """The value of a course at a moment without its noise."""
    weeks = moment.weeks_of_growth if course.stalls else moment.weeks
    wave = course.season * cos(2 * pi * (moment.week_of_year - course.peak) / 52) if course.season else 0.0
    drift = course.story * moment.drift
    if course.ratio:
        return float(course.base * (1 + course.yearly) ** (weeks / 52) * (1 + wave) * (1 + drift))
    return course.base + course.yearly * weeks / 52 + wave + drift


class Company:
    """A world with its series computed for all periods that ended before or on `until`."""

    def __init__(self, world: World, until: date) -> None:
        self.world = world
        self.until = until
        self.plans = metrics(world.healthy)
        self._periods = {cadence: self._ended(cadence) for cadence in _CADENCES}
        self._moments = {
            cadence: [_Moment.at_end_of(period, world) for period in periods]
            for cadence, periods in self._periods.items()
        }
        self.raw = self._compute()
        self.readings: dict[str, list[Reading]] = {plan.key: self._report(plan) for plan in self.plans}

    def _ended(self, cadence: Cadence) -> list[Period]:
        first = self.world.warm_up_period(cadence)
        last = Period.containing(self.until, cadence, CALENDAR)
        if last.end > self.until:
            last = last.previous()
        return list(periods_between(first, last))

    def _compute(self) -> dict[str, list[float]]:
        raw: dict[str, list[float]] = {}
        for plan in self.plans:
            if plan.course is not None:
                raw[plan.key] = self._with_noise(plan, plan.course)
        derive(self.world, self._periods[Cadence.WEEK], self._periods[Cadence.MONTH], raw)
        return raw

    def _with_noise(self, plan: MetricPlan, course: Course) -> list[float]:
        moments = self._moments[plan.feed.cadence]
        noise = sluggish(self.world.seed, plan.key, [moment.step for moment in moments], course.phi)
        values = []
        for moment, draw in zip(moments, noise, strict=True):
            value = course_value(course, moment)
            value = value * exp(course.noise * draw) if course.ratio else value + course.noise * draw
            values.append(_clip(plan, value))
        return values

    def _report(self, plan: MetricPlan) -> list[Reading]:
        first = self.world.first_period(plan.feed.cadence).start
        reported = []
        for period, value in zip(self._periods[plan.feed.cadence], self.raw[plan.key], strict=True):
            if period.start >= first and self._is_measured(plan, period):
                number = round(Decimal(repr(_clip(plan, value))), plan.decimals)
                reported.append(Reading(plan.key, period, abs(number) if number == 0 else number))
        return reported

    def _is_measured(self, plan: MetricPlan, period: Period) -> bool:
        if plan.weeks_before_opening is None and plan.silent_from_weeks is None:
            return True
        weeks_after_opening = (period.end - self.world.opened_on).days / 7
        if plan.weeks_before_opening is not None and weeks_after_opening < -plan.weeks_before_opening:
            return False
        if plan.silent_from_weeks is None:
            return True
        since_silence = weeks_after_opening - plan.silent_from_weeks
        return not 0 <= since_silence < plan.silent_for_weeks

    def level_before(self, key: str, day: date) -> Decimal:
        """The mean of the last four weekly, two monthly or one quarterly readings that ended before `day`,
        rounded as the metric is reported: what people would write down as a baseline."""
        plan = next(plan for plan in self.plans if plan.key == key)
        return round(self.mean_before(key, day, _READINGS_OF_A_BASELINE[plan.feed.cadence]), plan.decimals)

    def mean_before(self, key: str, day: date, count: int) -> Decimal:
        """The mean of the last `count` values of periods that ended before `day`, reported or not.

        Raises ValueError if there is none.
        """
        plan = next(plan for plan in self.plans if plan.key == key)
        periods = self._periods[plan.feed.cadence]
        last = sum(1 for period in periods if period.end < day)
        before = self.raw[key][max(0, last - count) : last]
        if not before:
            raise ValueError(f"The sample metric {key} has no value before {day}.")
        return Decimal(repr(sum(before) / len(before)))


_CADENCES = (Cadence.WEEK, Cadence.MONTH, Cadence.QUARTER)
_READINGS_OF_A_BASELINE: Mapping[Cadence, int] = {Cadence.WEEK: 4, Cadence.MONTH: 2, Cadence.QUARTER: 1}


def _clip(plan: MetricPlan, value: float) -> float:
    if plan.low is not None:
        value = max(plan.low, value)
    return value if plan.high is None else min(plan.high, value)
