"""Addresses with what is asked for behind them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode


def asking(path: str, asked: Mapping[str, object]) -> str:
    """`/metrics?new=moves&as_of=2026-10-01`; what is empty is not asked for."""
    given = {name: value for name, value in asked.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def day_asked(day: date, *, is_today: bool) -> dict[str, str]:
    """What links on a page of a past day keep; today is not named."""
    return {} if is_today else {"as_of": day.isoformat()}
