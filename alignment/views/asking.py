"""What every page reads out of its address: the day that is asked about."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from alignment.models import Company, User

EARLIEST = date(1990, 1, 1)


class AddressProblem(ValueError):
    """A value in the address that cannot be used; the message says which and how to mend it."""


def signed_in(request: HttpRequest) -> User:
    """The person; pages are only reached by somebody who signed in."""
    if not isinstance(request.user, User):
        raise TypeError("a page was reached without signing in")
    return request.user


def today_of(company: Company | None) -> date:
    """Today where the company is."""
    return timezone.localdate(timezone=ZoneInfo(company.time_zone)) if company else timezone.localdate()


def asked_day(request: HttpRequest, today: date) -> date:
    """The day in `?as_of=YYYY-MM-DD`, else today. Raises AddressProblem for other forms and days to come."""
    text = request.GET.get("as_of", "").strip()
    if not text:
        return today
    day = read_day("as_of", text)
    if day > today:
        raise AddressProblem(f"{day:%d %B %Y} is still to come. Ask for a day up to today, {today:%d %B %Y}.")
    return day


def read_day(name: str, text: str) -> date:
    """The day that a parameter of the address names. Raises AddressProblem for other forms and for days before
    anything that is kept."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise AddressProblem(
            f"“{text[:40]}” is not a day. Write {name} as year, month and day, such as {name}=2026-01-31."
        )
    if day < EARLIEST:
        raise AddressProblem(
            f"{day.isoformat()} is before anything that is kept here. Ask for a day from {EARLIEST.year} on."
        )
    return day
