"""How likely a key result reaches its target, asked once for each set of readings. Pure; docs/scoring.md, part 1.

A chance changes only when a reading comes, is restated or taken back, or the definition changes. So a life is cut into
`Question`s, one for each day on which that happened between start and due date; `answers` asks them in batches of equal
shape. Equal marks mean equal answers, bit for bit, alone or among many: what is stored is never asked again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from alignment.periods import Cadence, Period
from alignment.scoring.attainment import BAND_READINGS, band_share, standing_of
from alignment.scoring.days import fingerprint_of
from alignment.scoring.history import MetricHistory, Walk
from alignment.scoring.inputs import KeyResultInput, MetricInput, Reading, later_start, period_end
from alignment.scoring.outcomes import readings_within
from alignment.signals.columns import LONGEST, season_in_doubt, season_of
from alignment.signals.pace_words import doubt

if TYPE_CHECKING:  # loads numpy, without which the pages' server starts
    from alignment.signals.pace import Pace

ENOUGH = 0.9
"""Share of a band's readings that must lie within bounds at the due date (alignment.signals.band has the same)."""
RULE = 2
"""Version of the rule: a higher one asks everything anew."""
_WIDTH = 52
"""Series are widened with gaps to a multiple of this many columns, so that few shapes are asked."""
_TOGETHER = 128
_MOST_STEPS = 16

KeyResultOn = Callable[[date], KeyResultInput | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """All that an answer rests on. `ahead` counts periods from the last reading's to the last that ends by the due
    date; `since` is the column of the first period since the start. `doubt` says why there is nothing to ask.
    """

    doubt: str = ""
    settled: tuple[float, float] | None = None  # (reached, asked for) where nothing more is to come
    kind: str = "level"
    metric_kind: str = "flow"
    season: str = ""
    cadence: Cadence = Cadence.WEEK
    last: date | None = None
    ahead: int = 0
    since: int = 0
    start_value: float = 0.0
    target: float = 0.0
    bounds: tuple[float | None, float | None] = (None, None)
    series: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one key result on the evidence that is known from `day` on."""

    key_result_id: int
    day: date
    asked: Asked
    mark: str


@dataclass(frozen=True, slots=True)
class Chance:
    """The answer. `probability` is None where it cannot be told; `sentence` says why.

    `expected`, `low` and `high` are what the due date is expected to find, with the range of eight cases in ten (for a
    band: shares of readings), `target` what is asked for there. `steps` are (last day of a period, expected, low, high)
    on the way, in the metric's unit.
    """

    probability: float | None
    sentence: str
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    target: float | None = None
    steps: tuple[tuple[date, float, float, float], ...] = ()


def questions_of(
    key_result_on: KeyResultOn,
    days_of_definitions: Iterable[date],
    histories: Mapping[int, MetricHistory],
    first: date,
    last: date,
) -> list[Question]:
    """A question for each day of `first` to `last`, between start and due date, on which the evidence changed.

    `days_of_definitions` are those on which a definition came to hold, and their starts.
    """
    walks: dict[int, Walk] = {}
    found: list[Question] = []
    before: tuple[object, object] | None = None
    days = {first, *days_of_definitions, *(day for h in histories.values() for day in h.days_of_change())}
    for day in sorted(day for day in days if first <= day <= last):
        key_result = key_result_on(day)
        if key_result is None or not key_result.start <= day <= key_result.due:
            continue
        metric = key_result.metric
        readings: tuple[Reading, ...] = ()
        if metric is not None and metric.id in histories:
            readings = walks.setdefault(metric.id, histories[metric.id].walk()).to(day)
        if before is not None and before[0] is readings and before[1] == key_result:
            continue
        before = (readings, key_result)
        asked = asked_of(key_result, readings)
        mark = fingerprint_of("pace", RULE, asked)
        if not found or found[-1].mark != mark:
            found.append(Question(key_result.id, day, asked, mark))
    return found


def asked_of(key_result: KeyResultInput, readings: Sequence[Reading]) -> Asked:
    """The question that the known readings (in order of period) pose: laid out by period, gaps as None."""
    metric = key_result.metric
    if metric is None or not key_result.is_measurable:
        return Asked(doubt="it cannot be measured yet")
    used = readings_within(key_result, readings)
    if not used:
        return Asked(doubt="it has no reading yet")
    starts = _columns(key_result, metric, used)
    last = starts[-1]
    ahead = _periods_left(metric, last, key_result.due)
    if ahead < 1:
        return _settled(key_result, used)
    counts_own = key_result.is_band or key_result.kind == "cumulative"
    if counts_own and later_start(metric.cadence, last, 1) < key_result.start:
        return Asked(doubt="no reading has come since its start")
    known = {reading.period_start: reading.value for reading in used}
    return Asked(
        kind="band" if key_result.is_band else key_result.kind,
        metric_kind=metric.kind,
        season=metric.season,
        cadence=metric.cadence,
        last=last,
        ahead=ahead,
        since=sum(start < key_result.start for start in starts) if counts_own else 0,
        start_value=0.0 if key_result.is_band else key_result.start_value or 0.0,
        target=0.0 if key_result.is_band else key_result.target or 0.0,
        bounds=key_result.bounds if key_result.is_band else (None, None),
        series=tuple(known.get(start) for start in starts),
    )


def _settled(key_result: KeyResultInput, used: Sequence[Reading]) -> Asked:
    """The last reading before the due date is in: nothing is left to chance."""
    standing = standing_of(key_result, used)
    if key_result.is_band:
        share = band_share(key_result, standing, key_result.due)
        if share is None:
            return Asked(doubt="more than half of its latest readings are missing")
        return Asked(settled=(share, ENOUGH), kind="band")
    reached, start, target = standing.current or 0.0, key_result.start_value or 0.0, key_result.target or 0.0
    return Asked(settled=(reached, target), kind=key_result.kind, start_value=start, target=target)


def _columns(key_result: KeyResultInput, metric: MetricInput, used: Sequence[Reading]) -> list[date]:
    """First days of the periods from the first reading to the last: the latest ones, a sum's all since its start."""
    oldest = used[0].period_start
    starts = [used[-1].period_start]
    while starts[-1] > oldest and (
        len(starts) < LONGEST or (key_result.kind == "cumulative" and starts[-1] > key_result.start)
    ):
        starts.append(later_start(metric.cadence, starts[-1], -1))
    starts.reverse()
    return starts


def _periods_left(metric: MetricInput, last: date, due: date) -> int:
    """Periods after the one that begins on `last`, to the last that ends by the due date."""
    final = Period.containing(due, metric.cadence, metric.calendar).start
    if period_end(metric.cadence, final) > due:
        final = later_start(metric.cadence, final, -1)
    left, start = 0, last
    while start < final:
        left, start = left + 1, later_start(metric.cadence, start, 1)
    return left


# -- answers -------------------------------------------------------------------------------------------------


def answers(questions: Iterable[Question]) -> dict[str, Chance]:
    """The answer to each question by its mark, equal questions asked once."""
    found: dict[str, Chance] = {}
    shapes: dict[tuple[str, str, str, Cadence, int], list[tuple[str, Asked]]] = defaultdict(list)
    for question in questions:
        if question.mark in found:
            continue
        asked = question.asked
        found[question.mark] = Chance(None, doubt(asked.doubt))
        if asked.settled is not None:
            found[question.mark] = _over(asked, *asked.settled)
        elif not asked.doubt:
            width = -(-len(asked.series) // _WIDTH) * _WIDTH
            shape = (asked.kind, _kind_of(asked), asked.season, asked.cadence, width)
            shapes[shape].append((question.mark, asked))
    for (kind, metric_kind, _, _, width), group in shapes.items():
        if not metric_kind:
            words = doubt("whether it is a flow or a stock must be declared first")
            found |= {mark: Chance(None, words) for mark, _ in group}
            continue
        group.sort(key=lambda pair: pair[1].ahead)
        for begin in range(0, len(group), _TOGETHER):
            part = group[begin : begin + _TOGETHER]
            said = _said([asked for _, asked in part], kind, metric_kind == "stock", width)
            found |= {mark: _chance(asked, one) for (mark, asked), one in zip(part, said, strict=True)}
    return found


def _over(asked: Asked, reached: float, target: float) -> Chance:
    """What is sure needs no forecast."""
    met = reached >= target if target > asked.start_value or asked.kind == "band" else reached <= target
    words = "the target is reached" if met else "the target is not reached"
    sentence = f"The last reading before the due date is in: {words}."
    return Chance(1.0 if met else 0.0, sentence, reached, reached, reached, target)


def _kind_of(asked: Asked) -> str:
    """ "flow" or "stock" as declared, else as the readings show it; "" where they do not. What adds up is a flow."""
    if asked.kind == "cumulative":
        return "flow"
    if asked.metric_kind in ("flow", "stock"):
        return asked.metric_kind
    from alignment.signals.kinds import guess_kind
    from alignment.signals.pace import FEWEST

    if sum(value is not None for value in asked.series) < FEWEST:
        return "flow"  # too few for either, and the rule says so
    return guess_kind(asked.series, period=season_of(asked.cadence, asked.season)).kind or ""


def _said(group: Sequence[Asked], kind: str, stock: bool, width: int) -> list[Pace]:
    """The rule's answers to questions of one shape."""
    import numpy as np

    from alignment.signals.band import band_pace
    from alignment.signals.pace import Goal, pace

    series = np.full((len(group), width), np.nan)
    for row, asked in zip(series, group, strict=True):
        row[width - len(asked.series) :] = [np.nan if v is None else v for v in asked.series]
    since = [width - len(asked.series) + asked.since for asked in group]
    ahead = [asked.ahead for asked in group]
    cadence, declared = group[0].cadence, group[0].season
    period = season_of(cadence, declared)
    perhaps = season_in_doubt(cadence, declared)
    if kind == "band":
        sides = [[asked.bounds[side] for asked in group] for side in (0, 1)]
        low = np.array([-np.inf if bound is None else bound for bound in sides[0]])
        high = np.array([np.inf if bound is None else bound for bound in sides[1]])
        window = BAND_READINGS[group[0].cadence]
        return band_pace(
            series, ahead=ahead, low=low, high=high, window=window, since=since, period=period, perhaps=perhaps,
            stock=stock,
        )  # fmt: skip
    goal = Goal.CUMULATIVE if kind == "cumulative" else Goal.STOCK if stock else Goal.READING
    target = np.array([asked.target for asked in group])
    higher = [asked.target > asked.start_value for asked in group]
    return pace(
        series,
        ahead=ahead,
        target=target,
        higher=higher,
        goal=goal,
        period=period,
        perhaps=perhaps,
        since=since,
    )


def _chance(asked: Asked, said: Pace) -> Chance:
    assert asked.last is not None
    steps = []
    every = -(-len(said.steps) // _MOST_STEPS) or 1
    for step in said.steps:
        if (len(said.steps) - step.ahead) % every == 0:
            day = period_end(asked.cadence, later_start(asked.cadence, asked.last, step.ahead))
            steps.append((day, step.expected, step.low, step.high))
    return Chance(
        said.probability, said.sentence, said.expected, said.low, said.high, said.at_due, tuple(steps)
    )
