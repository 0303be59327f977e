"""Which cadence a series of dates has, told from marks that each date leaves: no list of dates is kept.

A period leaves one set of bits; a series is the union of its periods' bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from alignment.periods import Cadence, Calendar, Period

_WEEKDAYS = 0x7F
_MONTHS_SHIFT, _MONTHS = 7, 0xFFF
_NOT_FIRST, _NOT_LAST = 1 << 19, 1 << 20
_FORMS_SHIFT = 21
_FORMS = tuple(Cadence)
BITS = 26
FIRM_FROM = 3


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The cadence that dates have, and why. `firm` when there are enough of them to be held to it."""

    cadence: Cadence
    why: str
    firm: bool


def marks(period: Period) -> int:
    """The bits that one cell's period leaves."""
    form = 1 << (_FORMS_SHIFT + _FORMS.index(period.cadence))
    day = period.start
    if period.cadence is not Cadence.DAY:
        return form
    first = 0 if day.day == 1 else _NOT_FIRST
    last = 0 if (day + timedelta(days=1)).day == 1 else _NOT_LAST
    return form | 1 << day.weekday() | 1 << (_MONTHS_SHIFT + day.month - 1) | first | last


def rhythm_of(bits: int, readings: int, calendar: Calendar) -> Rhythm | None:
    """The cadence of a series with these bits; None where its cells mix forms or name nothing."""
    forms = [form for index, form in enumerate(_FORMS) if bits >> (_FORMS_SHIFT + index) & 1]
    if len(forms) != 1:
        return None
    if forms[0] is not Cadence.DAY:
        return Rhythm(forms[0], f"periods are written as {_WRITTEN[forms[0]]}", firm=True)
    firm = readings >= FIRM_FROM
    weekdays = bits & _WEEKDAYS
    months = [month for month in range(1, 13) if bits >> (_MONTHS_SHIFT + month - 1) & 1]
    at_start, at_end = not bits & _NOT_FIRST, not bits & _NOT_LAST
    if at_start or at_end:
        edge = "first" if at_start else "last"
        return _monthly(months, edge, firm, calendar)
    if weekdays.bit_count() == 1:
        names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
        return Rhythm(Cadence.WEEK, f"all dates are a {names[weekdays.bit_length() - 1]}", firm)
    return Rhythm(Cadence.DAY, "dates fall on different days of week and month", firm)


def _monthly(months: list[int], edge: str, firm: bool, calendar: Calendar) -> Rhythm:
    start = calendar.fiscal_year_start_month
    starts = months if edge == "first" else [month % 12 + 1 for month in months]
    if all((month - start) % 12 == 0 for month in starts) and firm:
        return Rhythm(Cadence.FISCAL_YEAR, f"all dates are the {edge} day of a fiscal year", firm)
    if all((month - start) % 3 == 0 for month in starts) and firm:
        return Rhythm(Cadence.QUARTER, f"all dates are the {edge} day of a quarter", firm)
    return Rhythm(Cadence.MONTH, f"all dates are the {edge} day of a month", firm)


_WRITTEN = {
    Cadence.DAY: "days",
    Cadence.WEEK: "weeks (2026-W05)",
    Cadence.MONTH: "months (2026-01)",
    Cadence.QUARTER: "quarters (2026-Q2)",
    Cadence.FISCAL_YEAR: "years",
}


def fits(period: Period, cadence: Cadence, calendar: Calendar, *, chosen: bool) -> bool:
    """Whether a cell's period can stand for one of `cadence`: the same form, or a day at either edge of it;
    any day where a person chose the cadence."""
    if period.cadence is cadence:
        return True
    if period.cadence is not Cadence.DAY:
        return False
    return chosen or cadence is Cadence.WEEK or period.start in _edges(period, cadence, calendar)


def _edges(period: Period, cadence: Cadence, calendar: Calendar) -> tuple[object, object]:
    whole = Period.containing(period.start, cadence, calendar)
    return whole.start, whole.end
