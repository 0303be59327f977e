"""Themes side by side: what each should get, what it gets, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from alignment.charts import quadrants
from alignment.charts.quadrants import QUADRANTS, Dot
from alignment.charts.rows import dumbbell, progress_bar, sparkline
from alignment.charts.text import Markup
from alignment.exporting.sheet import Column, Sheet
from alignment.models import Company, Score
from alignment.palette import Ink
from alignment.queries.breakdown import NOTABLE_SHARE
from alignment.queries.charted import Chart, Table
from alignment.queries.known import Known
from alignment.queries.objectives import standings_by_objective
from alignment.queries.standings import KeyResultStanding
from alignment.queries.words import compact_money, counted, joined, percent_words, points_words, signed
from alignment.scoring.explanation import COMPONENT_LABELS
from alignment.scoring.inputs import Definitions, ThemeInput
from alignment.scoring.money import ZERO, Spend, spend_of

RESTRICTED = "restricted"
COMPONENTS = ("outcomes", "funding", "focus", "evidence", "guardrails")
SHOWN = timedelta(weeks=26)
COMPARED = timedelta(weeks=12)
SORTS = {
    "plan": "order of the plan",
    "score": "lowest score first",
    "difference": "furthest from its weight first",
    "name": "name",
}


@dataclass(frozen=True, slots=True)
class Level:
    """One component of a theme's score; `value` 0..1 or None where nothing is known."""

    label: str
    words: str
    bar: Markup
    value: float | None


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A theme as the portfolio compares it. Shares are 0..1, `spend` an exact amount or None where nobody may see it
    or none is known, scores 0..100, `change` in thousandths over twelve weeks."""

    number: int
    slug: str
    name: str
    weight: float | None
    spent: float | None
    spend: Decimal | None
    spend_words: str
    difference: float | None
    bar: Markup | None
    is_notable: bool
    score: float | None
    change: int | None
    shape: Markup
    levels: tuple[Level, ...]
    objectives: str
    active_epics: int
    effort: float | None
    quadrant: str

    @property
    def score_words(self) -> str:
        """`62`, or that too little is known."""
        return "no score" if self.score is None else f"{self.score:.0f}"

    @property
    def change_words(self) -> str:
        """Signed points over twelve weeks."""
        return "no earlier score" if self.change is None else f"{points_words(self.change)} in 12 weeks"

    @property
    def difference_words(self) -> str:
        """Signed points between spend and weight."""
        return "not known" if self.difference is None else f"{signed(100 * self.difference, 0)} pts"


@dataclass(frozen=True, slots=True)
class Outside:
    """Money that no theme accounts for: its share of spend 0..1 and its amount in words. Its weight is 0."""

    share: float
    spend: Decimal | None
    spend_words: str
    is_notable: bool
    bar: Markup

    @property
    def difference_words(self) -> str:
        """Signed points between spend and weight, as of the themes."""
        return f"{signed(100 * self.share, 0)} pts"


@dataclass(frozen=True, slots=True)
class PortfolioPage:
    """Themes side by side. `months` says which months' spend is meant; `outside` is None where there is none."""

    sentence: str
    lede: str
    rows: tuple[ThemeRow, ...]
    outside: Outside | None
    chart: Chart | None
    quadrants: tuple[tuple[str, str], ...]
    months: str
    sorts: tuple[tuple[str, str, bool], ...]
    sees_money: bool

    def sheet(self) -> Sheet:
        """What is shown, figures as figures; without the column of amounts for those who may not see them."""
        money = (Column("Spend", "money"),) if self.sees_money else ()
        columns = (
            Column("Theme"), Column("Strategic weight", "percent"), Column("Share of spend", "percent"), *money,
            Column("Score", "number"), Column("Change in 12 weeks", "number"),
            *(Column(COMPONENT_LABELS[name], "percent") for name in COMPONENTS),
            Column("Key results"), Column("Active epics", "number"), Column("Effort in person-weeks", "number"),
            Column("Quadrant"),
        )  # fmt: skip
        cells = [self._cells(row) for row in self.rows]
        if self.outside:
            known: tuple[object | None, ...] = ("Money outside themes", 0.0, self.outside.share)
            known += (self.outside.spend,) if self.sees_money else ()
            cells.append((*known, *(None,) * (len(columns) - len(known))))
        return Sheet("Portfolio", columns, tuple(cells))

    def _cells(self, row: ThemeRow) -> tuple[object | None, ...]:
        return (
            row.name, row.weight, row.spent, *((row.spend,) if self.sees_money else ()),
            None if row.score is None else round(row.score, 3),
            None if row.change is None else row.change / 1000,
            *(level.value for level in row.levels),
            row.objectives, row.active_epics, row.effort, row.quadrant,
        )  # fmt: skip


def portfolio_page(known: Known, company: Company, *, sees_money: bool, sort: str) -> PortfolioPage:
    """All themes on the day that is known. Three queries beside those of `known`."""
    definitions, day = known.definitions, known.day
    spend = spend_of(definitions, day, known.policy.parameters.spend_months)
    scores = theme_scores(day)
    grouped = standings_by_objective(known)
    rows = [
        _row(number, theme, definitions, spend, scores.get(theme.id, {}), grouped, day, company, sees_money)
        for number, theme in enumerate(definitions.themes, start=1)
    ]
    outside = _outside(definitions, spend, company, sees_money)
    return PortfolioPage(
        _sentence(rows, outside.share if outside else 0.0),
        _lede(rows),
        tuple(sorted(rows, key=_ORDERS[sort])),
        outside,
        quadrant_chart(rows),
        tuple(QUADRANTS.items()),
        months_words(spend),
        tuple((slug, label, slug == sort) for slug, label in SORTS.items()),
        sees_money,
    )


_ORDERS = {
    "plan": lambda row: row.number,
    "score": lambda row: (row.score is None, row.score or 0.0),
    "difference": lambda row: -abs(row.difference or 0.0),
    "name": lambda row: row.name.casefold(),
}


@dataclass(frozen=True, slots=True)
class StoredScore:
    """One stored day of a theme: score 0..100 and components 0..1 by name."""

    value: float | None
    components: dict[str, float | None]


def theme_scores(day: date) -> dict[int, dict[date, StoredScore]]:
    """The weekly stored scores of all themes up to the day, by theme id and day. One query."""
    wanted = [day - timedelta(weeks=back) for back in range(SHOWN.days // 7 + 1)]
    found: dict[int, dict[date, StoredScore]] = {}
    rows = Score.objects.filter(subject_kind="theme", policy__is_active=True, day__in=wanted)
    for theme_id, of_day, value, parts in rows.values_list("subject_id", "day", "value", "components"):
        components = {part["name"]: part["value"] for part in parts}
        found.setdefault(theme_id, {})[of_day] = StoredScore(value, components)
    return found


def months_words(spend: Spend) -> str:
    """`Aug 2026 to Oct 2026`: the closed months that spend is taken from."""
    return f"{spend.months[0]:%b %Y} to {spend.months[-1]:%b %Y}" if spend.months else "no month"


def shares_of(theme: ThemeInput, definitions: Definitions, spend: Spend) -> tuple[float | None, float | None]:
    """The theme's share of strategic weight and of spend, each 0..1, None where there is no whole."""
    whole = sum(other.weight for other in definitions.themes)
    weight = theme.weight / whole if whole > 0 else None
    amount = spend.amounts.get(theme.id, ZERO)
    return weight, float(amount / spend.total) if spend.total > 0 else None


def _row(
    number: int,
    theme: ThemeInput,
    definitions: Definitions,
    spend: Spend,
    scores: dict[date, StoredScore],
    grouped: dict[int, list[KeyResultStanding]],
    day: date,
    company: Company,
    sees_money: bool,
) -> ThemeRow:
    weight, spent = shares_of(theme, definitions, spend)
    difference = None if weight is None or spent is None else spent - weight
    now, before = scores.get(day), scores.get(day - COMPARED)
    score = now.value if now else None
    epics = [epic for epic in definitions.epics if epic.theme_id == theme.id and epic.is_active(day)]
    efforts = [epic.effort for epic in epics if epic.effort is not None]
    amount = spend.amounts.get(theme.id) if sees_money else None
    outcomes = now.components.get("outcomes") if now else None
    notable = difference is not None and abs(difference) >= NOTABLE_SHARE
    return ThemeRow(
        number=number,
        slug=theme.slug,
        name=theme.name,
        weight=weight,
        spent=spent,
        spend=amount,
        spend_words=_amount_words(amount, company, sees_money),
        difference=difference,
        bar=None
        if weight is None or spent is None
        else dumbbell(weight, spent, longest=_longest(definitions, spend), is_notable=notable),
        is_notable=notable,
        score=score,
        change=None
        if score is None or before is None or before.value is None
        else round((score - before.value) * 1000),
        shape=sparkline(
            [scores[of_day].value for of_day in sorted(scores)],
            title=f"Score of {theme.name}, last 26 weeks",
            ink=Ink.ACCENT,
        ),
        levels=levels_of(now),
        objectives=status_words(theme, definitions, grouped, day),
        active_epics=len(epics),
        effort=sum(efforts) if efforts else None,
        quadrant="not known"
        if outcomes is None or difference is None
        else Dot(number, theme.name, 100 * difference, 100 * outcomes).quadrant,
    )


def _amount_words(amount: Decimal | None, company: Company, sees_money: bool) -> str:
    if not sees_money:
        return RESTRICTED
    return "no spend known" if amount is None else compact_money(amount, company.currency)


def _outside(definitions: Definitions, spend: Spend, company: Company, sees_money: bool) -> Outside | None:
    amount = spend.amounts.get(None, ZERO)
    if amount <= 0 or not definitions.themes:
        return None
    share = float(amount / spend.total)
    notable = share >= NOTABLE_SHARE
    return Outside(
        share,
        amount if sees_money else None,
        _amount_words(amount, company, sees_money),
        notable,
        dumbbell(0.0, share, longest=_longest(definitions, spend), is_notable=notable),
    )


def _longest(definitions: Definitions, spend: Spend) -> float:
    """The largest share of the picture, so that all rows have one scale."""
    pairs = [shares_of(theme, definitions, spend) for theme in definitions.themes]
    shares = [share for pair in pairs for share in pair if share is not None]
    outside = float(spend.amounts.get(None, ZERO) / spend.total) if spend.total > 0 else 0.0
    return max([*shares, outside]) or 1.0


def levels_of(stored: StoredScore | None) -> tuple[Level, ...]:
    """The five components of a stored score."""
    values = stored.components if stored else {}
    known = [(COMPONENT_LABELS[name], values.get(name)) for name in COMPONENTS]
    return tuple(
        Level(label, percent_words(value), progress_bar(value, None), value) for label, value in known
    )


def status_words(
    theme: ThemeInput, definitions: Definitions, grouped: dict[int, list[KeyResultStanding]], day: date
) -> str:
    """How the key results of the theme's running objectives stand: `2 off track, 3 on track`."""
    words: dict[str, int] = {}
    standings = [
        standing
        for objective in definitions.objectives
        if objective.theme_id == theme.id and objective.period_start <= day <= objective.period_end
        for standing in grouped.get(objective.id, ())
    ]
    for standing in sorted(standings, key=lambda standing: standing.status.rank):
        words[standing.status.word] = words.get(standing.status.word, 0) + 1
    return ", ".join(f"{count} {word}" for word, count in words.items()) or "no key result"


def _sentence(rows: list[ThemeRow], outside: float) -> str:
    """How much would have to move: what themes, and money outside themes, take beyond their weight. The same figure
    as Funding of the company's score."""
    known = [row for row in rows if row.difference is not None]
    if not rows:
        return "No theme is defined yet"
    if not known:
        return f"{counted(len(rows), 'theme')}, and no spend is known yet"
    moving = sum(row.difference for row in known if row.difference and row.difference > 0) + outside
    over = [row for row in known if (row.difference or 0) >= NOTABLE_SHARE]
    under = [row for row in known if (row.difference or 0) <= -NOTABLE_SHARE]
    if not over and not under and outside < NOTABLE_SHARE:
        return "Money follows the plan: no theme is five points of spend away from its weight"
    said = []
    if over:
        names = joined([row.name for row in sorted(over, key=lambda row: -(row.difference or 0))[:2]])
        said.append(f"{names} {'takes' if len(over) == 1 else 'take'} more than planned")
    if under:
        names = joined([row.name for row in sorted(under, key=lambda row: row.difference or 0)[:2]])
        said.append(f"{names} {'gets' if len(under) == 1 else 'get'} less")
    if outside >= NOTABLE_SHARE:
        said.append(f"{100 * outside:.0f} % is spent outside themes")
    return f"{counted(round(100 * moving), 'point')} of spend would have to move: {', '.join(said)}"


def _lede(rows: list[ThemeRow]) -> str:
    said = []
    for name in ("stop", "fix"):
        found = [row.name for row in rows if row.quadrant == name]
        if found:
            words = "is behind although it takes" if len(found) == 1 else "are behind although they take"
            less = "is behind with" if len(found) == 1 else "are behind with"
            tail = f"{words} more than planned" if name == "stop" else f"{less} less than planned"
            said.append(f"{joined(found)} {tail}.")
    return " ".join(said) or "No theme's outcomes are behind."


def quadrant_chart(rows: list[ThemeRow]) -> Chart | None:
    """Outcomes against money beyond the weight; None where fewer than two themes have both."""
    dots = tuple(
        Dot(row.number, row.name, 100 * row.difference, 100 * row.levels[0].value)
        for row in rows
        if row.difference is not None and row.levels[0].value is not None
    )
    if len(dots) < 2:
        return None
    title = "Outcomes of each theme against the money that it takes beyond its strategic weight"
    table = Table(
        title,
        ("Theme", "Spend less weight", "Outcomes", "Quadrant"),
        tuple(
            (f"{dot.number} {dot.name}", f"{signed(dot.over)} pts", f"{dot.outcomes:.0f} %", dot.quadrant)
            for dot in dots
        ),
    )
    return Chart("figure-quadrants", quadrants.drawing(dots, title), quadrants.figure(dots), table)
