"""Periods: reading, naming, neighbours, and the company's own calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.periods import Cadence, Calendar, Period, PeriodError, periods_between

CALENDARS = st.builds(Calendar, st.integers(1, 12), st.integers(0, 6))
DAYS = st.dates(date(1901, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("text", "start", "end", "cadence"),
    [
        ("2026-01-31", date(2026, 1, 31), date(2026, 1, 31), Cadence.DAY),
        ("2026-W05", date(2026, 1, 26), date(2026, 2, 1), Cadence.WEEK),
        ("1991 W06", date(1991, 2, 4), date(1991, 2, 10), Cadence.WEEK),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3), Cadence.WEEK),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28), Cadence.MONTH),
        ("2002 Jan", date(2002, 1, 1), date(2002, 1, 31), Cadence.MONTH),
        ("2002 sept", date(2002, 9, 1), date(2002, 9, 30), Cadence.MONTH),
        ("February 2024", date(2024, 2, 1), date(2024, 2, 29), Cadence.MONTH),
        ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30), Cadence.QUARTER),
        ("1970 Q1", date(1970, 1, 1), date(1970, 3, 31), Cadence.QUARTER),
        ("Q4 2026", date(2026, 10, 1), date(2026, 12, 31), Cadence.QUARTER),
        ("FY2026", date(2026, 1, 1), date(2026, 12, 31), Cadence.FISCAL_YEAR),
    ],
)
def test_reads_the_forms_people_write(text: str, start: date, end: date, cadence: Cadence) -> None:
    period = Period.parse(text)
    assert (period.start, period.end, period.cadence) == (start, end, cadence)


@pytest.mark.parametrize(
    "text",
    ["", "now", "today", "45000", "2026-13", "2026-02-30", "2026-W54", "2021-W53", "2026-Q5", "01/02/2026",
     "0001-01-01", "9999-12-31", "2002 Jax", "2026-١", "2026 Mayhem"],
)  # fmt: skip
def test_refuses_what_is_no_period(text: str) -> None:
    with pytest.raises(PeriodError):
        Period.parse(text)


def test_an_april_fiscal_year_is_named_after_the_year_it_ends_in() -> None:
    calendar = Calendar(fiscal_year_start_month=4)
    year = Period.containing(date(2026, 3, 31), Cadence.FISCAL_YEAR, calendar)
    assert (year.start, year.end, year.name(calendar)) == (date(2025, 4, 1), date(2026, 3, 31), "FY2026")
    quarter = Period.containing(date(2026, 4, 1), Cadence.QUARTER, calendar)
    assert quarter.name(calendar) == "2027-Q1"


def test_sunday_weeks_start_on_sunday() -> None:
    week = Period.containing(date(2026, 11, 22), Cadence.WEEK, Calendar(first_day_of_week=6))
    assert (week.start, week.end) == (date(2026, 11, 22), date(2026, 11, 28))


@given(DAYS, st.sampled_from(Cadence), CALENDARS)
def test_a_period_holds_its_day_and_its_name_reads_back(
    day: date, cadence: Cadence, calendar: Calendar
) -> None:
    period = Period.containing(day, cadence, calendar)
    assert period.start <= day <= period.end
    assert Period.containing(period.start, cadence, calendar) == period
    assert Period.containing(period.end, cadence, calendar) == period
    assert Period.parse(period.name(calendar), calendar) == period


@given(DAYS, st.sampled_from(Cadence), CALENDARS, st.integers(-40, 40))
def test_steps_leave_no_gap_and_undo_each_other(
    day: date, cadence: Cadence, calendar: Calendar, steps: int
) -> None:
    period = Period.containing(day, cadence, calendar)
    assert period.next().start == period.end + timedelta(days=1)
    assert period.next(steps).previous(steps) == period
    assert Period.containing(period.next(steps).start, cadence, calendar) == period.next(steps)


def test_between_includes_both_ends_and_refuses_mixed_cadences() -> None:
    first, last = Period.parse("2025-11"), Period.parse("2026-02")
    assert [str(p) for p in periods_between(first, last)] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert list(periods_between(last, first)) == []
    with pytest.raises(PeriodError, match="no common steps"):
        list(periods_between(first, Period.parse("2026-Q1")))
