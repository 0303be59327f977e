"""A series of flows with its wild readings pulled in or left out, judged against its own line, season and last values.

Each reading is held against what the rest of its series leads one to expect: a line, a season as far as it convinces
(its weight is that of the Bayesian information criterion: G. Schwarz, Annals of Statistics 6, 1978, 461-464), and of
sluggish noise the deviations of both neighbours, which tell phi / (1 + phi^2) of it each. What lies far from that is
drawn in (P. J. Huber, Robust Statistics, 1981, ch. 7), and what lies very far is left out.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from alignment.signals.regression import design
from alignment.signals.sums import Floats, middle_of, over_time, weighed

PULLED_FROM = 2.0
LEFT_OUT_FROM = 3.5
LONG_ENOUGH_TO_LEAVE_OUT = 20
_ROUNDS = 2
_AT_ONCE = 256
_TRUSTED = 0.8
"""Share of the lag-one correlation of what is left that is believed."""
_MOST_SLUGGISH = 0.8
Bools = NDArray[np.bool_]


def cleaned(series: Floats, period: int | None) -> Floats:
    """(N, n) with readings over 2 robust standard deviations from where they are expected pulled in to there, and
    those over 3.5 left out; where the series has not 20 periods they take what is expected. NaN are gaps.
    """
    basis = _basis(series.shape[1], period or 0)
    parts = [
        _cleaned(series[start : start + _AT_ONCE], basis) for start in range(0, max(len(series), 1), _AT_ONCE)
    ]
    return np.concatenate(parts)


def span_of(series: Floats) -> NDArray[np.int64]:
    """Periods from the first reading to the last."""
    known = ~np.isnan(series)
    n = series.shape[1]
    span = n - known.argmax(axis=1) - known[:, ::-1].argmax(axis=1)
    return np.asarray(np.where(known.any(axis=1), span, 0))


def _cleaned(series: Floats, basis: Floats) -> Floats:
    turned = np.ascontiguousarray(series.T)
    known = ~np.isnan(turned)
    count = known.sum(axis=0)
    centre = np.where(count > 0, middle_of(turned), 0.0)
    given = np.where(known, turned - centre, 0.0)
    drawn = np.where(known, given, _line_through(given, known))
    expected, far = given, np.zeros_like(known)
    for turn in range(_ROUNDS):
        expected = _fitted(drawn, basis, count)
        if turn:
            expected = expected + _carried(drawn - expected, known)
        left = given - expected
        spread = 1.4826 * middle_of(np.where(known, np.abs(left), np.nan))
        spread = np.where(spread > 0, spread, np.inf)
        far = known & (np.abs(left) > LEFT_OUT_FROM * spread)
        reach = PULLED_FROM * spread
        drawn = np.where(known & ~far, expected + np.clip(left, -reach, reach), expected)
    kept = known & ~(far & (span_of(series) >= LONG_ENOUGH_TO_LEAVE_OUT))
    answer: Floats = np.ascontiguousarray(np.where(kept, drawn + centre, np.nan).T)
    return answer


def _line_through(given: Floats, known: Bools) -> Floats:
    """The least squares line of what is known, 0 elsewhere: what stands in the gaps at first, long ones at the ends
    among them, where a series begins later than the other."""
    time = np.linspace(-0.5, 0.5, len(given))
    count, first, second = weighed(np.stack([time**0, time, time * time], axis=1), known.astype(np.float64))
    total, tilt = weighed(np.stack([time**0, time], axis=1), given)
    spread = count * second - first * first
    slope = np.where(
        spread > 1e-9, (count * tilt - first * total) / np.where(spread > 1e-9, spread, 1.0), 0.0
    )
    level = (total - slope * first) / np.maximum(count, 1.0)
    line: Floats = level + slope * time[:, None]
    return line


def _fitted(drawn: Floats, basis: Floats, count: NDArray[np.int64]) -> Floats:
    """Line, and season with its weight."""
    product = np.empty_like(drawn)  # written over, as most of the time would go into finding room
    sums = [over_time(np.multiply(column[:, None], drawn, out=product)) for column in basis.T]
    shares = np.stack(sums)
    season = len(shares) - 2
    if season:
        explained = over_time(shares[2:] * shares[2:])
        rest = over_time(drawn * drawn) - over_time(shares[:2] * shares[:2])
        least = 1e-12 * np.maximum(rest, 1e-280)
        gain = 0.5 * (count - 2) * np.log(np.maximum(rest, least) / np.maximum(rest - explained, least))
        doubt = 0.5 * season * np.log(np.maximum(count, 1)) - gain
        shares[2:] /= 1 + np.exp(np.clip(doubt, -30.0, 30.0))
    fitted: Floats = basis[:, 0, None] * shares[0]
    for column, share in zip(basis.T[1:], shares[1:], strict=True):
        fitted += np.multiply(column[:, None], share, out=product)
    return fitted


def _carried(left: Floats, known: Bools) -> Floats:
    """What the neighbours of a reading tell of its deviation: both, or the one that is known."""
    seen = np.where(known, left, 0.0)
    size = over_time(seen * seen)
    phi = over_time(seen[1:] * seen[:-1]) / np.where(size > 0, size, 1.0)
    phi = np.clip(_TRUSTED * phi, 0.0, _MOST_SLUGGISH)
    sides, sum_of_both = np.zeros(left.shape, dtype=np.int8), np.zeros_like(left)
    for here, there in ((slice(1, None), slice(-1)), (slice(-1), slice(1, None))):
        sum_of_both[here] += seen[there]
        sides[here] += known[there]
    return np.where(sides == 2, phi / (1 + phi * phi), phi) * sum_of_both


@lru_cache(maxsize=1_000)
def _basis(n: int, period: int) -> Floats:
    """(n, p): the columns of `design` made orthogonal and of length 1, one after the other."""
    columns = design(n, period).T
    found: list[Floats] = []
    for column in columns:
        for _ in range(2):  # once more for what rounding left
            for other in found:
                column = column - other * np.cumsum(column * other)[-1]
        size = float(np.sqrt(np.cumsum(column * column)[-1]))
        found.append(column / size if size > 1e-9 else np.zeros(n))
    return np.stack(found, axis=1)
