"""Has the level stepped lately? The evidence of a late step under errors with heavy tails, for many series at once.

Each reading is what the last one foretells (AR(1)) and an error of Student's t with `DEGREES` degrees: a jump counts
once, however far, so that a lone reading far out says little, while a few in a row that stay there settle it at once.
Clipped readings cannot do both (K. L. Lange, R. J. A. Little and J. M. G. Taylor, JASA 84, 1989, 881-896). Nothing is
estimated first, as readings of the new level would spoil it: phi, size of the noise and both levels are summed over
grids, for no step and for one at each late place. With an odd number of degrees a likelihood is a product of
(1 + error squared) to a whole power, so that hardly a logarithm is taken.

Arrays are (level, scenario, series); a scenario is one phi with one size of the noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alignment.signals.likelihood import Bools
from alignment.signals.steps import log_sum, lone
from alignment.signals.sums import Floats, over_time

FEWEST, MOST = 4, 16
EARLIEST = 4
SHORTEST = EARLIEST + FEWEST
FAR, CLIP = 4.0, 5.0
DEGREES = 5.0
HALF = 3.0  # (DEGREES + 1) / 2
PHIS = (0.2, 0.58, 0.9)
_WHICH = np.array([0, 0, 0, 1, 1, 1, 2])
_SIZE = np.array([0.65, 0.85, 1.1, 0.65, 0.85, 1.1, 1.1])[:, None]
"""Scenarios: a phi, and the size of the t distribution in robust standard deviations of the readings. The last one is
there so that very sluggish readings are not taken for steps."""
REACH = 2.3
"""Standard deviation of the new level around the middle, in sizes of the noise."""
_OLD: Floats = np.array([[[level]] for level in (-1.8, -1.2, -0.6, 0.0, 0.6, 1.2, 1.8)])
_NEW: Floats = np.array([[[0.8 * step]] for step in range(-5, 6)])


def late_step(series: Floats, known: Bools) -> Floats:
    """Log Bayes factor (N,) of a step `FEWEST` to `MOST` readings ago against none.

    `series` (n, N), n at least `SHORTEST`, is of robust size 1 around 0 and 0 where nothing is `known` (`standard`).
    """
    seen = known & ~lone(series, known, FAR)
    links = _links(np.where(seen, np.clip(series, -CLIP, CLIP), 0.0), seen)
    n = len(series)
    first, end = max(n - MOST, EARLIEST), n - FEWEST + 1
    before, none = _forth(links, first)
    after = _back(links, before, first, end)
    logs = links.base + after + np.where(seen[first:end], 0.0, -np.inf)[:, None]
    places = np.maximum(seen[first:end].sum(axis=0), 1)
    found: Floats = log_sum(logs, axes=2) - np.log(places) - none
    return found


@dataclass(frozen=True, slots=True)
class _Links:
    """Each reading (n, C, N) as the last one foretells it: its error is `left` less level times `taken`, over its size
    and the degrees; all are 0 at gaps."""

    left: Floats
    taken: Floats
    whole: Floats  # what one of a reading is in errors
    tie: Floats  # how far the last reading tells it: phi to the power of the distance
    base: Floats  # (C, N): of the logarithm of the likelihood, what all levels and steps share


def _links(series: Floats, seen: Bools) -> _Links:
    n, many = series.shape
    time, column = np.arange(n)[:, None], np.arange(many)
    latest = np.maximum.accumulate(np.where(seen, time, -1), axis=0)
    last = np.concatenate([np.full((1, many), -1), latest[:-1]])
    powers = (np.array(PHIS)[:, None] ** np.arange(n + 1))[:, time - last]
    by_phi = np.where(last >= 0, powers, 0.0).swapaxes(0, 1)
    free = 1 - by_phi * by_phi
    tie = _for_each_size(by_phi)
    whole = _for_each_size(seen[:, None] / np.sqrt(DEGREES * free)) / _SIZE
    foretold = tie * np.where(last >= 0, series[np.maximum(last, 0), column], 0.0)[:, None]
    spread = over_time(np.where(seen[:, None], np.log(free), 0.0))
    base = -0.5 * spread[_WHICH] - seen.sum(axis=0) * np.log(_SIZE)
    return _Links((series[:, None] - foretold) * whole, (1 - tie) * whole, whole, tie, base)


def _for_each_size(by_phi: Floats) -> Floats:
    """(n, scenario, N) from (n, phi, N)."""
    return by_phi[:, _WHICH]


def _forth(links: _Links, first: int) -> tuple[list[tuple[Floats, Floats]], Floats]:
    """For each late place, of the readings before it, the logarithm of the likelihood and the mean level (C, N); and
    the logarithm of the likelihood of no step (N,)."""
    product: Floats = np.ones((len(_OLD), *links.base.shape), dtype=np.float64)
    work: Floats = np.empty_like(product)
    cube: Floats = np.empty_like(product)
    before = []
    for t, (left, taken) in enumerate(zip(links.left, links.taken, strict=True)):
        if t >= first:
            before.append(_weighed(product, work, cube))
        product *= _one_and_square(_OLD, left, taken, work)
    return before, log_sum(links.base + _weighed(product, work, cube)[0])


def _back(links: _Links, before: list[tuple[Floats, Floats]], first: int, end: int) -> Floats:
    """For a step at each place from `first` to `end`, the logarithm of the likelihood but for `base`."""
    product: Floats = np.ones((len(_NEW), *links.base.shape), dtype=np.float64)
    work: Floats = np.empty_like(product)
    cube: Floats = np.empty_like(product)
    prior = np.exp(-0.5 * (_NEW / (REACH * _SIZE)) ** 2)
    prior = prior / over_time(prior)
    logs = np.empty((end - first, *links.base.shape))
    for place in range(len(links.left) - 1, first - 1, -1):
        left, taken, whole = links.left[place], links.taken[place], links.whole[place]
        if place < end:
            known, level = before[place - first]
            _one_and_square(_NEW, left + links.tie[place] * level * whole, whole, work)
            work *= product
            np.reciprocal(work, out=work)
            _cubed(work, cube)
            cube *= prior
            logs[place - first] = known + np.log(over_time(cube))
        product *= _one_and_square(_NEW, left, taken, work)
    return logs


def _one_and_square(levels: Floats, left: Floats, taken: Floats, work: Floats) -> Floats:
    """1 + error squared for each level, in `work`."""
    np.multiply(levels, taken, out=work)
    work -= left
    work *= work
    work += 1
    return work


def _cubed(work: Floats, cube: Floats) -> None:
    """The third power of `work`, in `cube`."""
    np.multiply(work, work, out=cube)
    cube *= work


def _weighed(product: Floats, work: Floats, cube: Floats) -> tuple[Floats, Floats]:
    """From products of (1 + error squared): logarithm of the likelihood over levels, and the mean level (C, N)."""
    least = product.min(axis=0)
    np.divide(least, product, out=work)
    _cubed(work, cube)
    mass = over_time(cube)
    cube *= _OLD
    return np.log(mass) - HALF * np.log(least), over_time(cube) / mass
