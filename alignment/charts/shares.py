"""A whole cut into its parts: one bar, whose parts are named and counted beside it."""

from __future__ import annotations

from collections.abc import Sequence

from alignment.charts.text import Markup, element, percent

HEIGHT = 14
BETWEEN = 0.3
"""What is left free between two parts, in percent of the bar."""
LEAST = 0.6
"""Width of a part that counts but would hardly be seen, in percent."""


def share_bar(parts: Sequence[tuple[float, str]], *, title: str) -> Markup:
    """Parts of (share of the whole, name of a fill) from left to right; `title` says it all in words."""
    marks, left = [], 0.0
    shown = [(max(100 * share, LEAST), fill) for share, fill in parts if share > 0]
    scale = 100 / (sum(width for width, _ in shown) or 100)
    for width, fill in shown:
        wide = width * scale
        marks.append(
            element(
                "rect", x=percent(left), width=percent(max(wide - BETWEEN, LEAST * scale / 2)), height=HEIGHT,
                class_=f"fill-{fill}",
            )
        )  # fmt: skip
        left += wide
    if not marks:
        marks = [element("rect", width="100%", height=HEIGHT, class_="fill-track")]
    return element("svg", element("title", title), *marks, class_="share-bar", role="img", height=HEIGHT)


def share_key(fill: str) -> Markup:
    """The colour of a part, to stand before its name."""
    mark = element("rect", y=1, width=10, height=10, rx=2, class_=f"fill-{fill}")
    return element("svg", mark, class_="share-key", aria_hidden="true", width=10, height=12)
