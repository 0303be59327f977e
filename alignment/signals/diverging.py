"""What is said of two series that may part: since when, how wide, and how often luck alone would do it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from alignment.signals.beginning import Beginning, beginning
from alignment.signals.columns import CYCLES_NEEDED, Columns, period_words, seen_twice
from alignment.signals.divergence import (
    ALPHA,
    FEWEST,
    FEWEST_KNOWN,
    Divergence,
    Divergences,
    bounds,
    divergences,
)
from alignment.signals.pace_words import figure
from alignment.signals.sums import Floats, rounded
from alignment.signals.trends import MOST_SLUGGISH


def diverge(
    first: Floats,
    second: Floats,
    *,
    period: int | None = None,
    kind: str = "flow",
    lead: int = 0,
    names: tuple[str, str] = ("the first", "the second"),
    columns: Columns | None = None,
) -> list[Divergence]:
    """`divergences` with sentence, beginning and path for each pair; `names` stand in the sentences, and the days of
    `columns`, where they are given, instead of counts of periods."""
    found = divergences(first, second, period=period, kind=kind, lead=lead)
    ends = bounds(found)
    told = _Told(period, kind, names, columns)
    return [_one(found, row, ends, told) for row in range(len(found.p))]


@dataclass(frozen=True, slots=True)
class _Told:
    """What was given for the sentences."""

    period: int | None
    kind: str
    names: tuple[str, str]
    columns: Columns | None


def _one(found: Divergences, row: int, ends: tuple[Floats, Floats], told: _Told) -> Divergence:
    period, names = told.period, told.names
    known, difference = int(found.known[row]), found.difference[row]
    if found.silent[row]:
        return Divergence(
            "cannot tell", f"Cannot tell whether they part: {_doubt(found, row, period)}.", known
        )
    logs = bool(found.logs[row])
    p, phi = rounded(float(found.p[row])), rounded(float(found.phi[row]))
    middle, low, high = (_per_cent(float(part[row]), logs) for part in (found.change, *ends))
    path = _path(difference, logs)
    if p >= ALPHA:
        width = f"over {known} readings {names[0]} gained between {_said(low, low, high)} and {_said(high, low, high)}"
        size = "" if logs else " of the usual size"
        words = f"No clear divergence: {width}{size} on {names[1]}, which may be nothing."
        return Divergence("no clear divergence", words, known, p, middle, low, high, phi, None, path)
    began = beginning(
        difference, phi=phi, period=seen_twice(period, len(difference)), stock=told.kind == "stock"
    )
    up = found.direction[row] > 0
    gained: tuple[float, ...] = (middle, low, high)
    if not up:  # told from the second's side
        gained = tuple(_per_cent(-float(part[row]), logs) for part in (found.change, *reversed(ends)))
    since = _since(began, len(difference), told.columns)
    words = _sentence(names if up else names[::-1], gained, p, since, logs)
    verdict = "first outgrows" if up else "second outgrows"
    return Divergence(verdict, words, known, p, middle, low, high, phi, began, path)


def _since(began: Beginning | None, n: int, columns: Columns | None) -> str:
    if began is None:
        return ""
    if began.always:
        return ", perhaps from the first reading on"
    if columns is not None:
        when, earliest, latest = (
            period_words(columns, at) for at in (began.at, began.earliest, began.latest)
        )
        return f", beginning about {when} (between {earliest} and {latest})"
    ago, late, early = (n - 1 - at for at in (began.at, began.latest, began.earliest))
    return f", beginning about {ago} periods before the last (between {late} and {early})"


def _sentence(names: tuple[str, str], gained: tuple[float, ...], p: float, since: str, logs: bool) -> str:
    middle, low, high = (_said(number, gained[1], gained[2]) for number in gained)
    luck = max(1, round(1000 * p))
    size = "" if logs else " of the usual size"
    return (
        f"{_capital(names[0])} outgrows {names[1]}: it gained {middle}{size} ({low} to {high}) on it over the window"
        f"{since}. Of 1,000 pairs this noisy that move alike, about {luck} would part this far by luck."
    )


def _doubt(found: Divergences, row: int, period: int | None) -> str:
    known, span = int(found.known[row]), int(found.span[row])
    if known < FEWEST_KNOWN or span < FEWEST:
        return f"{known} readings of both in {span} periods; {FEWEST_KNOWN} in {FEWEST} are needed"
    if float(found.phi[row]) > MOST_SLUGGISH:
        return "each difference resembles the last too much to tell a trend from chance"
    if period is not None and span < CYCLES_NEEDED * period:
        return f"a season of {period} periods must be seen twice"
    return "their readings do not suffice"


def _per_cent(change: float, logs: bool) -> float:
    return rounded(100 * (math.expm1(min(change, 700.0)) if logs else change))


def _path(difference: Floats, logs: bool) -> tuple[float | None, ...]:
    """Gain in per cent since the first reading of both; None at gaps."""
    known = difference[~np.isnan(difference)]
    base = float(known[0])
    return tuple(
        None if math.isnan(value) else _per_cent(value - base, logs) for value in difference.tolist()
    )


def _said(number: float, low: float, high: float) -> str:
    return f"{figure(number, abs(high - low))} %"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
