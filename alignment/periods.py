"""`Period`: the value object that owns all date arithmetic.

A period is one day, week, month, quarter or fiscal year. It knows its first and last day, its neighbours
and its name, and can be read from the forms in which people and files write periods. Nothing here reads the
clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LAST_YEAR = 2100
_FIRST_YEAR = 1900


class Cadence(StrEnum):
    """How often something is measured; also the kind of a period."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    FISCAL_YEAR = "fiscal-year"

    @property
    def label(self) -> str:
        """The adjective used on pages: daily, weekly, ..."""
        return _CADENCE_LABELS[self]

    @property
    def typical_days(self) -> int:
        """Length in days that stands for one step of this cadence (91 for a quarter)."""
        return _CADENCE_DAYS[self]

    @property
    def per_year(self) -> int:
        """Periods in a year: 365, 52, 12, 4 or 1."""
        return _CADENCE_PER_YEAR[self]


_CADENCE_LABELS = {
    Cadence.DAY: "daily",
    Cadence.WEEK: "weekly",
    Cadence.MONTH: "monthly",
    Cadence.QUARTER: "quarterly",
    Cadence.FISCAL_YEAR: "yearly",
}
_CADENCE_DAYS = {
    Cadence.DAY: 1,
    Cadence.WEEK: 7,
    Cadence.MONTH: 30,
    Cadence.QUARTER: 91,
    Cadence.FISCAL_YEAR: 365,
}
_CADENCE_PER_YEAR = {
    Cadence.DAY: 365,
    Cadence.WEEK: 52,
    Cadence.MONTH: 12,
    Cadence.QUARTER: 4,
    Cadence.FISCAL_YEAR: 1,
}
_MONTHS_PER_PERIOD = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.FISCAL_YEAR: 12}


class PeriodError(ValueError):
    """A text or a date that names no period; the message says which forms are understood."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """A company's conventions: first month of its fiscal year (1-12), first day of its week (Monday 0)."""

    fiscal_year_start_month: int = 1
    first_day_of_week: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.fiscal_year_start_month <= 12:
            raise PeriodError(f"The fiscal year starts in month 1 to 12, not {self.fiscal_year_start_month}.")
        if not 0 <= self.first_day_of_week <= 6:
            raise PeriodError(f"The first day of the week is 0 (Monday) to 6, not {self.first_day_of_week}.")


STANDARD = Calendar()


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One day, week, month, quarter or fiscal year, known by its cadence and first day.

    Periods of one cadence order by time. Make one with `containing` or `parse`; the constructor trusts that
    `start` really is a first day.
    """

    start: date
    cadence: Cadence = field(compare=True)

    # -- making one ----------------------------------------------------------------------------------------

    @classmethod
    def containing(cls, day: date, cadence: Cadence | str, calendar: Calendar = STANDARD) -> Period:
        """The period of this cadence that `day` lies in."""
        cadence = Cadence(cadence)
        if cadence is Cadence.DAY:
            return cls(day, cadence)
        if cadence is Cadence.WEEK:
            return cls(day - timedelta(days=(day.weekday() - calendar.first_day_of_week) % 7), cadence)
        months = _MONTHS_PER_PERIOD[cadence]
        into_fiscal_year = (day.month - calendar.fiscal_year_start_month) % 12
        return cls(_add_months(day.replace(day=1), -(into_fiscal_year % months)), cadence)

    @classmethod
    def parse(cls, text: str, calendar: Calendar = STANDARD) -> Period:
        """Read `2026-01-31`, `2026-W05`, `1991 W06`, `2026-01`, `2002 Jan`, `Jan 2002`, `2026-Q2`, `1970 Q1`,
        `Q2 2026` or `FY2026`.

        `FY2026` is the fiscal year that *ends* in 2026 (with a January start: the calendar year 2026);
        a quarter is the calendar's quarter counted from January unless the fiscal year starts elsewhere, when
        it counts within the fiscal year of that name. Raises `PeriodError` for anything else.
        """
        stripped = text.strip()
        for pattern, make in _FORMS:
            match = pattern.fullmatch(stripped)
            if match:
                try:
                    period = make(match, calendar)
                except ValueError as error:
                    raise PeriodError(f"“{text}” names no real period: {error}.") from error
                if not _FIRST_YEAR <= period.start.year <= _LAST_YEAR:
                    raise PeriodError(f"“{text}” lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}.")
                return period
        raise PeriodError(
            f"“{text}” is not a period. Write a day as 2026-01-31, a week as 2026-W05, a month as 2026-01, "
            "a quarter as 2026-Q2 or a fiscal year as FY2026."
        )

    # -- what it knows -------------------------------------------------------------------------------------

    @property
    def end(self) -> date:
        """The last day, inclusive."""
        return self.next().start - timedelta(days=1)

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days + 1

    def contains(self, day: date) -> bool:
        """Whether `day` lies in the period."""
        return self.start <= day <= self.end

    def next(self, count: int = 1) -> Period:
        """The period `count` steps later (earlier when negative)."""
        if self.cadence is Cadence.DAY:
            return Period(self.start + timedelta(days=count), self.cadence)
        if self.cadence is Cadence.WEEK:
            return Period(self.start + timedelta(days=7 * count), self.cadence)
        return Period(_add_months(self.start, _MONTHS_PER_PERIOD[self.cadence] * count), self.cadence)

    def previous(self, count: int = 1) -> Period:
        """The period `count` steps earlier."""
        return self.next(-count)

    def name(self, calendar: Calendar = STANDARD) -> str:
        """The name that `parse` reads back under the same calendar."""
        start = self.start
        if self.cadence is Cadence.DAY:
            return start.isoformat()
        if self.cadence is Cadence.WEEK:
            year, week, _ = (start + timedelta(days=3)).isocalendar()
            return f"{year}-W{week:02d}"
        if self.cadence is Cadence.MONTH:
            return f"{start.year}-{start.month:02d}"
        fiscal_year = _fiscal_year(start, calendar)
        if self.cadence is Cadence.FISCAL_YEAR:
            return f"FY{fiscal_year}"
        quarter = (start.month - calendar.fiscal_year_start_month) % 12 // 3 + 1
        return f"{fiscal_year}-Q{quarter}"

    def __str__(self) -> str:
        return self.name()


def periods_between(first: Period, last: Period) -> Iterator[Period]:
    """All periods from `first` to `last`, both included; none when `last` is earlier."""
    if first.cadence is not last.cadence:
        raise PeriodError(f"A {first.cadence.label} and a {last.cadence.label} period have no common steps.")
    current = first
    while current.start <= last.start:
        yield current
        current = current.next()


def _add_months(first_of_month: date, months: int) -> date:
    index = first_of_month.year * 12 + first_of_month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _fiscal_year(day: date, calendar: Calendar) -> int:
    """The year in which the fiscal year that holds `day` ends."""
    started_this_year = calendar.fiscal_year_start_month > 1 and day.month >= calendar.fiscal_year_start_month
    return day.year + 1 if started_this_year else day.year


def _fiscal_year_start(fiscal_year: int, calendar: Calendar) -> date:
    month = calendar.fiscal_year_start_month
    return date(fiscal_year - 1 if month > 1 else fiscal_year, month, 1)


def _day(match: re.Match[str], calendar: Calendar) -> Period:
    return Period(date(int(match["year"]), int(match["month"]), int(match["day"])), Cadence.DAY)


def _week(match: re.Match[str], calendar: Calendar) -> Period:
    monday = date.fromisocalendar(int(match["year"]), int(match["week"]), 1)
    # The week that shares its middle with the ISO week, whatever day weeks start on here.
    return Period.containing(monday + timedelta(days=3), Cadence.WEEK, calendar)


def _month(match: re.Match[str], calendar: Calendar) -> Period:
    return Period(date(int(match["year"]), int(match["month"]), 1), Cadence.MONTH)


def _named_month(match: re.Match[str], calendar: Calendar) -> Period:
    name = match["name"].lower()
    number = next((n for n, short in enumerate(_MONTHS, start=1) if name.startswith(short)), 0)
    if not number or not _FULL_MONTHS[number - 1].startswith(name.rstrip(".")):
        raise ValueError(f"no month is called {match['name']}")
    return Period(date(int(match["year"]), number, 1), Cadence.MONTH)


def _quarter(match: re.Match[str], calendar: Calendar) -> Period:
    start = _fiscal_year_start(int(match["year"]), calendar)
    return Period(_add_months(start, 3 * (int(match["quarter"]) - 1)), Cadence.QUARTER)


def _whole_year(match: re.Match[str], calendar: Calendar) -> Period:
    return Period(_fiscal_year_start(int(match["year"]), calendar), Cadence.FISCAL_YEAR)


_FULL_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_FORMS = tuple(
    (re.compile(pattern, re.ASCII | re.IGNORECASE), make)
    for pattern, make in (
        (r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", _day),
        (r"(?P<year>\d{4})[- ]?W(?P<week>\d{2})", _week),
        (r"(?P<year>\d{4})-(?P<month>\d{2})", _month),
        (r"(?P<year>\d{4})[- ](?P<name>[a-z]{3,9}\.?)", _named_month),
        (r"(?P<name>[a-z]{3,9}\.?)[- ](?P<year>\d{4})", _named_month),
        (r"(?P<year>\d{4})[- ]?Q(?P<quarter>[1-4])", _quarter),
        (r"Q(?P<quarter>[1-4])[- ](?P<year>\d{4})", _quarter),
        (r"FY ?(?P<year>\d{4})", _whole_year),
    )
)
