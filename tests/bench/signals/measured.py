"""Measures how often the tests of a metric err, beside what other tools do, and stores it for the method page.

    python -m tests.bench.signals.measured [--seed 918273] [--n 1000]

The sets of `python -m tests.bench.signals`; what it writes, alignment/signals/measured.json, is what the page says.
"""

from __future__ import annotations

import argparse
import json
from datetime import date
from typing import Any

import numpy as np

from alignment.signals.arbiter import stories
from alignment.signals.measured import MEASURED
from alignment.signals.trends import trends
from tests.bench.signals import sets
from tests.bench.signals.__main__ import SHAPES, ours_watching
from tests.bench.signals.rivals import TREND_RIVALS, WATCH_RIVALS
from tests.bench.signals_noise import Floats

OURS = "Plumbline"
_EXAMPLE_LENGTH = 26


def trend_rows(seed: int, rows: int) -> list[dict[str, Any]]:
    """False alarms, and what is seen of a drift of 3 sd, for each method and length."""
    quiet = [sets.drifting(seed, rows, n, 0.0, period) for n, period in SHAPES]
    moving = [sets.drifting(seed, rows, n, 3.0, period) for n, period in SHAPES]
    periods = [period for _, period in SHAPES]
    still = [trends(values, period=period) for values, period in zip(quiet, periods, strict=True)]
    drift = [trends(values, period=period) for values, period in zip(moving, periods, strict=True)]
    ours = {
        "method": OURS,
        "alarms": [_share(found.claimed() != 0) for found in still],
        "seen": [_share(found.claimed() > 0) for found in drift],
        "silent": [_share(found.silent) for found in still],
    }
    others = []
    for name, rival in TREND_RIVALS.items():
        alarms = [_share(rival(v, period)[0] < 0.05) for v, period in zip(quiet, periods, strict=True)]
        told = [rival(v, period) for v, period in zip(moving, periods, strict=True)]
        seen = [_share((p < 0.05) & (sign > 0)) for p, sign in told]
        others.append({"method": name, "alarms": alarms, "seen": seen, "silent": [0.0] * len(SHAPES)})
    return [ours, *others]


def shift_rows(seed: int, rows: int) -> list[dict[str, Any]]:
    """False alarms within 52 looks, and readings until a shift of 1.5, 2 and 3 sd is told (median)."""
    found = []
    for name, method in {OURS: ours_watching, **WATCH_RIVALS}.items():
        delays = []
        for size in (1.5, 2.0, 3.0):
            seen = method(sets.watched(seed, rows, size))[:, 40:]
            delays.append(float(np.median(np.where(seen.any(1), seen.argmax(1) + 1.0, 99.0))))
        quiet = method(sets.watched(seed, rows, 0.0))[:, 26:].any(1)
        found.append({"method": name, "alarms": _share(quiet), "delays": delays})
    return found


def words_rows(seed: int, rows: int) -> list[dict[str, Any]]:
    """What is said where a step, a drift or nothing is: 3 sd, 52 readings."""
    stepped, _ = sets.stepping(seed, rows, 52, 3.0)
    cases = {
        "a step": stepped,
        "a drift": sets.drifting(seed, rows, 52, 3.0),
        "nothing": sets.drifting(seed, rows, 52, 0.0),
    }
    found = []
    for truth, values in cases.items():
        said = np.array(stories(values).words)
        shares = {word: _share(said == word) for word in ("step", "drift", "both", "one-off", "none")}
        found.append({"truth": truth, "shares": shares})
    return found


def walk_rows(seed: int, rows: int) -> list[dict[str, Any]]:
    """Random walks, which have no trend: how often one is claimed."""
    found = []
    for kind in (None, "stock"):
        judged = [trends(sets.walking(seed, rows, n), kind=kind) for n, _ in SHAPES]
        found.append({
            "kind": kind or "not declared",
            "alarms": [_share(each.claimed() != 0) for each in judged],
            "silent": [_share(each.silent) for each in judged],
        })  # fmt: skip
    return found


def example(seed: int, rows: int) -> dict[str, Any]:
    """The first series of the quiet set on which most other methods see a trend that is not there."""
    values = sets.drifting(seed, rows, _EXAMPLE_LENGTH, 0.0, 12)
    whole = ~np.isnan(values).any(axis=1)
    wrong = np.stack([rival(values, 12)[0] < 0.05 for rival in TREND_RIVALS.values()])
    ours = trends(values, period=12).claimed() != 0
    at = int(np.argmax(np.where(whole & ~ours, wrong.sum(axis=0), -1)))
    said = {name: bool(wrong[place, at]) for place, name in enumerate(TREND_RIVALS)}
    return {"values": [round(float(value), 1) for value in values[at]], "alarms": said, "among": rows}


def _share(found: Floats | np.ndarray) -> float:
    return round(float(np.mean(found)), 4)


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=918_273)
    parser.add_argument("--n", type=int, default=1000, help="series in each cell")
    asked = parser.parse_args()
    found = {
        "measured_on": date.today().isoformat(), "seed": asked.seed, "series": asked.n,  # noqa: DTZ011 a day's name
        "lengths": [n for n, _ in SHAPES],
        "trend": trend_rows(asked.seed, asked.n), "shift": shift_rows(asked.seed, asked.n),
        "words": words_rows(asked.seed, asked.n), "walks": walk_rows(asked.seed, asked.n),
        "example": example(asked.seed, asked.n),
    }  # fmt: skip
    MEASURED.write_text(json.dumps(found, indent=1) + "\n")
    print(f"Stored {MEASURED.stat().st_size} bytes.")


if __name__ == "__main__":
    main()
