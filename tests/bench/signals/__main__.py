"""Error rates, power and delays of trend, shift and the arbiter, against first figures and rivals.

    python -m tests.bench.signals [--seed 20240] [--n 1000] [trend] [kinds] [other] [shift] [words] [speed]

"Cannot tell" counts as silence; its share stands beside. Tune on seed 11, compare on 20240, read a fresh one once.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable

import numpy as np

from alignment.signals.arbiter import stories
from alignment.signals.divergence import divergences
from alignment.signals.shift import shifts
from alignment.signals.trends import trends
from tests.bench.signals import sets
from tests.bench.signals.rivals import TREND_RIVALS, WATCH_RIVALS
from tests.bench.signals_divergence import pair_set
from tests.bench.signals_noise import COMPARE, Floats

SHAPES = ((12, 4), (26, 12), (52, 12), (104, 52))
FIRST = {"alarms": (0.050, 0.042, 0.048, 0.051), "power": (0.45, 0.70, 0.94, None)}


def trend_table(seed: int, rows: int) -> None:
    """False alarms and power at 2 and 3 sd in company noise; false alarms by phi."""
    quiet = [sets.drifting(seed, rows, n, 0.0, period) for n, period in SHAPES]
    moving = [[sets.drifting(seed, rows, n, size, period) for n, period in SHAPES] for size in (2.0, 3.0)]
    periods = [period for _, period in SHAPES]
    print("trend: n = 12, 26, 52, 104 (seasons 4, 12, 12, 52)")
    found = [trends(values, period=period) for values, period in zip(quiet, periods, strict=True)]
    _row("false alarms", [(each.claimed() != 0).mean() for each in found], FIRST["alarms"])
    _row("cannot tell", [each.silent.mean() for each in found])
    for size, group in zip((2, 3), moving, strict=True):
        found = [trends(values, period=period) for values, period in zip(group, periods, strict=True)]
        first = FIRST["power"] if size == 3 else ()
        _row(f"power at {size} sd", [(each.claimed() > 0).mean() for each in found], first)
        _row("cannot tell", [each.silent.mean() for each in found])
    for name, rival in TREND_RIVALS.items():
        alarms = [
            (rival(values, period)[0] < 0.05).mean() for values, period in zip(quiet, periods, strict=True)
        ]
        seen = [rival(values, period) for values, period in zip(moving[1], periods, strict=True)]
        _row(f"{name}: alarms", alarms)
        _row(f"{name}: power", [((p < 0.05) & (sign > 0)).mean() for p, sign in seen])
    for phi in (0.0, 0.3, 0.5, 0.7):
        found = [trends(sets.sluggish(seed, rows, n, phi)) for n, _ in SHAPES]
        _row(f"false alarms, phi {phi}", [(each.claimed() != 0).mean() for each in found])


def kinds_table(seed: int, rows: int) -> None:
    """Random walks: as flows, as stocks, and with their kind not declared; and the power that this leaves."""
    print("kinds: n = 12, 26, 52, 104")
    lengths = [n for n, _ in SHAPES]
    walks = [sets.walking(seed, rows, n) for n in lengths]
    for kind in (None, "stock", "flow"):
        found = [trends(values, kind=kind) for values in walks]
        _row(f"walks as {kind or 'undeclared'}: alarms", [(each.claimed() != 0).mean() for each in found])
        _row("cannot tell", [each.silent.mean() for each in found])
    found = [trends(sets.drifting(seed, rows, n, 3.0), kind=None) for n in lengths]
    _row("undeclared, 3 sd: power", [(each.claimed() > 0).mean() for each in found])
    _row("cannot tell", [each.silent.mean() for each in found])


def other_table(seed: int, rows: int) -> None:
    """Noise unlike the simulated: false alarms, and power at 3 sd."""
    print("other noise: n = 12, 26, 52, 104")
    for name in sets.OTHER_NOISE:
        for drift, words in ((0.0, "false alarms"), (3.0, "power at 3 sd")):
            found = [trends(sets.other_noise(seed, name, rows, n, drift)) for n, _ in SHAPES]
            sign = [each.claimed() > 0 if drift else each.claimed() != 0 for each in found]
            _row(f"{name}: {words}", [each.mean() for each in sign])
            _row("cannot tell", [each.silent.mean() for each in found])


def ours_watching(values: Floats) -> Floats:
    """Alarms at each period after the baseline."""
    found = np.zeros(values.shape, dtype=bool)
    for t in range(26, values.shape[1]):
        found[:, t] = shifts(values[:, : t + 1]).alarms()
    return found


def shift_table(seed: int, rows: int) -> None:
    """26 readings of baseline, 52 looks, a step at period 40; delays count the first new reading as 1."""
    print("shift: false alarms in 52 looks; median delay and share seen within 12 at 1.5, 2 and 3 sd")
    methods: dict[str, Callable[[Floats], Floats]] = {"ours": ours_watching, **WATCH_RIVALS}
    noises = ("company", "0.0", "0.5")
    for name, method in methods.items():
        for noise in noises if name == "ours" else noises[:1]:
            figures = [method(sets.watched(seed, rows, 0.0, noise))[:, 26:].any(1).mean()]
            for size in (1.5, 2.0, 3.0):
                seen = method(sets.watched(seed, rows, size, noise))[:, 40:]
                delay = np.where(seen.any(1), seen.argmax(1) + 1.0, np.inf)
                figures += [float(np.median(delay)), float((delay <= 12).mean())]
            first = (0.115, 14, None, 8, None, 4) if (name, noise) == ("ours", "company") else ()
            _row(f"{name}, {noise if noise == 'company' else f'phi {noise}'}", figures, first)


def words_table(seed: int, rows: int) -> None:
    """Step against drift at 3 sd, n = 52: shares of each word."""
    print("words: step, drift, both, one-off, none")
    stepped, _ = sets.stepping(seed, rows, 52, 3.0)
    for name, values in (
        ("step", stepped),
        ("drift", sets.drifting(seed, rows, 52, 3.0)),
        ("nothing", sets.drifting(seed, rows, 52, 0.0)),
    ):
        words = np.array(stories(values).words)
        _row(name, [float((words == word).mean()) for word in ("step", "drift", "both", "one-off", "none")])


def speed_table(seed: int, rows: int) -> None:
    """Seconds of one core for 10,000 series of 104, from as many as asked for; most memory of the process so far in
    MB; whether the first series alone gets the bits that it gets among all."""
    values, pair = sets.drifting(seed, rows, 104, 1.0, 52), pair_set(seed, rows, 104, 1.0, 52)
    print("speed: seconds for 10,000 x 104 on one core, peak MB, same bits alone (1: yes)")
    calls: dict[str, Callable[[slice], Floats]] = {
        "trend": lambda part: trends(values[part], period=52).p,
        "shift": lambda part: shifts(values[part]).p,
        "divergence": lambda part: divergences(pair[0][part], pair[1][part], period=52).p,
        "words": lambda part: stories(values[part]).p,
    }
    for name, call in calls.items():
        begun = time.process_time()
        among = call(slice(None))
        seconds = (time.process_time() - begun) * 10_000 / rows
        alone = np.concatenate([call(slice(row, row + 1)) for row in range(min(rows, 20))])
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        same = np.array_equal(among[: len(alone)], alone, equal_nan=True)
        _row(name, [seconds, memory, float(same)])


TABLES = {
    "trend": trend_table, "kinds": kinds_table, "other": other_table, "shift": shift_table, "words": words_table,
    "speed": speed_table,
}  # fmt: skip


def _row(name: str, figures: list[float], first: tuple[float | None, ...] = ()) -> None:
    cells = [f"{figure:7.3f}" if figure < 1 else f"{figure:7.2f}" for figure in figures]
    known = [f"{figure:g}" if figure is not None else "-" for figure in first]
    print(
        f"  {name:36s}{' '.join(cells)}{'   first figures: ' + ' '.join(known) if known else ''}", flush=True
    )


def main() -> None:
    """Print the tables asked for, or all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "tables", nargs="*", metavar="TABLE", help=f"which of {', '.join(TABLES)} (default: all)"
    )
    parser.add_argument("--seed", type=int, default=COMPARE)
    parser.add_argument("--n", type=int, default=1000, help="series in each cell")
    asked = parser.parse_args()
    for name in asked.tables or TABLES:
        if name not in TABLES:
            parser.error(f"no table is called {name}; there are {', '.join(TABLES)}")
        TABLES[name](asked.seed, asked.n)


if __name__ == "__main__":
    main()
