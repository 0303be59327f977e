"""One metric: what it reads, whether that is a trend, who uses it, and where each reading comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from alignment.models import ImportBatch, Metric, ObservationRevision
from alignment.models.metrics import SEASON_UNDECLARED
from alignment.periods import Cadence, Calendar, Period
from alignment.queries.freshness import Freshness, freshness_of
from alignment.queries.metric_against import ChoosingPage, choosing_page
from alignment.queries.metric_chart import MetricChart, metric_chart
from alignment.queries.metric_kind import KindOffer, kind_offer
from alignment.queries.metric_marks import Mark, Restatement, edits, imports, marks_of, work
from alignment.queries.metric_reporting import period_words, reporting_answer
from alignment.queries.metric_signals import Answer, answers, happenings, series_of, verdicts_on
from alignment.queries.metric_sources import SourcesPage, sources_page
from alignment.queries.metric_uses import Uses, bounds_words, uses_of
from alignment.queries.objectives import Choice
from alignment.queries.readings import all_readings, as_reading, end_of
from alignment.queries.words import day_words, measure
from alignment.scoring.inputs import Reading
from alignment.scoring.loading import House, active_policy, load_house, policy_from

RANGES = {"26": 26, "52": 52, "104": 104, "all": None}
DEFAULT_RANGE = "52"
_TONES = {"better": "tone-better", "worse": "tone-worse"}


@dataclass(frozen=True, slots=True)
class MetricPage:
    """All that the page of one metric shows."""

    metric: Metric
    lead: str
    verdict: str
    tone: str
    sentence: str
    answers: tuple[Answer, ...]
    freshness: Freshness
    reporting: str
    facts: tuple[tuple[str, str], ...]
    ranges: tuple[Choice, ...]
    chart: MetricChart | None
    marks: tuple[Mark, ...]
    marks_left_out: int
    uses: Uses
    sources: SourcesPage
    kind_offer: KindOffer | None
    compare: ChoosingPage


def metric_page(
    metric: Metric, visible: QuerySet[Metric], day: date, *, asked_range: str, asked_page: int
) -> MetricPage:
    """The page as it was known on a day; the number of queries does not grow with the data."""
    house = load_house()
    policy = policy_from(active_policy())
    known = all_readings(metric.pk, metric.cadence, day, house)
    readings = tuple(as_reading(row, Cadence(metric.cadence), house) for row in known)
    restatements = restatements_of(metric, day, house)
    batches = ImportBatch.objects.in_bulk(
        {row.batch_id for row in known if row.batch_id} | {r.batch_id for r in restatements if r.batch_id}
    )
    uses = uses_of(metric, readings, day, house, policy)
    count = RANGES[asked_range]
    first = _first_shown(readings, count, Cadence(metric.cadence))
    series = series_of(metric, readings)
    found = verdicts_on(series)
    happened = [
        *happenings(metric, found),
        *work(uses.epics, day),
        *imports(list(batches.values()), restatements, house),
        *edits(metric, end_of(day, house), house),
    ]
    last = readings[-1].period_end if readings else day
    marks, left_out = marks_of(happened, first, last) if first else ((), 0)
    latest = readings[-1] if readings else None
    start = latest.period_start if latest else None
    grace = policy.parameters.stale_grace_cadences
    fresh = freshness_of(metric.cadence, metric.reporting_lag_days, start, day, grace)
    reporting = reporting_answer(metric, readings, restatements, fresh, day=day, house=house, policy=policy)
    return MetricPage(
        metric=metric,
        lead=_lead(metric, latest, house.calendar),
        verdict=found.headline.verdict,
        tone=_TONES.get(found.headline.tone, ""),
        sentence=found.headline.sentence,
        answers=(*(answers(metric, found, series.columns) if readings else ()), reporting),
        freshness=fresh,
        reporting=reporting.sentence,
        facts=_facts(metric, house),
        ranges=tuple(Choice(value, _range_words(value), value == asked_range) for value in RANGES),
        chart=metric_chart(metric, readings, count, uses.standings, restatements, marks, found),
        marks=marks,
        marks_left_out=left_out,
        uses=uses,
        sources=sources_page(metric, known, restatements, batches, house, asked_page),
        kind_offer=kind_offer(metric, found),
        compare=choosing_page(metric, visible, words=""),
    )


def restatements_of(metric: Metric, day: date, house: House) -> tuple[Restatement, ...]:
    """Readings that had been replaced or taken back by the end of the day, oldest first. One query."""
    rows = (
        ObservationRevision.objects.filter(metric=metric, replaced_at__lt=end_of(day, house))
        .select_related("batch", "replaced_by")
        .order_by("replaced_at", "id")
    )
    return tuple(
        Restatement(
            row.period_start, row.value, row.known_at, row.replaced_at, row.reason, row.by_name, row.batch_id,
            row.batch.file_name if row.batch else "", row.source_line, row.source_column, row.replaced_by_id,
            row.replaced_by.file_name if row.replaced_by else "",
        )
        for row in rows
    )  # fmt: skip


def _first_shown(readings: Sequence[Reading], count: int | None, cadence: Cadence) -> date | None:
    if not readings:
        return None
    first = readings[0].period_start
    if count is None:
        return first
    return max(first, Period(readings[-1].period_start, cadence).previous(count - 1).start)


def _range_words(value: str) -> str:
    return "all" if value == "all" else f"last {value} periods"


def _lead(metric: Metric, latest: Reading | None, calendar: Calendar) -> str:
    if latest is None:
        return f"{metric.name} has no reading yet"
    when = period_words(latest.period_start, metric.cadence, calendar)
    return f"{metric.name}: {measure(latest.value, metric.unit)} in {when}"


def _facts(metric: Metric, house: House) -> tuple[tuple[str, str], ...]:
    low = None if metric.hard_minimum is None else float(metric.hard_minimum)
    high = None if metric.hard_maximum is None else float(metric.hard_maximum)
    margin = None if metric.margin is None else float(metric.margin)
    limits = "none" if low is None and high is None else bounds_words(low, high, metric.unit)
    imported = metric.first_imported_at
    return (
        ("Key", metric.key),
        ("Category", metric.get_category_display() or "none"),
        ("Unit", metric.unit or "none"),
        ("Better", metric.get_direction_display()),
        ("Reports", metric.get_cadence_display()),
        ("Reporting lag", f"{metric.reporting_lag_days} days after a period’s end"),
        ("Kind", metric.get_kind_display() if metric.kind else "not declared"),
        ("Season", metric.get_season_display() if metric.season else SEASON_UNDECLARED),
        ("Change that would not matter", "not declared" if margin is None else measure(margin, metric.unit)),
        ("Role", metric.get_role_display() if metric.role else "none"),
        ("Owner", metric.owner.name if metric.owner else "nobody yet"),
        ("Measures", str(metric.scope) if metric.scope else "the whole company"),
        ("Hard limits", limits),
        ("Source", metric.source or "not claimed by a file yet"),
        ("First import", day_words(house.day_of(imported)) if imported else "never imported"),
    )
