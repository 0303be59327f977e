"""One objective: how it stands and why, key result by key result, down to file and line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from alignment.charts.rows import progress_bar
from alignment.charts.text import Markup
from alignment.models import Company, Epic, KeyResultStatus, Objective, User
from alignment.permissions import may_change_objective, may_see_money
from alignment.queries.charted import Chart, key_result_chart
from alignment.queries.judged import Verdict, policy_words, verdicts_on
from alignment.queries.known import Known, load_known
from alignment.queries.objective_place import ObjectivePlace, place_of_objective
from alignment.queries.objective_sources import SourceRow, sources_of
from alignment.queries.objectives import standings_by_objective
from alignment.queries.overview import score_points
from alignment.queries.pace import pace_facts, pace_note
from alignment.queries.sentences import Headline, dated_reason, key_result_sentence, objective_headline
from alignment.queries.standings import KeyResultStanding, StatusWord
from alignment.queries.words import compact_money, day_words, measure, percent_words, short_day
from alignment.removing import Removed, removed_from

SHOWN_CHANGES = 8


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A day on which a status began, and why."""

    day: date
    status: StatusWord
    reason: str


@dataclass(frozen=True, slots=True)
class KeyResultPart:
    """One key result of the page. `reason` says of which day it is where that is not the page's; `sentence` says how it
    stands on the page's, `pace` where it will be at its due date. `facts` are (term, words) pairs; `may_change` is
    false where it was removed since."""

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
    pace: str
    history: tuple[StatusChange, ...]
    sources: tuple[SourceRow, ...]
    verdicts: tuple[Verdict, ...]
    override: str
    may_change: bool


@dataclass(frozen=True, slots=True)
class EpicRow:
    """An epic that names this objective. `money` says "restricted" to those who do not see amounts."""

    slug: str
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
    place: ObjectivePlace
    policy: str
    may_change: bool
    removed: tuple[Removed, ...]


def objective_page(
    user: User, objective: Objective, company: Company, day: date, now: datetime
) -> ObjectivePage:
    """The page for one person on one day; the number of queries does not grow with the data."""
    known = load_known(day, {objective.pk})
    standings = standings_by_objective(known).get(objective.pk, [])
    changes = _status_changes([standing.definition.id for standing in standings], known)
    sources = sources_of(standings, known)
    points = score_points("objective", objective.pk, day)
    score = points[-1].value if points and points[-1].day == day else None
    may_change = may_change_objective(user, objective)
    present = set(objective.key_results.values_list("pk", flat=True)) if may_change else set()
    return ObjectivePage(
        objective=objective,
        headline=objective_headline(objective.name, standings),
        score="not known" if score is None else f"{score:.0f} of 100",
        facts=_facts(objective, day),
        key_results=tuple(
            _part(
                standing,
                changes.get(standing.definition.id, ()),
                sources.get(standing.definition.id, ()),
                verdicts_on(standing, known.snapshot, known.policy),
                day,
                standing.definition.id in present,
            )
            for standing in standings
        ),
        epics=_epics(objective, company, may_see_money(user), day),
        children=tuple(objective.children.order_by("id")),
        place=place_of_objective(objective, {s.definition.id for s in standings}, company.name, day),
        policy=policy_words(known.policy),
        may_change=may_change,
        removed=removed_from(objective, now, present) if may_change else (),
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
    verdicts: tuple[Verdict, ...],
    day: date,
    may_change: bool,
) -> KeyResultPart:
    definition = standing.definition
    share = standing.attainment if definition.is_band else standing.progress
    return KeyResultPart(
        id=definition.id,
        name=definition.name,
        status=standing.status,
        since=standing.since,
        reason=dated_reason(standing.reason, standing.since, day),
        sentence=_sentence_of_the_day(standing, day),
        progress="–" if share is None else percent_words(share),
        bar=progress_bar(share, None if definition.is_band else standing.expected),
        facts=_key_result_facts(standing, day),
        chart=key_result_chart(standing, day),
        pace=pace_note(standing.pace),
        history=changes,
        sources=sources,
        verdicts=verdicts,
        override=_override_words(standing),
        may_change=may_change,
    )


def _sentence_of_the_day(standing: KeyResultStanding, day: date) -> str:
    """How it stands on the day itself, where the reason was said on another; "" where that says it already."""
    said = key_result_sentence(standing).rstrip(".")
    if standing.since in (None, day) or said == standing.reason.rstrip("."):
        return ""
    return f"On {day_words(day)}: {said}."


def _override_words(standing: KeyResultStanding) -> str:
    definition = standing.definition
    if not definition.override_status or not standing.reason.startswith("Set by a person"):
        return ""
    since = day_words(definition.overridden_on)
    return f"Set by hand on {since}. It stands until the next reading becomes known."


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
    return (*facts, *pace_facts(standing.pace, definition, unit))


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


def _epics(objective: Objective, company: Company, sees_money: bool, day: date) -> tuple[EpicRow, ...]:
    rows = (
        Epic.objects.filter(objective=objective)
        .select_related("team", "impact_metric")
        .order_by("state", "id")
    )
    return tuple(
        EpicRow(
            slug=row.slug,
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
