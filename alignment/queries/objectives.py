"""The objectives of a day as rows, worst first: each by the key result that stands worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from alignment.charts.rows import progress_bar, sparkline
from alignment.charts.text import Markup
from alignment.models import Objective
from alignment.palette import Ink
from alignment.queries.known import Known
from alignment.queries.pace import chance_words
from alignment.queries.sentences import dated_reason
from alignment.queries.standings import (
    KeyResultStanding,
    StatusWord,
    standings_on,
    stored_statuses,
)
from alignment.queries.words import counted, measure, percent_words, short_day

_INKS = {"off-track": Ink.WORSE, "missed": Ink.WORSE, "on-track": Ink.ACCENT, "achieved": Ink.ACCENT}
NOT_MEASURABLE = StatusWord("not-measurable", "not measurable")


@dataclass(frozen=True, slots=True)
class ObjectiveRow:
    """One objective for a table. `latest_note` says when the reading was made, or why there is none; `chance` is that
    of the key result's target, `likely` the same as a number."""

    slug: str
    name: str
    theme_slug: str
    theme: str
    key_result: str
    others: str
    status: StatusWord
    reason: str
    progress: str
    bar: Markup
    shape: Markup
    latest: str
    latest_note: str
    share: float | None
    value: float | None
    unit: str
    chance: str = "–"
    likely: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter and whether it is the one chosen."""

    value: str
    label: str
    is_chosen: bool


def running_objectives(visible: QuerySet[Objective], day: date) -> list[Objective]:
    """The objectives whose period holds the day, with their themes. One query."""
    return list(
        visible.filter(period_start__lte=day, period_end__gte=day)
        .select_related("theme")
        .order_by("theme__position", "id")
    )


def standings_by_objective(known: Known) -> dict[int, list[KeyResultStanding]]:
    """The key results of each objective id, worst first. One query."""
    stored = stored_statuses(known.day, known.policy.version)
    grouped: dict[int, list[KeyResultStanding]] = {}
    for standing in standings_on(known.snapshot, known.policy, stored).values():
        grouped.setdefault(standing.definition.objective_id, []).append(standing)
    return {
        objective_id: sorted(group, key=lambda standing: (standing.status.rank, standing.definition.id))
        for objective_id, group in grouped.items()
    }


def rows_of(
    objectives: Sequence[Objective], standings: Mapping[int, Sequence[KeyResultStanding]], day: date
) -> tuple[ObjectiveRow, ...]:
    """One row each, worst status first, themes in their order within a status."""
    rows = [row_of(objective, standings.get(objective.pk, ()), day) for objective in objectives]
    return tuple(sorted(rows, key=lambda row: row.status.rank))


def row_of(objective: Objective, standings: Sequence[KeyResultStanding], day: date) -> ObjectiveRow:
    """One objective by the key result that stands worst; `standings` are worst first."""
    worst = standings[0] if standings else None
    status = worst.status if worst else NOT_MEASURABLE
    latest = worst.latest if worst else None
    band = worst is not None and worst.definition.is_band
    share = worst.attainment if worst and band else worst.progress if worst else None
    return ObjectiveRow(
        slug=objective.slug,
        name=objective.name,
        theme_slug=objective.theme.slug,
        theme=objective.theme.name,
        key_result=worst.definition.name if worst else "no key result yet",
        others=f"and {counted(len(standings) - 1, 'other')}" if len(standings) > 1 else "",
        status=status,
        reason=dated_reason(worst.reason, worst.since, day)
        if worst
        else "It has no key result, so nothing can be measured.",
        progress="–" if share is None else percent_words(share),
        bar=progress_bar(share, None if worst is None or band else worst.expected),
        shape=sparkline(
            worst.shape(day) if worst else (),
            title=f"{worst.definition.name}: last 26 weeks" if worst else "No readings",
            ink=_INKS.get(status.slug, Ink.NEUTRAL),
        ),
        latest=measure(latest.value, worst.unit) if worst and latest else "no data",
        latest_note=_latest_note(worst, day),
        share=share,
        value=latest.value if latest else None,
        unit=worst.unit if worst and latest else "",
        chance=chance_words(worst.pace if worst else None),
        likely=worst.chance if worst else None,
    )


def _latest_note(worst: KeyResultStanding | None, day: date) -> str:
    if worst is None or not worst.definition.is_measurable:
        return "no metric, baseline or target"
    if worst.latest is None:
        return "nothing reported yet"
    when = short_day(worst.latest.period_end, day)
    return f"nothing since {when}" if worst.status.slug == "stale" else when
