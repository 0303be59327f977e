"""Events of a real project against what is said of its weekly and monthly readings, with what chance would reach.

    python -m tests.bench.signals_events [FOLDER]

FOLDER (default ../shared/data/velocity) holds dendrite_weekly.csv and dendrite_monthly.csv. At the end of each quarter
the series are judged as they were known then. An event is hit where a change, step or shift in its direction was said
to begin within 13 weeks of it; chance is the share of all days within 13 weeks of one said in that direction. The
series of one project share their ups and downs, so hits of all together are no independent cases.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from alignment.importing.files import from_path
from alignment.importing.series import MetricReadings, read_series
from alignment.periods import Cadence, Period
from alignment.signals.columns import columns
from alignment.signals.verdict import Series, Verdicts
from alignment.signals.verdicts import verdicts

NEAR = 91
LAST = date(2026, 1, 1)
EVENTS = (
    ("starved by the old system", date(2018, 1, 15), False),
    ("beta", date(2020, 10, 8), True),
    ("parked but for critical fixes", date(2023, 1, 1), False),
)
Said = set[tuple[date, bool]]
"""First days of what is new, and whether it is up."""


def looks(first: date, last: date) -> Iterator[date]:
    """First days of the quarters after the first year."""
    quarter = Period.containing(first, Cadence.QUARTER).next(4)
    while quarter.start <= last:
        yield quarter.start
        quarter = quarter.next()


def beginnings(found: Verdicts) -> Said:
    """What is said to have begun, with its direction."""
    said = {(change.start, change.size > 0) for change in found.changes}
    for part in (found.story, found.shift):
        if (
            part.start is not None
            and part.size is not None
            and part.sentence
            and "one-off" not in part.sentence
        ):
            said.add((part.start, part.size > 0))
    return said


def said_of(series: tuple[MetricReadings, ...]) -> list[Said]:
    """All that was said of each at any look."""
    first = min(one.readings[0][0] for one in series)
    last = max(one.readings[-1][0] for one in series)
    said: list[Said] = [set() for _ in series]
    for day in looks(first, last):
        known = [
            Series(
                columns([each for each in one.readings if each[0] < day], one.cadence),
                "higher",
                one.kind or "flow",
            )
            for one in series
        ]
        for place, found in enumerate(verdicts(known)):
            said[place] |= beginnings(found)
    return said


def chance(said: Said, up: bool, first: date, last: date) -> float:
    """Share of the days from first to last that lie near something said in this direction."""
    days: set[int] = set()
    for start, way in said:
        if way == up:
            days.update(range(start.toordinal() - NEAR, start.toordinal() + NEAR + 1))
    span = range(first.toordinal(), last.toordinal() + 1)
    return sum(day in days for day in span) / len(span)


def judge(path: Path) -> tuple[int, float]:
    """Print what was hit of each series; returns (hits, hits expected by chance) of all."""
    series = read_series(from_path(path), until=LAST).series
    first, last = series[0].readings[0][0], series[0].readings[-1][0]
    hits, expected = 0, 0.0
    for one, said in zip(series, said_of(series), strict=True):
        cells = []
        for name, day, up in EVENTS:
            near = sorted(start for start, way in said if way == up and abs((start - day).days) <= NEAR)
            hits += bool(near)
            expected += chance(said, up, first, last)
            cells.append(f"{name}: {near[0] if near else 'no'} ({chance(said, up, first, last):.2f})")
        print(f"  {one.key:24s} {'; '.join(cells)}", flush=True)
    return hits, expected


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("folder", nargs="?", type=Path, default=Path("../shared/data/velocity"))
    asked = words.parse_args()
    for name in ("dendrite_weekly.csv", "dendrite_monthly.csv"):
        print(name)
        hits, expected = judge(asked.folder / name)
        print(f"  {hits} hit, {expected:.1f} by chance")
