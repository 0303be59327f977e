"""A status over time as a strip: the height of its mark says it, colour only repeats it."""

from __future__ import annotations

from collections.abc import Sequence

from alignment.charts.text import Markup, element, percent

_MARKS = {
    "achieved": (0, 5, "better"),
    "on-track": (0, 5, "better"),
    "at-risk": (7, 5, "warn"),
    "off-track": (14, 5, "worse"),
    "missed": (14, 5, "worse"),
    "stale": (9, 1.5, "neutral"),
    "not-started": (9, 1.5, "neutral"),
    "not-measurable": (9, 1.5, "neutral"),
}
"""Top, height and colour of each status: good above, middling between, bad below, a thin line where nothing is said."""


def status_strip(runs: Sequence[tuple[str, float, float]], *, title: str) -> Markup:
    """Runs of (status, start, end), start and end as shares (0..1) of the strip. `title` says it all in words."""
    marks = []
    for status, start, end in runs:
        top, height, colour = _MARKS[status]
        marks.append(
            element(
                "rect", x=percent(100 * start), y=top, width=percent(max(100 * (end - start) - 0.3, 0.4)),
                height=height, rx=1, class_=f"strip-{colour}",
            )
        )  # fmt: skip
    return element("svg", element("title", title), *marks, class_="strip", role="img", height=19)
