"""The policy lab: a stretch of history judged under two policies, side by side. Reads only."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from alignment.charts.strips import status_strip
from alignment.charts.text import Markup
from alignment.exporting.sheet import Column, Sheet
from alignment.models import Objective
from alignment.queries.kept import kept
from alignment.queries.standings import StatusWord
from alignment.queries.words import counted, day_words, number_words, short_day
from alignment.scoring.days import Dated
from alignment.scoring.history import MetricHistory
from alignment.scoring.loading import load_histories, load_house, load_metrics, load_timeline, used_metric_ids
from alignment.scoring.policy import Policy
from alignment.scoring.recompute import first_day, key_result_lives
from alignment.scoring.rejudging import Verdicts, judged_again
from alignment.scoring.status import JUDGED_AFTER_DUE, Status
from alignment.scoring.status_history import Life, Told
from alignment.scoring.stored_paces import told_by_key_result

MOST_DAYS = 366
MOST_JUDGEMENTS = 200_000
"""Key results x days of their lives x two policies; more is refused, so that a page never keeps a process."""
MOST_VERDICTS, MOST_DRAWN = 4_000, 1_000
"""What a process keeps of earlier answers while the data stand: some 1 kB a verdict and 6 kB a row, 10 MB in all."""

Kept = TypeVar("Kept")


class TooMuch(ValueError):
    """More was asked for than one page judges; the message says how to ask for less."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two policies: how it is called here, and what it is."""

    label: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class LabSide:
    """What one policy said of one key result, drawn and in words."""

    label: str
    strip: Markup
    words: str
    last: StatusWord | None
    days: tuple[tuple[Status, int], ...]
    first_off: date | None


@dataclass(frozen=True, slots=True)
class LabRow:
    """One key result under both. `when` compares the first days off track."""

    number: int
    name: str
    objective: str
    slug: str
    left: LabSide
    right: LabSide
    judged: int
    differing: int
    when: str


@dataclass(frozen=True, slots=True)
class LabPage:
    """Both policies over a stretch; rows with most differing days first."""

    left: Side
    right: Side
    first: date
    last: date
    sentence: str
    note: str
    rows: tuple[LabRow, ...]
    totals: tuple[tuple[str, str, int, int], ...]

    @property
    def changed(self) -> tuple[LabRow, ...]:
        """Key results of which the two disagree on some day."""
        return tuple(row for row in self.rows if row.differing)

    @property
    def alike(self) -> tuple[LabRow, ...]:
        """Key results of which they never disagree."""
        return tuple(row for row in self.rows if not row.differing)

    def sheet(self) -> Sheet:
        """A row for each key result: days on each status under each, and the first day off track."""
        columns = [Column("Key result"), Column("Objective"), Column("Days judged", "number"),
                   Column("Days that differ", "number")]  # fmt: skip
        for side in (self.left, self.right):
            columns += [Column(f"{side.label}: {status.label}, days", "number") for status in Status]
            columns += [Column(f"{side.label}: first off track", "day"), Column(f"{side.label}: at the end")]
        cells = []
        for row in self.rows:
            line: list[object | None] = [row.name, row.objective, row.judged, row.differing]
            for told in (row.left, row.right):
                days = dict(told.days)
                line += [days.get(status, 0) for status in Status]
                line += [told.first_off, told.last.word if told.last else None]
            cells.append(tuple(line))
        return Sheet("Policy lab", tuple(columns), tuple(cells))


_Key = tuple[Hashable, ...]


@dataclass(frozen=True)
class _History:
    """All that judging again needs, and what came of it; the same for everybody, so it is kept while the data stand.

    `verdicts` are those of (key result, policy, last day), `drawn` the rows of two policies over a stretch.
    """

    timeline: tuple[Dated, ...]
    histories: Mapping[int, MetricHistory]
    lives: Mapping[int, Life]
    told: Mapping[int, Sequence[Told]]
    verdicts: OrderedDict[_Key, Verdicts] = field(default_factory=OrderedDict)
    drawn: OrderedDict[_Key, LabRow | None] = field(default_factory=OrderedDict)

    def judged(
        self, number: int, policies: Sequence[Policy], begin: date, last: date
    ) -> tuple[Verdicts, ...]:
        """What each policy says of a key result to `last`; only those not yet asked of are worked out."""
        missing = [policy for policy in policies if (number, policy, last) not in self.verdicts]
        told = self.told.get(number, ())
        new = judged_again(self.lives[number], self.histories, begin, last, missing, told) if missing else ()
        found = dict(zip(missing, new, strict=True))
        said = tuple(found.get(policy) or self.verdicts[number, policy, last] for policy in policies)
        for policy in missing:
            _keep(self.verdicts, (number, policy, last), found[policy], MOST_VERDICTS)
        return said


def _keep(where: OrderedDict[_Key, Kept], key: _Key, what: Kept, most: int) -> None:
    where[key] = what
    while len(where) > most:
        where.popitem(last=False)


def _load() -> _History:
    house = load_house()
    metrics = load_metrics(house, used_metric_ids())
    timeline = load_timeline(house, load_metrics(house))
    histories, _ = load_histories(house, metrics)
    return _History(timeline, histories, key_result_lives(timeline), told_by_key_result())


def policy_lab(
    objectives: Collection[Objective], left: Side, right: Side, stretch: tuple[date, date]
) -> LabPage:
    """The key results of these objectives over the stretch. Raises TooMuch beyond the limits; a constant number of
    queries."""
    first, last = stretch
    _bounded((last - first).days + 1)
    history = kept(("policy-lab",), _load)
    by_id = {objective.pk: objective for objective in objectives}
    lives = {
        number: life
        for number, life in history.lives.items()
        if life[-1][1].objective_id in by_id and _lives_in(life, stretch)
    }
    begin = first_day(history.timeline, last)
    _judgements(lives, begin, last)
    made = (
        _drawn(history, number, by_id[life[-1][1].objective_id], (left, right), begin, stretch)
        for number, life in sorted(lives.items())
    )
    rows = [row for row in made if row is not None]
    rows.sort(key=lambda row: (-row.differing, row.objective, row.name))
    return _page(left, right, stretch, rows)


def _drawn(
    history: _History,
    number: int,
    objective: Objective,
    sides: tuple[Side, Side],
    begin: date,
    stretch: tuple[date, date],
) -> LabRow | None:
    """The row of a key result, kept with the names it was drawn with; None where nothing was judged."""
    first, last = stretch
    key = (number, *sides, stretch, objective.name, objective.slug)
    if key in history.drawn:
        return history.drawn[key]
    said = history.judged(number, [side.policy for side in sides], begin, last)
    (left, one), (right, two) = ((side, told.within(first)) for side, told in zip(sides, said, strict=True))
    row = None
    if one.runs:
        name = history.lives[number][-1][1].name
        row = _row(number, name, objective, (left, one), (right, two), stretch)
    _keep(history.drawn, key, row, MOST_DRAWN)
    return row


def _bounded(days: int) -> None:
    if days > MOST_DAYS:
        raise TooMuch(f"{days} days are more than one page judges. Ask for at most {MOST_DAYS} days.")


def _lives_in(life: Life, stretch: tuple[date, date]) -> bool:
    begin = min(definition.start for _, definition in life) - timedelta(days=31)
    end = max(definition.due for _, definition in life) + JUDGED_AFTER_DUE
    return begin <= stretch[1] and end >= stretch[0]


def _judgements(lives: Mapping[int, Life], begin: date, last: date) -> None:
    """Refuse more work than the limit."""
    asked = 0
    for life in lives.values():
        start = max(begin, min(definition.start for _, definition in life) - timedelta(days=31))
        asked += 2 * max(0, (last - start).days + 1)
    if asked > MOST_JUDGEMENTS:
        raise TooMuch(
            f"{number_words(asked)} judgements are more than one page makes ({number_words(MOST_JUDGEMENTS)}). "
            "Choose one theme or one objective, or an earlier end."
        )


def _row(
    number: int,
    name: str,
    objective: Objective,
    left: tuple[Side, Verdicts],
    right: tuple[Side, Verdicts],
    stretch: tuple[date, date],
) -> LabRow:
    one, two = _side(*left, stretch), _side(*right, stretch)
    return LabRow(
        number, name, objective.name, objective.slug, one, two, sum(run.days for run in left[1].runs),
        left[1].differing_days(right[1]), _when(one.first_off, two.first_off),
    )  # fmt: skip


def _side(side: Side, said: Verdicts, stretch: tuple[date, date]) -> LabSide:
    first, last = stretch
    whole = (last - first).days + 1
    words = "; ".join(
        f"{run.status.label} {short_day(run.first, last)} to {short_day(run.last, last)}" for run in said.runs
    )
    shares = [
        (run.status.value, (run.first - first).days / whole, ((run.last - first).days + 1) / whole)
        for run in said.runs
    ]
    days = tuple((status, said.on(status)) for status in Status if said.on(status))
    return LabSide(
        side.label, status_strip(shares, title=f"{side.label}: {words}"), words,
        StatusWord.of(said.runs[-1].status) if said.runs else None, days, said.first(Status.OFF_TRACK),
    )  # fmt: skip


def _when(left: date | None, right: date | None) -> str:
    if left is None and right is None:
        return "neither says off track"
    if left is None or right is None:
        said, other = ("the second", right) if left is None else ("the first", left)
        return f"only {said}, on {day_words(other)}"
    days = (right - left).days
    if days == 0:
        return f"both on {day_words(left)}"
    return f"the second {counted(abs(days), 'day')} {'later' if days > 0 else 'earlier'}"


def _page(left: Side, right: Side, stretch: tuple[date, date], rows: Sequence[LabRow]) -> LabPage:
    first, last = stretch
    differ = [row for row in rows if row.differing]
    days, judged = sum(row.differing for row in rows), sum(row.judged for row in rows)
    if not rows:
        sentence = "Nothing was judged in this stretch"
    elif not differ:
        sentence = f"Both policies judge {counted(len(rows), 'key result')} alike on every day"
    else:
        sentence = f"{len(differ)} of {counted(len(rows), 'key result')} would be judged otherwise"
    at_end = sum(1 for row in rows if row.left.last != row.right.last)
    note = (
        f"{number_words(days)} of {number_words(judged)} verdicts differ (one for each key result and day from "
        f"{day_words(first)} to {day_words(last)}); on the last day {at_end}."
    )
    totals = []
    for status in Status:
        one = sum(dict(row.left.days).get(status, 0) for row in rows)
        two = sum(dict(row.right.days).get(status, 0) for row in rows)
        if one or two:
            totals.append((status.value, status.label, one, two))
    return LabPage(left, right, first, last, sentence, note, tuple(rows), tuple(totals))
