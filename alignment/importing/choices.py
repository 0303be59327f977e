"""Whether the choices for one import can be meant: lengths and words that can be stored."""

from __future__ import annotations

import unicodedata

from alignment.importing.options import Options
from alignment.importing.refusals import ImportRefused, Refusal, visible
from alignment.models import Metric


def check_choices(options: Options) -> None:
    """Raise ImportRefused for choices that cannot be stored: too long, with control characters, unknown words."""
    refusals = []
    for name, longest in (("prefix", 150), ("source", 300), ("unit", 32)):
        text = getattr(options, name) or ""
        if len(text) > longest:
            reason = f"--{name} has {len(text):,} characters; it may have at most {longest}."
            refusals.append(Refusal(reason, "Shorten it."))
        elif any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
            reason = f"--{name} “{visible(text)}” holds a control character."
            refusals.append(Refusal(reason, "Type it anew."))
    for name, words in (("category", Metric.Category.values), ("direction", Metric.Direction.values)):
        word = getattr(options, name)
        if word is not None and word not in words:
            reason = f"--{name} “{visible(word)}” is unknown."
            refusals.append(Refusal(reason, f"Choose one of: {', '.join(words)}."))
    if refusals:
        raise ImportRefused(*refusals)
