"""Where a series changed: steps, and turns of a line, found one after the other by evidence averaged over phi.

A change is one more column of a regression with AR(1) errors: a step (0 before, 1 from there on) or a turn (0 before,
then climbing). With every phi of a grid its column in the innovations is known in closed form (step: 1 at the change,
1 - phi after it), so all places are tried at once by running sums. The evidence for a set of changes is the marginal
likelihood, flat in level and season, normal with `REACH` standard deviations of the noise in each change, averaged
over phi: so a series that wanders is not cut where sluggish noise explains it (F. Chakar et al., Bernoulli 23, 2017,
1408-1447, for segments in AR(1) noise; N. R. Zhang and D. O. Siegmund, Biometrics 63, 2007, 22-32, for why a place
costs more than a coefficient). Changes are added while the mean evidence over all places exceeds `cost`, and after each
its neighbours are moved and weighed again (P. Fryzlewicz, Annals of Statistics 42, 2014, 2243-2281, on adding one by
one).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from alignment.signals.averaging import Floats, backward, cholesky, dot, forward

PHIS = (0.0, 0.2, 0.4, 0.55, 0.7, 0.82, 0.92, 0.98, 0.995)
PHI_WEIGHTS = (1.0, 1.0, 1.0, 0.8, 0.6, 0.2, 0.1, 0.1, 0.1)
REACH = 3.0
SHORTEST = 3
_FREE = 1_000.0
MOST = 12


@dataclass(frozen=True, slots=True)
class Change:
    """A change at column `at`, the first of what is new: "step" or "turn"."""

    at: int
    turn: bool = False


@dataclass(slots=True)
class Search:
    """One series (n,) without gaps and what was found in it so far.

    What `take` took in is kept where it is.
    """

    series: Floats
    base: Floats
    cost: float
    turns: bool
    found: list[Change] = field(default_factory=list)
    _taken: list[Change] = field(default_factory=list)
    _known: dict[tuple[Change, ...], Parts] = field(default_factory=dict)
    _asked: dict[tuple[Change, ...], tuple[Change | None, float]] = field(default_factory=dict)

    def take(self, places: Iterable[int]) -> None:
        """Take steps at these places for known, of those too close to an end or to another the first."""
        n = len(self.series)
        for at in places:
            apart = all(abs(at - other.at) >= SHORTEST for other in self._taken)
            if SHORTEST <= at <= n - SHORTEST and apart:
                self._taken.append(Change(at))
        self.found = sorted([*self.found, *self._taken], key=lambda change: change.at)

    def run(self) -> float:
        """Add, move and drop changes until nothing more is worth it; returns the log evidence of what was found."""
        while len(self.found) < MOST:
            best, gain = self._next(self.found)
            if best is None or gain < self.cost:
                break
            self.found = sorted([*self.found, best], key=lambda change: change.at)
            place = self.found.index(best)
            self._move(self.found[max(place - 1, 0) : place] + self.found[place + 1 : place + 2])
        self._move(list(self.found))
        return self.evidence(self.found)

    def _move(self, changes: list[Change]) -> None:
        """Put each of these where the others want it; drop those that the others make needless."""
        for change in changes:
            if change in self._taken:
                continue
            others = [other for other in self.found if other != change]
            best, gain = self._next(others)
            if best is None or gain < self.cost:
                self.found = others
            else:
                self.found = sorted([*others, best], key=lambda each: each.at)

    def evidence(self, found: list[Change]) -> float:
        """Log marginal likelihood of a set of changes."""
        return float(_log_sum(self._parts(found).evidence[:, None])[0])

    def sizes(self) -> tuple[Floats, Floats, float]:
        """(coefficients of base and changes with their standard errors, averaged over phi; mean phi)."""
        parts = Parts(
            self.series, self._columns(self.found), len(self.base), _FREE
        )  # measured, weighed no longer
        weights = np.exp(parts.evidence - parts.evidence.max())
        weights = weights / weights.sum()
        middles, squares = (np.ascontiguousarray(each.T) for each in parts.fitted())
        mean = dot(weights[:, None], middles)
        error = np.sqrt(dot(weights[:, None], squares + (middles - mean) ** 2))
        return mean, error, float((weights * np.array(PHIS)).sum())

    def plain(self) -> Floats:
        """Coefficients of base and changes by least squares: what the eye sees, however sluggish the readings."""
        none = (np.array([0.0]), np.array([1.0]))
        found: Floats = Parts(self.series, self._columns(self.found), len(self.base), _FREE, *none).fitted()[
            0
        ]
        return np.ascontiguousarray(found[:, 0])

    def _columns(self, found: list[Change]) -> Floats:
        return np.concatenate([self.base, *(column(change, len(self.series))[None] for change in found)])

    def _parts(self, found: list[Change]) -> Parts:
        key = tuple(found)
        if key not in self._known:
            self._known[key] = Parts(self.series, self._columns(found), len(self.base), REACH)
        return self._known[key]

    def _next(self, found: list[Change]) -> tuple[Change | None, float]:
        """The place with most evidence for one more change, and the log of the mean Bayes factor over places."""
        key = tuple(found)
        if key not in self._asked:
            self._asked[key] = self._best(found)
        return self._asked[key]

    def _best(self, found: list[Change]) -> tuple[Change | None, float]:
        n = len(self.series)
        free = np.ones(n, dtype=bool)
        free[:SHORTEST] = free[n - SHORTEST + 1 :] = False
        for change in found:
            free[max(change.at - SHORTEST + 1, 0) : change.at + SHORTEST] = False
        if not free.any():
            return None, -np.inf
        parts = self._parts(found)
        without = _log_sum(parts.evidence[:, None])[0]
        best, most, total = None, -np.inf, -np.inf
        for turn in (False, True) if self.turns else (False,):
            scores = np.where(free, _log_sum(parts.with_one(turn)), -np.inf)
            at = int(scores.argmax())
            if scores[at] > most:
                best, most = Change(at, turn), float(scores[at])
            total = np.logaddexp(total, float(_log_sum(scores[:, None])[0]))
        return best, float(total - np.log(n) - without)


@dataclass(slots=True)
class Parts:
    """The regressions of one series on `columns` (p, n) under each phi of a grid (P,), worked out together.

    The first `flat` columns have no prior, the others one of `reach` standard deviations of the noise.
    """

    series: Floats
    columns: Floats
    flat: int
    reach: float
    phis: Floats = field(default_factory=lambda: np.array(PHIS))
    weights: Floats = field(default_factory=lambda: np.array(PHI_WEIGHTS))
    white: Floats = field(init=False)
    rows: Floats = field(init=False)
    factor: Floats = field(init=False)
    half: Floats = field(init=False)
    square: Floats = field(init=False)
    evidence: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.white = innovations(self.series, self.phis)
        self.rows = innovations(self.columns, self.phis)
        size, ridge = len(self.rows), self._ridge()
        gram = np.zeros((size, size, len(self.phis)))
        for i in range(size):
            gram[i, : i + 1] = (self.rows[: i + 1] * self.rows[i]).sum(axis=-1)
        for j in range(self.flat, size):
            gram[j, j] += ridge
        self.factor = cholesky(gram)
        self.half = forward(self.factor, (self.rows * self.white).sum(axis=-1))
        total = (self.white * self.white).sum(axis=-1)
        self.square = np.maximum(np.maximum(total - dot(self.half, self.half), 1e-12 * total), 1e-300)
        logs = sum(np.log(self.factor[j, j]) for j in range(size))
        self.evidence = np.asarray(
            np.log(self.weights)
            + 0.5 * np.log1p(-self.phis * self.phis)
            - logs
            + 0.5 * (size - self.flat) * np.log(ridge)
            - 0.5 * self._freedom() * np.log(self.square)
        )

    def _ridge(self) -> Floats:
        return np.asarray((1 - self.phis * self.phis) / self.reach**2)

    def _freedom(self) -> int:
        return len(self.series) - self.flat

    def fitted(self) -> tuple[Floats, Floats]:
        """Coefficients and their squared errors, both (p, P)."""
        size, many = len(self.rows), len(self.phis)
        unit = self.square / self._freedom()
        one = np.broadcast_to(np.eye(size)[:, :, None], (size, size, many))
        apart = forward(self.factor[:, :, None, :], one)
        return backward(self.factor, self.half), np.asarray(dot(apart, apart) * unit)

    def with_one(self, turn: bool) -> Floats:
        """The evidence with one more step (turn) at each place (P, n)."""
        n, left = len(self.series), (1 - self.phis)[:, None]
        along = np.concatenate([self.white[None], self.rows])
        products = _turned(along, left) / n if turn else _stepped(along, left)
        own = _own_turn(n, left) / n**2 if turn else 1 + left**2 * np.arange(n - 1, -1, -1.0)
        whole = own + self._ridge()[:, None]
        half = forward(self.factor[..., None], products[1:])
        rest = np.maximum(whole - dot(half, half), 1e-9 * whole)
        gain = (products[0] - dot(half, np.broadcast_to(self.half[..., None], half.shape))) ** 2 / rest
        square = self.square[:, None]
        remains = np.maximum(square - gain, 1e-9 * square)
        scores = (
            self.evidence[:, None]
            + 0.5 * np.log(self._ridge()[:, None] / rest)
            - 0.5 * self._freedom() * (np.log(remains) - np.log(square))
        )
        return np.asarray(scores)


def column(change: Change, n: int) -> Floats:
    """A change's column: 1 from its place on, or climbing from there by 1 over n periods."""
    time = np.arange(n, dtype=np.float64)
    if change.turn:
        return np.asarray(np.maximum(time - change.at + 1, 0.0) / n, dtype=np.float64)
    return np.asarray(time >= change.at, dtype=np.float64)


def innovations(rows: Floats, phis: Floats) -> Floats:
    """(..., P, n): what of each value along the last axis the one before does not tell, under each phi; the first at
    its own variance."""
    left = np.repeat(rows[..., None, :], len(phis), axis=-2)
    left[..., 1:] -= phis[:, None] * rows[..., None, :-1]
    left[..., 0] *= np.sqrt(1 - phis * phis)
    return left


def _after(rows: Floats) -> Floats:
    """At each place the sum of what comes after it."""
    total = np.cumsum(rows[..., ::-1], axis=-1)[..., ::-1]
    return total - rows


def _stepped(rows: Floats, left: Floats) -> Floats:
    """Products of rows with the innovations of a step at each place; `left` is 1 - phi (P, 1)."""
    return rows + left * _after(rows)


def _turned(rows: Floats, left: Floats) -> Floats:
    """Products of rows with the innovations of a turn at each place: 1, 2 - phi, 3 - 2 phi ... from there on."""
    later = _after(rows)
    return rows + later + left * (later + _after(later))


def _own_turn(n: int, left: Floats) -> Floats:
    steps = 1 + left * np.arange(n)
    return np.cumsum(steps * steps, axis=-1)[:, ::-1].copy()


def _log_sum(logs: Floats) -> Floats:
    highest = logs.max(axis=0)
    highest = np.where(np.isfinite(highest), highest, 0.0)
    with np.errstate(divide="ignore"):
        answer: Floats = np.log(np.exp(logs - highest).sum(axis=0)) + highest
    return answer
