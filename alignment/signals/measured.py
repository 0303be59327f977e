"""How often the tests err on simulated series with known truth: a bench writes it, the method page says it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

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
class ChangeRates:
    """Of one method by length: shares of series that never change in which a change is told, of steps of 2 sd that are
    found, and of told changes of those series that are right."""

    method: str
    alarms: tuple[float, ...]
    seen: tuple[float, ...]
    right: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PaceBin:
    """Cases of which something alike was said: how many, what was said on average, the share that happened, and the
    standard error of that by chance alone."""

    cases: int
    said: float
    happened: float
    error: float


@dataclass(frozen=True, slots=True)
class PaceRates:
    """Of one set of cases ("steady", "broken", "total", "stock"): the largest gap between said and happened over ten
    bins with its standard error, the share within the range of eight in ten, the share of silence, and by method the
    mean square of said less happened."""

    name: str
    cases: int
    gap: float
    error: float
    inside: float
    silent: float
    misses: tuple[tuple[str, float], ...]
    bins: tuple[PaceBin, ...]


@dataclass(frozen=True, slots=True)
class DivergenceRates:
    """Of one method by length: shares of pairs that move alike but are said to part, and of pairs that part by 3 sd and
    are seen to."""

    method: str
    lengths: tuple[int, ...]
    alarms: tuple[float, ...]
    seen: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """When a part was measured, from which seed, with how many series in each cell."""

    measured_on: date
    seed: int
    series: int


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything measured: `words` holds what is said where the truth is known, `walks` shares of random walks called a
    trend and left untold, by what was declared; `runs` of which run each part is."""

    runs: tuple[tuple[str, Run], ...]
    lengths: tuple[int, ...]
    trend: tuple[TrendRates, ...]
    shift: tuple[ShiftRates, ...]
    words: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]
    walks: tuple[tuple[str, tuple[float, ...], tuple[float, ...]], ...]
    example: tuple[float, ...]
    example_alarms: tuple[tuple[str, bool], ...]
    change_lengths: tuple[int, ...]
    changes: tuple[ChangeRates, ...]
    pace: tuple[PaceRates, ...]
    divergence: tuple[DivergenceRates, ...]

    def run(self, part: str) -> Run:
        """The run that a part is of."""
        return dict(self.runs)[part]


@lru_cache(maxsize=1)
def measured() -> Measured:
    """The stored figures."""
    told = json.loads(MEASURED.read_text())
    return Measured(
        tuple(
            (part, Run(date.fromisoformat(run["measured_on"]), run["seed"], run["series"]))
            for part, run in told["runs"].items()
        ),
        tuple(told["lengths"]),
        tuple(
            TrendRates(row["method"], tuple(row["alarms"]), tuple(row["seen"]), tuple(row["silent"]))
            for row in told["trend"]
        ),
        tuple(ShiftRates(row["method"], row["alarms"], tuple(row["delays"])) for row in told["shift"]),
        tuple((row["truth"], tuple(row["shares"].items())) for row in told["words"]),
        tuple((row["kind"], tuple(row["alarms"]), tuple(row["silent"])) for row in told["walks"]),
        tuple(told["example"]["values"]), tuple(told["example"]["alarms"].items()), tuple(told["change_lengths"]),
        tuple(
            ChangeRates(row["method"], tuple(row["alarms"]), tuple(row["seen"]), tuple(row["right"]))
            for row in told["changes"]
        ),
        tuple(map(_pace, told["pace"])),
        tuple(
            DivergenceRates(row["method"], tuple(row["lengths"]), tuple(row["alarms"]), tuple(row["seen"]))
            for row in told["divergence"]
        ),
    )  # fmt: skip


def _pace(row: dict[str, Any]) -> PaceRates:
    return PaceRates(
        row["set"], row["cases"], row["gap"], row["error"], row["inside"], row["silent"],
        tuple(row["misses"].items()), tuple(PaceBin(*one) for one in row["bins"]),
    )  # fmt: skip
