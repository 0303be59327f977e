"""How often the tests err on simulated series with known truth: a bench writes it, the method page says it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

MEASURED = Path(__file__).with_name("measured.json")


@dataclass(frozen=True, slots=True)
class TrendRates:
    """Of one method by length: shares of false alarms, of drifts of 3 sd seen, and of series it is silent about."""

    method: str
    alarms: tuple[float, ...]
    seen: tuple[float, ...]
    silent: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ShiftRates:
    """Of one method: share of unchanging series with an alarm within 52 looks; readings until 1.5, 2, 3 sd are told."""

    method: str
    alarms: float
    delays: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything measured in one run: `words` holds what is said where the truth is known, `walks` shares of random
    walks called a trend and left untold, by what was declared."""

    measured_on: date
    seed: int
    series: int
    lengths: tuple[int, ...]
    trend: tuple[TrendRates, ...]
    shift: tuple[ShiftRates, ...]
    words: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]
    walks: tuple[tuple[str, tuple[float, ...], tuple[float, ...]], ...]
    example: tuple[float, ...]
    example_alarms: tuple[tuple[str, bool], ...]


@lru_cache(maxsize=1)
def measured() -> Measured:
    """The stored figures."""
    told = json.loads(MEASURED.read_text())
    return Measured(
        date.fromisoformat(told["measured_on"]), told["seed"], told["series"], tuple(told["lengths"]),
        tuple(
            TrendRates(row["method"], tuple(row["alarms"]), tuple(row["seen"]), tuple(row["silent"]))
            for row in told["trend"]
        ),
        tuple(ShiftRates(row["method"], row["alarms"], tuple(row["delays"])) for row in told["shift"]),
        tuple((row["truth"], tuple(row["shares"].items())) for row in told["words"]),
        tuple((row["kind"], tuple(row["alarms"]), tuple(row["silent"])) for row in told["walks"]),
        tuple(told["example"]["values"]), tuple(told["example"]["alarms"].items()),
    )  # fmt: skip
