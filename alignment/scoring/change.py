"""Why a score moved between two days, exactly and whatever the order. Pure; docs/scoring.md, part 3.

Shapley over at most seven blocks: the policy, coverage, and each component. Within a component, over what counts
(weights and membership), readings, and the passing of time; and each of these by input. A component's value that
is unknown on one side is taken from the other, so that only coverage moves it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from alignment.scoring.evaluation import COMPONENT_RULES
from alignment.scoring.explanation import COMPONENT_LABELS, ChangePart, Reason, Source, Subject
from alignment.scoring.formulas import Item, Result, Scored, components_of, weights_of
from alignment.scoring.inputs import Snapshot
from alignment.scoring.level import SourceOf, no_source, slug_of
from alignment.scoring.policy import Policy
from alignment.scoring.shapley import coalition_weight, coalitions_without, shapley, whole_parts

REASONS = (Reason.WEIGHTS, Reason.READINGS, Reason.TIME)
_POLICY, _COVERAGE = 0, 1
_TINY = 1e-12


@dataclass(frozen=True)
class Side:
    """One end of a change: the inputs of a day, the policy, and the score that they make."""

    snapshot: Snapshot
    policy: Policy
    scored: Scored


@dataclass
class _Part:
    """A part that is being added up: points of the score, and the item as it was before and after."""

    component: str
    reason: Reason
    points: list[float] = field(default_factory=list)
    before: Item | None = None
    after: Item | None = None


def explain_parts(
    subject: Subject, before: Side, after: Side, *, source_of: SourceOf = no_source
) -> tuple[ChangePart, ...]:
    """The parts of the change in whole thousandths, greatest movement first; () when a side has no number."""
    if before.scored.value is None or after.scored.value is None:
        return ()
    game = _Game(subject, before, after)
    shares = shapley(2 + len(game.names), game.score)
    parts: list[_Part] = [
        _Part("policy", Reason.POLICY, [shares[_POLICY]]),
        _Part("coverage", Reason.COVERAGE, [shares[_COVERAGE]]),
    ]
    for position, name in enumerate(game.names):
        parts += _component_parts(subject, name, before, after, game.coefficients(position))
    raw = [math.fsum(part.points) * 1000 for part in parts]
    moving = [i for i, value in enumerate(raw) if abs(value) > _TINY]
    change = round(after.scored.value * 1000) - round(before.scored.value * 1000)
    if not moving:
        moving = [_COVERAGE] if change else []
    whole = whole_parts([raw[i] for i in moving], change)
    made = [
        _change_part(parts[i], thousandths, game, after.snapshot, source_of)
        for i, thousandths in zip(moving, whole, strict=True)
        if thousandths
    ]
    return tuple(sorted(made, key=lambda part: (-abs(part.thousandths), part.component, part.key)))


class _Game:
    """The outer game: a score for each choice of sides for policy, coverage and each component."""

    def __init__(self, subject: Subject, before: Side, after: Side) -> None:
        self.names = components_of(subject)
        sides = (before, after)
        self.weights = tuple(weights_of(subject, side.policy) for side in sides)
        self.known = tuple(
            tuple(w > 0 and r.value is not None for w, r in zip(weights, side.scored.results, strict=True))
            for side, weights in zip(sides, self.weights, strict=True)
        )
        same = before.policy == after.policy
        # values[policy side][inputs side][component]
        self.values = tuple(
            tuple(
                side.scored.results
                if same or side.policy == policy
                else tuple(COMPONENT_RULES[n](subject, side.snapshot, policy) for n in self.names)
                for side in sides
            )
            for policy in (before.policy, after.policy)
        )

    def value(self, policy: int, inputs: int, component: int) -> float:
        """A component's value; unknown here, it is taken from the other side, then from the other policy."""
        for p, i in ((policy, inputs), (policy, 1 - inputs), (1 - policy, inputs), (1 - policy, 1 - inputs)):
            found = self.values[p][i][component].value
            if found is not None:
                return found
        return 0.0

    def moves(self, policy: int, component: int) -> bool:
        """Whether the component is known on both sides under this policy, so that its inputs can move it."""
        return all(self.values[policy][i][component].value is not None for i in (0, 1))

    def _counting(self, mask: int) -> tuple[int, list[int], int]:
        policy = mask & 1
        known = self.known[mask >> _COVERAGE & 1]
        counting = [c for c in range(len(self.names)) if known[c]]
        return policy, counting, sum(self.weights[policy][c] for c in counting)

    def score(self, mask: int) -> float:
        """The score in which the blocks of `mask` stand as after, the others as before."""
        policy, counting, total = self._counting(mask)
        if total <= 0:
            return 0.0
        return 100.0 * (
            math.fsum(self.weights[policy][c] * self.value(policy, mask >> (2 + c) & 1, c) for c in counting)
            / total
        )

    def coefficients(self, component: int) -> tuple[float, float]:
        """Points of score for each unit that the component moves, under the policy before and after.

        A score is linear in each component, so a block's Shapley value is this times the component's change.
        """
        players = 2 + len(self.names)
        sums: tuple[list[float], list[float]] = ([], [])
        for mask in coalitions_without(2 + component, players):
            policy, counting, total = self._counting(mask)
            if component in counting and total > 0 and self.moves(policy, component):
                share = 100.0 * self.weights[policy][component] / total
                sums[policy].append(coalition_weight(mask.bit_count(), players) * share)
        return math.fsum(sums[0]), math.fsum(sums[1])


def _component_parts(
    subject: Subject, name: str, before: Side, after: Side, coefficients: tuple[float, float]
) -> list[_Part]:
    parts: dict[tuple[Reason, str], _Part] = {}
    policies = (before.policy, after.policy)
    scales = [(policy, scale) for policy, scale in zip(policies, coefficients, strict=True) if scale]
    if before.policy == after.policy and scales:
        scales = [(before.policy, math.fsum(coefficients))]
    for policy, scale in scales:
        for reason, moved in _by_reason(subject, name, before, after, policy):
            for item_before, item_after, amount in moved:
                item = item_after or item_before
                assert item is not None
                part = parts.setdefault((reason, item.key), _Part(name, reason))
                part.points.append(scale * amount)
                part.before, part.after = part.before or item_before, item_after or part.after
    return list(parts.values())


Moved = list[tuple[Item | None, Item | None, float]]


def _by_reason(
    subject: Subject, name: str, before: Side, after: Side, policy: Policy
) -> list[tuple[Reason, Moved]]:
    """Shapley over weights, readings and time: each step's change falls on the inputs that made it.

    A mixture in which the component is unknown counts as half the one end and half the other.
    """
    rule = COMPONENT_RULES[name]
    sides = (before.snapshot, after.snapshot)
    known = {0: before, 7: after}  # nothing is mixed: what the side's own score rests on
    results = [
        known[mask].scored.result(name)
        if mask in known and known[mask].policy == policy
        else rule(
            subject, sides[0].mixed(sides[mask & 1], sides[mask >> 1 & 1], sides[mask >> 2 & 1]), policy
        )
        for mask in range(8)
    ]
    if all(result.value is not None for result in results):
        return _steps(results, 1.0)
    filled = [[end if r.value is None else r for r in results] for end in (results[0], results[-1])]
    return [*_steps(filled[0], 0.5), *_steps(filled[1], 0.5)]


def _steps(results: list[Result], scale: float) -> list[tuple[Reason, Moved]]:
    answer: list[tuple[Reason, Moved]] = []
    for player, reason in enumerate(REASONS):
        moved: Moved = []
        for mask in coalitions_without(player, 3):
            share = scale * coalition_weight(mask.bit_count(), 3)
            for old, new, amount in difference(results[mask], results[mask | 1 << player]):
                moved.append((old, new, share * amount))
        answer.append((reason, moved))
    return answer


def difference(before: Result, after: Result) -> Moved:
    """The change of a component's value by item; the amounts add up to value after - value before."""
    if before.factors or after.factors:
        return _product_difference(before, after)
    if any(item.loss is not None for item in (*before.items, *after.items)):
        pairs = _pairs(before.items, after.items)
        return [(b, a, (b.loss or 0.0 if b else 0.0) - (a.loss or 0.0 if a else 0.0)) for b, a in pairs]
    return mean_difference(before.items, after.items)


def mean_difference(before: tuple[Item, ...], after: tuple[Item, ...]) -> Moved:
    """`d(share) (value - middle) + share d(value)`, each with its mean over both sides: Shapley of a product.

    An item that is unknown or absent on one side has no share there and the other side's value. A side without
    any known item stands at 1 with the other's shares (a factor of which nothing was due).
    """
    pairs = _pairs(before, after)
    shares_before = [_share(b) for b, _ in pairs]
    shares_after = [_share(a) for _, a in pairs]
    values_before = [_value(b, a) for b, a in pairs]
    values_after = [_value(a, b) for b, a in pairs]
    if not any(shares_before):
        shares_before, values_before = shares_after, [1.0] * len(pairs)
    elif not any(shares_after):
        shares_after, values_after = shares_before, [1.0] * len(pairs)
    middle = (
        math.fsum(s * v for s, v in zip(shares_before, values_before, strict=True))
        + math.fsum(s * v for s, v in zip(shares_after, values_after, strict=True))
    ) / 2
    return [
        (b, a, (s2 - s1) * ((v1 + v2) / 2 - middle) + (s1 + s2) / 2 * (v2 - v1))
        for (b, a), s1, s2, v1, v2 in zip(
            pairs, shares_before, shares_after, values_before, values_after, strict=True
        )
    ]


def _share(item: Item | None) -> float:
    return 0.0 if item is None or item.value is None else item.weight


def _value(item: Item | None, other: Item | None) -> float:
    for candidate in (item, other):
        if candidate is not None and candidate.value is not None:
            return candidate.value
    return 0.0


def _pairs(before: tuple[Item, ...], after: tuple[Item, ...]) -> list[tuple[Item | None, Item | None]]:
    old = {item.key: item for item in before}
    new = {item.key: item for item in after}
    return [(old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys())]


def _product_difference(before: Result, after: Result) -> Moved:
    old = {factor.name: factor for factor in before.factors}
    new = {factor.name: factor for factor in after.factors}
    names = sorted(old.keys() | new.keys())
    values = [
        (old[name].value if name in old else 1.0, new[name].value if name in new else 1.0) for name in names
    ]
    moved: Moved = []
    for position, name in enumerate(names):
        scale = math.fsum(
            coalition_weight(mask.bit_count(), len(names))
            * math.prod(values[k][mask >> k & 1] for k in range(len(names)) if k != position)
            for mask in coalitions_without(position, len(names))
        )
        items_before = old[name].items if name in old else ()
        items_after = new[name].items if name in new else ()
        moved += [(b, a, scale * amount) for b, a, amount in mean_difference(items_before, items_after)]
    return moved


def _change_part(
    part: _Part, thousandths: int, game: _Game, snapshot: Snapshot, source_of: SourceOf
) -> ChangePart:
    item = part.after or part.before
    if item is None:
        return ChangePart(
            part.component, part.reason, "", COMPONENT_LABELS[part.component], "", thousandths,
            _block_note(part.reason, game),
        )  # fmt: skip
    sources: list[Source | None] = [
        source_of(i) if i is not None else None for i in (part.before, part.after)
    ]
    return ChangePart(
        part.component,
        part.reason,
        item.key,
        item.label,
        slug_of(item, snapshot.definitions),
        thousandths,
        _item_note(part),
        sources[0],
        sources[1],
    )


def _block_note(reason: Reason, game: _Game) -> str:
    if reason is Reason.POLICY:
        return "The scoring policy changed."
    changes = [
        f"{COMPONENT_LABELS[name]} {'became known' if after else 'became unknown'}"
        for name, before, after in zip(game.names, *game.known, strict=True)
        if before != after
    ]
    return f"{'; '.join(changes)}." if changes else "What is known changed."


def _item_note(part: _Part) -> str:
    before, after = part.before, part.after
    if part.reason is Reason.WEIGHTS:
        if before is None or (before.value is None and after is not None and after.value is not None):
            return "counts now"
        if after is None or after.value is None:
            return "no longer counts"
        return after.note or "its weight, path or start changed"
    if part.reason is Reason.TIME:
        return "time passed and no reading came" if _same_reading(before, after) else "time passed"
    return after.note if after and after.note else "a reading came"


def _same_reading(before: Item | None, after: Item | None) -> bool:
    return before is not None and after is not None and before.reading == after.reading
