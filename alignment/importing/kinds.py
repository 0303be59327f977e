"""Flow or stock: a guess for a metric that an import creates, with its reason. A person can change it.

A flow counts over each period (commits, revenue of a month); a stock is a level at its end (customers, ARR).
Trends of stocks are tested on their differences, so the guess matters; it is told with its reason, and where the
name says nothing the metric is created with its kind not declared.
"""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median

FLOW, STOCK, UNDECLARED = "flow", "stock", ""
_STOCK_WORDS = frozenset(
    {
        "arr", "mrr", "balance", "cash", "headcount", "staff", "employees", "customers", "users",
        "subscribers", "backlog", "open", "outstanding", "stock", "inventory", "level", "runway", "debt",
        "nonfarm", "population", "members", "active", "seats", "price", "index",
    }
)  # fmt: skip
_FLOW_WORDS = frozenset(
    {
        "commits", "merges", "count", "counts", "tickets", "incidents", "deployments", "releases",
        "reverts", "tags", "revenue", "sales", "signups", "quotes", "trips", "ridership", "traffic",
        "spend", "cost", "costs", "adverts", "errors", "requests", "calls", "orders", "rate", "percent",
        "share", "ratio", "time", "duration", "latency",
    }
)  # fmt: skip
_FEWEST_VALUES = 12
_SMALL_STEP = 0.02


def kind_by_name(name: str) -> tuple[str, str] | None:
    """(flow or stock, why) where the metric's name speaks of one."""
    words = re.findall(r"[a-z]+", name.lower())
    # The last telling word says what is counted: "new customers" are a flow, "customers" a stock.
    if any(word in ("new", "change", "changes", "churned", "closed", "created") for word in words):
        return FLOW, "its name speaks of a change"
    for word in reversed(words):
        if word in _FLOW_WORDS:
            return FLOW, f"“{word}” is counted over a period"
        if word in _STOCK_WORDS:
            return STOCK, f"“{word}” is a level"
    return None


def proposed_kind(name: str, values: list[float]) -> tuple[str, str]:
    """(flow, stock or "" for undeclared, why) from the metric's name; what it leaves open the readings may settle.

    The reason of "" says what the values speak for. No figure rests on that: signals ask the readings themselves.
    """
    if (told := kind_by_name(name)) is not None:
        return told
    open_ = "nothing in its name speaks of either, so the readings decide where they settle it"
    level = median(abs(value) for value in values) if values else 0.0
    if len(values) >= _FEWEST_VALUES and level > 0:
        step = median(abs(after - before) for before, after in pairwise(values)) / level
        if step < _SMALL_STEP:
            return (
                UNDECLARED,
                f"{open_}; probably a stock, as successive values differ by {step:.1%} of their size",
            )
    return UNDECLARED, open_
