"""The chance of a target: what is asked on which day, by hand, and that it has its say in the status."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from alignment.periods import Cadence
from alignment.scoring import paces
from alignment.scoring.attainment import standing_of
from alignment.scoring.history import MetricHistory, Version
from alignment.scoring.inputs import KeyResultInput, MetricInput, Reading, later_start, period_end
from alignment.scoring.paces import Asked, Question, answers, asked_of, questions_of
from alignment.scoring.policy import Policy
from alignment.scoring.status import CHANCE_MOVES, Held, Status, advance, judge, judge_standing
from alignment.scoring.status_history import Told, definition_on, statuses_by_day
from alignment.signals.band import ENOUGH, band_pace
from alignment.signals.pace import Goal, pace
from alignment.signals.pace_words import ALLOWED_FOR

MONTHLY = MetricInput(1, "m", "Metric", "count", Cadence.MONTH, lag_days=3)
YEAR = KeyResultInput(
    7, "Grow", 1, date(2026, 1, 1), date(2026, 12, 31), MONTHLY, baseline=100.0, target=130.0
)
POLICY = Policy()


def months(values: list[float | None], *, last: date = date(2026, 6, 1)) -> list[Reading]:
    """Monthly readings up to the month that begins on `last`; None is a gap."""
    found = []
    for back, value in enumerate(reversed(values)):
        start = later_start(Cadence.MONTH, last, -back)
        if value is not None:
            end = period_end(Cadence.MONTH, start)
            known = end + timedelta(days=3)
            found.append(Reading(start, end, value, known, known))
    return found[::-1]


def wavy(count: int) -> list[float | None]:
    return [100 + 0.4 * i + 2 * math.sin(2.3 * i) for i in range(count)]


def history(readings: list[Reading]) -> MetricHistory:
    return MetricHistory(
        MONTHLY,
        tuple(
            Version(
                r.period_start, r.value, datetime(r.known_on.year, r.known_on.month, r.known_on.day, tzinfo=UTC),
                r.known_on,
            )
            for r in readings
        ),
    )  # fmt: skip


def asked(key_result: KeyResultInput, readings: list[Reading]) -> Question:
    found = asked_of(key_result, readings)
    return Question(key_result.id, date(2026, 7, 4), found, paces.fingerprint_of(found))


def test_what_is_asked_is_laid_out_by_period_to_the_last_that_ends_by_the_due_date() -> None:
    values = wavy(30)
    values[10] = None
    found = asked_of(YEAR, months(values))
    assert (found.ahead, found.since, len(found.series)) == (6, 0, 30)
    assert found.series[10] is None  # a gap stays a gap
    assert (found.start_value, found.target, found.last) == (100.0, 130.0, date(2026, 6, 1))
    mid_month = asked_of(replace(YEAR, due=date(2026, 12, 30)), months(values))
    assert mid_month.ahead == 5  # December's reading would not count
    total = asked_of(replace(YEAR, kind="cumulative", target=900.0), months(values))
    assert (total.since, total.start_value) == (24, 0.0)
    band = asked_of(replace(YEAR, kind="band", lower_bound=90.0), months(values))
    assert (band.kind, band.bounds, band.since) == ("band", (90.0, None), 24)


def test_a_long_sum_keeps_all_readings_since_its_start() -> None:
    daily = replace(MONTHLY, cadence=Cadence.DAY)
    begin = date(2026, 1, 1)
    readings = [
        Reading(day, day, 1.0, day, day) for day in (begin + timedelta(days=i) for i in range(-40, 250))
    ]
    total = asked_of(replace(YEAR, metric=daily, kind="cumulative", target=365.0), readings)
    level = asked_of(replace(YEAR, metric=daily), readings)
    assert (len(total.series) - total.since, len(level.series)) == (250, 156)


def test_answers_are_those_of_the_rule_and_the_same_alone_as_among_many() -> None:
    up = asked(YEAR, months(wavy(30)))
    down = asked(replace(YEAR, target=95.0), months(wavy(31)))
    total = asked(replace(YEAR, kind="cumulative", target=1300.0), months(wavy(40)))
    band = asked(replace(YEAR, kind="band", lower_bound=104.0, upper_bound=120.0), months(wavy(33)))
    later = asked(replace(YEAR, kind="band", lower_bound=104.0, due=date(2026, 9, 30)), months(wavy(33)))
    many = answers([up, down, total, band, later])
    for question in (up, down, total, band, later):
        assert answers([question])[question.mark] == many[question.mark]
    wide = np.full((1, 52), np.nan)
    wide[0, -30:] = np.array(wavy(30), dtype=float)
    [said] = pace(wide, ahead=6, target=np.array([130.0]), period=12)
    found = many[up.mark]
    assert (found.probability, found.expected, found.sentence) == (
        said.probability, said.expected, said.sentence,
    )  # fmt: skip
    assert found.steps[-1][0] == date(2026, 12, 31)
    assert [step[0].month for step in found.steps] == [7, 8, 9, 10, 11, 12]
    # Lower is better: 95 from a line that climbs away from it.
    assert many[down.mark].probability is not None
    assert many[down.mark].probability < 0.05
    wide[0, -40:] = np.array(wavy(40), dtype=float)
    [sums] = pace(
        wide, ahead=6, target=np.array([1300.0]), period=12, goal=Goal.CUMULATIVE, since=52 - 6
    )  # January to June have come
    assert many[total.mark].expected == sums.expected
    assert sums.expected is not None
    assert 1300 < sums.expected < 1500
    wide[0, :-33] = np.nan
    wide[0, -33:] = np.array(wavy(33), dtype=float)
    [kept] = band_pace(
        wide, ahead=6, low=np.array([104.0]), high=np.array([120.0]), window=6, period=12, since=46
    )
    assert many[band.mark].probability == kept.probability
    assert paces.ENOUGH == ENOUGH == Policy().parameters.band_achieved_from


def test_what_cannot_be_told_says_why() -> None:
    few = asked(YEAR, months(wavy(8)))
    seasonal = replace(MONTHLY, season="yearly")
    young = asked(replace(YEAR, metric=seasonal), months(wavy(20)))
    none = asked(YEAR, [])
    nothing = asked(replace(YEAR, metric=None), months(wavy(40)))
    before = asked(replace(YEAR, kind="cumulative", target=500.0), months(wavy(40), last=date(2025, 10, 1)))
    said = answers([few, young, none, nothing, before])
    assert [said[q.mark].sentence for q in (few, young, none, nothing, before)] == [
        "Cannot tell where it will be: 8 readings, 12 are needed.",
        "Cannot tell where it will be: a season of 12 periods must be seen twice, and the readings span 20.",
        "Cannot tell where it will be: it has no reading yet.",
        "Cannot tell where it will be: it cannot be measured yet.",
        "Cannot tell where it will be: no reading has come since its start.",
    ]
    assert all(said[q.mark].probability is None for q in (few, young, none, nothing, before))


def test_a_season_is_carried_on_left_out_or_allowed_for_as_declared() -> None:
    shapes = {
        season: replace(YEAR, metric=replace(MONTHLY, season=season)) for season in ("", "none", "yearly")
    }
    young = {season: asked(shape, months(wavy(20))) for season, shape in shapes.items()}
    old = {season: asked(shape, months(wavy(30))) for season, shape in shapes.items()}
    said = answers([*young.values(), *old.values()])
    for question in (*young.values(), *old.values()):
        assert answers([question])[question.mark] == said[question.mark]
    undeclared, without = said[young[""].mark], said[young["none"].mark]
    assert undeclared.sentence.endswith(ALLOWED_FOR)
    assert ALLOWED_FOR not in without.sentence
    assert width(undeclared) > width(without)
    assert said[young["yearly"].mark].probability is None
    # Once a season could be seen twice, what is not declared is reckoned with as a declared one is.
    seen = said[old["yearly"].mark]
    assert said[old[""].mark] == seen != said[old["none"].mark]
    assert seen.probability is not None
    assert ALLOWED_FOR not in seen.sentence


def width(found: paces.Chance) -> float:
    assert found.high is not None
    assert found.low is not None
    return found.high - found.low


def test_a_kind_left_open_is_read_off_the_readings() -> None:
    open_kind = replace(MONTHLY, kind="")
    rng = np.random.default_rng(5)
    flow = asked(replace(YEAR, metric=open_kind), months((100 + rng.standard_normal(60)).tolist()))
    declared = asked(YEAR, months((100 + np.random.default_rng(5).standard_normal(60)).tolist()))
    walk = np.random.default_rng(2).standard_normal(26).cumsum()
    open_still = asked(replace(YEAR, metric=open_kind), months(walk.tolist()))
    short = asked(replace(YEAR, metric=open_kind), months(wavy(11)))
    said = answers([flow, declared, open_still, short])
    assert said[flow.mark].probability == said[declared.mark].probability is not None
    assert said[short.mark].sentence.endswith("11 readings, 12 are needed.")
    assert said[open_still.mark].sentence.endswith("whether it is a flow or a stock must be declared first.")


@pytest.mark.parametrize(
    ("value", "target", "likely"), [(131.0, 130.0, 1.0), (129.0, 130.0, 0.0), (79.0, 80.0, 1.0)]
)
def test_once_the_last_reading_is_in_nothing_is_left_to_chance(
    value: float, target: float, likely: float
) -> None:
    readings = months([*wavy(30), value], last=date(2026, 11, 1))
    due = replace(YEAR, due=date(2026, 12, 20), target=target)
    question = asked(due, readings)
    found = answers([question])[question.mark]
    assert (found.probability, found.expected, found.target) == (likely, value, target)


def test_a_question_for_each_day_on_which_the_evidence_changed() -> None:
    readings = months(wavy(30))
    found = questions_of(
        lambda day: YEAR, [date.min, YEAR.start], {1: history(readings)}, date(2025, 12, 1), date(2026, 7, 31)
    )
    # On the start with November's reading, then as each month's comes, three days after its end.
    assert [q.day for q in found] == [
        date(2026, 1, 1), date(2026, 1, 3), date(2026, 2, 3), date(2026, 3, 3), date(2026, 4, 3), date(2026, 5, 3),
        date(2026, 6, 3), date(2026, 7, 3),
    ]  # fmt: skip
    assert [q.asked.ahead for q in found] == [13, 12, 11, 10, 9, 8, 7, 6]
    raised = replace(YEAR, target=150.0)
    life = [(date.min, YEAR), (date(2026, 5, 20), raised)]
    more = questions_of(
        definition_on(life), [date.min, YEAR.start, date(2026, 5, 20)], {1: history(readings)}, date(2026, 1, 1),
        date(2026, 7, 31),
    )  # fmt: skip
    assert [q.day for q in more if q.mark not in {f.mark for f in found}] == [
        date(2026, 5, 20), date(2026, 6, 3), date(2026, 7, 3),
    ]  # fmt: skip
    after = questions_of(lambda day: YEAR, [], {1: history(readings)}, date(2027, 1, 1), date(2027, 2, 1))
    assert after == []


# -- its say in the status ------------------------------------------------------------------------------------


def _statuses(
    told: list[Told], values: list[float | None], policy: Policy = POLICY
) -> list[tuple[date, str]]:
    readings = history(months(values))
    rows = statuses_by_day(lambda day: YEAR, {1: readings}, date(2026, 1, 1), date(2026, 7, 20), policy, told)
    return [(row.day, row.judgement.status.value) for row in rows]


def _on_the_path() -> list[float | None]:
    """Thirty noisy months; in 2026 exactly as the path from 100 to 130 asks."""
    return [*([98.5, 101.5] * 11), 100.0, 100.0, 102.5, 104.9, 107.4, 109.9, 112.3, 114.9]


def test_the_status_turns_on_the_day_on_which_the_chance_is_known() -> None:
    likely = [Told(date(2026, 1, 1), 0.9)]
    always = _statuses(likely, _on_the_path())
    assert [status for _, status in always] == ["on-track"]
    falls = _statuses([*likely, Told(date(2026, 5, 3), 0.45), Told(date(2026, 6, 3), 0.08)], _on_the_path())
    assert falls == [*always, (date(2026, 5, 3), "at-risk"), (date(2026, 6, 3), "off-track")]
    # Others' presets do not ask for it.
    viva = Policy(preset="viva")
    fallen = [*likely, Told(date(2026, 5, 3), 0.01)]
    assert _statuses(fallen, _on_the_path(), viva) == _statuses([], _on_the_path(), viva)


def test_a_chance_that_hovers_about_a_threshold_changes_nothing() -> None:
    hovering = [
        Told(date(2026, m, 3), p)
        for m, p in zip(range(1, 7), [0.65, 0.57, 0.62, 0.56, 0.61, 0.58], strict=True)
    ]
    assert _statuses(hovering, _on_the_path()) == [(date(2026, 1, 1), "on-track")]
    falling = [*hovering[:3], Told(date(2026, 4, 3), 0.54)]
    assert _statuses(falling, _on_the_path())[-1] == (date(2026, 4, 3), "at-risk")


def test_too_unlikely_counts_once_a_quarter_of_the_path_is_over() -> None:
    unlikely = _statuses([Told(date(2026, 1, 1), 0.1)], _on_the_path())
    assert unlikely[0] == (date(2026, 1, 1), "at-risk")  # on the path, but not likely enough for on track
    quarter = YEAR.start + timedelta(days=math.ceil((YEAR.due - YEAR.start).days / 4))
    assert unlikely[-1] == (quarter, "off-track")


def _held(chance: float | None, status: Status = Status.ON_TRACK) -> Held:
    readings = months(_on_the_path())
    said = judge(YEAR, readings, date(2026, 7, 4), POLICY, chance)
    return Held(replace(said, status=status), status, 0.0, date(2026, 7, 4), 110.0, chance)


@pytest.mark.parametrize(
    ("before", "now", "status"),
    [
        (0.65, 0.58, Status.ON_TRACK),
        (0.65, 0.54, Status.AT_RISK),
        (0.95, 0.59, Status.AT_RISK),
        (0.9, 0.7, Status.ON_TRACK),
        (None, 0.5, Status.AT_RISK),  # known now: that is news
    ],
)
def test_evidence_of_chance(before: float | None, now: float, status: Status) -> None:
    readings = months(_on_the_path())
    standing = standing_of(YEAR, readings)
    said = judge_standing(YEAR, standing, date(2026, 7, 4), POLICY, now)
    after = advance(_held(before), said, YEAR, standing, 50.0, date(2026, 7, 4), POLICY.parameters)
    assert after.judgement.status is status
    assert after.chance == (now if status is not Status.ON_TRACK else before)
    assert CHANCE_MOVES == 0.1


def test_the_reason_says_the_chance_or_why_there_is_none() -> None:
    readings, day = months(_on_the_path()), date(2026, 7, 4)
    assert "(chance of the target about 75 %)" in judge(YEAR, readings, day, POLICY, 0.734).reason
    unlikely = judge(YEAR, readings, day, POLICY, 0.03)
    assert unlikely.status is Status.OFF_TRACK
    assert unlikely.reason.startswith("Off track: the target is unlikely (chance of the target under 5 %)")
    doubted = judge(YEAR, readings, day, POLICY, None, "8 readings, 12 are needed")
    assert doubted.reason.endswith("(pace unknown: 8 readings, 12 are needed).")
    assert not doubted.pace_known
    assert not judge(YEAR, readings, day, Policy(preset="cascade"), 0.03).pace_known


def test_the_chance_counts_for_bands_too() -> None:
    band = replace(YEAR, kind="band", lower_bound=100.0)
    readings, day = months(_on_the_path()), date(2026, 7, 4)
    said = {p: judge(band, readings, day, POLICY, p).status for p in (0.1, 0.4, 0.7)}
    assert said == {0.1: Status.OFF_TRACK, 0.4: Status.AT_RISK, 0.7: Status.ON_TRACK}
    assert judge(band, readings, day, POLICY, 0.1).reason == (
        "Off track: it is unlikely to be kept; 100 % of the latest readings are within bounds (chance of the target "
        "about 10 %)."
    )


def test_what_is_asked_is_all_that_the_mark_names() -> None:
    assert (
        asked(YEAR, months(wavy(30))).mark == asked(replace(YEAR, name="Other", id=9), months(wavy(30))).mark
    )
    assert asked(YEAR, months(wavy(30))).mark != asked(YEAR, months(wavy(29))).mark
    assert Asked(doubt="a") != Asked(doubt="b")
