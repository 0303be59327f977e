"""Trends of many series at once: how far each drifts over its window, how sure that is, and what can be claimed.

Flows are judged by a line through their levels, stocks by the mean of their steps, each with a season where two full
cycles are there (`regression`) and with p from simulated luck (`luck`). A series whose kind is not declared is judged
as a flow only where it is surely none that wanders (`kinds`); else by its steps, and where levels and steps disagree
nothing is claimed. Effects with interval are those values that luck would not rule out: the interval and the p come
from the same test. *Flat* needs two one-sided tests against a margin (D. J. Schuirmann, Journal of Pharmacokinetics
and Biopharmaceutics 15, 1987, 657-680): both bounds ruled out at 5 %.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from alignment.signals.kinds import surely_flow
from alignment.signals.luck import Evidence, chance_of_luck, evidence_of, limit_at
from alignment.signals.regression import Fit, regress
from alignment.signals.sums import Floats

FEWEST = 12  # periods (steps of a stock) from the first reading to the last
KNOWN = 9  # readings among them: a quarter may be missing where the window is shortest
MOST_SLUGGISH = 0.75
ALPHA = 0.05
_HALVINGS = 30
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Trends:
    """Of N series, in their units. NaN where there are too few readings."""

    p: Floats  # share of series that do not move and drift this far by luck
    drift: Floats  # change over the window, first period to last
    per_period: Floats
    error: Floats  # standard error of `per_period`
    phi: Floats
    known: NDArray[np.int64]  # readings, or steps of a stock
    as_stock: Bools  # judged by steps
    silent: Bools  # nothing may be claimed: too few, too sluggish, or the kind decides and is not known

    def claimed(self, alpha: float = ALPHA) -> Floats:
        """1 where it rises, -1 where it falls, 0 where neither may be claimed."""
        return np.where(~self.silent & (self.p < alpha), np.sign(self.drift), 0.0)


def trends(values: Floats, *, period: int | None = None, kind: str | None = "flow") -> Trends:
    """Judge each row of `values` (N, n), NaN at gaps, as "flow", "stock" or, with None, of unknown kind."""
    return trends_with_fits(values, period=period, kind=kind)[0]


def trends_with_fits(
    values: Floats, *, period: int | None = None, kind: str | None = "flow", levels: Fit | None = None
) -> tuple[Trends, Fit | None, Fit | None]:
    """`trends`, and the fits of levels and of steps behind them as far as they were needed; `levels` is `level_fit` of
    the values, where it is known."""
    values = np.atleast_2d(np.asarray(values, dtype=np.float64))
    n = values.shape[1]
    if kind == "stock":
        steps = steps_fit(values, period)
        return _of(steps, n), None, steps
    levels = levels or level_fit(values, period)
    found = _of(levels, n)
    if kind == "flow":
        return found, levels, None
    steps = steps_fit(values, period)
    return _either(found, _of(steps, n), surely_flow(levels) & ~found.silent), levels, steps


def level_fit(values: Floats, period: int | None) -> Fit:
    """The line and season of flows."""
    return regress(values, period=period)


def steps_fit(values: Floats, period: int | None) -> Fit:
    """The mean step and season of stocks; a gap takes the steps on both of its sides."""
    return regress(np.diff(values, axis=1), period=period, line=False)


def interval(
    fit: Fit, *, alpha: float = ALPHA, judged: tuple[Evidence, Floats] | None = None
) -> tuple[Floats, Floats]:
    """Lowest and highest effect (of the tested column) whose chance of luck is at least `alpha`: the values that the
    readings do not rule out. `judged` is the evidence with its limit where they are not the trend's own."""
    middle = fit.coefficients[:, fit.tested]
    reach = 60 * np.where(fit.errors[:, fit.tested] > 0, fit.errors[:, fit.tested], 0.0)
    known, limit = judged or (evidence_of(fit), limit_at(fit, alpha))
    ends = []
    for side in (-1.0, 1.0):
        kept, ruled_out = middle.copy(), middle + side * reach
        for _ in range(_HALVINGS):
            between = (kept + ruled_out) / 2
            possible = known.against(between) <= limit
            kept, ruled_out = np.where(possible, between, kept), np.where(possible, ruled_out, between)
        ends.append(kept)
    return ends[0], ends[1]


def within(fit: Fit, margin: Floats | float, *, alpha: float = ALPHA) -> Bools:
    """Whether the tested effect is surely smaller than `margin` either way: both one-sided tests at `alpha`."""
    low, high = interval(fit, alpha=2 * alpha)
    return np.asarray((low > -np.asarray(margin)) & (high < margin))


def _of(fit: Fit, n: int) -> Trends:
    """What one fit says; `n` is the count of periods, steps included or not."""
    per_period = fit.per_period
    steps = max(len(fit.design) - 1, 1) if fit.tested else 1
    p = chance_of_luck(fit)
    return Trends(
        p=p,
        drift=per_period * (n - 1),
        per_period=per_period,
        error=fit.errors[:, fit.tested] / steps,
        phi=fit.phi,
        known=fit.known,
        as_stock=np.full(len(p), fit.tested == 0),
        silent=np.isnan(p) | (len(fit.design) < FEWEST) | (fit.known < KNOWN) | (fit.phi > MOST_SLUGGISH),
    )


def _either(levels: Trends, steps: Trends, flow: Bools) -> Trends:
    """By levels where `flow`, else by steps; silent where only the levels would claim something."""
    parts = {
        name: np.where(flow, getattr(levels, name), getattr(steps, name))
        for name in ("p", "drift", "per_period", "error", "phi", "known", "as_stock")
    }
    torn = (levels.p < ALPHA) & ~(steps.claimed() != 0)
    return replace(levels, **parts, silent=np.where(flow, levels.silent, steps.silent | torn))
