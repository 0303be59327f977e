"""One list of dated changes for a metric: what another test claims is dated by the change history where it can be.

Story, alarm and history look at the same readings with different eyes, and each has a day of its own for one step. Here
a claimed step becomes the history's change in the same direction; where the history has none, the claimed place is
measured along with what it has; where even that is not sure of its direction, the claim keeps its own day, which no
change contradicts. A step among the latest readings is left to the alarm, which keeps its rate of error over a year of
looks: looking at the history again each week does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from alignment.signals.changes import History, Model, Moved, change_history, history_of
from alignment.signals.sense import kept
from alignment.signals.sums import Floats

EDGE = 8
"""How many of the latest readings are left to the alarm."""
SAME_WITHIN = 6
"""Columns by which an alarm and the history may date one step differently."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A step that another test saw: the first column of the new level and its size.

    `since` holds for what is about the latest readings: only a change from about there on can be meant.
    """

    at: int
    size: float
    since: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """The history, and for each claim the change that it is, None where none is sure."""

    history: History
    changes: tuple[Moved | None, ...]


def settle(
    row: Floats, period: int | None, model: Model, claims: tuple[Claim | None, ...], *, alarmed: bool
) -> Settled:
    """Date each claim about a row (n,), NaN at gaps. `alarmed`: an alarm stands, so the latest readings may count."""
    believed = partial(_believed, before=len(row) if alarmed else len(row) - EDGE)
    found = _left(row, period, model, change_history(row, period, model=model), believed)
    missing = [claim.at for claim in claims if claim is not None and _meant(claim, found) is None]
    if missing:
        known = [moved.at for moved in found.changes if moved.kind != "turn"]
        with_them = change_history(row, period, model=model, given=(*known, *missing))
        found = _left(row, period, model, with_them, believed)
    return Settled(found, tuple(None if claim is None else _meant(claim, found) for claim in claims))


def _left(
    row: Floats, period: int | None, model: Model, found: History, believed: Callable[[Moved], bool]
) -> History:
    """Without the changes that are not believed, the others measured anew."""
    while not all(map(believed, found.changes)):
        found = history_of(row, period, model, filter(believed, found.changes))
    return found


def _believed(moved: Moved, before: int) -> bool:
    """Whether a change lasted and its direction is sure; a step, unless an alarm stands, also is not of the latest."""
    sure = moved.low * moved.high > 0 and kept(moved.size, moved.low, moved.high)
    return moved.kind == "turn" or (moved.at < before and sure)


def _meant(claim: Claim, found: History) -> Moved | None:
    """Of the steps in the claim's direction the largest; of those since about a day the one nearest to it."""
    steps = [moved for moved in found.changes if moved.kind != "turn" and moved.size * claim.size > 0]
    if claim.since:
        steps = [moved for moved in steps if moved.at >= claim.at - SAME_WITHIN]
        return min(steps, key=lambda moved: abs(moved.at - claim.at), default=None)
    return max(steps, key=lambda moved: abs(moved.size), default=None)
