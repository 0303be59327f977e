"""Sentences made from data, and plain text that names every source."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from alignment.scoring.explanation import (
    ChangeExplanation,
    ChangePart,
    ComponentLevel,
    InputPart,
    LevelExplanation,
    Reason,
    Source,
    Subject,
    SubjectKind,
)
from alignment.scoring.plain import level_text
from alignment.scoring.words import headline, shown_change

COMPANY = Subject(SubjectKind.COMPANY, name="Northbeam")
SOURCE = Source(
    1, "revenue.nrr", "Net revenue retention", "%", "2026-10", date(2026, 10, 1), date(2026, 10, 31), Decimal("109.50"),
    datetime(2026, 11, 5, tzinfo=UTC), False, 403, "revenue-2026-10.csv", 13, "value",
)  # fmt: skip


def _level(losses: dict[str, tuple[int, int]], thousandths: int | None = 62_300) -> LevelExplanation:
    """`losses`: by component, its loss and the number of inputs that share it."""
    components = tuple(
        ComponentLevel(
            name, name.capitalize(), 0.5, 20, 1.0, 10_000, loss,
            tuple(
                InputPart(f"theme:t{i}", f"T{i}", f"t{i}", 0.5, 0.5, loss // count, "", SOURCE)
                for i in range(count)
            ),
        )
        for name, (loss, count) in losses.items()
    )  # fmt: skip
    score = None if thousandths is None else thousandths / 1000
    return LevelExplanation(
        COMPANY, date(2026, 11, 14), None, score, thousandths, 0.97, 1, components, ("A: stale",), False, "f"
    )


def _change(change: int, *parts: tuple[str, Reason, str, int]) -> ChangeExplanation:
    made = tuple(ChangePart(c, r, key, key, "", value) for c, r, key, value in parts)
    return ChangeExplanation(
        COMPANY, date(2026, 9, 1), date(2026, 11, 14), 67.3, 62.3, change, made, (), False, False, 1, 1
    )


def test_the_sentence_of_the_page() -> None:
    level = _level({"funding": (9_000, 2), "outcomes": (4_000, 1)})
    quiet = _change(-5_000, ("outcomes", Reason.READINGS, "a", -300))
    assert (
        headline(level, quiet)
        == "Aligned at 62, down 5 since September: two themes are funded against the plan"
    )


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([("outcomes", Reason.READINGS, k, -2_500) for k in "ab"], "two key results fell behind"),
        ([("outcomes", Reason.TIME, k, -1_700) for k in "abc"], "three paths rose and too little came to follow"),
        ([("guardrails", Reason.READINGS, "a", -5_000)], "one guardrail broke"),
        ([("evidence", Reason.TIME, "a", -5_000)], "evidence came late or not at all"),
    ],
)  # fmt: skip
def test_what_moved_it(parts: list[tuple[str, Reason, str, int]], words: str) -> None:
    assert headline(_level({"focus": (1_000, 1)}), _change(-5_000, *parts)).endswith(f": {words}")


def test_no_number_says_why() -> None:
    assert "half is needed" in headline(_level({}, None))


def test_shown_change_is_between_shown_numbers() -> None:
    assert shown_change(62_400, -200) == -1  # 62.6 was shown as 63
    assert shown_change(62_400, 800) == 0


def test_text_names_metric_period_value_file_and_line() -> None:
    text = level_text(_level({"outcomes": (4_000, 1)}))
    assert (
        "revenue.nrr 2026-10 = 109.5 %; known 2026-11-05; revenue-2026-10.csv, line 13, column value (batch 403)"
        in text
    )
    assert "A: stale" in text
