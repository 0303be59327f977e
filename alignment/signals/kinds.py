"""Flow or stock: does a metric come back to a level or a line (sales of a week), or does it wander (users, ARR)?

A stock is a running total, so each value is the last one plus something: a random walk, in which least squares sees
trends half of the time (C. W. J. Granger and P. Newbold, Journal of Econometrics 2, 1974, 111-120). The question is
settled by phi under a prior that favours none (P. C. B. Phillips, Journal of Applied Econometrics 6, 1991, 333-364),
against two tabled bounds by length: below the first hardly a random walk would pass for a flow with a trend, above
the second hardly a flow lies. Between them nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alignment.signals.columns import as_found
from alignment.signals.likelihood import company_prior
from alignment.signals.luck import at_length, kind_of, luck_table
from alignment.signals.regression import Fit, regress
from alignment.signals.sums import Floats, over_time, rounded

FEWEST = 12


@dataclass(frozen=True, slots=True)
class Guess:
    """`kind` is "flow", "stock" or None where the readings do not settle it; `reason` is for people."""

    kind: str | None
    reason: str
    phi: float | None = None


def sluggishness(fit: Fit) -> Floats:
    """Mean of phi if every phi were as likely beforehand, for each series."""
    even = np.ascontiguousarray(fit.weights.T) / company_prior(fit.scenario_phi)[:, None]
    mean: Floats = over_time(even * fit.scenario_phi[:, None]) / over_time(even)
    return mean


def surely_flow(fit: Fit) -> np.ndarray:
    """Series so little like a random walk that a line through their levels may be believed."""
    bound = at_length(luck_table().flow_below, kind_of(fit), fit.known)
    return np.asarray(sluggishness(fit) < bound)


def surely_stock(fit: Fit) -> np.ndarray:
    """Series that wander as hardly any flow does."""
    bound = at_length(luck_table().stock_above, kind_of(fit), fit.known)
    return np.asarray(sluggishness(fit) > bound)


def guess_kind(values: Sequence[float | None], *, period: int | None = None, fit: Fit | None = None) -> Guess:
    """Guess from the readings of a metric, oldest first, None or NaN at gaps; `fit` is `regress` of them, where it is
    known."""
    series = np.array(as_found(values), dtype=np.float64)
    known = series[~np.isnan(series)]
    if len(known) < FEWEST:
        return Guess(
            None, f"There are {len(known)} readings; {FEWEST} are needed to tell a flow from a stock."
        )
    steps = np.diff(known)
    if float(np.ptp(known)) == 0.0:
        return Guess(None, "It has not moved, which a flow and a stock can do alike.")
    if (steps >= 0).all() and (steps > 0).mean() > 0.5:
        return Guess("stock", f"It has never fallen in {len(known)} readings, as running totals do.")
    fit = fit or regress(series, period=period)
    phi = rounded(float(sluggishness(fit)[0]))
    carried = f"about {max(phi, 0.0):.0%} of a deviation is still there one reading later"
    if bool(surely_flow(fit)[0]):
        return Guess("flow", f"It comes back to a level or a line: {carried}.", phi)
    if bool(surely_stock(fit)[0]):
        return Guess("stock", f"It wanders and does not come back: {carried}.", phi)
    words = f"It may come back or wander, {len(known)} readings do not settle it: {carried}."
    return Guess(None, words, phi)
