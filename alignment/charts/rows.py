"""Small drawings within a row of text: a sparkline, progress against its path, a bar around zero, two points.

All stretch with their row; none has letters, which stand beside them as text.
"""

from __future__ import annotations

from collections.abc import Sequence

from alignment.charts.text import Markup, element, number, percent
from alignment.palette import Ink

SPARK_WIDTH, SPARK_HEIGHT = 96, 28


def sparkline(values: Sequence[float | None], *, title: str, ink: Ink = Ink.ACCENT) -> Markup:
    """The shape of a series; gaps stay gaps. Without two values there is no shape, and an empty drawing says so."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return element(
            "svg", element("title", f"{title}: too few readings to draw"), class_="sparkline", role="img"
        )
    low, spread = min(known), max(known) - min(known) or 1.0
    commands, pen_down, last = [], False, (0.0, 0.0)
    for index, value in enumerate(values):
        if value is None:
            pen_down = False
            continue
        x = 3 + (SPARK_WIDTH - 6) * index / (len(values) - 1)
        y = 3 + (SPARK_HEIGHT - 6) * (1 - (value - low) / spread)
        commands.append(f"{'L' if pen_down else 'M'}{number(x)} {number(y)}")
        pen_down, last = True, (x, y)
    return element(
        "svg",
        element("title", title),
        element("path", d="".join(commands), class_=f"stroke ink-{ink.css}"),
        element("circle", cx=number(last[0]), cy=number(last[1]), r=2.5, class_=f"fill-{ink.css}"),
        class_="sparkline",
        role="img",
        viewBox=f"0 0 {SPARK_WIDTH} {SPARK_HEIGHT}",
    )


def progress_bar(progress: float | None, expected: float | None) -> Markup:
    """From baseline to target: a bar for the progress, a tick where the path is; beyond the ends it is cut off.

    Without progress there is no tick either: nothing can be ahead of it or behind.
    """
    parts = [element("rect", y=4, width="100%", height=8, rx=4, class_="fill-track")]
    if progress is not None and progress > 0:
        width = percent(max(min(progress, 1.0) * 100, 2.0))
        parts.append(element("rect", y=4, width=width, height=8, rx=4, class_="fill-accent"))
    if progress is not None and expected is not None:
        at = percent(min(max(expected, 0.0), 1.0) * 98)
        parts.append(element("rect", x=at, y=0, width=2.5, height=16, class_="fill-ink"))
    return element("svg", *parts, aria_hidden="true", height=16)


def signed_bars(values: Sequence[float]) -> tuple[Markup, ...]:
    """One bar for each value around a common zero; the longest ones reach the edges."""
    below = max((-value for value in values if value < 0), default=0.0)
    above = max((value for value in values if value > 0), default=0.0)
    whole = below + above or 1.0
    zero = 100 * below / whole
    return tuple(_signed_bar(100 * value / whole, zero) for value in values)


def _signed_bar(length: float, zero: float) -> Markup:
    start = zero + min(length, 0.0)
    bar = element(
        "rect",
        x=percent(start),
        y=2,
        width=percent(max(abs(length), 1.0)),
        height=8,
        rx=1.5,
        class_="fill-worse" if length < 0 else "fill-better",
    )
    axis = element(
        "line", x1=percent(zero), x2=percent(zero), y1=0, y2=12, class_="stroke stroke-thin ink-path"
    )
    return element("svg", *([bar] if length else []), axis, aria_hidden="true", height=12)


def dumbbell(aim: float, actual: float, *, longest: float, is_notable: bool) -> Markup:
    """A hollow dot where it was meant to be and a full one where it is, on a scale from 0 to `longest`."""
    scale = 94 / (longest or 1.0)
    aim_at, actual_at = percent(3 + aim * scale), percent(3 + actual * scale)
    ink = "worse" if is_notable else "path"
    return element(
        "svg",
        element("line", x1="0", x2="100%", y1=12, y2=12, class_="stroke stroke-thin ink-grid"),
        element("line", x1=aim_at, x2=actual_at, y1=12, y2=12, class_=f"stroke stroke-thick ink-{ink}"),
        element("circle", cx=actual_at, cy=12, r=6, class_="fill-accent"),
        element("circle", cx=aim_at, cy=12, r=5.5, class_="outline ink-accent"),
        aria_hidden="true",
        height=24,
    )
