"""The days that commands are asked about: the same bounds and words as in a page's address."""

from __future__ import annotations

from datetime import date

from django.core.management.base import CommandError

from alignment.views.asking import EARLIEST


def asked_day(option: str, text: str, today: date) -> date:
    """The day of an option's text. Raises CommandError for other forms, days to come and days before anything."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None or text != day.isoformat():
        raise CommandError(
            f"“{text[:40]}” is not a day. Write {option} as year, month and day, such as {option} {today:%Y-%m-%d}."
        )
    if day > today:
        raise CommandError(f"{day:%d %B %Y} is still to come. Ask for a day up to today, {today:%d %B %Y}.")
    if day < EARLIEST:
        raise CommandError(
            f"{day:%d %B %Y} is before anything that is kept here. Ask for a day from {EARLIEST.year} on."
        )
    return day
