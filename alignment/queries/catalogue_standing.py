"""How the metrics of a category, or all of them, stand on a day: whether they report, what they show, what is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from alignment.charts.shares import share_bar, share_key
from alignment.charts.text import Markup
from alignment.queries.addresses import asking, day_asked
from alignment.queries.catalogue_asked import WAYS, Listed
from alignment.queries.charted import Table
from alignment.queries.freshness import WORDS
from alignment.queries.said import SHOWS, discovery_of, news_of, news_since
from alignment.queries.words import counted, day_words, joined, percent_words, short_day

_FRESH_FILLS = {"fresh": "better", "late": "warn", "stale": "worse", "never": "neutral"}
_SHOWS_FILLS = {
    "worsening": "worse", "improving": "better", "changed": "accent", "doubtful": "reconstructed",
    "no-clear-change": "path", "flat": "path", "cannot-tell": "neutral", "not-judged": "track",
}  # fmt: skip
NAMED = 6
"""New ones that are named; the count beside them leads to all."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the metrics: how they are called, how many, the catalogue that shows them, and their colour."""

    label: str
    count: int
    link: str
    key: Markup


@dataclass(frozen=True, slots=True)
class Shares:
    """All the metrics cut by one question, with the table behind the bar."""

    sentence: str
    bar: Markup
    parts: tuple[Part, ...]
    table: Table


@dataclass(frozen=True, slots=True)
class NewOne:
    """A metric that newly moves: its name and page, and what it does since when."""

    name: str
    link: str
    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How the metrics stand on a day.

    `discovery` says how many trends are told from luck, or why nothing can be said; `ways` and `news` are counts that
    lead to their metrics, `since` the first day of what counts as new, "" where nothing can be told to be new yet.
    """

    day: str
    since: str
    reports: Shares
    shows: Shares
    discovery: str
    ways: tuple[Part, ...]
    news: tuple[Part, ...]
    newly: tuple[NewOne, ...]


def standing_of(listed: Sequence[Listed], category: str, day: date, *, is_today: bool) -> Standing | None:
    """How these metrics stand, which are all of the category ("" for all of the company); None where there are none."""
    if not listed:
        return None

    as_of = day_asked(day, is_today=is_today)

    def link(**more: str) -> str:
        return asking(reverse("alignment:metrics"), {"category": category, **more, **as_of})

    said = [one.said for one in listed if one.said]
    news = Counter(news_of(one.said, day) for one in listed)
    ways = Counter(one.way for one in listed)
    none, since = Markup(""), news_since(said, day)
    return Standing(
        day=day_words(day),
        since=short_day(since, day) if since else "",
        reports=_reports(listed, day, link),
        shows=_shows(listed, day, link),
        discovery=discovery_of(said, day) if said else _not_judged(len(listed), day, is_today),
        ways=tuple(
            Part(_go(ways[way], "goes", "go", f"the {way} way"), ways[way], link(shows=way), none)
            for way in WAYS
        )
        if said
        else (),
        news=(
            Part(_go(news["moves"], "newly moves", "newly move"), news["moves"], link(new="moves"), none),
            Part(
                _go(news["stopped"], "stopped moving", "stopped moving"),
                news["stopped"],
                link(new="stopped"),
                none,
            ),
        )
        if said
        else (),
        newly=_newly(listed, day, as_of),
    )


def _newly(listed: Sequence[Listed], day: date, as_of: Mapping[str, str]) -> tuple[NewOne, ...]:
    """Those that newly move, the worsening ones first."""
    new = [(one.metric, one.said) for one in listed if one.said and one.said.is_new(day)]
    new.sort(key=lambda pair: (pair[1].claim != "worsening", pair[0].name.casefold(), pair[0].pk))
    return tuple(
        NewOne(
            metric.name, asking(reverse("alignment:metric", args=[metric.key]), as_of),
            f"{said.claim} since {short_day(said.since or day, day)}", f"tone-{said.tone}" if said.tone else "",
        )
        for metric, said in new[:NAMED]
    )  # fmt: skip


def _go(count: int, one: str, many: str, how: str = "") -> str:
    """`1 goes the worse way`, `3 newly move`, `none newly moves`."""
    return f"{count or 'none'} {one if count < 2 else many} {how}".rstrip()


def _not_judged(count: int, day: date, is_today: bool) -> str:
    which = "This metric was" if count == 1 else f"None of these {count} metrics was"
    if is_today:
        one = "has not been judged" if count == 1 else "has been judged"
        return f"{'This metric' if count == 1 else f'None of these {count} metrics'} {one} yet: the next run does."
    said = f"{which} {'not ' if count == 1 else ''}judged on {day_words(day)} or before."
    return f"{said} The page of each judges its readings as they were known on that day."


def _reports(listed: Sequence[Listed], day: date, link: Callable[..., str]) -> Shares:
    counts = Counter(one.freshness.slug for one in listed)
    behind = [f"{counts[slug]} {words}" for slug, words in WORDS.items() if slug != "fresh" and counts[slug]]
    in_time = "All of them report" if not behind else f"{counts['fresh']} of {len(listed)} report"
    if len(listed) == 1 and not behind:
        in_time = "It reports"
    elif counts["fresh"] == 1 and behind:
        in_time = f"1 of {len(listed)} reports"
    sentence = f"{in_time} in time{f'; {joined(behind)}' if behind else ''}."
    links = {slug: link(freshness=slug) for slug in WORDS}
    return _shares("Do they report?", sentence, counts, WORDS, _FRESH_FILLS, links, day)


def _shows(listed: Sequence[Listed], day: date, link: Callable[..., str]) -> Shares:
    counts = Counter(one.shows for one in listed)
    links = {slug: link(shows=slug) for slug in SHOWS}
    words = {**SHOWS, "doubtful": "trend that could be luck", "changed": "stepped, turned or shifted"}
    return _shares("What do their readings show?", "", counts, words, _SHOWS_FILLS, links, day)


def _shares(
    title: str,
    sentence: str,
    counts: Mapping[str, int],
    words: Mapping[str, str],
    fills: Mapping[str, str],
    links: Mapping[str, str],
    day: date,
) -> Shares:
    whole = sum(counts.values())
    present = [slug for slug in words if counts.get(slug)]
    told = joined([f"{counts[slug]} {words[slug]}" for slug in present])
    caption = f"{title} {counted(whole, 'metric')} on {day_words(day)}"
    return Shares(
        sentence=sentence,
        bar=share_bar([(counts[slug] / whole, fills[slug]) for slug in present], title=f"{caption}: {told}"),
        parts=tuple(Part(words[slug], counts[slug], links[slug], share_key(fills[slug])) for slug in present),
        table=Table(
            caption,
            ("Answer", "Metrics", "Share"),
            tuple(
                (words[slug], str(counts.get(slug, 0)), percent_words(counts.get(slug, 0) / whole))
                for slug in words
            ),
        ),
    )
