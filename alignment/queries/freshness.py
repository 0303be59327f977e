"""Whether a metric reported when it should have, in words and with the shape that pages draw beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from alignment.periods import Cadence
from alignment.queries.words import day_words
from alignment.signals.staleness import staleness

WORDS = {"fresh": "fresh", "late": "late", "stale": "stale", "never": "never reported"}
_SHAPES = {"fresh": "on-track", "late": "at-risk", "stale": "stale", "never": "not-measurable"}
RANKS = {slug: rank for rank, slug in enumerate(("stale", "never", "late", "fresh"))}
"""Worst first."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """`slug` is one of WORDS; `sentence` is the whole answer of alignment.signals.staleness."""

    slug: str
    word: str
    since: date | None
    sentence: str

    @property
    def shape(self) -> str:
        """The status whose shape and colour fit."""
        return _SHAPES[self.slug]

    @property
    def words(self) -> str:
        """`stale since 14 Nov 2026`."""
        return f"{self.word} since {day_words(self.since)}" if self.since else self.word


def freshness_of(cadence: str, lag_days: int, last_start: date | None, day: date, grace: float) -> Freshness:
    """The answer on a day, from the first day of the last reported period."""
    found = staleness(Cadence(cadence), lag_days, last_start, day, grace)
    slug = "never" if found.verdict == "never reported" else found.verdict
    return Freshness(slug, WORDS[slug], found.stale_since, found.sentence)
