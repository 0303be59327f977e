"""Options that name series of a file: by key or by name, with the near ones where nothing fits."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from datetime import date

from alignment.importing.names import fold
from alignment.importing.refusals import visible


class WrongName(ValueError):
    """An option that names nothing, or is written in another form; the message says what would do."""


class SeriesNamed:
    """The series of a file by key and by name, without regard to case and spacing."""

    def __init__(self, series: Sequence[tuple[str, str]]) -> None:
        self.shown = [key for key, _ in series]
        self.at: dict[str, int] = {}
        for place, (_, name) in enumerate(series):
            self.at.setdefault(fold(name), place)
        for place, (key, _) in enumerate(series):
            self.at[fold(key)] = place

    def find(self, option: str, name: str) -> int:
        """The position of the series of that key or name. Raises WrongName with the nearest ones."""
        found = self.at.get(fold(name))
        if found is not None:
            return found
        near = difflib.get_close_matches(fold(name), list(self.at), n=6, cutoff=0.5)
        keys = list(dict.fromkeys(self.shown[self.at[one]] for one in near))[:3]
        listed = (
            f"The nearest are: {', '.join(keys)}." if keys else f"There are: {', '.join(self.shown[:12])}."
        )
        raise WrongName(f"{option}: no series is called “{visible(name)}”. {listed}")

    def pair(self, option: str, text: str) -> tuple[int, int]:
        """A:B as two positions; names may hold colons themselves."""
        parts = text.split(":")
        splits = [(":".join(parts[:i]), ":".join(parts[i:])) for i in range(1, len(parts))]
        known = [pair for pair in splits if fold(pair[0]) in self.at and fold(pair[1]) in self.at]
        if not splits:
            raise WrongName(f"{option}: “{visible(text)}” is not A:B, two names joined by a colon.")
        left, right = known[0] if known else splits[(len(splits) - 1) // 2]
        first, second = self.find(option, left), self.find(option, right)
        if first == second:
            raise WrongName(f"{option}: “{visible(text)}” names one series twice.")
        return first, second


def parted(
    option: str, given: Sequence[str], named: SeriesNamed, words: Sequence[str] = ()
) -> dict[int, str]:
    """NAME=WORD for one series, a word alone for all that are not named, as words by position; later ones win."""
    general: dict[int, str] = {}
    single: dict[int, str] = {}
    for text in given:
        name, _, word = text.rpartition("=")
        if words and word not in words:
            raise WrongName(f"{option}: “{visible(word)}” is unknown. Choose one of: {', '.join(words)}.")
        if name:
            single[named.find(option, name)] = word
        else:
            general = dict.fromkeys(range(len(named.shown)), word)
    return general | single


def target_of(named: SeriesNamed, text: str) -> tuple[int, float, date]:
    """NAME=VALUE@DATE as position, value and day."""
    name, _, rest = text.rpartition("=")
    value, _, due = rest.rpartition("@")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not name or not math.isfinite(number):
        raise WrongName(
            f"--target: “{visible(text)}” is not NAME=VALUE@DATE, such as --target commits=40@2026-12-31."
        )
    return named.find("--target", name), number, plain_day("--target", due)


def plain_day(option: str, text: str) -> date:
    """The day of an option's text, years 1900 to 2100. Raises WrongName for other forms."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2100:
        raise WrongName(
            f"{option}: “{visible(text)}” is not a day. Write year, month and day, such as 2026-03-31."
        )
    return day
