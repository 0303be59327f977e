"""Sentences made from data: what a score says, and what moved it. Pure; plain words, no numbers but shown
ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from alignment.scoring.explanation import (
    ChangeExplanation,
    ChangePart,
    LevelExplanation,
    Reason,
    SubjectKind,
)

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MENTIONED_FROM = 500
"""A movement of at least half a point is worth a word."""


def headline(level: LevelExplanation, change: ChangeExplanation | None = None) -> str:
    """The first sentence of a page: "Aligned at 62, down 5 since September: two themes are funded against the
    plan".
    """
    if level.thousandths is None:
        share = round(100 * level.coverage)
        return f"Not enough is known for a score: {share} % of what it rests on, and half is needed"
    what = "Aligned at" if level.subject.kind is not SubjectKind.OBJECTIVE else "At"
    start = f"{what} {points(level.thousandths)}"
    if change is None or change.change is None:
        cause = cause_of_level(level)
        return f"{start}: {cause}" if cause else start
    shown = shown_change(level.thousandths, change.change)
    since = _since(change.from_day, change.to_day)
    if shown == 0:
        cause = cause_of_level(level)
        return f"{start}, unchanged since {since}" + (f": {cause}" if cause else "")
    direction = "up" if shown > 0 else "down"
    cause = cause_of_change(change) or cause_of_level(level)
    return f"{start}, {direction} {abs(shown)} since {since}" + (f": {cause}" if cause else "")


def points(thousandths: int) -> int:
    """A score as pages show it in a sentence: whole points, halves up."""
    return (thousandths + 500) // 1000


def shown_change(now: int, change: int) -> int:
    """The change between the two whole numbers that people see."""
    return points(now) - points(now - change)


def cause_of_change(change: ChangeExplanation) -> str:
    """What did most of the movement, in words; "" where nothing stands out."""
    if not change.change:
        return ""
    sign = 1 if change.change > 0 else -1
    moved = [(name, value) for name, value in change.by_component() if value * sign >= MENTIONED_FROM]
    if not moved:
        return ""
    name = moved[0][0]
    parts = [part for part in change.parts if part.component == name and part.thousandths * sign > 0]
    return _WORDS[name](parts, sign > 0)


def cause_of_level(level: LevelExplanation) -> str:
    """What costs most, in words; "" where nothing is lost."""
    known = [component for component in level.components if component.loss >= MENTIONED_FROM]
    if not known:
        return ""
    worst = max(known, key=lambda component: component.loss)
    losing = [part for part in worst.inputs if part.loss >= min(MENTIONED_FROM, worst.loss // 4)]
    count = len({part.key for part in losing})
    if worst.name == "funding" and level.subject.kind is SubjectKind.COMPANY:
        return f"{_count(count, 'theme')} {'is' if count == 1 else 'are'} funded against the plan"
    return {
        "outcomes": "key results fall short of their paths",  # how many is said by their statuses alone
        "funding": "its money does not follow the plan",
        "focus": f"{_count(count, 'active epic')} {'serves' if count == 1 else 'serve'} no measured aim",
        "evidence": "readings, key results or first signals are missing",
        "guardrails": f"{_count(count, 'guardrail')} {'is' if count == 1 else 'are'} broken",
    }[worst.name]


def _outcomes(parts: Sequence[ChangePart], better: bool) -> str:
    by_time = sum(abs(p.thousandths) for p in parts if p.reason is Reason.TIME)
    if not better and 2 * by_time > sum(abs(p.thousandths) for p in parts):
        paths = len({part.key for part in parts if part.reason is Reason.TIME})
        return (
            f"{_count(paths, 'path')} rose and too little came to follow"
            if paths > 1
            else "a path rose alone"
        )
    count = len(_notable(parts))
    if better:
        return f"{_count(count, 'key result')} moved closer to the target"
    return f"{_count(count, 'key result')} fell behind"


def _funding(parts: Sequence[ChangePart], better: bool) -> str:
    count = len(_notable(parts))
    names = _count(count, "theme")
    return (
        f"money moved closer to the plan in {names}"
        if better
        else f"{names} moved away from the plan's money"
    )


def _focus(parts: Sequence[ChangePart], better: bool) -> str:
    return "more work serves a measured aim" if better else "more work serves no measured aim"


def _evidence(parts: Sequence[ChangePart], better: bool) -> str:
    return "more of the evidence came in time" if better else "evidence came late or not at all"


def _guardrails(parts: Sequence[ChangePart], better: bool) -> str:
    count = len(_notable(parts))
    return f"{_count(count, 'guardrail')} {'came back within bounds' if better else 'broke'}"


def _policy(parts: Sequence[ChangePart], better: bool) -> str:
    return "the scoring policy changed"


def _coverage(parts: Sequence[ChangePart], better: bool) -> str:
    return "what is known changed"


_WORDS = {
    "outcomes": _outcomes,
    "funding": _funding,
    "focus": _focus,
    "evidence": _evidence,
    "guardrails": _guardrails,
    "policy": _policy,
    "coverage": _coverage,
}


def _notable(parts: Sequence[ChangePart]) -> set[str]:
    """The objects that did at least a tenth of a component's movement."""
    sums: dict[str, int] = {}
    for part in parts:
        sums[part.key] = sums.get(part.key, 0) + abs(part.thousandths)
    total = sum(sums.values())
    return {key for key, value in sums.items() if 10 * value >= total}


def _count(number: int, noun: str) -> str:
    word = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
    return f"{word} {noun}{'' if number == 1 else 's'}"


def _since(start: date, end: date) -> str:
    """The month where that is plain, else the day."""
    days = (end - start).days
    if days < 28:
        return f"{start.day} {start:%B}"
    return f"{start:%B}" if start.year == end.year or days < 300 else f"{start:%B %Y}"
