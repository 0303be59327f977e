"""What each chart of the small company is to show, and the check that a live chart is what the server sent."""

from __future__ import annotations

import re
from typing import Any

EXAMPLES: dict[str, tuple[tuple[str, int], ...]] = {
    f"{theme}-chart-example-{name}": traces
    for theme in ("light", "dark")
    for name, traces in {
        "score": (("lines", 5), ("lines", 5)),
        "path": (("lines", 2), ("lines+markers", 8)),
        "band": (("lines+markers", 8),),
    }.items()
}
CHARTS = EXAMPLES | {
    "figure-score": (("lines", 6), ("lines", 3)),
    "figure-theme-score": (("lines", 6), ("lines", 3)),
    "figure-theme-money": (("bar", 6), ("bar", 6)),
    "figure-quadrants": (("markers+text", 2),),
    "figure-key-result": (("lines", 14), ("lines+markers", 15), ("lines", 7)),
    "figure-metric": (("lines", 2), ("lines+markers", 40)),
    "figure-against": (("lines+markers", 40), ("lines+markers", 40)),
    "figure-gained": (("lines", 2), ("markers", 40), ("lines", 40)),
    "figure-method": (("lines+markers", 26),),
}
"""Each chart of the small company by the name of its figure (without numbers): the modes of its traces, and points."""


def check_charts(charts: list[dict[str, Any]], address: str) -> dict[str, tuple[tuple[str, int], ...]]:
    """Every figure that the server sent stands on the page, trace by trace, value by value and mark by mark."""
    for chart in charts:
        assert chart["drawn"] == chart["sent"] != [], address
        kinds = [trace["type"] for trace in chart["sent"]]
        assert (chart["scatter"], chart["bars"]) == (kinds.count("scatter"), kinds.count("bar")), address
        assert chart["dots"] == chart["dotsSent"], (address, chart["name"])
        assert chart["columns"] == chart["columnsSent"], (address, chart["name"])
        assert [chart["shapes"], chart["notes"]] == chart["beside"], (address, chart["name"])
        assert chart["seen"], address
    return {
        re.sub(r"-\d+", "", chart["name"]): tuple(
            (mode, trace["points"]) for mode, trace in zip(chart["modes"], chart["drawn"], strict=True)
        )
        for chart in charts
    }
