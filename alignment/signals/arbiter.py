"""Step, drift, both or one-off: which word a change deserves, with its place and size.

A steady drift looks like a shift and a single step like a trend, so the words are settled together: level alone,
level and step at any place, level and line, level and both are weighed against each other in AR(1) noise of every phi
(`steps`), as Bayes factors. A step, which may be anywhere, has three quarters of a drift's prior, so that each is
called by its name as often; *both*, which can imitate either, a quarter.
Something must be there first: the evidence of all words against none is held against simulated luck. Where nothing
is, a reading far out that its neighbours do not bear out is a one-off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alignment.signals.luck import chance_at
from alignment.signals.shift import rows_at, shift_table
from alignment.signals.steps import (
    CLIP,
    FAR,
    Whitened,
    deseasoned,
    jump,
    log_sum,
    lone,
    one_effect,
    standard,
    weight,
    whitened,
)
from alignment.signals.sums import Floats, over_time

WORDS = ("step", "drift", "both")
PRIORS = (0.75, 1.0, 0.25)
SHORTEST = 12
EDGE = 3
ALPHA = 0.05
ONE_OFF = 4.0
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Stories:
    """Of N series: a word for each, how likely it is among the words, and where and how large."""

    words: tuple[
        str, ...
    ]  # "step", "drift", "both", "one-off", "none", or "cannot tell" with fewer than 12 readings
    p: Floats  # share of series in which nothing happens that show as much
    likely: Floats  # (3, N): step, drift, both given that it is one of them
    place: Floats  # first period of the new level, or of the one-off; NaN for a drift
    size: Floats  # of the step, of the drift over the window, or of the one-off, in the series' unit
    rise: Floats  # of the drift over the window, whatever the word


def stories(values: Floats, *, period: int | None = None) -> Stories:
    """Judge each row of `values` (N, n), NaN at gaps."""
    values = deseasoned(values, period)
    parts = [_weigh(values[i : i + _AT_ONCE]) for i in range(0, max(len(values), 1), _AT_ONCE)]
    evidence, likely, place, size, off_at, off_size = (
        np.concatenate(column, axis=-1) for column in zip(*parts, strict=True)
    )
    rows = rows_at(shift_table().stories, (~np.isnan(values)).sum(axis=1))
    p = chance_at(evidence, rows, shift_table().chances)
    best = likely.argmax(axis=0)
    claimed = p < ALPHA
    one_off = ~claimed & (np.abs(off_size) > 0)
    words = np.where(claimed, np.array(WORDS)[best], np.where(one_off, "one-off", "none"))
    words = np.where(np.isnan(p), "cannot tell", words)
    column = np.arange(len(p))
    return Stories(
        words=tuple(words.tolist()),
        p=p,
        likely=likely,
        place=np.where(claimed, place[best, column], np.where(one_off, off_at, np.nan)),
        size=np.where(claimed, size[best, column], np.where(one_off, off_size, np.nan)),
        rise=size[1],
    )


def evidence(values: Floats) -> Floats:
    """Log Bayes factor of any of the words against none, of rows without season."""
    parts = [_weigh(values[i : i + _AT_ONCE])[0] for i in range(0, len(values), _AT_ONCE)]
    return np.concatenate(parts)


def _weigh(values: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Evidence; likelihood, place and size of each word, (3, N); place and size of the largest one-off."""
    series, known, unit = standard(values)
    silent = known.sum(axis=0) < SHORTEST
    seen = (known & ~lone(series, known, FAR)) | silent
    off = np.where(lone(series, known, ONE_OFF), series, 0.0)
    off_at = np.abs(off).argmax(axis=0)
    off_size = off[off_at, np.arange(len(silent))] * unit
    found = whitened(np.where(seen, np.clip(series, -CLIP, CLIP), 0.0), seen)
    nothing = np.zeros_like(found.squares)
    none = log_sum(weight(found, nothing, nothing))
    step, place = _steps(found, seen)
    line_logs = weight(found, *one_effect(found.line, found.line_square))
    line = log_sum(line_logs)
    rise = over_time(np.exp(line_logs - line) * found.line / found.line_square)
    both, both_place, both_step = _both(found, seen)
    words = np.stack([step, line, both])
    logs = words + np.log(np.array(PRIORS))[:, None]
    any_word = log_sum(logs) - np.log(sum(PRIORS))
    hidden = np.where(silent, np.nan, 1.0)
    likely = np.exp(logs - log_sum(logs))
    return (
        (any_word - none) * hidden,
        likely,
        np.stack([place, np.full_like(place, np.nan), both_place]),
        np.stack([jump(values, place), rise * unit, both_step * unit]),
        off_at.astype(float),
        off_size,
    )


def _inner(n: int) -> slice:
    return slice(EDGE, n - EDGE + 1)


def _steps(found: Whitened, seen: np.ndarray) -> tuple[Floats, Floats]:
    """A step at any place: its weight, and the likeliest place."""
    inner = _inner(len(seen))
    product, square = found.step[:, inner], found.step_square[:, inner]
    logs = weight(found, *one_effect(product, square)) + np.where(seen[inner], 0.0, -np.inf)
    total = log_sum(logs, axes=2)
    at = over_time(np.exp(logs - total)).argmax(axis=0)
    places = np.maximum(seen[inner].sum(axis=0), 1)
    return total - np.log(places), inner.start + at.astype(np.float64)


def _both(found: Whitened, seen: np.ndarray) -> tuple[Floats, Floats, Floats]:
    """A line and a step at any place, with the same prior for each effect: their weight, the likeliest place, and the
    step there beside the line."""
    inner = _inner(len(seen))
    step, cross = found.step[:, inner], found.step_line[:, inner]
    taken_line, shrunk_line = one_effect(found.line, found.line_square)
    prior = np.exp(2 * shrunk_line)  # prior over posterior precision of the line
    held = found.line_square / np.maximum(1 - prior, 1e-12)
    left = step - cross * (found.line / held)[:, None]
    square = np.maximum(found.step_square[:, inner] - cross * cross / held[:, None], 0.0)
    taken, shrunk = one_effect(left, square)
    logs = weight(found, taken + taken_line[:, None], shrunk + shrunk_line[:, None])
    logs = logs + np.where(seen[inner], 0.0, -np.inf)
    total: Floats = log_sum(logs, axes=2)
    by_phi = np.exp(logs - total)
    at = over_time(by_phi).argmax(axis=0)
    sizes = over_time(by_phi * left / np.maximum(square, 1e-12)) / np.maximum(over_time(by_phi), 1e-300)
    size = np.take_along_axis(sizes, at[None], axis=0)[0]
    places = np.maximum(seen[inner].sum(axis=0), 1)
    return total - np.log(places), inner.start + at.astype(np.float64), size
