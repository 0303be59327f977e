"""What spreadsheets, textbooks and control charts say of the same series, each in its shortest form.

Trend rivals: (p, sign) of (rows, n) with NaN at gaps; season taken off by one common step. Watching rivals: an alarm or
none at each period, from the 26 first readings alone.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from alignment.signals.regression import design
from tests.bench.signals_noise import Floats

Verdict = tuple[Floats, Floats]
BASELINE = 26


def plain(values: Floats, period: int | None = None) -> Floats:
    """Gaps filled by straight lines, season taken off by least squares."""
    at = np.arange(values.shape[1])
    filled = np.array([np.interp(at, at[~np.isnan(row)], row[~np.isnan(row)]) for row in values])
    columns = design(values.shape[1], period)
    if columns.shape[1] == 2:
        return filled
    found = np.linalg.lstsq(columns, filled.T, rcond=None)[0]
    return filled - (columns[:, 2:] @ found[2:]).T


def first_against_last(values: Floats, period: int | None) -> Verdict:
    """More than 5 % between the first reading and the last."""
    ends = np.array([row[~np.isnan(row)][[0, -1]] for row in values])
    change = ends[:, 1] / ends[:, 0] - 1
    return np.where(np.abs(change) > 0.05, 0.0, 1.0), np.sign(change)


def least_squares(values: Floats, period: int | None) -> Verdict:
    """The t test of the slope."""
    slope, error, n = _line(plain(values, period))
    return 2 * stats.t.sf(np.abs(slope / error), n - 2), np.sign(slope)


def effective_size(values: Floats, period: int | None) -> Verdict:
    """The same with the number of readings cut for resemblance (B. D. Santer et al., 2000)."""
    series = plain(values, period)
    slope, error, n = _line(series)
    left = series - series.mean(1, keepdims=True) - slope[:, None] * (np.arange(n) - (n - 1) / 2)
    alike = np.clip((left[:, 1:] * left[:, :-1]).sum(1) / (left**2).sum(1), 0, 0.95)
    size = np.maximum(n * (1 - alike) / (1 + alike), 3.01)
    error = error * np.sqrt((n - 2) / (size - 2))
    return 2 * stats.t.sf(np.abs(slope / error), size - 2), np.sign(slope)


def mann_kendall(values: Floats, period: int | None) -> Verdict:
    """Pairs that rise against pairs that fall."""
    series = plain(values, period)
    n = series.shape[1]
    total = sum(np.sign(series[:, k:] - series[:, :-k]).sum(1) for k in range(1, n))
    z = np.sign(total) * (np.abs(total) - 1) / np.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    return 2 * stats.norm.sf(np.abs(z)), np.sign(total)


def control_chart(values: Floats, period: int | None) -> Verdict:
    """Any of the four XmR rules among the last seven readings, limits from all."""
    z = _scores(plain(values), values.shape[1])
    rules = _four_rules(z)[:, -7:]
    return np.where(rules.any(1), 0.0, 1.0), np.sign(z[:, -7:].mean(1))


TREND_RIVALS = {
    "first against last, 5 %": first_against_last, "least squares t": least_squares,
    "effective sample size": effective_size, "Mann-Kendall": mann_kendall, "XmR, four rules": control_chart,
}  # fmt: skip


def one_outside(values: Floats) -> Floats:
    """A reading beyond three sigma."""
    return np.abs(_scores(plain(values), BASELINE)) > 3


def four_rules(values: Floats) -> Floats:
    """Outside, run of seven, six rising or falling, two of three beyond two sigma."""
    return _four_rules(_scores(plain(values), BASELINE))


def cusum(values: Floats) -> Floats:
    """Tabular CUSUM, k = 1/2, h = 5 (D. C. Montgomery, Introduction to Statistical Quality Control)."""
    z = np.clip(_scores(plain(values), BASELINE), -4, 4)
    up, down, found = np.zeros(len(z)), np.zeros(len(z)), np.zeros(z.shape, dtype=bool)
    for t in range(z.shape[1]):
        up, down = np.maximum(0, up + z[:, t] - 0.5), np.maximum(0, down - z[:, t] - 0.5)
        found[:, t] = np.maximum(up, down) > 5
    return found


def ewma(values: Floats) -> Floats:
    """Exponentially weighted mean, 0.2, three sigma."""
    z = np.clip(_scores(plain(values), BASELINE), -4, 4)
    mean, found = np.zeros(len(z)), np.zeros(z.shape, dtype=bool)
    for t in range(z.shape[1]):
        mean = 0.8 * mean + 0.2 * z[:, t]
        found[:, t] = np.abs(mean) > 3 * np.sqrt(0.2 / 1.8)
    return found


WATCH_RIVALS = {
    "XmR, outside the limits": one_outside, "XmR, four rules": four_rules, "CUSUM": cusum, "EWMA": ewma,
}  # fmt: skip


def _line(series: Floats) -> tuple[Floats, Floats, int]:
    n = series.shape[1]
    time = np.arange(n) - (n - 1) / 2
    slope = (series * time).sum(1) / (time**2).sum()
    left = series - series.mean(1, keepdims=True) - slope[:, None] * time
    return slope, np.sqrt((left**2).sum(1) / (n - 2) / (time**2).sum()), n


def _scores(series: Floats, baseline: int) -> Floats:
    """Distances from the baseline's mean in sigmas of its mean moving range."""
    base = series[:, :baseline]
    sigma = np.abs(np.diff(base, axis=1)).mean(1, keepdims=True) / 1.128
    return (series - base.mean(1, keepdims=True)) / sigma


def _four_rules(z: Floats) -> Floats:
    found = np.abs(z) > 3
    for sign in (1, -1):
        side, far, rising = sign * z > 0, sign * z > 2, np.diff(sign * z, axis=1) > 0
        for t in range(2, z.shape[1]):
            found[:, t] |= far[:, t] & (far[:, t - 2 : t + 1].sum(1) >= 2)
            if t >= 5:
                found[:, t] |= rising[:, t - 5 : t].all(1)
            if t >= 6:
                found[:, t] |= side[:, t - 6 : t + 1].all(1)
    return found
