"""Cells to periods, and whether a file writes day or month first.

Besides the forms of `Period.parse`: timestamps (the date as written counts, time and offset only name it),
2026/01/31, 31 Jan 2026, Jan 31, 2026, bare years, and numbers alone as 31/01/2026 or 01/31/2026.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from alignment.importing.options import DateOrder, Options
from alignment.importing.refusals import ImportRefused, Refusal
from alignment.periods import Cadence, Calendar, Period, PeriodError

FIRST_YEAR, LAST_YEAR = 1900, 2100
_NUMBERS = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})([/.])([0-9]{1,2})\2([0-9]{1,2})")
_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?) ?(Z|[-+][0-9]{2}:?[0-9]{2})?"
)
_DAY_MONTH_NAME = re.compile(r"([0-9]{1,2})[ -]([A-Za-z]{3,9})\.?[ -]([0-9]{4})")
_MONTH_NAME_DAY = re.compile(r"([A-Za-z]{3,9})\.? ([0-9]{1,2}),? ([0-9]{4})")
_YEAR = re.compile(r"(19|20|21)[0-9]{2}")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FORMS = "Write a day as 2026-01-31, a week as 2026-W05, a month as 2026-01, a quarter as 2026-Q2."


class DateFault(ValueError):
    """A cell that names no period: `reason` and `mend` for its refusal."""

    def __init__(self, reason: str, mend: str = FORMS) -> None:
        self.reason, self.mend = reason, mend
        super().__init__(reason)


@dataclass(slots=True)
class OrderEvidence:
    """What the dates of a file say about their order; `add` sees each distinct text once."""

    day_first: tuple[int, str] | None = None
    month_first: tuple[int, str] | None = None
    either: tuple[int, str] | None = None

    def add(self, text: str, line: int) -> None:
        """Take one cell into account."""
        match = _NUMBERS.fullmatch(text.strip())
        if match is None:
            return
        first, second = int(match[1]), int(match[3])
        as_day_first, as_month_first = second <= 12 and first <= 31, first <= 12 and second <= 31
        if as_day_first and as_month_first and first != second:
            self.either = self.either or (line, text)
        elif as_day_first and not as_month_first:
            self.day_first = self.day_first or (line, text)
        elif as_month_first and not as_day_first:
            self.month_first = self.month_first or (line, text)

    def decide(self, options: Options) -> tuple[DateOrder | None, str]:
        """The order (None where no date needs one) and why. Raises ImportRefused where both fit or both occur."""
        if options.dates is not None:
            return DateOrder(options.dates), "as chosen"
        if self.day_first and self.month_first:
            raise ImportRefused(
                Refusal(
                    f"The file mixes orders of dates: line {self.day_first[0]} has {self.day_first[1]}, "
                    f"line {self.month_first[0]} has {self.month_first[1]}.",
                    "Write all dates as 2026-01-31.",
                    line=max(self.day_first[0], self.month_first[0]),
                )
            )
        if self.day_first:
            return DateOrder.DAY_FIRST, f"line {self.day_first[0]} has {self.day_first[1]}"
        if self.month_first:
            return DateOrder.MONTH_FIRST, f"line {self.month_first[0]} has {self.month_first[1]}"
        if self.either:
            line, text = self.either
            raise ImportRefused(
                Refusal(
                    "can be day/month/year or month/day/year, and no other date of the file tells which.",
                    "Choose --dates d/m/y or --dates m/d/y, or write 2026-01-31.",
                    line=line,
                    value=text,
                )
            )
        return None, ""


def needs_order(text: str) -> bool:
    """Whether the cell's meaning hangs on the order of day and month."""
    return _NUMBERS.fullmatch(text.strip()) is not None


def has_time(text: str) -> bool:
    """Whether the cell is a timestamp, of which only the date counts."""
    return _TIMESTAMP.fullmatch(text.strip()) is not None


def parse_period(text: str, order: DateOrder | None, calendar: Calendar) -> Period:
    """The day or longer period that a cell names. Raises DateFault."""
    stripped = text.strip()
    if match := _NUMBERS.fullmatch(stripped):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if order is None and first != second:
            raise DateFault("has no known order of day and month.", "Choose --dates d/m/y or --dates m/d/y.")
        month, day = (first, second) if order is DateOrder.MONTH_FIRST else (second, first)
        return _day(year, month, day)
    if match := _TIMESTAMP.fullmatch(stripped):
        return _stamped(match, calendar)
    if match := _YEAR_FIRST.fullmatch(stripped):
        return _day(int(match[1]), int(match[3]), int(match[4]))
    if match := _DAY_MONTH_NAME.fullmatch(stripped):
        return _day(int(match[3]), _month_number(match[2]), int(match[1]))
    if match := _MONTH_NAME_DAY.fullmatch(stripped):
        return _day(int(match[3]), _month_number(match[1]), int(match[2]))
    if _YEAR.fullmatch(stripped):
        stripped = f"FY{stripped}"
    try:
        return Period.parse(stripped, calendar)
    except PeriodError as error:
        raise _explain(stripped, error) from error


def _stamped(match: re.Match[str], calendar: Calendar) -> Period:
    offset = (match[3] or "").replace("Z", "+00:00")
    try:
        datetime.fromisoformat(f"{match[1]}T{match[2]}{offset}")
    except ValueError as error:
        raise DateFault(
            f"is no real time ({error}).", "Write 2026-01-31T08:00:00+00:00, or the date alone."
        ) from error
    return parse_period(match[1], None, calendar)


def _month_number(name: str) -> int:
    lowered = name.lower()
    number = _MONTHS.index(lowered[:3]) + 1 if lowered[:3] in _MONTHS else 0
    full = date(2000, number, 1).strftime("%B").lower() if number else ""
    if not full.startswith(lowered) and lowered != "sept":
        raise DateFault(f"names no month: {name}.")
    return number


def _day(year: int, month: int, day: int) -> Period:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateFault(f"lies outside the years {FIRST_YEAR} to {LAST_YEAR}.", "Correct the year.")
    try:
        return Period(date(year, month, day), Cadence.DAY)
    except ValueError as error:
        raise DateFault("is no day of the calendar.", "Correct the day or the month.") from error


def _explain(text: str, error: PeriodError) -> DateFault:
    if not text:
        return DateFault("The date is missing.", "Fill it in, or delete the row.")
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text):
        return DateFault(
            "looks like a spreadsheet's number for a day.", "Format the column as date and export it again."
        )
    if match := re.fullmatch(r"FY ?['’]?([0-9]{2})", text, re.IGNORECASE):
        return DateFault(
            "names a fiscal year by two digits.", f"Write all four, such as FY20{match[1]} or FY19{match[1]}."
        )
    if "outside the years" in str(error):
        return DateFault(f"lies outside the years {FIRST_YEAR} to {LAST_YEAR}.", "Correct the year.")
    if "names no real period" in str(error):
        return DateFault("is no day or period of the calendar.", "Correct the day, week or month.")
    return DateFault("is not a date or period.")
