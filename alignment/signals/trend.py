"""Trend: is a metric improving, worsening, is there no clear change, or can nothing be told? In words, with figures.

The sums are those of `trends`; here they are put into the words of people, as precise as the evidence and no more.
The seam is `trend(values, cadence=, direction=, kind=) -> Trend`; callers know nothing of what is inside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alignment.periods import Cadence
from alignment.signals.columns import EACH, LONGEST, as_found, season_of, unseen_words
from alignment.signals.luck import luck_table
from alignment.signals.regression import Fit
from alignment.signals.sums import Floats, rounded
from alignment.signals.trends import (
    ALPHA,
    FEWEST,
    KNOWN,
    MOST_SLUGGISH,
    Trends,
    interval,
    trends_with_fits,
    within,
)
from alignment.signals.verdict import CLAIMED


@dataclass(frozen=True, slots=True)
class Trend:
    """The verdict: "improving", "worsening", "no clear change", "flat" or "cannot tell", with its figures.

    `slope` is in the metric's unit for each period, `low` to `high` its 95 % interval; `statistic` is slope over its
    standard error; `p` the share of metrics that do not move and would drift this far by luck.
    """

    verdict: str
    sentence: str
    n: int
    slope: float | None = None
    phi: float | None = None
    statistic: float | None = None
    p: float | None = None
    low: float | None = None
    high: float | None = None
    per_quarter: float | None = None
    kind: str | None = None  # what it was judged as
    table: int | None = None  # version of the table of luck


def trend(
    values: Sequence[float | None],
    *,
    cadence: Cadence,
    direction: str,
    kind: str | None = "flow",
    margin: float | None = None,
    season: str = "",
    levels: Fit | None = None,
) -> Trend:
    """Judge the readings of a metric, oldest first, None or NaN at gaps, at most the last 156.

    `kind` is "flow", "stock" or None where it is not declared. `margin`, in the metric's unit over the window, is the
    change that would not matter: without one nothing is ever called flat. `season` is "yearly", "none" or ""
    where it is not declared: then one is reckoned with as soon as it could be seen twice. `levels` is `level_fit` of
    the same readings, where it is known.
    """
    series = _trimmed(values)
    steps = kind == "stock"
    known = int((~np.isnan(np.diff(series) if steps else series)).sum())
    if known < KNOWN or len(series) - steps < FEWEST:
        return Trend("cannot tell", f"Too short to tell: {known} readings, {FEWEST} are needed.", known)
    if float(np.nanmax(series)) == float(np.nanmin(series)):
        return _still(known, margin, kind)
    if unseen := unseen_words(len(series), cadence, season):
        return Trend("cannot tell", f"Too short to tell: {unseen}.", known)
    period = season_of(cadence, season)
    found, levels, by_steps = trends_with_fits(series, period=period, kind=kind, levels=levels)
    fit = by_steps if found.as_stock[0] else levels
    if fit is None or math.isnan(found.p[0]):
        return Trend("cannot tell", f"Too short for its season: {known} readings.", known)
    unit = len(series) - 1 if fit.tested else 1
    low, high = (float(end[0]) / unit for end in interval(fit))
    slope, error = float(found.per_period[0]), float(found.error[0])
    figures = {
        "slope": slope, "phi": float(found.phi[0]), "statistic": slope / max(error, abs(slope) * 1e-6, 1e-300),
        "p": float(found.p[0]), "low": low, "high": high, "per_quarter": slope * cadence.per_year / 4,
    }  # fmt: skip
    kept = {name: rounded(number) for name, number in figures.items()}
    flat = margin is not None and bool(within(fit, margin * unit / (len(series) - 1))[0])
    verdict, words = _verdict(kept, found, flat, direction, margin)
    if verdict in CLAIMED:
        words = f"{words} {_effect(kept, cadence)}"
    judged = "flow" if fit.tested else "stock"
    return Trend(verdict, words, int(found.known[0]), **kept, kind=judged, table=luck_table().version)


def luck_words(p: float) -> str:
    """The chance of luck as a count among 1,000 metrics, no finer than a simulated table knows it."""
    among = 1000 * p
    count = "fewer than 1" if among < 1 else f"about {among:.0f}"
    like = "of 1,000 metrics this noisy and this sluggish that do not move at all"
    return f"{like}, {count} would drift this far by luck"


def _verdict(
    figures: dict[str, float], found: Trends, flat: bool, direction: str, margin: float | None
) -> tuple[str, str]:
    n = int(found.known[0])
    if found.silent[0] and figures["phi"] > MOST_SLUGGISH:
        return "cannot tell", "Each reading resembles the last too much to tell a trend from chance."
    if found.silent[0]:
        return "cannot tell", "It would be a trend in a flow but not in a stock: declare which of them it is."
    if direction == "range":
        return "cannot tell", "It is to stay in a range, so neither way is better."
    if flat:
        return "flat", f"Flat over the last {n} readings: any change is smaller than {margin:g}."
    if figures["p"] >= ALPHA:
        return "no clear change", f"No clear change over the last {n} readings."
    better = (figures["slope"] > 0) == (direction == "higher")
    words = (
        f"{'Improving' if better else 'Worsening'} over the last {n} readings: {luck_words(figures['p'])}."
    )
    return "improving" if better else "worsening", words


def _effect(figures: dict[str, float], cadence: Cadence) -> str:
    """`It rises by about 1.2 a week (0.5 to 1.9), 15.6 a quarter.`"""
    sign = 1 if figures["slope"] > 0 else -1
    low, high = sorted((sign * figures["low"], sign * figures["high"]))
    way = "rises" if sign > 0 else "falls"
    words = f"It {way} by about {_two(abs(figures['slope']))} a {EACH[cadence]} ({_two(low)} to {_two(high)})"
    if cadence in (Cadence.QUARTER, Cadence.FISCAL_YEAR):
        return f"{words}."
    return f"{words}, {_two(abs(figures['per_quarter']))} a quarter."


def _two(number: float) -> str:
    """Two significant digits, large ones written out."""
    return f"{float(f'{number:.2g}'):,.12g}"


def _still(known: int, margin: float | None, kind: str | None) -> Trend:
    verdict = "no clear change" if margin is None else "flat"
    version = luck_table().version
    return Trend(verdict, "It has not moved at all.", known, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, kind, version)


def _trimmed(values: Sequence[float | None]) -> Floats:
    """The last 156 readings as an array, without gaps at either end."""
    series = np.array(as_found(values[-LONGEST:]), dtype=np.float64)
    seen = np.flatnonzero(~np.isnan(series))
    return series[seen[0] : seen[-1] + 1] if len(seen) else series[:0]
