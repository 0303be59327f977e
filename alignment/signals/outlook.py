"""Where a series will be in each coming period, and how sure that is: a mixture of Student's t for every step.

Each regression of `averaging` says, for the reading H periods after the last known one with columns x,
mean = x'b + phi^H (y_last - x_last'b), variance = s^2 (1 - phi^2H + a'V a) with a = x - phi^H x_last (A. S. Goldberger,
JASA 57, 1962, 369-375), for a sum of coming readings the same with sums; the weights are the regressions' own.

A *stock* (users, recurring revenue) is a random walk: its steps are regressed, its forecast is their sum. A *total* is
the sum of what comes after the last reading.

Lines seen in the past do not all go on. What comes is taken to climb at a share of the slope seen with mean
`GOES_ON` and standard deviation `GOES_ON_SPREAD`, chosen by calibration (tests/bench/signals_pace.py): damped lines win
most comparisons of forecasts (E. S. Gardner and E. McKenzie, Management Science 31, 1985, 1237-1246).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from alignment.signals.averaging import (
    PHI_WEIGHTS,
    PHIS,
    STEP_WEIGHTS,
    Fit,
    Floats,
    Gaps,
    Ints,
    clipped,
    columns,
    dot,
    fits,
    forward,
    gaps_of,
    standardised,
)

GOES_ON = 0.9
GOES_ON_SPREAD = 0.2
SCALES = (0.0, 2.0, 10.0)
SCALE_WEIGHTS = (0.3, 0.35, 0.35)
"""Drift over the window in standard deviations of the noise: none, some, much, and how likely each is at first."""
Seasons = tuple[tuple[float, Floats | None], ...]
SURE: Seasons = ((1.0, None),)
SEASONS = ((0.0, 0.5), (0.8, 0.25), (1.6, 0.25))
"""A season that may be there: its standard deviation in the noise's, and how likely that is at first."""
_HALVINGS = 4
_ROUNDS = 7


class Outcome(StrEnum):
    """What is foretold: each reading, the level of a stock, or the total of what is still to come."""

    READING = "reading"
    STOCK = "stock"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Outlook:
    """Mixtures for N series over `ahead` periods, in the series' unit: middles and spreads (K, ahead, N), freedom
    (N,), weights (K, N). `phi` and `per_period` are means over the regressions: correlation, and what each period adds.
    """

    middles: Floats
    spreads: Floats
    freedom: Floats
    weights: Floats
    phi: Floats
    per_period: Floats

    def at_least(self, target: Floats) -> Floats:
        """The probability (ahead, N) that the outcome is `target` (ahead, N) or more."""
        from scipy.special import stdtr

        over = np.asarray(stdtr(self.freedom, (self.middles - target) / self.spreads))
        return dot(self.weights[:, None], over)

    @property
    def expected(self) -> Floats:
        """The mean (ahead, N)."""
        return dot(self.weights[:, None], self.middles)

    @property
    def deviation(self) -> Floats:
        """The standard deviation (ahead, N)."""
        wide = self.freedom / np.maximum(self.freedom - 2, 1.0)
        apart = self.middles - self.expected
        return np.sqrt(dot(self.weights[:, None], apart * apart + self.spreads * self.spreads * wide))

    def at(self, step: Ints) -> Outlook:
        """Of each series one step alone (0 is the first period ahead), as an outlook of one period."""
        place = np.arange(len(step))
        middles, spreads = (part[:, step, place][:, None] for part in (self.middles, self.spreads))
        return replace(self, middles=middles, spreads=spreads)

    def quantile(self, share: float) -> Floats:
        """The value (ahead, N) that the outcome stays under with this probability.

        It lies between the components' own; from there some halvings and regula falsi in its Illinois form, always
        as many rounds (M. Dowell and P. Jarratt, BIT 11, 1971, 168-174).
        """
        from scipy.special import stdtrit

        own = self.middles + stdtrit(self.freedom, share) * self.spreads
        low, high = own.min(axis=0), own.max(axis=0)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            left = self.at_least(middle) > 1 - share
            low, high = np.where(left, middle, low), np.where(left, high, middle)
        under, over = (1 - share - self.at_least(end) for end in (low, high))
        for _ in range(_ROUNDS):
            apart = over - under
            level = np.abs(apart) > 0
            new = high - over * (high - low) / np.where(level, apart, 1.0)
            new = np.where(level, new, high)
            value = 1 - share - self.at_least(new)
            same = value * over > 0
            low, under = np.where(same, low, high), np.where(same, under / 2, over)
            high, over = new, value
        return np.asarray(high)


def outlook(
    series: Floats, ahead: int, outcome: Outcome, period: int | None = None, *, perhaps: bool = False
) -> Outlook:
    """Foretell `ahead` periods after the last column of (N, n) series with NaN for gaps.

    `period` is the season's length, None where there is none. `perhaps`: nobody knows whether there is one, and the
    readings are too few to show it; see `SEASONS`.

    Rows with fewer readings than the design has columns give numbers without meaning; `pace` leaves them out.
    """
    work, first, size = standardised(series)
    gaps = gaps_of(work)
    span = np.maximum(gaps.last - gaps.known.argmax(axis=1), 1)
    design = columns(gaps, ahead, period)
    base = _at(work, gaps.last)
    stretch = np.ones_like(span, dtype=np.float64)
    if outcome is Outcome.STOCK:
        work, design = _steps(work, gaps, design)
        gaps = gaps_of(work)
        stretch = np.sqrt(span)  # a walk without drift strays this far over the window, in steps
        design[0] = design[0] * stretch[:, None]
    line = 0 if outcome is Outcome.STOCK else 1
    work = clipped(work, gaps, design[: line + 1] if perhaps else design)
    seasons = _seasons(len(design) - line - 1, period, outcome) if perhaps else SURE
    parts = _parts(work, gaps, design, ahead, outcome, seasons)
    middles, spreads, weights, slopes = (np.stack(part) for part in zip(*parts, strict=True))
    weights = np.exp(weights - weights.max(axis=0))
    weights = weights / dot(np.ones((len(weights), 1)), weights)
    reach = (series.shape[1] + np.arange(ahead))[:, None] - gaps.last
    if outcome is Outcome.READING:
        offset = np.broadcast_to(first, reach.shape)
    elif outcome is Outcome.STOCK:
        offset = first + size * base
    else:
        offset = reach * first
    phis = np.repeat(PHIS, len(SCALES) * len(seasons))
    return Outlook(
        middles * size + offset,
        spreads * size,
        np.maximum(gaps.count - (line + 1 if perhaps else len(design)) + 1.0, 1.0),
        weights,
        dot(phis[:, None], weights),
        dot(weights, slopes) * size * stretch / span,
    )


def _at(rows: Floats, places: Ints) -> Floats:
    found = np.take_along_axis(rows, np.maximum(places, 0)[:, None], axis=1)[:, 0]
    return np.where(np.isnan(found), 0.0, found)


def _steps(series: Floats, gaps: Gaps, design: Floats) -> tuple[Floats, Floats]:
    """Steps from one reading to the next, at unit variance over gaps, of the series and of the design less its
    ones; after the last reading the design steps period by period.
    """
    n = series.shape[1]
    inside = gaps.known & (gaps.steps > 0)
    root = np.sqrt(np.where(inside, gaps.steps, 1.0))
    taken = np.where(inside, (series - np.take_along_axis(series, gaps.before, axis=1)) / root, np.nan)
    found = []
    for column in design[1:]:
        step = np.diff(column, axis=1, prepend=column[:, :1])
        past = (column[:, :n] - np.take_along_axis(column, gaps.before, axis=1)) / root
        step[:, :n] = np.where(inside, past, step[:, :n])
        found.append(step)
    return taken, np.stack(found)


def _seasons(columns: int, period: int | None, outcome: Outcome) -> Seasons:
    """What is thought of the `columns` of a season that may be there: how likely each size is, and its spreads.

    The waves' heights fall as 1, 1/2, 1/3, as those of `noise` do; of a stock the season is of its steps.
    """
    if not columns or period is None:
        return SURE
    order = 1.0 + np.arange(columns) // 2
    height = 1 / order / math.sqrt(float((1 / np.unique(order) ** 2).sum()))
    if outcome is Outcome.STOCK:
        height = height / (2 * np.sin(np.pi * order / period))
    return tuple((likely, size * height if size else np.empty(0)) for size, likely in SEASONS)


def _parts(
    series: Floats, gaps: Gaps, design: Floats, ahead: int, outcome: Outcome, seasons: Seasons
) -> list[tuple[Floats, Floats, Floats, Floats]]:
    """(middles, spreads, logarithm of weight, slope over the window) for every phi and scale."""
    n = series.shape[1]
    line = 0 if outcome is Outcome.STOCK else 1
    reach = (n + np.arange(ahead))[:, None] - gaps.last
    last = _at(series, gaps.last)
    summed = np.cumsum(design, axis=2) if outcome is not Outcome.READING else design
    coming = summed[:, :, n:].transpose(0, 2, 1)
    if outcome is not Outcome.READING:
        coming = coming - _now(summed, gaps)[:, None]
    now = _now(design, gaps)
    found = []
    weights = STEP_WEIGHTS if outcome is Outcome.STOCK else PHI_WEIGHTS
    for phi, likely in zip(PHIS, weights, strict=True):
        kept, noise = _carried(phi, int(reach.max()), outcome)
        ways = coming - kept[reach] * now[:, None]
        ways[line] = GOES_ON * coming[line] - kept[reach] * now[line]
        priors = [prior * share for share, _ in seasons for prior in SCALE_WEIGHTS]
        found_fits = fits(series, gaps, design, phi, SCALES, line, [season for _, season in seasons])
        for fit, prior in zip(found_fits, priors, strict=True):
            middle, spread = _foretold(fit, ways[: len(fit.coefficients)], coming[line], line, noise[reach])
            log_weight = fit.evidence + np.log(likely * prior)
            found.append((middle + kept[reach] * last, spread, log_weight, fit.coefficients[line]))
    return found


def _now(rows: Floats, gaps: Gaps) -> Floats:
    """The columns (p, N) at each series' last reading."""
    return np.stack([_at(row, gaps.last) for row in rows])


def _carried(phi: float, furthest: int, outcome: Outcome) -> tuple[Floats, Floats]:
    """By distance 0..furthest: what remains of the last error in the outcome, and the variance of what is new."""
    distance = np.arange(furthest + 1)
    power = np.where(distance > 0, phi**distance, 1.0)
    if outcome is Outcome.READING:
        return power, 1 - power * power
    kept = np.cumsum(power) - 1.0
    # A shock m periods before the end enters the sum 1 + phi + ... + phi^(m-1) times, at variance 1 - phi^2.
    entered = (1 - phi * phi) * np.cumsum(power) ** 2
    return kept, np.concatenate([[0.0], np.cumsum(entered)[:-1]])


def _foretold(fit: Fit, ways: Floats, climb: Floats, line: int, noise: Floats) -> tuple[Floats, Floats]:
    """(middle without the last reading's part, spread), (ahead, N) each; `ways` are (p, ahead, N)."""
    unit = fit.square / fit.freedom
    slope = fit.coefficients[line]
    picked = np.zeros_like(fit.coefficients)
    picked[line] = 1.0
    alone = forward(fit.factor, picked)
    unsure = (dot(alone, alone) * unit + slope * slope) if fit.scale else np.zeros_like(slope)
    half = forward(fit.factor[:, :, None], ways)
    variance = unit * (noise + dot(half, half)) + (GOES_ON_SPREAD * climb) ** 2 * unsure
    return dot(ways, fit.coefficients[:, None]), np.sqrt(variance)
