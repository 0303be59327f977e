"""One objective: how it stands and why, key result by key result, down to file and line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from alignment.charts.rows import progress_bar
from alignment.charts.text import Markup
from alignment.models import Company, Epic, KeyResultStatus, Objective, Observation, User
from alignment.permissions import may_see_money
from alignment.queries.charted import Chart, key_result_chart
from alignment.queries.known import Known, load_known
from alignment.queries.objectives import standings_by_objective
from alignment.queries.overview import score_points
from alignment.queries.sentences import Headline, key_result_sentence, objective_headline
from alignment.queries.standings import KeyResultStanding, StatusWord
from alignment.queries.words import compact_money, day_words, measure, percent_words, short_day

SHOWN_CHANGES = 8
SHOWN_READINGS = 6


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One reading with the place that it came from."""

    period: str
    reading: str
    known: str
    place: str


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A day on which a status began, and why."""

    day: date
    status: StatusWord
    reason: str


@dataclass(frozen=True, slots=True)
class KeyResultPart:
    """One key result of the page. `facts` are (term, words) pairs."""

    id: int
    name: str
    status: StatusWord
    since: date | None
    reason: str
    sentence: str
    progress: str
    bar: Markup
    facts: tuple[tuple[str, str], ...]
    chart: Chart | None
    history: tuple[StatusChange, ...]
    sources: tuple[SourceRow, ...]


@dataclass(frozen=True, slots=True)
class EpicRow:
    """An epic that names this objective. `money` says "restricted" to those who do not see amounts."""

    name: str
    kind: str
    state: str
    team: str
    effort: str
    money: str
    expected: str


@dataclass(frozen=True, slots=True)
class ObjectivePage:
    """All that the page of one objective shows."""

    objective: Objective
    headline: Headline
    score: str
    facts: tuple[tuple[str, str], ...]
    key_results: tuple[KeyResultPart, ...]
    epics: tuple[EpicRow, ...]
    children: tuple[Objective, ...]


def objective_page(user: User, objective: Objective, company: Company, day: date) -> ObjectivePage:
    """The page for one person on one day; the number of queries does not grow with the data."""
    known = load_known(day, {objective.pk})
    standings = standings_by_objective(known).get(objective.pk, [])
    changes = _status_changes([standing.definition.id for standing in standings], known)
    sources = _sources([s.definition.metric.id for s in standings if s.definition.metric], day)
    points = score_points("objective", objective.pk, day)
    score = points[-1].value if points and points[-1].day == day else None
    return ObjectivePage(
        objective=objective,
        headline=objective_headline(objective.name, standings),
        score="not known" if score is None else f"{score:.0f} of 100",
        facts=_facts(objective, day),
        key_results=tuple(
            _part(
                standing,
                changes.get(standing.definition.id, ()),
                sources.get(standing.definition.metric.id, ()) if standing.definition.metric else (),
                day,
            )
            for standing in standings
        ),
        epics=_epics(objective, company, may_see_money(user), day),
        children=tuple(objective.children.order_by("id")),
    )


def _facts(objective: Objective, day: date) -> tuple[tuple[str, str], ...]:
    return (
        ("Owner", objective.owner.name if objective.owner else "nobody yet"),
        ("Team", objective.team.name if objective.team else "no team"),
        ("Runs", f"{short_day(objective.period_start, day)} to {day_words(objective.period_end)}"),
        ("Weight", f"{objective.weight.normalize():f} within its theme"),
        ("Ready", "yes" if objective.is_ready else "not yet: its owner has not marked it ready"),
    )


def _part(
    standing: KeyResultStanding,
    changes: tuple[StatusChange, ...],
    sources: tuple[SourceRow, ...],
    day: date,
) -> KeyResultPart:
    definition = standing.definition
    share = standing.attainment if definition.is_band else standing.progress
    return KeyResultPart(
        id=definition.id,
        name=definition.name,
        status=standing.status,
        since=standing.since,
        reason=standing.reason,
        sentence=key_result_sentence(standing),
        progress="–" if share is None else percent_words(share),
        bar=progress_bar(share, None if definition.is_band else standing.expected),
        facts=_key_result_facts(standing, day),
        chart=key_result_chart(standing, day),
        history=changes,
        sources=sources,
    )


def _key_result_facts(standing: KeyResultStanding, day: date) -> tuple[tuple[str, str], ...]:
    definition, unit = standing.definition, standing.unit
    facts = []
    if standing.latest:
        when = short_day(standing.latest.period_end, day)
        facts.append(("Latest", f"{measure(standing.latest.value, unit)}, period to {when}"))
    if definition.is_band:
        low, high = definition.bounds
        sides = [f"at least {measure(low, unit)}" if low is not None else ""]
        sides.append(f"at most {measure(high, unit)}" if high is not None else "")
        facts.append(("Meant to be", " and ".join(filter(None, sides)) or "no bounds yet"))
    else:
        facts.append(
            (
                "From",
                measure(definition.start_value, unit)
                if definition.start_value is not None
                else "no baseline",
            )
        )
        facts.append(
            ("To", measure(definition.target, unit) if definition.target is not None else "no target")
        )
    facts.append(("Between", f"{short_day(definition.start, day)} and {day_words(definition.due)}"))
    facts.append(("Metric", definition.metric.name if definition.metric else "no metric"))
    return tuple(facts)


def _status_changes(key_result_ids: list[int], known: Known) -> dict[int, tuple[StatusChange, ...]]:
    """The latest changes of each key result, newest first. One query."""
    rows = KeyResultStatus.objects.filter(
        key_result_id__in=key_result_ids, day__lte=known.day, policy__version=known.policy.version
    ).order_by("key_result_id", "-day")
    grouped: dict[int, list[StatusChange]] = {}
    for row in rows:
        grouped.setdefault(row.key_result_id, []).append(
            StatusChange(row.day, StatusWord.of(row.status), row.reason)
        )
    return {key_result_id: tuple(group[:SHOWN_CHANGES]) for key_result_id, group in grouped.items()}


def _sources(metric_ids: list[int], day: date) -> dict[int, tuple[SourceRow, ...]]:
    """The latest readings of each metric with file, line and column. One query."""
    rows = (
        Observation.objects.filter(
            metric_id__in=metric_ids, period_start__lte=day, period_start__gt=day - timedelta(days=460)
        )
        .select_related("metric", "batch")
        .order_by("metric_id", "-period_start")
    )
    grouped: dict[int, list[SourceRow]] = {}
    for row in rows:
        if timezone_day(row) > day or len(grouped.setdefault(row.metric_id, [])) >= SHOWN_READINGS:
            continue
        known = "reconstructed" if row.reconstructed else f"known since {short_day(row.known_at.date(), day)}"
        grouped[row.metric_id].append(
            SourceRow(day_words(row.period_start), measure(row.value, row.metric.unit), known, place_of(row))
        )
    return {metric_id: tuple(group) for metric_id, group in grouped.items()}


def timezone_day(row: Observation) -> date:
    """The day on which the reading became known, in UTC."""
    return row.known_at.date()


def place_of(row: Observation) -> str:
    """File, line and column of an imported reading, or that it was not imported."""
    if row.batch is None:
        return "not imported from a file"
    place = row.batch.file_name
    if row.source_line is not None:
        place += f", line {row.source_line}"
    return f"{place}, column {row.source_column}" if row.source_column else place


def _epics(objective: Objective, company: Company, sees_money: bool, day: date) -> tuple[EpicRow, ...]:
    rows = (
        Epic.objects.filter(objective=objective)
        .select_related("team", "impact_metric")
        .order_by("state", "id")
    )
    return tuple(
        EpicRow(
            name=row.name,
            kind=row.get_kind_display(),
            state=row.get_state_display(),
            team=row.team.name if row.team else "no team",
            effort="not known" if row.effort is None else measure(row.effort, "person-weeks"),
            money=_money(row, company.currency, sees_money),
            expected=_expected(row, day),
        )
        for row in rows
    )


def _money(row: Epic, currency: str, sees_money: bool) -> str:
    if row.money is None:
        return "no amount"
    return compact_money(row.money, currency) if sees_money else "restricted"


def _expected(row: Epic, day: date) -> str:
    if row.impact_metric is None or not row.has_complete_hypothesis or row.impact_by is None:
        return "no measurable hypothesis"
    unit = row.impact_metric.unit
    change = f"{measure(row.impact_from, unit)} to {measure(row.impact_to, unit)}"
    return f"{row.impact_metric.name}: {change} by {short_day(row.impact_by, day)}"
