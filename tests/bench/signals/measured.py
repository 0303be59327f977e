"""Measures how often the tests of a metric err, beside what other tools do, and stores it for the method page.

    python -m tests.bench.signals.measured [--only pace,changes] [--seed 918273] [--n 1000]

The sets of `python -m tests.bench.signals` and its neighbours; what it writes, alignment/signals/measured.json, is what
the page says. With `--only` the parts named are measured anew and the others stay as they were; each part keeps its own
day, seed and number of series.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np

from alignment.signals.arbiter import stories
from alignment.signals.changes import change_starts
from alignment.signals.measured import MEASURED
from alignment.signals.trends import trends
from tests.bench import signals_divergence, signals_pace
from tests.bench.signals import sets
from tests.bench.signals.__main__ import SHAPES, ours_watching
from tests.bench.signals.change_rivals import CHANGE_RIVALS
from tests.bench.signals.rivals import TREND_RIVALS, WATCH_RIVALS
from tests.bench.signals_changes import shift_set
from tests.bench.signals_noise import Floats

OURS = "Plumbline"
_EXAMPLE_LENGTH = 26
CHANGE_LENGTHS = (26, 52, 104)
CHANGE_SIZE, CHANGE_REACH = 2.0, 3
"""A step of 2 sd in the middle is found where a change is told within 3 readings of it."""
PACE_SETS = {"steady": 6, "broken": 6, "total": 6, "stock": 6, "unseen": 2}
"""Series of each shape of a set of pace, in multiples of those of the other parts: bins have to be well filled."""


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


def change_rows(seed: int, rows: int) -> list[dict[str, Any]]:
    """Of flat series the share in which a change is told; of stepped ones in which it is told near the step; of what is
    told there the share that is right."""
    flat = [shift_set(seed, rows, n, 0.0) for n in CHANGE_LENGTHS]
    stepped = [shift_set(seed, rows, n, CHANGE_SIZE) for n in CHANGE_LENGTHS]
    found = []
    for name, method in {OURS: change_starts, **CHANGE_RIVALS}.items():
        alarms = [_share(np.array([bool(one) for one in method(values)])) for values in flat]
        near = [
            [[abs(at - values.shape[1] // 2) <= CHANGE_REACH for at in one] for one in method(values)]
            for values in stepped
        ]
        seen = [_share(np.array([any(one) for one in part])) for part in near]
        right = [round(sum(map(sum, part)) / max(sum(map(len, part)), 1), 4) for part in near]
        found.append({"method": name, "alarms": alarms, "seen": seen, "right": right})
    return found


def pace_rows(seed: int, rows: int) -> list[dict[str, Any]]:
    """Of each set: how often what is said to be so likely happens, and the mean square of said less happened."""
    found = []
    for name, times in PACE_SETS.items():
        one: dict[str, Any] = signals_pace.measure(seed, times * rows, name)
        bins = [
            line.replace("(", "").replace(")", "").replace(":", "").split() for line in one["reliability"]
        ]
        shapes = signals_pace.UNSEEN if name == "unseen" else signals_pace.SHAPES
        found.append({
            "set": name, "cases": times * rows * len(shapes),
            "gap": one["gap"], "error": one["its standard error"], "inside": one["inside the range of 80 %"],
            "silent": one["cannot tell"], "misses": {OURS: one["brier"], **one["brier of rivals"]},
            "bins": [[int(cases), *map(float, rest)] for cases, *rest in bins],
        })  # fmt: skip
    return found


def divergence_rows(seed: int, rows: int) -> list[dict[str, Any]]:
    """Of pairs that move alike the share said to part; of those that part by 3 sd the share seen; for each method."""
    shapes = [(n, period) for n, period in signals_divergence.SHAPES if (n, period) != (26, None)]
    told: list[dict[str, Any]] = [signals_divergence.measure(seed, rows, n, period) for n, period in shapes]
    found = [{
        "method": OURS, "lengths": [n for n, _ in shapes], "alarms": [one["false"] for one in told],
        "seen": [one["power"] for one in told], "silent": [one["cannot tell"] for one in told],
    }]  # fmt: skip
    for name in signals_divergence.RIVALS:
        rival = [one["rivals"][name] for one in told]
        found.append({
            "method": name, "lengths": [n for n, _ in shapes], "alarms": [one["false"] for one in rival],
            "seen": [one["power"] for one in rival], "silent": [0.0] * len(shapes),
        })  # fmt: skip
    return found


def _share(found: Floats | np.ndarray) -> float:
    return round(float(np.mean(found)), 4)


PARTS: dict[str, Callable[[int, int], Any]] = {
    "trend": trend_rows, "shift": shift_rows, "words": words_rows, "walks": walk_rows, "example": example,
    "changes": change_rows, "pace": pace_rows, "divergence": divergence_rows,
}  # fmt: skip


def measured_anew(parts: list[str], seed: int, rows: int) -> dict[str, Any]:
    """The parts named, and of each when, with which seed and how many series it was measured."""
    found: dict[str, Any] = {"runs": {}}
    for part in parts:
        begun = time.process_time()
        found[part] = PARTS[part](seed, rows)
        today = date.today().isoformat()  # noqa: DTZ011 a day's name
        found["runs"][part] = {"measured_on": today, "seed": seed, "series": rows}
        print(f"{part}: {time.process_time() - begun:.0f} s", flush=True)
    return found


def merged(stored: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """What was stored, with the parts that were measured anew in place of the old ones."""
    return {**stored, **found, "runs": {**stored.get("runs", {}), **found["runs"]}}


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", default="", metavar="PART,PART", help=f"of {', '.join(PARTS)} (default: all)"
    )
    parser.add_argument("--seed", type=int, default=918_273)
    parser.add_argument("--n", type=int, default=1000, help="series in each cell")
    asked = parser.parse_args()
    parts = [part.strip() for part in asked.only.split(",") if part.strip()] or list(PARTS)
    if unknown := [part for part in parts if part not in PARTS]:
        parser.error(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    found = measured_anew(parts, asked.seed, asked.n)
    stored = json.loads(MEASURED.read_text()) if MEASURED.exists() else {}
    told = merged(stored, found) | {"lengths": [n for n, _ in SHAPES], "change_lengths": list(CHANGE_LENGTHS)}
    MEASURED.write_text(json.dumps(told, indent=1) + "\n")
    print(f"Stored {MEASURED.stat().st_size} bytes.")


if __name__ == "__main__":
    main()
