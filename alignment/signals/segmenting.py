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
    """One series (n,) without gaps and what was found in it so far."""

    series: Floats
    base: Floats
    cost: float
    turns: bool
    found: list[Change] = field(default_factory=list)

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
            others = [other for other in self.found if other != change]
            best, gain = self._next(others)
            if best is None or gain < self.cost:
                self.found = others
            else:
                self.found = sorted([*others, best], key=lambda each: each.at)

    def evidence(self, found: list[Change]) -> float:
        """Log marginal likelihood of a set of changes."""
        return float(_log_sum(np.array([part.evidence for part in self._parts(found)])[:, None])[0])

    def sizes(self) -> tuple[Floats, Floats, float]:
        """(coefficients of base and changes with their standard errors, averaged over phi; mean phi)."""
        parts = self._parts(self.found, _FREE)  # what is there is measured, no longer weighed against nothing
        logs = np.array([part.evidence for part in parts])
        weights = np.exp(logs - logs.max())
        weights = weights / weights.sum()
        middles, squares = (np.stack(each) for each in zip(*(part.fitted() for part in parts), strict=True))
        mean = dot(weights[:, None], middles)
        error = np.sqrt(dot(weights[:, None], squares + (middles - mean) ** 2))
        return mean, error, float((weights * np.array(PHIS)).sum())

    def plain(self) -> Floats:
        """Coefficients of base and changes by least squares: what the eye sees, however sluggish the readings."""
        columns = [self.base, *(column(change, len(self.series))[None] for change in self.found)]
        return Part(self.series, np.concatenate(columns), 0.0, 1.0, len(self.base), _FREE).fitted()[0]

    def _parts(self, found: list[Change], reach: float = REACH) -> list[Part]:
        columns = [self.base, *(column(change, len(self.series))[None] for change in found)]
        return [
            Part(self.series, np.concatenate(columns), phi, weight, len(self.base), reach)
            for phi, weight in zip(PHIS, PHI_WEIGHTS, strict=True)
        ]

    def _next(self, found: list[Change]) -> tuple[Change | None, float]:
        """The place with most evidence for one more change, and the log of the mean Bayes factor over places."""
        n = len(self.series)
        free = np.ones(n, dtype=bool)
        free[:SHORTEST] = free[n - SHORTEST + 1 :] = False
        for change in found:
            free[max(change.at - SHORTEST + 1, 0) : change.at + SHORTEST] = False
        if not free.any():
            return None, -np.inf
        parts = self._parts(found)
        without = _log_sum(np.array([part.evidence for part in parts])[:, None])[0]
        best, most, total = None, -np.inf, -np.inf
        for turn in (False, True) if self.turns else (False,):
            scores = np.where(free, _log_sum(np.stack([part.with_one(turn) for part in parts])), -np.inf)
            at = int(scores.argmax())
            if scores[at] > most:
                best, most = Change(at, turn), float(scores[at])
            total = np.logaddexp(total, float(_log_sum(scores[:, None])[0]))
        return best, float(total - np.log(n) - without)


@dataclass(slots=True)
class Part:
    """The regression under one phi."""

    series: Floats
    columns: Floats
    phi: float
    weight: float
    flat: int
    reach: float
    white: Floats = field(init=False)
    rows: Floats = field(init=False)
    factor: Floats = field(init=False)
    half: Floats = field(init=False)
    square: float = field(init=False)
    evidence: float = field(init=False)

    def __post_init__(self) -> None:
        self.white = innovations(self.series, self.phi)
        self.rows = innovations(self.columns, self.phi)
        size = len(self.rows)
        gram = np.array([[(a * b).sum() for b in self.rows] for a in self.rows])[:, :, None]
        ridge = self._ridge()
        for j in range(self.flat, size):
            gram[j, j] += ridge
        right = np.array([(row * self.white).sum() for row in self.rows])[:, None]
        self.factor = cholesky(gram)
        self.half = forward(self.factor, right)
        total = float((self.white * self.white).sum())
        self.square = max(total - float(dot(self.half, self.half)[0]), 1e-12 * total, 1e-300)
        logs = sum(float(np.log(self.factor[j, j, 0])) for j in range(size))
        self.evidence = (
            float(np.log(self.weight))
            + 0.5 * float(np.log1p(-self.phi * self.phi))
            - logs
            + 0.5 * (size - self.flat) * float(np.log(ridge))
            - 0.5 * self._freedom() * float(np.log(self.square))
        )

    def _ridge(self) -> float:
        return (1 - self.phi * self.phi) / self.reach**2

    def _freedom(self) -> int:
        return len(self.series) - self.flat

    def fitted(self) -> tuple[Floats, Floats]:
        """Coefficients and their squared errors."""
        unit = self.square / self._freedom()
        solved = np.asarray(backward(self.factor, self.half)[:, 0], dtype=np.float64)
        size = len(self.rows)
        apart = forward(self.factor, np.eye(size))
        return solved, np.asarray(dot(apart, apart) * unit, dtype=np.float64)

    def with_one(self, turn: bool) -> Floats:
        """The evidence with one more step (turn) at each place (n,)."""
        n = len(self.series)
        along = np.concatenate([self.white[None], self.rows])
        products = _turned(along, self.phi) / n if turn else _stepped(along, self.phi)
        own = _own_turn(n, self.phi) / n**2 if turn else 1 + (1 - self.phi) ** 2 * np.arange(n - 1, -1, -1.0)
        half = forward(self.factor, products[1:])
        rest = own + self._ridge() - dot(half, half)
        rest = np.maximum(rest, 1e-9 * (own + self._ridge()))
        gain = (products[0] - dot(half, np.broadcast_to(self.half, half.shape))) ** 2 / rest
        left = np.maximum(self.square - gain, 1e-9 * self.square)
        scores = (
            self.evidence
            + 0.5 * np.log(self._ridge() / rest)
            - 0.5 * self._freedom() * (np.log(left) - np.log(self.square))
        )
        return np.asarray(scores)


def column(change: Change, n: int) -> Floats:
    """A change's column: 1 from its place on, or climbing from there by 1 over n periods."""
    time = np.arange(n, dtype=np.float64)
    if change.turn:
        return np.asarray(np.maximum(time - change.at + 1, 0.0) / n, dtype=np.float64)
    return np.asarray(time >= change.at, dtype=np.float64)


def innovations(rows: Floats, phi: float) -> Floats:
    """What of each value along the last axis the one before does not tell; the first at its own variance."""
    left = rows.copy()
    left[..., 1:] -= phi * rows[..., :-1]
    left[..., 0] *= np.sqrt(1 - phi * phi)
    return left


def _after(rows: Floats) -> Floats:
    """At each place the sum of what comes after it."""
    total = np.cumsum(rows[:, ::-1], axis=1)[:, ::-1]
    return total - rows


def _stepped(rows: Floats, phi: float) -> Floats:
    """Products of rows with the innovations of a step at each place."""
    return rows + (1 - phi) * _after(rows)


def _turned(rows: Floats, phi: float) -> Floats:
    """Products of rows with the innovations of a turn at each place: 1, 2 - phi, 3 - 2 phi ... from there on."""
    later = _after(rows)
    return rows + later + (1 - phi) * (later + _after(later))


def _own_turn(n: int, phi: float) -> Floats:
    steps = 1 + (1 - phi) * np.arange(n)
    return np.cumsum(steps * steps)[::-1].copy()


def _log_sum(logs: Floats) -> Floats:
    highest = logs.max(axis=0)
    highest = np.where(np.isfinite(highest), highest, 0.0)
    with np.errstate(divide="ignore"):
        answer: Floats = np.log(np.exp(logs - highest).sum(axis=0)) + highest
    return answer
