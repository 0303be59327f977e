"""What newly moves among all metrics, and what no longer does: those that objectives rest on first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from alignment.models import KeyResult, Metric
from alignment.queries.addresses import asking, day_asked
from alignment.queries.said import Said, discovery_of, news_of, news_since, said_on
from alignment.queries.words import counted, joined, short_day

SHOWN = 4
"""Metrics of each kind that are named; the rest is a link to the catalogue."""


@dataclass(frozen=True, slots=True)
class MovingLine:
    """One metric: its name and page, a sentence, since when, and the objectives that rest on it."""

    name: str
    link: str
    sentence: str
    since: str
    objectives: str


@dataclass(frozen=True, slots=True)
class MovingGroup:
    """Metrics that newly do the same; `more` says how many are not named, `link` leads to all of them."""

    label: str
    tone: str
    lines: tuple[MovingLine, ...]
    more: str
    link: str


@dataclass(frozen=True, slots=True)
class Moving:
    """What is new within four weeks, and how much of all that moves is told from luck. `since` is the first day of what
    counts as new, "" where nothing can be told to be new. `nothing` says that nothing is new, or why nobody can say,
    where there are no groups."""

    since: str
    discovery: str
    groups: tuple[MovingGroup, ...]
    nothing: str


@dataclass(frozen=True, slots=True)
class MovingFacts:
    """The same for everybody: how many were judged, since when news can be told, the sentence about all, and what is
    new by metric id."""

    judged: int
    since: date | None
    discovery: str
    new: Mapping[int, Said]


def moving_facts(day: date, *, is_today: bool) -> MovingFacts:
    """What was said of all metrics on a day, as far as it is new. One query."""
    said = said_on(None, day, is_today=is_today)
    new = {metric_id: one for metric_id, one in said.items() if news_of(one, day)}
    return MovingFacts(len(said), news_since(said.values(), day), discovery_of(said.values(), day), new)


def moving_of(facts: MovingFacts, visible: QuerySet[Metric], day: date, *, is_today: bool) -> Moving:
    """What newly moves among the metrics that a person may see. Two queries."""
    metrics = {metric.pk: metric for metric in visible.filter(pk__in=list(facts.new)).order_by("name", "pk")}
    objectives = _objectives_of(metrics, day)
    new = {pk: facts.new[pk] for pk in sorted(metrics, key=lambda pk: pk not in objectives)}
    as_of = day_asked(day, is_today=is_today)

    def group(label: str, tone: str, ids: Sequence[int], asked: Mapping[str, str]) -> MovingGroup:
        return MovingGroup(
            label, tone, tuple(_line(metrics[pk], new[pk], objectives.get(pk, ()), day, as_of) for pk in ids[:SHOWN]),
            f"and {counted(len(ids) - SHOWN, 'metric')} more" if len(ids) > SHOWN else "",
            asking(reverse("alignment:metrics"), {**asked, **as_of}),
        )  # fmt: skip

    kinds = (
        ("Newly worsening", "tone-worse", "worsening", {"new": "moves", "shows": "worsening"}),
        ("Newly improving", "tone-better", "improving", {"new": "moves", "shows": "improving"}),
        ("No longer moving", "", "", {"new": "stopped"}),
    )
    found = ((*kind, [pk for pk, one in new.items() if one.claim == kind[2]]) for kind in kinds)
    return Moving(
        since=short_day(facts.since, day) if facts.since else "",
        discovery=facts.discovery,
        groups=tuple(group(label, tone, ids, asked) for label, tone, _, asked, ids in found if ids),
        nothing=_nothing(facts, day, is_today),
    )


def _objectives_of(metrics: Mapping[int, Metric], day: date) -> dict[int, tuple[str, ...]]:
    """The names of the objectives running on the day whose key results are measured by these metrics."""
    rows = (
        KeyResult.objects.filter(
            metric__in=list(metrics), objective__period_start__lte=day, objective__period_end__gte=day
        )
        .order_by("objective__name")
        .values_list("metric_id", "objective__name")
        .distinct()
    )
    found: dict[int, tuple[str, ...]] = {}
    for metric_id, name in rows:
        if metric_id is not None:
            found[metric_id] = (*found.get(metric_id, ()), name)
    return found


def _line(
    metric: Metric, said: Said, objectives: Sequence[str], day: date, as_of: Mapping[str, str]
) -> MovingLine:
    since = short_day(said.since or day, day)
    return MovingLine(
        name=metric.name,
        link=asking(reverse("alignment:metric", args=[metric.key]), as_of),
        sentence=one_sentence(said.sentence, metric.unit),
        since=f"since {since}" if said.claim else f"no longer {said.before} since {since}",
        objectives=joined([f"“{name}”" for name in objectives]),
    )


def one_sentence(words: str, unit: str) -> str:
    """What a headline says first of size: the effect with its unit where it states one, else its first sentence."""
    parts = [part.rstrip(".") for part in words.split(". ") if part]
    for part in parts:
        if part.startswith(("It rises by about", "It falls by about")):
            return f"{part}, in {'points' if unit == '%' else unit}." if unit else f"{part}."
    return f"{parts[0]}." if parts else ""


def _nothing(facts: MovingFacts, day: date, is_today: bool) -> str:
    if facts.judged and not facts.since:
        return "Metrics were judged for the first time on this day: what newly moves can be told from the next day on."
    if facts.judged:
        return "No metric newly moves, and none that moved has stopped."
    if is_today:
        return "No metric has been judged yet. Metrics are judged when their readings are imported."
    return f"No metric had been judged by {short_day(day, day)}; what was said is kept from the first judgement on."
