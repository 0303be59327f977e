"""What is said of two metrics that are compared, for people and for the suspicious."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alignment.models import Metric
from alignment.periods import Cadence
from alignment.queries.metric_against_chart import Told, is_smoothed
from alignment.queries.words import MINUS, NO_BREAK, counted, measure
from alignment.signals.columns import Columns, period_words
from alignment.signals.pace_words import figure

if TYPE_CHECKING:
    from alignment.signals.divergence import Divergence


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: its readings by period, what it is judged as ("flow", "stock", None where that is open)."""

    metric: Metric
    laid: Columns
    kind: str | None
    declared: bool


def each_words(cadence: Cadence) -> str:
    """`week`, `year`: one period."""
    return "year" if cadence is Cadence.FISCAL_YEAR else cadence.value


def lead_words(found: Divergence, names: tuple[str, str]) -> str:
    """The headline, which says nothing of better or worse."""
    first, second = names
    return {
        "first outgrows": f"{first} outgrows {second}",
        "second outgrows": f"{second} outgrows {first}",
        "no clear divergence": f"{first} and {second}: no clear divergence",
    }.get(found.verdict, f"{first} and {second}: cannot tell whether they part")


def cadence_problem(first: Metric, second: Metric, names: tuple[str, str]) -> str:
    """Which cadences do not go together and what to do, "" where both are the same."""
    one, other = (Cadence(metric.cadence) for metric in (first, second))
    if one is other:
        return ""
    coarser = max(one, other, key=lambda cadence: cadence.typical_days)
    finer = names[1] if coarser is one else names[0]
    return (
        f"“{names[0]}” is {one.label} and “{names[1]}” {other.label}; two metrics are compared period by "
        f"period. Import {coarser.label} readings of “{finer}” as a metric of its own and compare that, or "
        f"choose another one that is {one.label}."
    )


def lag_words(names: tuple[str, str], lag: int, cadence: Cadence) -> str:
    """Which readings are held against each other."""
    if not lag:
        return "Readings of the same periods are held against each other."
    leader, follower = names if lag > 0 else names[::-1]
    by = counted(abs(lag), each_words(cadence))
    return f"Each reading of “{follower}” is held against the one of “{leader}” {by} before."


def short_lag(lag: int, cadence: Cadence) -> str:
    """`same period`, `13 weeks before`: where the first metric's reading lies."""
    if not lag:
        return "same period"
    return f"{counted(abs(lag), each_words(cadence))} {'before' if lag > 0 else 'after'}"


def facts(told: Told, sides: Sequence[Side]) -> tuple[tuple[str, str], ...]:
    """How wide, since when, and where both stand, for everybody."""
    found, laid = told.found, told.columns
    rows = []
    if found.wide is not None:
        who, gained = _gained(told)
        of = "" if told.logs else " of the usual size"
        ends = f"{_percent(gained[1], gained)} to {_percent(gained[2], gained)} in 95 cases of 100"
        wide = f"{who} gained {_percent(gained[0], gained)}{of} over the window ({ends})"
        rows.append(("How wide", f"{wide}, taken along a straight line"))
    if found.began is not None:
        rows.append(("Since", _began(told)))
    if laid.starts:
        span = f"{period_words(laid, 0)} to {period_words(laid, len(laid.starts) - 1)}"
        rows.append(("Window", f"{span}; {counted(told.pair.both, 'period')} with a reading of both"))
    latest = [f"{name}: {_latest(side)}" for name, side in zip(told.names, sides, strict=True)]
    return (*rows, ("Latest", "; ".join(latest)))


def _latest(side: Side) -> str:
    values = side.laid.values
    at = next((at for at in reversed(range(len(values))) if values[at] is not None), None)
    if at is None:
        return "no reading yet"
    return f"{measure(values[at], side.metric.unit)} in {period_words(side.laid, at)}"


def _gained(told: Told) -> tuple[str, tuple[float, float, float]]:
    """Who gained on the other, and by how much per cent, lowest and highest, as the sentence tells it."""
    found = told.found
    middle, low, high = (float(number or 0.0) for number in (found.wide, found.low, found.high))
    if found.verdict != "second outgrows":
        return told.names[0], (middle, low, high)
    turned = (_turned(middle, told.logs), _turned(high, told.logs), _turned(low, told.logs))
    return told.names[1], turned


def _turned(gain: float, logs: bool) -> float:
    """A gain in per cent seen from the other side."""
    if not logs:
        return -gain
    share = 1 + gain / 100
    return 100 * (1 / share - 1) if share > 0 else math.inf


def _percent(number: float, gained: tuple[float, float, float]) -> str:
    return f"{figure(number, abs(gained[2] - gained[1]))}{NO_BREAK}%".replace("-", MINUS)


def _began(told: Told) -> str:
    began, laid = told.found.began, told.columns
    if began is None or began.always:
        return "perhaps with the first reading of the window, or before"
    when, earliest, latest = (period_words(laid, at) for at in (began.at, began.earliest, began.latest))
    return f"about {when} (between {earliest} and {latest})"


def figures(told: Told, sides: Sequence[Side]) -> tuple[tuple[str, str], ...]:
    """For the suspicious."""
    found, tested = told.found, "first less second, each divided by its usual size"
    rows = []
    if found.p is not None:
        share = "under 1 in 1,000" if found.p < 0.001 else f"{1000 * found.p:.0f} in 1,000"
        rows.append(("Share of pairs that move alike but part so far", share))
    if found.phi is not None:
        alike = f"{found.phi:.2f}".replace("-", MINUS)
        rows.append(("How much a difference resembles the last (phi)", alike))
    rows += [
        ("What is tested", "the logarithm of first over second" if told.logs else tested),
        ("Judged as", "stocks, by their changes" if told.stock else "flows, by their levels"),
        *((f"{name} is", _kind(side)) for name, side in zip(told.names, sides, strict=True)),
        ("Periods in the window", str(len(told.columns.starts))),
        ("Of them with both readings", str(told.pair.both)),
    ]
    return tuple(rows)


def _kind(side: Side) -> str:
    if side.kind is None:
        return "not declared, and its readings do not say; taken for a flow"
    return f"a {side.kind}, {'as declared' if side.declared else 'as its readings say'}"


def notes(told: Told) -> tuple[str, ...]:
    """What the upper chart shows."""
    if told.logs:
        mean = f"the mean of its first {told.at_start} readings" if told.at_start > 1 else "its first reading"
        base = f"For each, 100 is {mean}, so that units do not matter. Seasons are left in."
    else:
        base = "For each, 100 is its usual size, as some readings are zero or less. Seasons are left in."
    rows = [base]
    if is_smoothed(told):
        rows.append("Thin lines: the readings. Thick lines: the mean of each with its neighbours.")
    gaps = len(told.columns.starts) - told.pair.both
    if gaps:
        rows.append(f"{counted(gaps, 'period')} without a reading of both.")
    if told.found.began is not None and not told.found.began.always:
        rows.append("Dotted line: about when it began. Shaded: it began somewhere in here.")
    return tuple(rows)


def gap_notes(told: Told) -> tuple[str, ...]:
    """What the lower chart shows."""
    of = "the ratio of both" if told.logs else "the difference of both, each divided by its usual size,"
    rows = [
        f"How far {of} has moved from where it stood at the start of the window. The test decides, not the eye."
    ]
    if not told.stock:
        rows.append("Readings that stand out wildly are pulled in or left out before the test.")
    return tuple(rows)
