"""What narrows the catalogue of metrics: filters as the address names them, what they match, and their choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alignment.models import Metric
from alignment.models.fields import CADENCE_CHOICES
from alignment.queries.freshness import WORDS, Freshness
from alignment.queries.objectives import Choice
from alignment.queries.said import NEWS, SHOWS, Said, news_of, shows_of

NOBODY = "nobody"
CADENCES = dict(CADENCE_CHOICES)
WAYS = {"worse": "going the worse way", "better": "going the better way"}
"""Metrics whose trend stands out, or whose level changed, with a side that is better."""
KNOWN: Mapping[str, tuple[str, ...]] = {
    "category": tuple(Metric.Category.values),
    "cadence": tuple(CADENCES),
    "role": (*Metric.Role.values, "none"),
    "freshness": tuple(WORDS),
    "shows": (*WAYS, *SHOWS),
    "new": tuple(NEWS),
}
"""The values that each filter may have; owners are people, and known by the metrics that they own."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What narrows, orders and cuts the catalogue; "" narrows nothing. `sort` is one of SORTS, with - before it
    the other way round."""

    category: str = ""
    cadence: str = ""
    role: str = ""
    owner: str = ""
    freshness: str = ""
    shows: str = ""
    new: str = ""
    text: str = ""
    sort: str = "category"
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is on."""
        return bool(self.category) or self.narrows_within

    @property
    def narrows_within(self) -> bool:
        """Whether any filter but the category is on."""
        return any((self.cadence, self.role, self.owner, self.freshness, self.shows, self.new, self.text))


@dataclass(frozen=True, slots=True)
class Listed:
    """A metric with what the filters and the orders look at; `said` is None where it was not judged by the day."""

    metric: Metric
    freshness: Freshness
    said: Said | None

    @property
    def owner(self) -> str:
        """The owner as the address names them."""
        return self.metric.owner.username if self.metric.owner else NOBODY

    @property
    def shows(self) -> str:
        """One of SHOWS."""
        return shows_of(self.said)

    @property
    def way(self) -> str:
        """One of WAYS, or "" where it stands, could be luck, or neither side is better."""
        return self.said.tone if self.said and self.said.tone in WAYS and not self.said.is_doubtful else ""


def matches(one: Listed, asked: Asked, day: date) -> bool:
    """Whether a metric is left by all the filters."""
    metric = one.metric
    words = f"{metric.key} {metric.name} {metric.description} {metric.source}".casefold()
    return (
        asked.category in ("", metric.category)
        and asked.cadence in ("", metric.cadence)
        and asked.role in ("", metric.role or "none")
        and asked.owner in ("", one.owner)
        and asked.freshness in ("", one.freshness.slug)
        and asked.shows in ("", one.shows, one.way)
        and asked.new in ("", news_of(one.said, day))
        and all(word in words for word in asked.text.casefold().split())
    )


Filter = tuple[str, str, tuple[Choice, ...]]


def filters(every: Sequence[Listed], asked: Asked, day: date) -> tuple[Filter, ...]:
    """(name in the address, label, choices) of each filter but the category: what occurs, and what is chosen."""
    cadences = {one.metric.cadence for one in every}
    fresh = {one.freshness.slug for one in every}
    shows = {one.shows for one in every} | {one.way for one in every}
    news = {news_of(one.said, day) for one in every}
    roles = {
        one.metric.role or "none": one.metric.get_role_display() if one.metric.role else "no role" for one in every
    }  # fmt: skip
    owners = {one.owner: one.metric.owner.name if one.metric.owner else "nobody yet" for one in every}
    return (
        ("shows", "Readings show", _choices({**WAYS, **SHOWS}.items(), shows, asked.shows)),
        ("new", "New in four weeks", _choices(NEWS.items(), news, asked.new)),
        ("freshness", "Freshness", _choices(WORDS.items(), fresh, asked.freshness)),
        ("cadence", "Cadence", _choices(CADENCES.items(), cadences, asked.cadence)),
        ("role", "Role", _choices(_named(roles), roles.keys(), asked.role)),
        ("owner", "Owner", _choices(_named(owners), owners.keys(), asked.owner)),
    )


def _named(found: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(found.items(), key=lambda pair: pair[1].casefold())


def _choices(words: Iterable[tuple[str, str]], present: Iterable[str], chosen: str) -> tuple[Choice, ...]:
    shown = {*present, chosen}
    return tuple(Choice(value, label, value == chosen) for value, label in words if value in shown)


def asked_words(asked: Asked, every: Sequence[Listed]) -> tuple[str, ...]:
    """What the filters ask for, in words; an owner of nothing is named as they were asked for."""
    owners = {one.owner: one.metric.owner.name if one.metric.owner else "nobody" for one in every}
    roles = {**dict(Metric.Role.choices), "none": "no role"}
    said = (
        ("", dict(Metric.Category.choices).get(asked.category, "")),
        ("", {**WAYS, **SHOWS}.get(asked.shows, "")),
        ("", NEWS.get(asked.new, "")),
        ("", WORDS.get(asked.freshness, "")),
        ("reports ", CADENCES.get(asked.cadence, "")),
        ("role: ", roles.get(asked.role, "")),
        ("owned by ", owners.get(asked.owner, f"“{asked.owner[:40]}”") if asked.owner else ""),
        ("named like ", f"“{asked.text}”" if asked.text else ""),
    )
    return tuple(f"{before}{words}" for before, words in said if words)


def categories(every: Sequence[Listed], chosen: str) -> tuple[tuple[Choice, int], ...]:
    """Each category with the number of its metrics."""
    counts = dict.fromkeys(Metric.Category.values, 0)
    for one in every:
        counts[one.metric.category] = counts.get(one.metric.category, 0) + 1
    labels = dict(Metric.Category.choices)
    return tuple(
        (Choice(slug, labels.get(slug, slug) or "No category", slug == chosen), n)
        for slug, n in counts.items()
    )
