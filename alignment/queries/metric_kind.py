"""What a metric's readings say about its kind, where that is not what is declared of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alignment.models import Metric, Signal
from alignment.signals.verdict import Verdicts


@dataclass(frozen=True, slots=True)
class KindOffer:
    """A kind that could be declared: "flow" or "stock", why, and what that changes."""

    kind: str
    lead: str
    reason: str
    means: str


_IS = {
    "flow": "what happened in its period",
    "stock": "a level at its period’s end",
}
_MEANS = {
    "flow": "As a flow it is judged by its readings themselves.",
    "stock": "As a stock it is judged by its changes, so that wandering is not taken for a trend.",
}


def kind_offer(metric: Metric, found: Verdicts) -> KindOffer | None:
    """What to declare. None where the readings do not settle it, or say what is declared already."""
    guess = found.guess
    if guess.kind is None or guess.kind == metric.kind:
        return None
    if not metric.kind:
        lead = (
            f"Nobody has declared whether this is a flow or a stock; its readings look like a {guess.kind}."
        )
        return KindOffer(guess.kind, lead, guess.reason, _MEANS[guess.kind])
    lead = f"It is declared a {metric.kind}, but its readings look like a {guess.kind}."
    doubt = "A flow whose level changed can look so too." if guess.kind == "stock" else ""
    means = f"{doubt} Declare it anew only if each reading is {_IS[guess.kind]}.".strip()
    return KindOffer(guess.kind, lead, guess.reason, means)


def kind_notes(metrics: Iterable[Metric]) -> dict[int, str]:
    """By id of those whose kind nobody declared, what their readings say as the last run found it. One query, none
    where all are declared."""
    open_kinds = [metric.pk for metric in metrics if not metric.kind]
    if not open_kinds:
        return {}
    rows = Signal.objects.filter(metric_id__in=open_kinds, kind="headline")
    guesses = rows.values_list("metric_id", "details__guess__kind", "details__guess__reason")
    return {
        metric_id: f"flow or stock not declared; looks like a {kind}: {reason[:1].lower()}{reason[1:]}"
        for metric_id, kind, reason in guesses
        if kind
    }
