"""The list of objectives: narrowed, ordered, as rows or as a tree, and as a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from alignment.exporting.sheet import Column, Sheet
from alignment.models import Company, Objective
from alignment.periods import Cadence, Period, PeriodError, periods_between
from alignment.queries.known import Known
from alignment.queries.objectives import Choice, ObjectiveRow, row_of, standings_by_objective
from alignment.queries.words import counted

SORTS = {
    "status": "Worst status first",
    "name": "Name",
    "theme": "Theme",
    "owner": "Owner",
    "progress": "Least progress first",
    "chance": "Least likely first",
    "due": "Last day",
}
NOBODY = "nobody"
MOST_QUARTERS = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """What narrows and orders the list; "" narrows nothing. `period` is a quarter such as 2026-Q4, "" the quarter
    of the day's running objectives."""

    theme: str = ""
    status: str = ""
    owner: str = ""
    team: str = ""
    period: str = ""
    sort: str = "status"
    view: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return any((self.theme, self.status, self.owner, self.team))


@dataclass(frozen=True, slots=True)
class Listed:
    """An objective with what the list filters and orders by."""

    number: int
    parent: int | None
    row: ObjectiveRow
    owner_key: str
    owner: str
    team_key: str
    team: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Node:
    """An objective of the tree with those below it."""

    listed: Listed
    below: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of the list: its name in the address, its label and its values."""

    name: str
    label: str
    any_label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ObjectivesPage:
    """The list; `all_count` counts what stands in the period without filters. `tree` is only filled for its view."""

    asked: Asked
    rows: tuple[ObjectiveRow, ...]
    listed: tuple[Listed, ...]
    tree: tuple[Node, ...]
    all_count: int
    filters: tuple[Filter, ...]
    sorts: tuple[Choice, ...]
    period: str
    sentence: str
    day: date

    def sheet(self) -> Sheet:
        """What is shown, with figures as figures."""
        return Sheet("Objectives", _COLUMNS, tuple(_cells(one) for one in self.listed))


def objectives_page(
    visible: QuerySet[Objective], known: Known, company: Company, asked: Asked
) -> ObjectivesPage:
    """The objectives that run on the day, or in the quarter asked for. Raises PeriodError for what is no quarter."""
    rows = list(visible.select_related("theme", "owner", "team").order_by("theme__position", "id"))
    quarter = _quarter(asked.period, company)
    first, last = (quarter.start, quarter.end) if quarter else (known.day, known.day)
    running = [row for row in rows if row.period_start <= last and row.period_end >= first]
    standings = standings_by_objective(known)
    every = [_listed(one, row_of(one, standings.get(one.pk, ()), known.day)) for one in running]
    every.sort(key=_ORDERS["status"])
    found = sorted((one for one in every if _fits(one, asked)), key=_ORDERS[asked.sort])
    return ObjectivesPage(
        asked,
        tuple(one.row for one in found),
        tuple(found),
        _tree(found) if asked.view == "tree" else (),
        len(every),
        (_periods(rows, company, asked, known.day), *_filters(every, asked)),
        tuple(Choice(slug, label, slug == asked.sort) for slug, label in SORTS.items()),
        quarter.name(company.calendar) if quarter else "",
        _sentence([one.row for one in every]),
        known.day,
    )


def _quarter(text: str, company: Company) -> Period | None:
    if not text:
        return None
    period = Period.parse(text, company.calendar)
    if period.cadence is not Cadence.QUARTER:
        raise PeriodError(f"“{text[:20]}” is no quarter. Write period=2026-Q4.")
    return period


def _listed(one: Objective, row: ObjectiveRow) -> Listed:
    return Listed(
        one.pk, one.parent_id, row,
        one.owner.username if one.owner else NOBODY, one.owner.name if one.owner else "nobody yet",
        one.team.slug if one.team else NOBODY, one.team.name if one.team else "no team",
        one.period_start, one.period_end,
    )  # fmt: skip


def _fits(one: Listed, asked: Asked) -> bool:
    return (
        asked.theme in ("", one.row.theme_slug)
        and asked.status in ("", one.row.status.slug)
        and asked.owner in ("", one.owner_key)
        and asked.team in ("", one.team_key)
    )


_ORDERS: dict[str, Callable[[Listed], Any]] = {
    "status": lambda one: one.row.status.rank,
    "name": lambda one: one.row.name.casefold(),
    "theme": lambda one: (one.row.theme.casefold(), one.row.status.rank),
    "owner": lambda one: (one.owner_key == NOBODY, one.owner.casefold(), one.row.status.rank),
    "progress": lambda one: (one.row.share is None, one.row.share or 0.0),
    "chance": lambda one: (one.row.likely is None, one.row.likely or 0.0, one.row.status.rank),
    "due": lambda one: (one.last, one.row.status.rank),
}


def _filters(every: Sequence[Listed], asked: Asked) -> Iterable[Filter]:
    themes = {one.row.theme_slug: one.row.theme for one in sorted(every, key=lambda one: one.row.theme)}
    statuses = {one.row.status.slug: one.row.status.word for one in every}
    owners = {one.owner_key: one.owner for one in sorted(every, key=_ORDERS["owner"])}
    teams = {
        one.team_key: one.team for one in sorted(every, key=lambda one: (one.team_key == NOBODY, one.team))
    }
    yield Filter("theme", "Theme", "All themes", _choices(themes, asked.theme))
    yield Filter("status", "Status", "Any status", _choices(statuses, asked.status))
    yield Filter("owner", "Owner", "Anybody", _choices(owners, asked.owner))
    yield Filter("team", "Team", "Any team", _choices(teams, asked.team))


def _periods(rows: Sequence[Objective], company: Company, asked: Asked, day: date) -> Filter:
    """The quarters in which objectives run, latest first; the empty choice is the day itself."""
    quarters: tuple[Period, ...] = ()
    if rows:
        first = Period.containing(min(row.period_start for row in rows), Cadence.QUARTER, company.calendar)
        last = Period.containing(max(row.period_end for row in rows), Cadence.QUARTER, company.calendar)
        quarters = tuple(periods_between(first, last))[-MOST_QUARTERS:]
    names = [quarter.name(company.calendar) for quarter in reversed(quarters)]
    return Filter(
        "period", "Period", "Running on this day", _choices({name: name for name in names}, asked.period)
    )


def _choices(values: dict[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, value == chosen) for value, label in values.items())


def _tree(found: Sequence[Listed]) -> tuple[Node, ...]:
    """Each objective below its parent, where the parent is shown too."""
    shown = {one.number for one in found}
    below: dict[int | None, list[Listed]] = {}
    for one in found:
        below.setdefault(one.parent if one.parent in shown else None, []).append(one)

    def grow(parent: int | None) -> tuple[Node, ...]:
        return tuple(Node(one, grow(one.number)) for one in below.get(parent, ()))

    return grow(None)


def _sentence(rows: Sequence[ObjectiveRow]) -> str:
    if not rows:
        return "No objective runs in this period"
    off = sum(row.status.slug in {"off-track", "missed"} for row in rows)
    if not off:
        return f"None of {counted(len(rows), 'objective')} has a key result off track"
    return (
        f"{off} of {counted(len(rows), 'objective')} {'has' if off == 1 else 'have'} a key result off track"
    )


_COLUMNS = (
    Column("Objective"), Column("Theme"), Column("Owner"), Column("Team"), Column("First day", "day"),
    Column("Last day", "day"), Column("Status"), Column("Worst key result"), Column("Why"),
    Column("Progress", "percent"), Column("Chance of the target", "percent"), Column("Latest reading", "number"),
    Column("Unit"),
)  # fmt: skip


def _cells(one: Listed) -> tuple[object | None, ...]:
    row = one.row
    return (
        row.name, row.theme, one.owner, one.team, one.first, one.last, row.status.word, row.key_result, row.reason,
        row.share, row.likely, row.value, row.unit,
    )  # fmt: skip
