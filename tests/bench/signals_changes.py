"""Change history: false changes and hits on simulated series, and the Turing change point data set against others.

    python -m tests.bench.signals_changes [--seed 11] [--rows 1000] [--turing DATA ANNOTATIONS]

DATA is a folder of the data set's JSON files (github.com/alan-turing-institute/TCPD; not part of this project, some of
its series may not be passed on), ANNOTATIONS its annotations.json. F1 and cover are those of G. J. J. van den Burg and
C. K. I. Williams, arXiv 2003.06222, margin 5. Binary segmentation and PELT are those of ruptures where it is installed,
with normal cost of the mean on series scaled to variance 1 and a penalty of 2 log n; "zero" finds nothing. Ours is told
the season's length of series whose times are months, quarters or weeks, as a metric's cadence tells it.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from alignment.signals.changes import Model, change_starts
from tests.bench.signals_noise import TUNE, Floats, mixed

MARGIN = 5
Finder = Callable[[Floats, int | None], list[int]]
Annotated = tuple[Floats, int | None, list[list[int]]]
SEASONS = ((6.5, 7.5, 52), (27.5, 31.5, 12), (85.0, 95.0, 4))
"""Days between readings, at least and at most, and how many of them make a year."""


def shift_set(seed: int, rows: int, n: int, size: float) -> Floats:
    """Levels of 100 with noise of 10, up by `size` times the noise from the middle on."""
    chance = np.random.default_rng([seed, n, n // 2, int(1000 * size), 0, 1, 5])
    noise, dirty = mixed(chance, rows, n)
    noise[:, n // 2 :] += size
    return 100 * (1 + 0.1 * dirty(noise))


def simulated(seed: int, rows: int, n: int, size: float = 2.0) -> dict[str, float]:
    """Share of flat series with any change, of stepped ones with a change within 3 periods of the step."""
    started = time.process_time()
    flat = change_starts(shift_set(seed, rows, n, 0.0))
    spent = time.process_time() - started
    stepped = change_starts(shift_set(seed, rows, n, size))
    near = [[abs(at - n // 2) <= 3 for at in found] for found in stepped]
    return {
        "n": n,
        "false": round(float(np.mean([bool(found) for found in flat])), 4),
        f"hit at {size:g} sd": round(float(np.mean([any(each) for each in near])), 4),
        "found changes that are right": round(sum(map(sum, near)) / max(sum(map(len, near)), 1), 4),
        "seconds for 10,000": round(spent / rows * 10_000, 1),
    }


def f1(annotations: list[list[int]], found: list[int]) -> float:
    """Harmonic mean of precision over all annotators' changes and mean recall; place 0 counts as found."""
    told = [{0, *annotated} for annotated in annotations]
    mine = {0, *found}
    precision = _matched(set().union(*told), mine) / len(mine)
    recall = float(np.mean([_matched(each, mine) / len(each) for each in told]))
    return 2 * precision * recall / (precision + recall)


def _matched(true: set[int], found: set[int]) -> int:
    left, hits = set(found), 0
    for place in sorted(true):
        near = [(abs(place - each), each) for each in left if abs(place - each) <= MARGIN]
        if near:
            left.remove(min(near)[1])
            hits += 1
    return hits


def cover(annotations: list[list[int]], found: list[int], n: int) -> float:
    """Mean over annotators of how much of each of their segments its best partner covers."""
    mine = list(pairwise([0, *sorted(found), n]))
    covers = []
    for annotated in annotations:
        total = 0.0
        for low, high in pairwise([0, *sorted({at for at in annotated if 0 < at < n}), n]):
            shares = [
                max(min(high, end) - max(low, start), 0) / (max(high, end) - min(low, start))
                for start, end in mine
            ]
            total += (high - low) * max(shares)
        covers.append(total / n)
    return float(np.mean(covers))


def season_length(stored: dict[str, Any]) -> int | None:
    """Readings in a year of a stored series, by the median step of its times; None where they name no such step."""
    times, form = stored.get("time", {}).get("raw", []), stored.get("time", {}).get("format")
    if not form or form == "%Y":
        return None
    try:
        days = [datetime.strptime(str(each), form).replace(tzinfo=UTC).toordinal() for each in times]
    except ValueError:
        return None
    step = median(later - sooner for sooner, later in pairwise(days)) if len(days) > 1 else 0.0
    return next((many for low, high, many in SEASONS if low < step < high), None)


def turing(data: Path, annotations: Path) -> dict[str, Annotated]:
    """The series of one dimension with the length of their season and their annotations."""
    told = json.loads(annotations.read_text())
    found = {}
    for path in sorted(data.glob("*.json")):
        stored = json.loads(path.read_text())
        if stored["n_dim"] == 1 and stored["name"] in told:
            raw = [np.nan if value is None else float(value) for value in stored["series"][0]["raw"]]
            changes = [list(map(int, each)) for each in told[stored["name"]].values()]
            found[stored["name"]] = (np.array(raw), season_length(stored), changes)
    return found


def finders() -> dict[str, Finder]:
    """Ours and what it is compared with."""
    all_of: dict[str, Finder] = {
        "levels (default)": lambda series, period: change_starts(series, period)[0],
        "lines": lambda series, period: change_starts(series, period, model=Model.LINES)[0],
        "zero": lambda series, period: [],
    }
    try:
        ruptures = importlib.import_module("ruptures")
    except ImportError:
        return all_of

    def by(method: str) -> Finder:
        def find(series: Floats, _: int | None) -> list[int]:
            known = np.flatnonzero(~np.isnan(series))
            filled = np.interp(np.arange(len(series)), known, series[known])
            scaled = (filled - filled.mean()) / (filled.std() or 1.0)
            model = getattr(ruptures, method)(model="l2", min_size=2, jump=1).fit(scaled)
            return list(model.predict(pen=2 * np.log(len(scaled))))[:-1]

        return find

    return all_of | {"binary segmentation": by("Binseg"), "PELT": by("Pelt")}


def score(find: Finder, series: dict[str, Annotated]) -> dict[str, object]:
    """Means over the series, and each series' (F1, cover, changes found)."""
    rows = {}
    for name, (values, period, told) in series.items():
        found = sorted({at for at in find(values, period) if 1 <= at < len(values) - 1})
        rows[name] = (f1(told, found), cover(told, found, len(values)), len(found))
    table = np.array(list(rows.values()))
    natural = np.array(
        [row for name, row in rows.items() if not name.startswith(("quality_control", "uk_coal"))]
    )
    means = {"series": len(rows), "F1": table[:, 0].mean(), "cover": table[:, 1].mean()}
    means |= {"F1 without quality control": natural[:, 0].mean(), "cover without": natural[:, 1].mean()}
    return {name: round(float(number), 3) for name, number in means.items()}


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--seed", type=int, default=TUNE)
    words.add_argument("--rows", type=int, default=1000)
    words.add_argument("--turing", nargs=2, type=Path)
    asked = words.parse_args()
    if asked.turing:
        known_series = turing(*asked.turing)
        for finder_name, finder in finders().items():
            print(json.dumps({"finder": finder_name, **score(finder, known_series)}))
    else:
        for length in (26, 52, 104):
            print(json.dumps(simulated(asked.seed, asked.rows, length)))
