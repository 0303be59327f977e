"""The five components of a score and how they add up. Pure; docs/scoring.md, part 2.

Each component is a function of a `Snapshot`, a policy and a subject, and answers with a `Result`: a value in 0..1
or None (unknown, never zero or full), the share of its inputs that is known, and the items that it rests on.
Sums are taken with `math.fsum` in order of id, so that the same inputs give the same score bit for bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from alignment.scoring.explanation import Subject, SubjectKind
from alignment.scoring.inputs import Reading
from alignment.scoring.policy import COMPONENTS, Policy


@dataclass(frozen=True, slots=True)
class Item:
    """One input of a component: its share of the weight among the known, its value (None: unknown).

    `loss` is set only where a component is not a mean; `theme_id` is None where it belongs to no single theme.
    """

    key: str
    label: str
    theme_id: int | None
    weight: float
    value: float | None
    note: str = ""
    metric_id: int | None = None
    reading: Reading | None = None
    loss: float | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of Evidence: a mean of its own."""

    name: str
    label: str
    value: float
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One component of one subject on one day. A product (Evidence) has factors, the others have items."""

    name: str
    value: float | None
    known: float
    items: tuple[Item, ...] = ()
    factors: tuple[Factor, ...] = ()
    note: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """A score with its components; `value` is None where coverage is under the policy's floor."""

    value: float | None
    coverage: float
    results: tuple[Result, ...]
    missing: tuple[str, ...]

    def result(self, name: str) -> Result:
        """The component of this name."""
        return next(result for result in self.results if result.name == name)


def clip(value: float) -> float:
    """Into 0..1: a quotient of sums may leave it by its last bit."""
    return min(1.0, max(0.0, value))


def weighted_mean(parts: Iterable[tuple[float, float | None, float]]) -> tuple[float | None, float]:
    """Mean over the known of (weight, value, share known), and the share known of all; (None, ..) with none."""
    listed = list(parts)
    total = math.fsum(weight for weight, _, _ in listed)
    known = math.fsum(weight for weight, value, _ in listed if value is not None)
    share = clip(math.fsum(weight * share for weight, _, share in listed) / total) if total > 0 else 0.0
    if known <= 0:
        return None, share
    return clip(math.fsum(weight * value for weight, value, _ in listed if value is not None) / known), share


def mean_result(name: str, items: Sequence[Item], note: str = "", missing: tuple[str, ...] = ()) -> Result:
    """A component that is a mean of its items, whose weights are made into shares of the known weight."""
    value, share = weighted_mean((i.weight, i.value, 0.0 if i.value is None else 1.0) for i in items)
    known = math.fsum(item.weight for item in items if item.value is not None)
    shares = tuple(
        Item(
            item.key, item.label, item.theme_id,
            item.weight / known if item.value is not None and known > 0 else 0.0,
            item.value, item.note, item.metric_id, item.reading, item.loss,
        )
        for item in items
    )  # fmt: skip
    return Result(name, value, share, shares, (), note, missing)


def combine(results: Sequence[Result], weights: Sequence[int], floor: float) -> Scored:
    """`100 sum(w v) / sum(w)` over the known components; coverage = weight known x share known within each.

    Under `floor` of coverage there is no number, only what is missing.
    """
    used = [(weight, result) for weight, result in zip(weights, results, strict=True) if weight > 0]
    total = math.fsum(weight for weight, _ in used)
    known = [(weight, result.value, result) for weight, result in used if result.value is not None]
    coverage = clip(math.fsum(weight * result.known for weight, _, result in known) / total) if total else 0.0
    missing = tuple(dict.fromkeys(line for _, result in used for line in result.missing))
    if not known or coverage < floor:
        return Scored(None, coverage, tuple(results), missing)
    return Scored(
        100.0 * clip(math.fsum(w * v for w, v, _ in known) / math.fsum(w for w, _, _ in known)),
        coverage,
        tuple(results),
        missing,
    )


def weights_of(subject: Subject, policy: Policy) -> tuple[int, ...]:
    """The weights of a subject's components: an objective has Outcomes alone."""
    return (100,) if subject.kind is SubjectKind.OBJECTIVE else policy.weights


def components_of(subject: Subject) -> tuple[str, ...]:
    """The names of a subject's components."""
    return COMPONENTS[:1] if subject.kind is SubjectKind.OBJECTIVE else COMPONENTS


def day_words(day: date) -> str:
    """A day as pages write it: 5 January 2026."""
    return f"{day.day} {day:%B %Y}"
