"""The catalogue of metrics: each with its latest reading, whether it is fresh, and the shape of its series."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet

from alignment.charts.rows import sparkline
from alignment.charts.text import Markup
from alignment.exporting.sheet import Sheet
from alignment.models import Metric
from alignment.palette import Ink
from alignment.periods import Cadence, Period
from alignment.queries.catalogue_asked import (
    CADENCES,
    NOBODY,
    Asked,
    Filter,
    Listed,
    asked_words,
    categories,
    filters,
    matches,
)
from alignment.queries.catalogue_sheet import catalogue_sheet
from alignment.queries.catalogue_standing import Standing, standing_of
from alignment.queries.freshness import RANKS, Freshness, freshness_of
from alignment.queries.metric_kind import kind_notes
from alignment.queries.objectives import Choice
from alignment.queries.readings import KnownReading, last_ended, newest_readings
from alignment.queries.said import SHOWS, Said, said_on
from alignment.queries.words import counted, day_words, measure, short_day
from alignment.scoring.loading import House, active_policy, load_house, policy_from

A_PAGE = 50
SHAPE_PERIODS = 26


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric of the catalogue, in words."""

    key: str
    name: str
    category: str
    unit: str
    direction: str
    cadence: str
    latest: str
    latest_note: str
    freshness: Freshness
    shape: Markup
    shows: str
    shows_note: str
    tone: str
    role: str
    owner: str
    scope: str
    kind_note: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading: `sort` is the order that a click asks for, `sorted` the one that holds now."""

    label: str
    sort: str = ""
    sorted: str = ""
    is_figure: bool = False


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """One page of the catalogue; `all_count` counts what stands without filters, `found_count` with them.

    `category` is the chosen category's name. `standing` is of that category whatever the other filters say, of the
    company without one; None where it has no metrics. `problem` says which filter asks for what there is not.
    """

    sentence: str
    category: str
    standing: Standing | None
    asked: Asked
    asked_words: tuple[str, ...]
    problem: str
    rows: tuple[MetricRow, ...]
    all_count: int
    found_count: int
    pages: int
    number: int
    categories: tuple[tuple[Choice, int], ...]
    filters: tuple[Filter, ...]
    metric_ids: tuple[int, ...]
    _found: tuple[Listed, ...]
    _latest: Mapping[int, KnownReading | None]

    @property
    def before(self) -> int:
        """The number of the page before."""
        return self.number - 1

    @property
    def after(self) -> int:
        """The number of the page after."""
        return self.number + 1

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The table's columns with the order that each offers."""
        return tuple(_heading(label, sort, self.asked.sort, label == "Latest") for label, sort in _HEADINGS)

    def sheet(self) -> Sheet:
        """All that the filters leave, not this page alone."""
        return catalogue_sheet(self._found, self._latest)


def catalogue_page(
    visible: QuerySet[Metric], day: date, asked: Asked, *, is_today: bool = False
) -> CataloguePage:
    """The catalogue as it was known on a day; the number of queries does not grow with the data."""
    house = load_house()
    every, latest = _listed(visible, day, house, is_today=is_today)
    of_category = [one for one in every if asked.category in ("", one.metric.category)]
    found = [one for one in of_category if matches(one, asked, day)]
    found.sort(key=_order(asked.sort.removeprefix("-"), latest), reverse=asked.sort.startswith("-"))
    pages = max(-(-len(found) // A_PAGE), 1)
    number = min(asked.page, pages)
    first = (number - 1) * A_PAGE
    shown = found[first : first + A_PAGE]
    kinds = kind_notes(one.metric for one in shown) if is_today else {}
    shapes = newest_readings([(o.metric.pk, o.metric.cadence) for o in shown], day, house, SHAPE_PERIODS)
    return CataloguePage(
        sentence=_sentence([one.freshness.slug for one in of_category], asked.category),
        category=_CATEGORIES.get(asked.category, ""),
        standing=standing_of(of_category, asked.category, day, is_today=is_today),
        asked=asked,
        asked_words=asked_words(asked, every),
        problem=_problem(asked, every),
        rows=tuple(
            replace(
                _row(one, latest[one.metric.pk], shapes[one.metric.pk], day, house, is_today),
                kind_note=kinds.get(one.metric.pk, ""),
            )
            for one in shown
        ),
        all_count=len(every),
        found_count=len(found),
        pages=pages,
        number=number,
        categories=categories(every, asked.category),
        filters=filters(of_category, asked, day),
        metric_ids=tuple(one.metric.pk for one in found),
        _found=tuple(found),
        _latest=latest,
    )


def _listed(
    visible: QuerySet[Metric], day: date, house: House, *, is_today: bool
) -> tuple[list[Listed], dict[int, KnownReading | None]]:
    """Every metric with its freshness and what was said of it, and latest readings by id. Four queries."""
    grace = policy_from(active_policy()).parameters.stale_grace_cadences
    metrics = list(visible.select_related("owner", "theme", "value_stream", "team", "epic").order_by("id"))
    newest = newest_readings([(m.pk, m.cadence) for m in metrics], day, house, 1)
    latest = {metric_id: readings[-1] if readings else None for metric_id, readings in newest.items()}
    said = said_on([metric.pk for metric in metrics], day, is_today=is_today)
    return [Listed(m, _freshness(m, latest[m.pk], day, grace), said.get(m.pk)) for m in metrics], latest


def _freshness(metric: Metric, latest: KnownReading | None, day: date, grace: float) -> Freshness:
    last = latest.period_start if latest else None
    return freshness_of(metric.cadence, metric.reporting_lag_days, last, day, grace)


_CATEGORIES = dict(Metric.Category.choices)
_SHOWS_ORDER = {slug: rank for rank, slug in enumerate(SHOWS)}
_CATEGORY_ORDER = {slug: rank for rank, slug in enumerate(Metric.Category.values)}


def _order(sort: str, latest: Mapping[int, KnownReading | None]) -> Callable[[Listed], tuple[Any, ...]]:
    def period(one: Listed) -> date:
        reading = latest[one.metric.pk]
        return reading.period_start if reading else date.min

    first: Callable[[Listed], Any] = {
        "category": lambda one: _CATEGORY_ORDER.get(one.metric.category, len(_CATEGORY_ORDER)),
        "name": lambda one: 0,
        "latest": period,
        "shows": lambda one: _SHOWS_ORDER[one.shows],
        "freshness": lambda one: (RANKS[one.freshness.slug], one.freshness.since or date.max),
        "owner": lambda one: one.metric.owner.name.casefold() if one.metric.owner else "\uffff",
    }[sort]
    return lambda one: (first(one), one.metric.name.casefold(), one.metric.pk)


SORTS = ("category", "name", "latest", "shows", "freshness", "owner")
_HEADINGS = (
    ("Metric", "name"), ("Category", "category"), ("Latest", "latest"), ("26 periods", ""),
    ("What it shows", "shows"), ("Freshness", "freshness"), ("Owner", "owner"),
)  # fmt: skip


def _heading(label: str, sort: str, now: str, is_figure: bool) -> Heading:
    """A click orders by the column, a second one the other way round."""
    if not sort:
        return Heading(label)
    holds = "ascending" if now == sort else "descending" if now == f"-{sort}" else ""
    return Heading(label, f"-{sort}" if now == sort else sort, holds, is_figure)


def _sentence(slugs: Sequence[str], category: str) -> str:
    """`Business outcomes: 21 metrics, 2 stale`."""
    before = f"{_CATEGORIES[category]}: " if category else ""
    if not slugs:
        return f"{before}no metric yet" if category else "No metric is defined yet"
    stale, never = slugs.count("stale"), slugs.count("never")
    whole = f"{before}{counted(len(slugs), 'metric')}"
    if not stale and not never:
        return f"{whole}, none of them stale" if len(slugs) > 1 else f"{whole}, and it is not stale"
    parts = [f"{stale} stale"] if stale else []
    parts += [f"{never} that never reported"] if never else []
    return f"{whole}, {' and '.join(parts)}"


def _problem(asked: Asked, every: Sequence[Listed]) -> str:
    if not asked.owner or any(one.owner == asked.owner for one in every):
        return ""
    if asked.owner == NOBODY:
        return "Every metric has an owner."
    return f"No metric is owned by “{asked.owner[:40]}”. Choose one of the owners in the list."


def _row(
    one: Listed,
    latest: KnownReading | None,
    shape: Sequence[KnownReading],
    day: date,
    house: House,
    is_today: bool,
) -> MetricRow:
    metric, fresh, said = one.metric, one.freshness, one.said
    end = Period(latest.period_start, Cadence(metric.cadence)).end if latest else None
    return MetricRow(
        key=metric.key,
        name=metric.name,
        category=metric.get_category_display() or "no category",
        unit=metric.unit or "no unit",
        direction=metric.get_direction_display(),
        cadence=CADENCES[metric.cadence],
        latest=measure(latest.value, metric.unit) if latest else "no data",
        latest_note=f"period to {short_day(end, day)}" if end else "nothing reported yet",
        freshness=fresh,
        shape=sparkline(
            _with_gaps(shape, Cadence(metric.cadence), fresh.slug, day, house),
            title=f"{metric.name}: {SHAPE_PERIODS} periods" + (f" up to {day_words(end)}" if end else ""),
            ink=Ink.NEUTRAL if fresh.slug in ("stale", "never") else Ink.ACCENT,
        ),
        shows=said.verdict if said else "not judged yet" if is_today else "not judged on that day",
        shows_note=_shows_note(said, day) if said else "",
        tone=f"tone-{said.tone}" if said and said.tone and not said.is_doubtful else "",
        role=metric.get_role_display() if metric.role else "",
        owner=metric.owner.name if metric.owner else "nobody yet",
        scope=str(metric.scope) if metric.scope else "",
    )


def _shows_note(said: Said, day: date) -> str:
    """Since when a trend stands out, or does no longer, where that is new; or that it does not among so many."""
    if said.has_stopped(day):
        return f"no longer {said.before} since {short_day(said.since or day, day)}"
    if said.is_doubtful:
        return "could be luck among so many"
    return f"new since {short_day(said.since or day, day)}" if said.is_new(day) else ""


def _with_gaps(
    readings: Sequence[KnownReading], cadence: Cadence, freshness: str, day: date, house: House
) -> tuple[float | None, ...]:
    """The last 26 periods before the day, None where one has no reading; of a stale metric, those before it
    fell silent."""
    values = {reading.period_start: float(reading.value) for reading in readings}
    silent = freshness == "stale" and readings
    last = Period(readings[-1].period_start if silent else last_ended(day, house)[cadence.value], cadence)
    starts = [last.previous(SHAPE_PERIODS - 1 - step).start for step in range(SHAPE_PERIODS)]
    return tuple(values.get(start) for start in starts)
