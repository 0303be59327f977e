"""Names of colours. A figure says `var(--accent)`; the page's style sheet says what that is, in light and in dark.

`static/css/tokens.css` is the only place with colour values; `static/js/charts.js` looks the names up when it draws.
"""

from __future__ import annotations

from enum import StrEnum


class Ink(StrEnum):
    """What a colour means on every page. The value is the token's name without its dashes."""

    ACCENT = "accent"  # what was observed
    RECONSTRUCTED = "reconstructed"  # what was worked out afterwards
    PATH = "path"  # where a plan says it should be
    BETTER = "bar-better"
    WORSE = "bar-worse"
    NEUTRAL = "neutral"
    BAND = "band"
    GRID = "grid"
    TEXT = "ink"
    SOFT_TEXT = "ink-soft"
    SURFACE = "surface"

    @property
    def in_figure(self) -> str:
        """The colour as a figure names it."""
        return f"var(--{self.value})"

    @property
    def css(self) -> str:
        """The last part of the classes `ink-...` and `fill-...` of static/css/drawings.css."""
        return self.value.removeprefix("bar-")
