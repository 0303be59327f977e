"""`python -m tests.bench.make_readings ROWS FILE`: a long CSV file of daily readings, for trying the import at size."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

_FIRST = date(2016, 1, 1)
_DAYS = 3_650


def write(rows: int, path: Path) -> None:
    """A header and `rows` readings: 3,650 days of as many metrics as are needed."""
    days = [(_FIRST + timedelta(days=number)).isoformat() for number in range(_DAYS)]
    with path.open("w", encoding="utf-8") as file:
        file.write("metric,date,value\n")
        for row in range(rows):
            metric, day = divmod(row, _DAYS)
            file.write(f"bench.metric-{metric},{days[day]},{1000 + (row * 7919) % 1000}.{row % 100:02d}\n")


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
