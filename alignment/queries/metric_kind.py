"""What a metric's readings say about its kind, where that is not what is declared of it."""

from __future__ import annotations

from dataclasses import dataclass

from alignment.models import Metric
from alignment.signals.verdict import Verdicts


@dataclass(frozen=True, slots=True)
class KindOffer:
    """A kind that could be declared: "flow" or "stock", why, and what that changes."""

    kind: str
    lead: str
    reason: str
    means: str


_MEANS = {
    "flow": "As a flow its readings are judged by themselves.",
    "stock": "As a stock it is judged by its changes, so that wandering is not taken for a trend.",
}


def kind_offer(metric: Metric, found: Verdicts) -> KindOffer | None:
    """What to declare. None where the readings do not settle it, or say what is declared already."""
    guess = found.guess
    if guess.kind is None or guess.kind == metric.kind:
        return None
    lead = "Nobody has declared whether this is a flow or a stock; its readings look like a "
    if metric.kind:
        lead = f"It is declared a {metric.kind}, but its readings look like a "
    return KindOffer(guess.kind, f"{lead}{guess.kind}.", guess.reason, _MEANS[guess.kind])
