"""Leadership's overview: are we aligned, is it getting better, what moved it, does money follow the strategy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse

from alignment.charts.rows import sparkline
from alignment.charts.time_plot import Moment
from alignment.models import Company, Score, User
from alignment.palette import Ink
from alignment.permissions import may_see_money, metrics_visible_to, objectives_visible_to
from alignment.queries.breakdown import (
    ComponentBar,
    Funding,
    LossRow,
    component_bars,
    funding_of,
    losses_of,
)
from alignment.queries.charted import Chart, ScorePoint, score_chart
from alignment.queries.kept import kept
from alignment.queries.known import Known, explained_on
from alignment.queries.moves import Moves, moves_of, why_address
from alignment.queries.moving import Moving, MovingFacts, moving_facts, moving_of
from alignment.queries.objectives import ObjectiveRow, rows_of, running_objectives, standings_by_objective
from alignment.queries.sentences import Headline, counts_sentence, drift_words, freshness_note, score_headline
from alignment.queries.shell import Shell
from alignment.queries.spending import Number, drift_number
from alignment.queries.standings import KeyResultStanding
from alignment.queries.words import percent_words, short_day
from alignment.scoring.drift import LOOKED_BACK, money_drift_of, score_drift_of
from alignment.scoring.drift_rules import DriftBeginning, drift_beginning
from alignment.scoring.explanation import (
    ChangeExplanation,
    DriftWindow,
    LevelExplanation,
    MoneyDrift,
    Subject,
    SubjectKind,
)

SHOWN_WEEKS = 26
SHOWN = timedelta(weeks=SHOWN_WEEKS)
COMPARED_WEEKS = 12
COMPANY = Subject(SubjectKind.COMPANY)


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """All that the overview shows. `since` is the day that the score is held against."""

    headline: Headline
    lede: str
    numbers: tuple[Number, ...]
    chart: Chart | None
    chart_note: str
    drift: str
    since: date | None
    moves: Moves | None
    crosses_period: bool
    funding: Funding | None
    objectives: tuple[ObjectiveRow, ...]
    components: tuple[ComponentBar, ...]
    losses: tuple[LossRow, ...]
    moving: Moving
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OverviewFacts:
    """What the overview of a day rests on, the same for everybody; knows amounts of money, which the page may not."""

    level: LevelExplanation
    change: ChangeExplanation | None
    points: tuple[ScorePoint, ...]
    since: date | None
    drifts: tuple[DriftWindow, ...]
    began: DriftBeginning | None
    money: tuple[MoneyDrift, ...]
    standings: dict[int, list[KeyResultStanding]]
    theme_names: dict[str, str]
    chart: Chart | None
    moves: Moves | None
    moving: MovingFacts


def overview_facts(day: date, *, is_today: bool) -> OverviewFacts:
    """The facts of a day, kept while nothing is written; a constant number of queries."""
    return kept(("overview", day, is_today), lambda: _facts(day, is_today))


def _facts(day: date, is_today: bool) -> OverviewFacts:
    longer = score_points("company", 0, day, LOOKED_BACK)
    scores = {point.day: point.value for point in longer}
    points = tuple(point for point in longer if point.day > day - SHOWN)
    since = compared_day(points, day)
    explained = explained_on(COMPANY, day, since)
    change = explained.change
    known = Known(day, explained.snapshot, explained.policy)
    theme_names = {theme.slug: theme.name for theme in known.definitions.themes}
    return OverviewFacts(
        level=explained.level,
        change=change,
        points=points,
        since=since,
        drifts=score_drift_of(scores, known.definitions, day),
        began=drift_beginning(scores, day),
        money=money_drift_of(known.definitions, known.snapshot.readings, day),
        standings=standings_by_objective(known),
        theme_names=theme_names,
        chart=_chart(_weekly(points), since, day),
        moves=moves_of(
            change, theme_names, why_address("company", since=since.isoformat(), as_of=day.isoformat())
        )
        if change and since and change.change is not None
        else None,
        moving=moving_facts(day, is_today=is_today),
    )


def overview_page(user: User, company: Company, shell: Shell, day: date) -> OverviewPage:
    """The overview of one day for one person; the number of queries does not grow with the data."""
    facts = overview_facts(day, is_today=shell.is_today)
    level, change = facts.level, facts.change
    objectives = running_objectives(objectives_visible_to(user), day)
    running = [standing for objective in objectives for standing in facts.standings.get(objective.pk, ())]
    beyond = beyond_noise(facts.drifts[-1], facts.since, day)
    return OverviewPage(
        headline=score_headline(level, change, facts.theme_names, day, beyond_noise=beyond),
        lede=_lede(running, level),
        numbers=(
            _score_number(level, change, facts.points, beyond, day),
            drift_number(facts.money, facts.theme_names, day, company.currency, may_see_money(user)),
            _objectives_number(running, day),
            _known_number(level, shell, running),
        ),
        chart=facts.chart,
        chart_note=_chart_note(_weekly(facts.points)) + _axis_note(facts.chart),
        drift=drift_words(facts.drifts, facts.began),
        since=facts.since,
        moves=facts.moves,
        crosses_period=bool(change and change.crosses_period_start),
        funding=funding_of(level),
        objectives=rows_of(objectives, facts.standings, day),
        components=component_bars(level),
        losses=losses_of(level, facts.theme_names),
        moving=moving_of(facts.moving, metrics_visible_to(user), day, is_today=shell.is_today),
        missing=tuple(dict.fromkeys(level.missing)),
    )


def _weekly(points: tuple[ScorePoint, ...]) -> tuple[ScorePoint, ...]:
    """Every seventh day, counted back from the last."""
    return points[::-1][::7][::-1]


def score_points(kind: str, subject_id: int, day: date, back: timedelta = SHOWN) -> tuple[ScorePoint, ...]:
    """The stored scores of the last half-year by day, oldest first. One query."""
    rows = (
        Score.objects.filter(
            subject_kind=kind,
            subject_id=subject_id,
            policy__is_active=True,
            day__gt=day - back,
            day__lte=day,
        )
        .order_by("day")
        .values_list("day", "value", "coverage", "reconstructed")
    )
    return tuple(ScorePoint(*row) for row in rows)


def compared_day(points: Sequence[ScorePoint], day: date) -> date | None:
    """Twelve weeks back, or the first later day that has a number; None where there is no earlier number."""
    wanted = day - timedelta(weeks=COMPARED_WEEKS)
    found = next((p.day for p in points if p.day >= wanted and p.value is not None), None)
    return found if found is not None and found < day else None


def _lede(running: Sequence[KeyResultStanding], level: LevelExplanation) -> str:
    spread = counts_sentence(running)
    said = f"Key results: {spread}." if spread else "No key result runs in this period."
    if level.score is not None and level.coverage < 0.995:
        said += f" The score rests on {percent_words(level.coverage)} of its inputs; the rest is not known."
    return said


def beyond_noise(window: DriftWindow, since: date | None, day: date) -> bool | None:
    """Whether the change over the window is more than this score moves by chance; None where nobody can say."""
    if since != day - timedelta(weeks=window.weeks) or window.low is None or window.high is None:
        return None
    return not window.low <= 0 <= window.high


def _score_number(
    level: LevelExplanation,
    change: ChangeExplanation | None,
    points: Sequence[ScorePoint],
    beyond: bool | None,
    day: date,
) -> Number:
    moved = change.change if change else None
    tells = moved if beyond is not False else 0
    noise = {None: "", True: ", beyond its usual noise", False: ", within its usual noise"}[beyond]
    values = [point.value for point in points[::7]]
    return Number(
        label="Alignment score",
        value="no number" if level.score is None else f"{level.score:.0f}",
        unit="" if level.score is None else "of 100",
        change="" if moved is None else _change_words(moved),
        tone="" if not tells else "tone-better" if tells > 0 else "tone-worse",
        note=f"than on {short_day(change.from_day, day)}{noise}"
        if change and moved is not None
        else "no earlier number",
        link=why_address("company", as_of=day.isoformat()),
        shape=sparkline(
            values,
            title=f"Alignment score, last {SHOWN_WEEKS} weeks",
            ink=Ink.ACCENT if not tells or tells > 0 else Ink.WORSE,
        ),
    )


def _change_words(thousandths: int) -> str:
    points = round(thousandths / 1000, 1)
    return "the same" if not points else f"{abs(points):.1f} {'higher' if points > 0 else 'lower'}"


def _objectives_number(running: Sequence[KeyResultStanding], day: date) -> Number:
    off = sum(standing.status.slug in {"off-track", "missed"} for standing in running)
    at_risk = sum(standing.status.slug == "at-risk" for standing in running)
    return Number(
        label="Key results off track",
        value=str(off),
        unit=f"of {len(running)}",
        change=f"{at_risk} at risk" if at_risk else "",
        tone="tone-warn" if at_risk else "",
        note="beside them" if at_risk else "none at risk",
        link=f"{reverse('alignment:objectives')}?{urlencode({'as_of': day.isoformat()})}",
    )


def _known_number(level: LevelExplanation, shell: Shell, running: Sequence[KeyResultStanding]) -> Number:
    unmeasurable = sum(standing.status.slug == "not-measurable" for standing in running)
    return Number(
        label="Inputs known",
        value=percent_words(level.coverage),
        note=freshness_note(shell.stale if shell.is_today else 0, unmeasurable),
        link=why_address("company", as_of=level.day.isoformat()),
    )


def _chart(weekly: tuple[ScorePoint, ...], since: date | None, day: date) -> Chart | None:
    if sum(point.value is not None for point in weekly) < 2:
        return None
    moments = (Moment(since, f"compared with {short_day(since, day)}"),) if since else ()
    return score_chart("figure-score", "Alignment score by week", weekly, moments)


def _axis_note(chart: Chart | None) -> str:
    """The axis does not begin at zero: say where it does."""
    low = chart.figure["layout"]["yaxis"]["range"][0] if chart else 0
    return f" The axis begins at {low:.0f}." if low > 0 else ""


def _chart_note(weekly: Sequence[ScorePoint]) -> str:
    seen = next((point for point in weekly if not point.reconstructed), None)
    if not weekly:
        return ""
    if seen is None:
        return (
            "All of it is reconstructed: worked out from imported history, as if it had been known in time."
        )
    if seen is weekly[0]:
        return f"From {short_day(seen.day, weekly[-1].day)} on, as it was recorded day by day."
    return f"Dashed: reconstructed from imported history. From {short_day(seen.day, weekly[-1].day)} on: as recorded."
