"""Sentences that pages begin with, made from data. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alignment.queries.standings import KeyResultStanding
from alignment.queries.words import counted, day_words, joined, percent_words, points_words, short_day
from alignment.scoring.drift_rules import DriftBeginning
from alignment.scoring.explanation import ChangeExplanation, DriftWindow, LevelExplanation


@dataclass(frozen=True, slots=True)
class Headline:
    """`Aligned at 62, ` + `down 8.5 since 30 Aug` (coloured by `tone`) + `: two reasons.`"""

    lead: str
    change: str = ""
    tone: str = ""
    reason: str = ""


_WORSE = {
    "outcomes": "key results of {names} fell behind their paths",
    "funding": "money moved away from the plan, most of all at {names}",
    "focus": "effort went to work that serves no measured aim",
    "evidence": "less evidence came in time",
    "guardrails": "{count} broke",
    "policy": "the scoring policy changed",
    "coverage": "what is known changed",
}
_BETTER = {
    "outcomes": "key results of {names} moved ahead on their paths",
    "funding": "money came closer to the plan, most of all at {names}",
    "focus": "more effort serves measured aims",
    "evidence": "more evidence came in time",
    "guardrails": "{count} held again",
    "policy": "the scoring policy changed",
    "coverage": "what is known changed",
}


def score_headline(
    level: LevelExplanation,
    change: ChangeExplanation | None,
    themes: Mapping[str, str],
    today: date,
    *,
    beyond_noise: bool | None = None,
) -> Headline:
    """The company's answer in one sentence: level, change since when, and the two greatest reasons.

    `themes` names themes by slug. A change that is within the score's usual noise says so and has no colour; None
    where nobody can tell.
    """
    if level.score is None:
        return Headline(
            "No score yet: too little is known",
            reason=f"Only {percent_words(level.coverage)} of what a score rests on is known; half is needed.",
        )
    lead = f"Aligned at {level.score:.0f}"
    if change is None or change.change is None:
        return Headline(lead, reason="there is no earlier score to hold it against.")
    since = f"since {short_day(change.from_day, today)}"
    points = change.change / 1000
    if abs(points) < 0.05:
        return Headline(lead, f"unchanged {since}", reason=main_reasons(change, themes))
    direction, tone = ("up", "tone-better") if points > 0 else ("down", "tone-worse")
    said = f"{direction} {abs(points):.1f} {since}"
    if beyond_noise is False:
        said, tone = f"{said}, within its usual noise", ""
    return Headline(lead, said, tone, main_reasons(change, themes))


def main_reasons(change: ChangeExplanation, themes: Mapping[str, str], most: int = 2) -> str:
    """The components that moved it furthest in its own direction, with the themes that did most; "" for none."""
    sign = 1 if (change.change or 0) >= 0 else -1
    phrases = _BETTER if sign > 0 else _WORSE
    chosen = [name for name, moved in change.by_component() if moved * sign > 0][:most]
    said = []
    for component in chosen:
        parts = [part for part in change.parts if part.component == component]
        by_theme = _net([(themes.get(part.theme, part.label), part.thousandths * sign) for part in parts])
        moved = [key for key, net in _net([(part.key, part.thousandths * sign) for part in parts]) if net > 0]
        names = joined([name for name, net in by_theme if net > 0][: 1 if component == "funding" else 2])
        said.append(phrases[component].format(names=names, count=counted(len(moved), "guardrail")))
    return f"{joined(said)}." if said else ""


def _net(amounts: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Sums by name, greatest first."""
    sums: dict[str, int] = {}
    for name, amount in amounts:
        sums[name] = sums.get(name, 0) + amount
    return sorted(sums.items(), key=lambda item: -item[1])


def counts_sentence(standings: Sequence[KeyResultStanding]) -> str:
    """How the statuses are spread, worst first: `3 off track, 2 at risk and 9 on track`."""
    by_word: dict[str, int] = {}
    for standing in sorted(standings, key=lambda standing: standing.status.rank):
        by_word[standing.status.word] = by_word.get(standing.status.word, 0) + 1
    return joined([f"{count} {word}" for word, count in by_word.items()])


def dated_reason(reason: str, since: date | None, day: date) -> str:
    """Why a status stands, with the day on which that was said: its figures are those of that day, not of `day`."""
    return reason if since is None or since == day else f"Said on {day_words(since)}: {reason}"


def key_result_sentence(standing: KeyResultStanding) -> str:
    """How far along on the day itself, and how far its path asks to be; or why that cannot be said."""
    if standing.definition.is_band and standing.attainment is not None:
        return f"{percent_words(standing.attainment)} of its latest readings are within bounds"
    if standing.progress is None:
        return standing.reason
    path = standing.expected
    done = f"{percent_words(standing.progress)} of the way"
    return done if path is None else f"{done}; its path asks for {percent_words(path)} by now"


def objective_headline(name: str, standings: Sequence[KeyResultStanding]) -> Headline:
    """The worst key result decides the words: `Expand`, `off track`, and why that is said."""
    if not standings:
        return Headline(name, "no key results yet")
    worst = min(standings, key=lambda standing: standing.status.rank)
    tone = {
        "off-track": "tone-worse",
        "missed": "tone-worse",
        "on-track": "tone-better",
        "achieved": "tone-better",
    }
    said = key_result_sentence(worst).rstrip(".")
    return Headline(
        name, worst.status.word, tone.get(worst.status.slug, ""), f"{worst.definition.name}: {said}."
    )


def freshness_note(stale: int, unmeasurable: int) -> str:
    """What keeps the rest from being known."""
    parts = []
    if stale:
        parts.append(f"{counted(stale, 'metric')} stale")
    if unmeasurable:
        parts.append(f"{counted(unmeasurable, 'key result')} not measurable")
    return joined(parts) if parts else "nothing is stale, everything is measurable"


def drift_words(drifts: Sequence[DriftWindow], began: DriftBeginning | None = None) -> str:
    """`Drift: −5.3 over 4 weeks (−7.0 to −3.6), ... It began about 24 May 2026.`; "" where no score is earlier."""
    said = []
    for window in drifts:
        if window.change is None:
            continue
        reach = ""
        if window.low is not None and window.high is not None:
            reach = f" ({points_words(window.low)} to {points_words(window.high)} with its usual noise)"
        said.append(f"{points_words(window.change)} over {window.weeks} weeks{reach}")
    return f"Drift: {joined(said)}.{_began_words(began)}" if said else ""


def _began_words(began: DriftBeginning | None) -> str:
    if began is None:
        return ""
    way = "fall" if began.falls else "rise"
    if began.always:
        return f" The {way} may have begun a year ago or before."
    between = f" (between {day_words(began.earliest)} and {day_words(began.latest)})"
    since = f"{day_words(began.began)}{between if began.earliest < began.latest else ''}"
    return f" The {way} began about {since}."
