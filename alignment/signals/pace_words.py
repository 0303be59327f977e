"""What pace says to people: chances in steps of five per cent, figures no finer than the range allows."""

from __future__ import annotations

import math

ALLOWED_FOR = (
    "Whether it has a season is not declared, and one shows only when seen twice: the range allows for one."
)
"""Said with a forecast where nobody knows whether there is a season."""
_DOUBT = "Cannot tell where it will be: "


def chance(probability: float) -> str:
    """ "About 70 % likely"; beyond 5 and 95 % no number is to be trusted closer than that."""
    if probability < 0.05:
        return "Very unlikely (under 5 %)"
    if probability > 0.95:
        return "Very likely (over 95 %)"
    return f"About {5 * round(probability * 20)} % likely"


def chance_figure(probability: float) -> str:
    """ "about 35 %", "under 5 %", "over 95 %": a chance where there is no room for a sentence."""
    if probability < 0.05:
        return "under 5 %"
    if probability > 0.95:
        return "over 95 %"
    return f"about {5 * round(probability * 20)} %"


def doubt(reason: str) -> str:
    """The sentence where nothing can be told."""
    return f"{_DOUBT}{reason}." if reason else ""


def reason_of(sentence: str) -> str:
    """What `doubt` was given, from the sentence that it made; "" for other sentences."""
    return sentence.removeprefix(_DOUBT).removesuffix(".") if sentence.startswith(_DOUBT) else ""


def figure(number: float, width: float) -> str:
    """A figure to the step that a range of this width allows: about a twentieth of it. Width 0: as it was given."""
    if not math.isfinite(number):
        return "any"
    if width <= 0 or not math.isfinite(width):
        return f"{number:,.0f}" if abs(number) >= 1e5 else f"{number:,.6g}"
    digits = -math.floor(math.log10(width / 10))
    rounded = round(number, digits) + 0.0
    return f"{rounded:,.{max(digits, 0)}f}"
