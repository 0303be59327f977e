"""One theme: its score and what moved it, its money, its outcomes and its epics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q

from alignment.charts import bars
from alignment.charts.bars import BarPlot, Bars
from alignment.charts.time_plot import Moment
from alignment.models import Company, Epic, Metric, Objective, Theme
from alignment.palette import Ink
from alignment.queries.breakdown import ComponentBar, component_bars
from alignment.queries.charted import Chart, Table, score_chart
from alignment.queries.known import Known, explained_on
from alignment.queries.moves import Moves, moves_of, why_address
from alignment.queries.objectives import ObjectiveRow, rows_of, standings_by_objective
from alignment.queries.overview import SHOWN, beyond_noise, compared_day, score_points
from alignment.queries.portfolio import RESTRICTED, months_words, shares_of
from alignment.queries.sentences import Headline, main_reasons
from alignment.queries.words import day_words, measure, number_words, percent_words, short_day, signed
from alignment.scoring.drift import LOOKED_BACK, score_drift_of
from alignment.scoring.explanation import ChangeExplanation, LevelExplanation, Subject, SubjectKind
from alignment.scoring.inputs import BudgetInput, Definitions
from alignment.scoring.money import spend_of

SHOWN_MONTHS = 12


@dataclass(frozen=True, slots=True)
class EpicRow:
    """An epic for the page: what it takes, what it is meant to bring, and since when nothing was heard."""

    slug: str
    name: str
    state: str
    objective: str
    objective_slug: str
    effort: str
    impact: str
    signal: str


@dataclass(frozen=True, slots=True)
class Money:
    """The theme's money by month: a chart with its table, and what was said about it."""

    sentence: str
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class ThemePage:
    """All that the page of a theme shows. `contribution` are the points that the company's score lacks for it."""

    theme: Theme
    headline: Headline
    facts: tuple[tuple[str, str], ...]
    why: str
    chart: Chart | None
    components: tuple[ComponentBar, ...]
    moves: Moves | None
    since: date | None
    money: Money
    objectives: tuple[ObjectiveRow, ...]
    epics: tuple[EpicRow, ...]
    metrics: tuple[Metric, ...]
    missing: tuple[str, ...]


def theme_page(theme: Theme, company: Company, day: date, *, sees_money: bool) -> ThemePage:
    """One theme on one day; the number of queries does not grow with what it holds."""
    longer = score_points("theme", theme.pk, day, LOOKED_BACK)
    points = tuple(point for point in longer if point.day > day - SHOWN)
    since = compared_day(points, day)
    subject = Subject(SubjectKind.THEME, theme.pk, theme.slug, theme.name)
    explained = explained_on(subject, day, since)
    level, change = explained.level, explained.change
    known = Known(day, explained.snapshot, explained.policy)
    definitions = known.definitions
    objectives = list(
        Objective.objects.filter(theme=theme, period_start__lte=day, period_end__gte=day)
        .select_related("theme")
        .order_by("id")
    )
    weekly = points[::-1][::7][::-1]
    drawn = sum(point.value is not None for point in weekly) >= 2
    moments = (Moment(since, f"compared with {short_day(since, day)}"),) if since else ()
    drifts = score_drift_of({point.day: point.value for point in longer}, definitions, day)
    names = {each.slug: each.name for each in definitions.themes}
    why = why_address("theme", theme.slug, as_of=day.isoformat())
    return ThemePage(
        theme=theme,
        headline=theme_headline(theme.name, level, change, names, day, beyond_noise(drifts[-1], since, day)),
        facts=_facts(theme, known),
        why=why,
        chart=score_chart("figure-theme-score", f"Score of {theme.name} by week", weekly, moments)
        if drawn
        else None,
        components=component_bars(level),
        moves=moves_of(change, names, why) if change and since and change.change is not None else None,
        since=since,
        money=_money(theme, definitions, company, day, sees_money),
        objectives=rows_of(objectives, standings_by_objective(known), day),
        epics=_epics(theme, day),
        metrics=tuple(
            Metric.objects.filter(Q(theme=theme) | Q(key_results__objective__in=objectives))
            .distinct()
            .order_by("name")[:60]
        ),
        missing=tuple(dict.fromkeys(level.missing)),
    )


def theme_headline(
    name: str,
    level: LevelExplanation,
    change: ChangeExplanation | None,
    themes: dict[str, str],
    today: date,
    beyond: bool | None,
) -> Headline:
    """The theme's level, its change since when, and the two greatest reasons; without colour within its noise."""
    if level.score is None:
        return Headline(f"{name} has no score", reason="under half of what it rests on is known.")
    lead = f"{name} stands at {level.score:.0f} of 100"
    if change is None or change.change is None:
        return Headline(lead, reason="there is no earlier score to hold it against.")
    points, since = change.change / 1000, f"since {short_day(change.from_day, today)}"
    if abs(points) < 0.05:
        return Headline(lead, f"unchanged {since}")
    direction, tone = ("up", "tone-better") if points > 0 else ("down", "tone-worse")
    said = f"{direction} {abs(points):.1f} {since}"
    if beyond is False:
        said, tone = f"{said}, within its usual noise", ""
    return Headline(lead, said, tone, main_reasons(change, themes))


def _facts(theme: Theme, known: Known) -> tuple[tuple[str, str], ...]:
    definitions = known.definitions
    spend = spend_of(definitions, known.day, known.policy.parameters.spend_months)
    of_day = definitions.theme_by_id.get(theme.pk)
    weight, spent = shares_of(of_day, definitions, spend) if of_day else (None, None)
    difference = "" if weight is None or spent is None else f", {signed(100 * (spent - weight), 0)} points"
    return (
        ("Strategic weight", percent_words(weight)),
        ("Share of spend", f"{percent_words(spent)}{difference}; {months_words(spend)}"),
        ("Owner", theme.owner.name if theme.owner else "nobody yet"),
        ("Value stream", theme.value_stream.name if theme.value_stream else "none"),
    )


def _money(theme: Theme, definitions: Definitions, company: Company, day: date, sees_money: bool) -> Money:
    """Planned and actual by month; as shares of the plan for those who may not see amounts."""
    lines = sorted(
        (line for line in definitions.budget if line.theme_id == theme.pk), key=lambda line: line.month
    )
    lines = [line for line in lines if line.month <= day][-SHOWN_MONTHS:]
    if not lines:
        return Money("No budget line of this theme is known.", None)
    closed = [line for line in lines if line.actual is not None]
    planned = sum((_plan(line) for line in closed), Decimal(0))
    actual = sum((line.actual or Decimal(0) for line in closed), Decimal(0))
    share = (
        f"{float(actual / planned) * 100:.0f} % of its plan" if planned > 0 else "no plan to hold it against"
    )
    sentence = f"Over {len(closed)} closed months it spent {share}."
    inks = f"Grey: planned. Blue: spent. In {company.currency}." if sees_money else "Actual in % of the plan."
    return Money(f"{sentence} {inks}", _money_chart(theme, lines, company, sees_money))


def _plan(line: BudgetInput) -> Decimal:
    return line.planned if line.revised is None else line.revised


def _money_chart(theme: Theme, lines: list[BudgetInput], company: Company, sees_money: bool) -> Chart:
    months = tuple(line.month for line in lines)
    series: tuple[Bars, ...]
    rows: tuple[tuple[str, ...], ...]
    headings: tuple[str, ...]
    if sees_money:
        series = (
            Bars("Planned", tuple(float(_plan(line)) for line in lines), Ink.PATH),
            Bars(
                "Actual", tuple(None if li.actual is None else float(li.actual) for li in lines), Ink.ACCENT
            ),
        )
        rows = tuple(
            (f"{line.month:%b %Y}", _exact(line.planned), _exact(line.revised), _exact(line.actual))
            for line in reversed(lines)
        )
        unit, headings = company.currency, ("Month", "Planned", "Revised", "Actual")
    else:
        series = (Bars("Actual as a share of the plan", tuple(_share(line) for line in lines), Ink.ACCENT),)
        rows = tuple(
            (
                f"{line.month:%b %Y}",
                RESTRICTED,
                "not closed" if share is None else f"{share:.0f} % of the plan",
            )
            for line in reversed(lines)
            for share in (_share(line),)
        )
        unit, headings = "% of the plan", ("Month", "Amounts", "Actual")
    plot = BarPlot(f"Money of {theme.name} by month", months, series)
    table = Table(f"{plot.title}, in {unit}", headings, rows)
    return Chart("figure-theme-money", bars.drawing(plot), bars.figure(plot), table)


def _share(line: BudgetInput) -> float | None:
    plan = _plan(line)
    return None if line.actual is None or plan <= 0 else float(line.actual / plan) * 100


def _exact(amount: Decimal | None) -> str:
    return "–" if amount is None else f"{amount:,.2f}"


def _epics(theme: Theme, day: date) -> tuple[EpicRow, ...]:
    order = {state: place for place, state in enumerate(("active", "proposed", "done", "stopped"))}
    rows = list(
        Epic.objects.filter(theme=theme)
        .filter(Q(started_on__isnull=True) | Q(started_on__lte=day))
        .select_related("objective", "impact_metric")
        .order_by("id")
    )
    return tuple(_epic(epic, day) for epic in sorted(rows, key=lambda epic: order[epic.state]))


def _epic(epic: Epic, day: date) -> EpicRow:
    metric = epic.impact_metric
    impact = "no expected impact is written down"
    if metric is not None and epic.impact_from is not None and epic.impact_to is not None:
        by = f" by {day_words(epic.impact_by)}" if epic.impact_by else ""
        impact = (
            f"{metric.name}: {number_words(epic.impact_from)} to {measure(epic.impact_to, metric.unit)}{by}"
        )
    return EpicRow(
        epic.slug,
        epic.name,
        epic.get_state_display().lower(),
        epic.objective.name if epic.objective else "serves no objective",
        epic.objective.slug if epic.objective else "",
        "not known" if epic.effort is None else f"{number_words(epic.effort)} person-weeks",
        impact,
        _signal(epic, day),
    )


def _signal(epic: Epic, day: date) -> str:
    if epic.first_signal_seen and epic.first_signal_seen <= day:
        return f"first signal on {short_day(epic.first_signal_seen, day)}"
    if epic.first_signal_promised is None:
        return "no first signal was promised"
    late = (day - epic.first_signal_promised) // timedelta(days=7)
    promised = short_day(epic.first_signal_promised, day)
    if epic.first_signal_promised >= day:
        return f"first signal promised for {promised}"
    return f"no signal yet; promised for {promised}" + (f", {late} weeks ago" if late > 1 else "")
