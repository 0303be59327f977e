"""The catalogue of metrics: each with its latest reading, whether it is fresh, and the shape of its series."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from alignment.charts.rows import sparkline
from alignment.charts.text import Markup
from alignment.exporting.sheet import Column, Sheet
from alignment.models import Metric
from alignment.models.fields import CADENCE_CHOICES
from alignment.palette import Ink
from alignment.periods import Cadence, Period
from alignment.queries.freshness import RANKS, WORDS, Freshness, freshness_of
from alignment.queries.objectives import Choice
from alignment.queries.readings import KnownReading, last_ended, newest_readings
from alignment.queries.signals import StoredSignals, discoveries, signals_of
from alignment.queries.words import counted, day_words, measure, short_day
from alignment.scoring.loading import House, active_policy, load_house, policy_from

A_PAGE = 50
SHAPE_PERIODS = 26
NOBODY = "nobody"
_CADENCES = dict(CADENCE_CHOICES)


@dataclass(frozen=True, slots=True)
class Asked:
    """What narrows, orders and cuts the catalogue; "" narrows nothing. `sort` is one of SORTS, with - before it
    the other way round."""

    category: str = ""
    cadence: str = ""
    role: str = ""
    owner: str = ""
    freshness: str = ""
    text: str = ""
    sort: str = "category"
    page: int = 1


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

    `discoveries` says how many trends of the chosen category are told from luck, "" without a category or on a day
    before the last run, of which no verdicts are stored.
    """

    sentence: str
    discoveries: str
    asked: Asked
    rows: tuple[MetricRow, ...]
    all_count: int
    found_count: int
    pages: int
    number: int
    categories: tuple[tuple[Choice, int], ...]
    filters: tuple[tuple[str, str, tuple[Choice, ...]], ...]
    metric_ids: tuple[int, ...]
    _found: tuple[Metric, ...]
    _latest: Mapping[int, KnownReading | None]
    _freshness: Mapping[int, Freshness]
    _signals: Mapping[int, StoredSignals]

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is on."""
        asked = self.asked
        return any((asked.category, asked.cadence, asked.role, asked.owner, asked.freshness, asked.text))

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
        rows = tuple(
            _sheet_row(m, self._latest[m.pk], self._freshness[m.pk], self._signals.get(m.pk))
            for m in self._found
        )
        return Sheet("Metrics", _COLUMNS, rows)


def catalogue_page(visible: QuerySet[Metric], day: date, asked: Asked) -> CataloguePage:
    """The catalogue as it was known on a day; the number of queries does not grow with the data."""
    house = load_house()
    grace = policy_from(active_policy()).parameters.stale_grace_cadences
    every = list(visible.select_related("owner", "theme", "value_stream", "team", "epic").order_by("id"))
    newest = newest_readings([(m.pk, m.cadence) for m in every], day, house, 1)
    latest = {metric_id: readings[-1] if readings else None for metric_id, readings in newest.items()}
    fresh = {m.pk: _freshness(m, latest[m.pk], day, grace) for m in every}
    found = [metric for metric in every if _matches(metric, fresh[metric.pk], asked)]
    found.sort(key=_order(asked.sort.removeprefix("-"), latest, fresh), reverse=asked.sort.startswith("-"))
    pages = max(-(-len(found) // A_PAGE), 1)
    number = min(asked.page, pages)
    first = (number - 1) * A_PAGE
    shown = found[first : first + A_PAGE]
    told = signals_of([metric.pk for metric in every], day)
    shapes = newest_readings([(m.pk, m.cadence) for m in shown], day, house, SHAPE_PERIODS)
    return CataloguePage(
        sentence=_sentence(fresh),
        discoveries=discoveries(day).get(asked.category, "") if told and asked.category else "",
        asked=asked,
        rows=tuple(
            _row(m, latest[m.pk], fresh[m.pk], shapes[m.pk], told.get(m.pk), day, house) for m in shown
        ),
        all_count=len(every),
        found_count=len(found),
        pages=pages,
        number=number,
        categories=_categories(every, asked.category),
        filters=_filters(every, fresh, asked),
        metric_ids=tuple(metric.pk for metric in found),
        _found=tuple(found),
        _latest=latest,
        _freshness=fresh,
        _signals=told,
    )


def _freshness(metric: Metric, latest: KnownReading | None, day: date, grace: float) -> Freshness:
    last = latest.period_start if latest else None
    return freshness_of(metric.cadence, metric.reporting_lag_days, last, day, grace)


def _matches(metric: Metric, freshness: Freshness, asked: Asked) -> bool:
    owner = metric.owner.username if metric.owner else NOBODY
    words = f"{metric.key} {metric.name} {metric.description} {metric.source}".casefold()
    return (
        asked.category in ("", metric.category)
        and asked.cadence in ("", metric.cadence)
        and asked.role in ("", metric.role or "none")
        and asked.owner in ("", owner)
        and asked.freshness in ("", freshness.slug)
        and all(word in words for word in asked.text.casefold().split())
    )


_CATEGORY_ORDER = {slug: rank for rank, slug in enumerate(Metric.Category.values)}


def _order(
    sort: str, latest: Mapping[int, KnownReading | None], fresh: Mapping[int, Freshness]
) -> Callable[[Metric], tuple[Any, ...]]:
    def named(metric: Metric) -> tuple[Any, ...]:
        return metric.name.casefold(), metric.pk

    def ordered(metric: Metric) -> tuple[Any, ...]:
        reading = latest[metric.pk]
        first: Any = {
            "category": _CATEGORY_ORDER.get(metric.category, len(_CATEGORY_ORDER)),
            "name": 0,
            "latest": reading.period_start if reading else date.min,
            "freshness": (RANKS[fresh[metric.pk].slug], fresh[metric.pk].since or date.max),
            "owner": metric.owner.name.casefold() if metric.owner else "\uffff",
        }[sort]
        return first, *named(metric)

    return ordered


SORTS = ("category", "name", "latest", "freshness", "owner")
_HEADINGS = (
    ("Metric", "name"), ("Category", "category"), ("Latest", "latest"), ("26 periods", ""),
    ("What it shows", ""), ("Freshness", "freshness"), ("Owner", "owner"),
)  # fmt: skip


def _heading(label: str, sort: str, now: str, is_figure: bool) -> Heading:
    """A click orders by the column, a second one the other way round."""
    if not sort:
        return Heading(label)
    holds = "ascending" if now == sort else "descending" if now == f"-{sort}" else ""
    return Heading(label, f"-{sort}" if now == sort else sort, holds, is_figure)


def _sentence(fresh: Mapping[int, Freshness]) -> str:
    slugs = [freshness.slug for freshness in fresh.values()]
    if not slugs:
        return "No metric is defined yet"
    stale, never = slugs.count("stale"), slugs.count("never")
    whole = counted(len(slugs), "metric")
    if not stale and not never:
        return f"{whole}, none of them stale" if len(slugs) > 1 else "1 metric, and it is not stale"
    parts = [f"{stale} stale"] if stale else []
    parts += [f"{never} that never reported"] if never else []
    return f"{whole}, {' and '.join(parts)}"


def _row(
    metric: Metric,
    latest: KnownReading | None,
    fresh: Freshness,
    shape: Sequence[KnownReading],
    told: StoredSignals | None,
    day: date,
    house: House,
) -> MetricRow:
    end = Period(latest.period_start, Cadence(metric.cadence)).end if latest else None
    return MetricRow(
        key=metric.key,
        name=metric.name,
        category=metric.get_category_display() or "no category",
        unit=metric.unit or "no unit",
        direction=metric.get_direction_display(),
        cadence=_CADENCES[metric.cadence],
        latest=measure(latest.value, metric.unit) if latest else "no data",
        latest_note=f"period to {short_day(end, day)}" if end else "nothing reported yet",
        freshness=fresh,
        shape=sparkline(
            _with_gaps(shape, Cadence(metric.cadence), fresh.slug, day, house),
            title=f"{metric.name}: {SHAPE_PERIODS} periods" + (f" up to {day_words(end)}" if end else ""),
            ink=Ink.NEUTRAL if fresh.slug in ("stale", "never") else Ink.ACCENT,
        ),
        shows=told.verdict if told else "",
        shows_note=_shows_note(told, day) if told else "",
        tone=f"tone-{told.tone}" if told and told.tone and not told.is_doubtful else "",
        role=metric.get_role_display() if metric.role else "",
        owner=metric.owner.name if metric.owner else "nobody yet",
        scope=str(metric.scope) if metric.scope else "",
    )


def _shows_note(told: StoredSignals, day: date) -> str:
    """Since when a trend stands out, where that is new, or that it does not among so many."""
    if told.is_doubtful:
        return "could be luck among so many"
    return f"new since {short_day(told.shown_since, day)}" if told.shown_since and told.is_new(day) else ""


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


def _categories(every: Sequence[Metric], chosen: str) -> tuple[tuple[Choice, int], ...]:
    counts = dict.fromkeys(Metric.Category.values, 0)
    for metric in every:
        counts[metric.category] = counts.get(metric.category, 0) + 1
    labels = dict(Metric.Category.choices)
    return tuple((Choice(slug, labels.get(slug, slug), slug == chosen), n) for slug, n in counts.items())


def _filters(
    every: Sequence[Metric], fresh: Mapping[int, Freshness], asked: Asked
) -> tuple[tuple[str, str, tuple[Choice, ...]], ...]:
    """(name in the address, label, choices that occur) of each filter but the category."""
    cadences = {m.cadence: _CADENCES[m.cadence] for m in every}
    roles = {m.role or "none": m.get_role_display() if m.role else "no role" for m in every}
    owners = {
        m.owner.username if m.owner else NOBODY: m.owner.name if m.owner else "nobody yet" for m in every
    }
    present = {freshness.slug for freshness in fresh.values()}

    def choices(found: Mapping[str, str], chosen: str) -> tuple[Choice, ...]:
        return tuple(Choice(value, label, value == chosen) for value, label in found.items())

    return (
        ("cadence", "Cadence", choices({c: w for c, w in _CADENCES.items() if c in cadences}, asked.cadence)),
        (
            "role",
            "Role",
            choices(dict(sorted(roles.items(), key=lambda pair: pair[1].casefold())), asked.role),
        ),
        (
            "owner",
            "Owner",
            choices(dict(sorted(owners.items(), key=lambda pair: pair[1].casefold())), asked.owner),
        ),
        (
            "freshness",
            "Freshness",
            choices({s: w for s, w in WORDS.items() if s in present}, asked.freshness),
        ),
    )


_COLUMNS = (
    Column("metric"), Column("name"), Column("category"), Column("unit"), Column("direction"), Column("cadence"),
    Column("latest", "number"), Column("period from", "day"), Column("period to", "day"), Column("freshness"),
    Column("stale since", "day"), Column("role"), Column("owner"), Column("measures"), Column("source"),
    Column("kind"), Column("change that would not matter", "number"), Column("shows"), Column("in words"),
    Column("judged to", "day"), Column("shown since", "day"), Column("season"),
)  # fmt: skip


def _sheet_row(
    metric: Metric, latest: KnownReading | None, fresh: Freshness, told: StoredSignals | None
) -> tuple[object | None, ...]:
    start = latest.period_start if latest else None
    value: Decimal | None = latest.value if latest else None
    return (
        metric.key, metric.name, metric.get_category_display(), metric.unit, metric.get_direction_display(),
        _CADENCES[metric.cadence], value, start, Period(start, Cadence(metric.cadence)).end if start else None,
        fresh.word, fresh.since, metric.get_role_display() if metric.role else "",
        metric.owner.name if metric.owner else "", str(metric.scope) if metric.scope else "the company", metric.source,
        metric.kind or "not declared", metric.margin, told.verdict if told else "", told.sentence if told else "",
        told.as_of if told else None, told.shown_since if told else None, metric.season or "not declared",
    )  # fmt: skip
