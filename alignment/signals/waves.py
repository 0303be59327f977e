"""Sums of products of two columns of a design under many patterns of readings, from far fewer sums than products.

Columns are a constant, a line and waves of a season, each at its time or one or two periods earlier. The product of two
waves is half the sum of two other waves (cos a cos b = (cos(a - b) + cos(a + b)) / 2), so all of them, some hundred,
are made of 21 sums over time: of the first three powers of time, and of waves up to twice the highest order.
"""

from __future__ import annotations

import cmath
import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from alignment.signals.sums import Floats, over_time

Term = tuple[int, int]
"""Power of time, order of the wave."""
Wave = dict[Term, complex]
"""A column as the real part of a sum: number times time to a power times exp(i order turn)."""
Share = tuple[int, float]
"""Which of the sums, and how much of it."""

Entry = tuple[tuple[int, int, int], tuple[Share, ...]]
"""Which of the three kinds of product, of which two columns, and what it takes."""


class Shape(NamedTuple):
    """What a design is made of: periods, length of the season (0: none), whether it has a line, its harmonics."""

    n: int
    period: int
    line: bool
    harmonics: int


class Grams(NamedTuple):
    """Sums over time of products, (p, p, M): both as they are, one of them earlier (symmetric), both earlier."""

    here: Floats
    across: Floats
    earlier: Floats


def grams(shape: Shape, link: Floats, step: int) -> Grams:
    """For links (n, M) of 0 and 1 between readings and those `step` periods earlier."""
    base, entries, size = _plan(shape, step)
    sums = [over_time(column[:, None] * link) for column in base]
    found = np.zeros((3, size, size, link.shape[1]))
    for (which, i, j), shares in entries:
        total = np.zeros(link.shape[1])
        for place, share in shares:
            total = total + share * sums[place]
        found[which, i, j] = found[which, j, i] = total
    return Grams(*found)


@lru_cache(maxsize=1_000)
def _plan(shape: Shape, step: int) -> tuple[Floats, tuple[Entry, ...], int]:
    """The columns to be summed (B, n), what each entry takes of those sums, and the count of columns."""
    now = _columns(shape)
    before = [_earlier(column, shape, step) for column in now]
    needed: dict[tuple[Term, bool], int] = {}
    entries: list[Entry] = []
    for i in range(len(now)):
        for j in range(i, len(now)):
            across = _halves(_product(now[i], before[j]), _product(now[j], before[i]))
            three = (_product(now[i], now[j]), across, _product(before[i], before[j]))
            for which, wave in enumerate(three):
                entries.append(((which, i, j), _shares(wave, needed)))
    base = np.stack([_summed(term, imaginary, shape) for term, imaginary in needed])
    return base, tuple(entries), len(now)


def _shares(wave: Wave, needed: dict[tuple[Term, bool], int]) -> tuple[Share, ...]:
    """What a wave takes of the sums of cosines and of sines; those not yet needed get the next places."""
    shares: list[Share] = []
    for term, number in wave.items():
        for imaginary, share in ((False, number.real), (True, -number.imag)):
            if abs(share) > 1e-15 and not (imaginary and term[1] == 0):
                shares.append((needed.setdefault((term, imaginary), len(needed)), share))
    return tuple(shares)


def _columns(shape: Shape) -> list[Wave]:
    """The columns of `design`, in its order."""
    found: list[Wave] = [{(0, 0): 1.0 + 0j}]
    if shape.line:
        found.append({(1, 0): 1.0 + 0j})
    if shape.period:
        for order in range(1, min(shape.harmonics, shape.period // 2) + 1):
            found.append({(0, order): 1.0 + 0j})
            if 2 * order != shape.period:
                found.append({(0, order): -1j})
    return found


def _earlier(column: Wave, shape: Shape, step: int) -> Wave:
    """The column's value `step` periods before."""
    found: Wave = {}
    for (power, order), number in column.items():
        turned = number * cmath.exp(-2j * math.pi * order * step / shape.period) if order else number
        _add(found, (power, order), turned)
        if power:
            _add(found, (0, order), -turned * step / max(shape.n - 1, 1))
    return found


def _product(left: Wave, right: Wave) -> Wave:
    """Of the real parts, again as one."""
    found: Wave = {}
    for (power, order), number in left.items():
        for (other_power, other_order), other in right.items():
            both = power + other_power
            _add(found, (both, order + other_order), number * other / 2)
            apart = number * other.conjugate() / 2
            _add(
                found, (both, abs(order - other_order)), apart if order >= other_order else apart.conjugate()
            )
    return found


def _halves(left: Wave, right: Wave) -> Wave:
    """The mean of two."""
    found = {term: number / 2 for term, number in left.items()}
    for term, number in right.items():
        _add(found, term, number / 2)
    return found


def _add(wave: Wave, term: Term, number: complex) -> None:
    wave[term] = wave.get(term, 0j) + number


def _summed(term: Term, imaginary: bool, shape: Shape) -> Floats:
    """A power of time with the cosine (the sine) of one order, (n,)."""
    power, order = term
    time = np.arange(shape.n) / max(shape.n - 1, 1) - 0.5
    turns = [
        2 * math.pi * (order * t % shape.period) / shape.period if order else 0.0 for t in range(shape.n)
    ]
    wave = np.array([math.sin(turn) if imaginary else math.cos(turn) for turn in turns])
    column: Floats = time**power * wave
    return column
