"""The sentences that pages begin with, and the rows of what moved a score."""

from __future__ import annotations

from datetime import date

import pytest

from alignment.queries.moves import MOST_ROWS, moves_of
from alignment.queries.sentences import main_reasons, score_headline
from alignment.scoring.explanation import (
    ChangeExplanation,
    ChangePart,
    LevelExplanation,
    Reason,
    Subject,
    SubjectKind,
)

COMPANY = Subject(SubjectKind.COMPANY)
THEMES = {"core": "Core", "grow": "Growth"}
TODAY = date(2026, 11, 20)


def part(
    component: str, key: str, theme: str, thousandths: int, reason: Reason = Reason.READINGS
) -> ChangePart:
    return ChangePart(component, reason, key, key, theme, thousandths, "a reading came")


def change_of(*parts: ChangePart) -> ChangeExplanation:
    total = sum(one.thousandths for one in parts)
    return ChangeExplanation(
        COMPANY, date(2026, 8, 28), TODAY, 60.0, 60.0 + total / 1000, total, parts, (), False, False, 1, 1
    )


def level_of(score: float | None, coverage: float = 1.0) -> LevelExplanation:
    thousandths = None if score is None else round(score * 1000)
    return LevelExplanation(COMPANY, TODAY, None, score, thousandths, coverage, 1, (), (), False, "")


FALL = change_of(
    part("outcomes", "kr-1", "core", -3000),
    part("outcomes", "kr-2", "grow", -1500),
    part("outcomes", "kr-3", "core", 400),
    part("guardrails", "guard-1", "", -1200),
    part("guardrails", "guard-2", "", -800),
    part("funding", "theme:core", "core", 700),
)


def test_a_fall_names_what_fell_and_not_what_rose() -> None:
    headline = score_headline(level_of(54.6), FALL, THEMES, TODAY)
    assert (headline.lead, headline.change, headline.tone) == (
        "Aligned at 55",
        "down 5.4 since 28 Aug",
        "tone-worse",
    )
    assert headline.reason == "key results of Core and Growth fell behind their paths and 2 guardrails broke."


def test_a_rise_names_what_rose() -> None:
    rise = change_of(part("funding", "theme:core", "core", 900), part("focus", "epic-1", "core", 200))
    assert (
        main_reasons(rise, THEMES)
        == "money came closer to the plan, most of all at Core and more effort serves measured aims."
    )
    assert score_headline(level_of(61.1), rise, THEMES, TODAY).tone == "tone-better"


@pytest.mark.parametrize(
    ("level", "change", "lead", "reason"),
    [
        (level_of(None, 0.4), None, "No score yet: too little is known", "Only 40\u00a0% of what"),
        (level_of(70.0), None, "Aligned at 70", "there is no earlier score"),
    ],
)
def test_what_cannot_be_said_is_said(
    level: LevelExplanation, change: ChangeExplanation | None, lead: str, reason: str
) -> None:
    headline = score_headline(level, change, THEMES, TODAY)
    assert headline.lead == lead
    assert headline.reason.startswith(reason)


def test_no_movement_is_called_unchanged() -> None:
    assert score_headline(level_of(60.0), change_of(), THEMES, TODAY).change == "unchanged since 28 Aug"


def test_rows_add_up_in_tenths_and_name_their_strongest_input() -> None:
    moves = moves_of(FALL, THEMES, "/why/company")
    assert [(row.label, row.points) for row in moves.rows] == [
        ("Core: key results fell behind", "−2.6"),
        ("Guardrails kept or broken", "−2.0"),
        ("Growth: key results fell behind", "−1.5"),
        ("Money against the plan", "+0.7"),
    ]
    assert moves.rows[0].note == "Most: kr-1 −3.0"
    assert moves.total.points == "−5.4"
    assert moves.by_reason == "By reason: readings −5.4."


def test_many_rows_end_in_one_for_the_rest() -> None:
    many = change_of(*(part("outcomes", f"kr-{n}", f"theme-{n}", -333) for n in range(12)))
    moves = moves_of(many, {f"theme-{n}": f"Theme {n}" for n in range(12)}, "")
    assert len(moves.rows) == MOST_ROWS
    assert moves.rows[-1].label == "6 smaller movements"
    assert sum(row.tenths for row in moves.rows) == moves.total.tenths == -40
