"""Where a key result will be at its due date, in words. Pure."""

from __future__ import annotations

import re
from datetime import date

from alignment.queries.words import MINUS, NO_BREAK, day_words, percent_words
from alignment.scoring.explanation import StoredPace
from alignment.scoring.inputs import KeyResultInput
from alignment.scoring.policy import Parameters
from alignment.signals.pace_words import chance_figure, figure

_APART = re.compile(r"(?<=\d),(?=\d{3})")
_BELOW = re.compile(r"(?<![\w.])-(?=\d)")

Step = tuple[date, float, float, float]


def house_words(text: str) -> str:
    """Figures of the rule's sentences as all pages write them: thousands apart, a real minus."""
    return _BELOW.sub(MINUS, _APART.sub(NO_BREAK, text))


def figure_words(step: Step) -> str:
    """What is expected, as exact as its range allows."""
    _, expected, low, high = step
    return house_words(figure(expected, high - low))


def range_words(step: Step) -> str:
    """`57.3 to 61.0`."""
    _, _, low, high = step
    return house_words(f"{figure(low, high - low)} to {figure(high, high - low)}")


def with_unit(number: str, unit: str) -> str:
    """`59.2 %`, `310 deals`."""
    return f"{number} {unit}".strip()


def chance_words(pace: StoredPace | None) -> str:
    """`about 35 %`; "cannot tell" where nothing is foretold, a dash off the path from start to due date."""
    if pace is None:
        return "–"
    return "cannot tell" if pace.probability is None else chance_figure(pace.probability)


def pace_facts(pace: StoredPace | None, definition: KeyResultInput, unit: str) -> tuple[tuple[str, str], ...]:
    """Chance, and what the due date is expected to find, as (term, words); nothing off the path."""
    if pace is None:
        return ()
    facts = [("Chance of the target", chance_words(pace))]
    due = _at_due(pace, definition, unit)
    return (*facts, ("At the due date", due)) if due else tuple(facts)


def pace_steps(
    pace: StoredPace | None, definition: KeyResultInput, unit: str, limits: Parameters
) -> tuple[tuple[str, str], ...]:
    """The same for those who want to know it exactly, with the day of the evidence."""
    if pace is None:
        return ()
    said = pace_note(pace)
    if pace.probability is None:
        return (("Pace", f"{said} Attainment alone decides."),)
    due = _at_due(pace, definition, unit)
    exact = exact_words(pace.probability)
    on, off = (
        percent_words(limits.probability_on_track_from),
        percent_words(limits.probability_off_track_below),
    )
    begun = percent_words(limits.probability_counts_after)
    rule = (
        f"{exact}; on track asks for {on}, and under {off} it is off track once {begun} of the path is over"
    )
    steps = [("Pace", said), ("Chance, exactly", rule)]
    return (*steps, ("At the due date", due)) if due else tuple(steps)


def pace_note(pace: StoredPace | None) -> str:
    """The sentence with the day of the evidence, for below a chart; "" off the path."""
    return (
        ""
        if pace is None
        else f"{house_words(pace.sentence)} By what is known since {day_words(pace.since)}."
    )


def exact_words(probability: float) -> str:
    """`35.2 %`, and no more than can be meant at either end."""
    if probability < 0.001:
        return f"under 0.1{NO_BREAK}%"
    return f"over 99.9{NO_BREAK}%" if probability > 0.999 else f"{100 * probability:.1f}{NO_BREAK}%"


def _at_due(pace: StoredPace, definition: KeyResultInput, unit: str) -> str:
    if pace.expected is None or pace.low is None or pace.high is None or not pace.steps:
        return ""
    if definition.is_band:
        ends = f"{percent_words(pace.low)} to {percent_words(pace.high)}"
        return f"{percent_words(pace.expected)} of the readings that count within bounds, {ends} in eight cases of ten"
    step = (definition.due, pace.expected, pace.low, pace.high)
    return f"{with_unit(figure_words(step), unit)}, {range_words(step)} in eight cases of ten"
