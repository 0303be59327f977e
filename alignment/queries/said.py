"""What was said of metrics on a day, as the runs up to that day stored it: many metrics in one query, no statistics.

A past day reads the words of that day (`MetricVerdict`); of a day before a metric's first judgement nothing was said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, OuterRef, QuerySet, Subquery

from alignment.models import MetricVerdict, Signal
from alignment.signals.discovery import discovery_words
from alignment.signals.verdict import CLAIMED

FRESH = timedelta(days=28)
"""How long a trend that is shown, or no longer, counts as new."""


@dataclass(frozen=True, slots=True)
class Said:
    """What stood of one metric at the end of a day.

    `verdict`, `sentence`, `tone` ("better", "worse", "") are the headline, which rests on readings to `as_of`; `trend`
    is the trend's own verdict. `claim` is the trend that stands out among those of its category ("" none), `since` the
    day from which that is so, None if it was from the first judgement on, and `before` the claim until then. `first`
    is the day of the first judgement.
    """

    verdict: str
    sentence: str
    tone: str
    as_of: date | None
    trend: str
    claim: str
    since: date | None
    before: str
    first: date

    @property
    def is_asked(self) -> bool:
        """Whether a trend could be told at all."""
        return self.trend != "cannot tell"

    @property
    def is_doubtful(self) -> bool:
        """Whether a trend is said first that does not stand out: among so many metrics some show as much by luck."""
        return self.verdict in CLAIMED and not self.claim

    @property
    def shows(self) -> str:
        """One of SHOWS."""
        if self.is_doubtful:
            return "doubtful"
        return _SLUGS.get(self.verdict, "changed")

    def is_new(self, day: date) -> bool:
        """Whether the trend is shown and was not four weeks before `day`."""
        return bool(self.claim) and self._lately(day)

    def has_stopped(self, day: date) -> bool:
        """Whether a trend was shown within the four weeks before `day` and is no longer."""
        return not self.claim and bool(self.before) and self._lately(day)

    def _lately(self, day: date) -> bool:
        return self.since is not None and day - FRESH <= self.since <= day


SHOWS = {
    "worsening": "worsening",
    "improving": "improving",
    "changed": "stepped, turned or shifted",
    "doubtful": "a trend that could be luck",
    "no-clear-change": "no clear change",
    "flat": "flat",
    "cannot-tell": "cannot tell",
    "not-judged": "not judged",
}
"""Every metric is in exactly one of these, as the address names it and in words."""
_SLUGS = {words: slug for slug, words in SHOWS.items() if slug not in ("changed", "doubtful", "not-judged")}

NEWS = {"moves": "newly moves", "stopped": "no longer moves"}
"""What is new within four weeks, as the address names it and in words."""


def shows_of(said: Said | None) -> str:
    """One of SHOWS; what was never judged by that day says so."""
    return said.shows if said else "not-judged"


def news_of(said: Said | None, day: date) -> str:
    """One of NEWS, or "" where nothing is new."""
    if said is None:
        return ""
    return "moves" if said.is_new(day) else "stopped" if said.has_stopped(day) else ""


def said_on(metric_ids: Collection[int] | None, day: date, *, is_today: bool) -> dict[int, Said]:
    """By metric id (None: of all metrics), of those judged by then. One query.

    A sentence is that of the day on which its words were first said; of today it is the latest one.
    """
    rows: QuerySet[MetricVerdict] = MetricVerdict.objects.filter(day__lte=day)
    if metric_ids is not None:
        rows = rows.filter(metric__in=list(metric_ids))
    rows = rows.order_by("metric_id", "-day").distinct("metric_id")
    head = Signal.objects.filter(metric_id=OuterRef("metric_id"), kind="headline")
    latest = {name: Subquery(head.values(name)) if is_today else F(name) for name in ("sentence", "as_of")}
    begin = MetricVerdict.objects.filter(metric_id=OuterRef("metric_id")).order_by("day").values("day")[:1]
    found = rows.annotate(
        words=latest["sentence"], judged_to=latest["as_of"], first=Subquery(begin)
    ).values_list(
        "metric_id", "verdict", "words", "tone", "judged_to", "trend", "claim", "since", "before", "first"
    )
    return {metric_id: Said(*row) for metric_id, *row in found}


def news_since(said: Iterable[Said], day: date) -> date | None:
    """The first day of what can count as new on a day: four weeks before, or the first judgement where that was later;
    None where nothing was judged before the day itself, so that nothing can be told to be new."""
    first = min((one.first for one in said), default=day)
    return None if first >= day else max(first, day - FRESH)


def discovery_of(said: Iterable[Said], day: date) -> str:
    """How many trends are told from luck among metrics that were judged, and how many of them newly; "" of none."""
    run = list(said)
    asked = sum(one.is_asked for one in run)
    shown = sum(bool(one.claim) for one in run)
    return discovery_words(asked, len(run) - asked, shown, sum(one.is_new(day) for one in run))
