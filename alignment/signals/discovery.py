"""Many metrics: which of a run's verdicts may be shown, and which are new since the last run.

Of a hundred metrics that do not move, five show p < .05. Benjamini and Hochberg's rule (JRSS B 57, 1995, 289-300) at
q = .10, within each category, keeps the share of luck among what is shown at a tenth on average: with m verdicts in
order of p, those up to the last k with p_k <= q k / m are shown. Verdicts that cannot be told are not asked, so they
neither count nor dilute.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Q = 0.10
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Finding(Generic[Key]):
    """One verdict of a run: of which metric (`key`), in which category, what is claimed ("improving"), and its p.

    `p` is None where nothing can be told; `claim` is "" where p is too large for one, which counts but is never shown.
    """

    key: Key
    category: str
    claim: str
    p: float | None


@dataclass(frozen=True, slots=True)
class Discoveries(Generic[Key]):
    """Keys in the order of the run: shown now; of those the ones not shown before with the same claim; and those
    shown before that no longer are. `limits` is the largest p shown of each category, None where none is.
    """

    shown: tuple[Key, ...]
    new: tuple[Key, ...]
    gone: tuple[Key, ...]
    limits: Mapping[str, float | None]
    sentence: str


def discover(
    findings: Iterable[Finding[Key]], before: Mapping[Key, str] | None = None, *, q: float = Q
) -> Discoveries[Key]:
    """Judge a run. `before` holds the claims that the last run showed, by key; None on the first run, when nothing
    is new.

    Raises ValueError where a key comes twice, a p is not from 0 to 1, or q is not between 0 and 1.
    """
    run = list(findings)
    _check(run, q)
    by_category: dict[str, list[float]] = defaultdict(list)
    for finding in run:
        by_category[finding.category] += [] if finding.p is None else [finding.p]
    limits = {category: largest_shown(ps, q) for category, ps in sorted(by_category.items())}
    shown = {
        finding.key: finding.claim
        for finding in run
        if finding.claim and _passes(finding.p, limits[finding.category])
    }
    new = [key for key, claim in shown.items() if before is not None and before.get(key) != claim]
    gone = [key for key in (before or {}) if key not in shown]
    asked = sum(finding.p is not None for finding in run)
    words = discovery_words(asked, len(run) - asked, len(shown), len(new), q)
    return Discoveries(tuple(shown), tuple(new), tuple(gone), limits, words)


def largest_shown(ps: Iterable[float], q: float = Q) -> float | None:
    """The largest p that Benjamini and Hochberg's rule still shows, None where it shows none."""
    ordered = sorted(ps)
    passing = [p for place, p in enumerate(ordered, start=1) if p * len(ordered) <= q * place]
    return passing[-1] if passing else None


def _passes(p: float | None, limit: float | None) -> bool:
    return p is not None and limit is not None and p <= limit


def _check(run: list[Finding[Key]], q: float) -> None:
    if not 0 < q < 1:
        raise ValueError(f"The share of luck allowed lies between 0 and 1, not at {q}.")
    if len({finding.key for finding in run}) < len(run):
        raise ValueError("A metric has two verdicts in one run.")
    for finding in run:
        if finding.p is not None and not 0 <= finding.p <= 1:
            raise ValueError(f"p of {finding.key} is {finding.p}; it lies from 0 to 1.")


def discovery_words(asked: int, silent: int, shown: int, new: int, q: float = Q) -> str:
    """A run in a sentence: of `asked` metrics `shown` stand out, `new` of them newly; of `silent` nothing can be told.

    "" where there are no metrics at all.
    """
    if not asked:
        which = "this metric" if silent == 1 else f"any of {silent} metrics"
        return f"Nothing can be told of {which}: {_WHY_NOT}." if silent else ""
    untold = f" Of {silent} more nothing can be told." if silent else ""
    if not shown:
        if asked == 1:
            return f"1 metric can be judged, and it does not move more than luck would explain.{untold}"
        return f"None of {asked} metrics moves more than luck would explain.{untold}"
    luck = math.floor(q * shown + 0.5)
    of_luck = (
        "fewer than one of those is"
        if luck < 1
        else "about one of those is"
        if luck == 1
        else f"about {luck} of those are"
    )
    fresh = f", {new} of them new" if new else ""
    return (
        f"Of {_counted(asked)}, {shown} {'moves' if shown == 1 else 'move'} more than luck would explain{fresh}; "
        f"on average {of_luck} luck after all.{untold}"
    )


_WHY_NOT = (
    "a trend takes twelve readings, a better and a worse side, and readings that do not resemble one another too much"
)  # fmt: skip


def _counted(metrics: int) -> str:
    return "1 metric" if metrics == 1 else f"{metrics} metrics"
