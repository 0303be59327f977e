"""Why a score stands where it stands: contributions and losses that add up to 100. Pure; docs/scoring.md,
part 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from alignment.scoring.explanation import (
    COMPONENT_LABELS,
    ComponentLevel,
    InputPart,
    LevelExplanation,
    Source,
    Subject,
)
from alignment.scoring.formulas import Factor, Item, Result, Scored, weights_of
from alignment.scoring.inputs import Definitions
from alignment.scoring.policy import Policy
from alignment.scoring.shapley import shapley, whole_parts

SourceOf = Callable[[Item], Source | None]


def no_source(item: Item) -> Source | None:
    """For sums made by hand, whose readings come from nowhere."""
    return None


@dataclass(frozen=True, slots=True)
class Loss:
    """What one item costs its component, as a share of the component."""

    item: Item
    share: float
    factor: str = ""


def losses_of(result: Result) -> list[Loss]:
    """How `1 - value` falls on the items: by weight in a mean, on each theme in Funding, by Shapley in
    Evidence.
    """
    if result.value is None:
        return [Loss(item, 0.0) for item in result.items]
    if result.factors:
        return _losses_of_factors(result.factors)
    return [Loss(item, _own_loss(item)) for item in result.items]


def _own_loss(item: Item) -> float:
    if item.loss is not None:
        return item.loss
    return 0.0 if item.value is None else item.weight * (1.0 - item.value)


def _losses_of_factors(factors: tuple[Factor, ...]) -> list[Loss]:
    """Shapley over the factors, each going from 1 to its value; within one by its items."""

    def lost(mask: int) -> float:
        value = 1.0
        for position, factor in enumerate(factors):
            if mask >> position & 1:
                value *= factor.value
        return 1.0 - value

    losses: list[Loss] = []
    for factor, share in zip(factors, shapley(len(factors), lost), strict=True):
        whole = 1.0 - factor.value
        scale = share / whole if whole > 0 else 0.0
        losses += [Loss(item, scale * _own_loss(item), factor.label) for item in factor.items]
    return losses


def explain_scored(
    subject: Subject,
    day: date,
    scored: Scored,
    policy: Policy,
    definitions: Definitions,
    *,
    source_of: SourceOf = no_source,
    fingerprint: str = "",
    reconstructed: bool = False,
    as_of: datetime | None = None,
) -> LevelExplanation:
    """The explanation of a level: contributions add up to the score as shown, with the losses to 100 points."""
    weights = weights_of(subject, policy)
    thousandths = None if scored.value is None else round(scored.value * 1000)
    known = [
        (weight, result)
        for weight, result in zip(weights, scored.results, strict=True)
        if _counts(weight, result)
    ]
    total = sum(weight for weight, _ in known)
    given: dict[str, tuple[int, int]] = {}
    if thousandths is not None:
        scale = 100_000.0 / total
        values = [result.value or 0.0 for _, result in known]
        gains = whole_parts(
            [scale * weight * value for (weight, _), value in zip(known, values, strict=True)], thousandths
        )
        losses = whole_parts(
            [scale * weight * (1.0 - value) for (weight, _), value in zip(known, values, strict=True)],
            100_000 - thousandths,
        )
        given = {
            result.name: (gain, loss) for (_, result), gain, loss in zip(known, gains, losses, strict=True)
        }
    components = tuple(
        _component(result, weight, given.get(result.name, (0, 0)), definitions, source_of)
        for weight, result in zip(weights, scored.results, strict=True)
    )
    return LevelExplanation(
        subject, day, as_of, scored.value, thousandths, scored.coverage, policy.version, components,
        scored.missing, reconstructed, fingerprint,
    )  # fmt: skip


def _counts(weight: int, result: Result) -> bool:
    return weight > 0 and result.value is not None


def _component(
    result: Result, weight: int, given: tuple[int, int], definitions: Definitions, source_of: SourceOf
) -> ComponentLevel:
    contribution, loss = given
    losses = losses_of(result)
    whole = 1.0 - (result.value if result.value is not None else 1.0)
    raw = [loss * one.share / whole if whole > 0 else 0.0 for one in losses]
    parts = whole_parts(raw, loss) if losses else []
    inputs = tuple(
        InputPart(
            one.item.key,
            one.item.label,
            slug_of(one.item, definitions),
            one.item.value,
            one.item.weight,
            part,
            f"{one.factor}: {one.item.note}" if one.factor else one.item.note,
            source_of(one.item),
        )
        for one, part in zip(losses, parts, strict=True)
    )
    return ComponentLevel(
        result.name,
        COMPONENT_LABELS[result.name],
        result.value,
        weight,
        result.known,
        contribution,
        loss,
        tuple(sorted(inputs, key=lambda part: -part.loss)),
        result.note or " ".join(result.missing if result.value is None else ()),
    )


def slug_of(item: Item, definitions: Definitions) -> str:
    """Slug of the theme that an item belongs to, "" for none."""
    theme = definitions.theme_by_id.get(item.theme_id) if item.theme_id is not None else None
    return theme.slug if theme else ""
