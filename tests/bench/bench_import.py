"""Importing readings, as ratios to what the same database does at best, taken in the same run.

    python -m tests.bench.bench_import [--rows 100000] [--rounds 3] [--workbook-rows 100000]

Floor: COPY of the finished rows, in key order, into the same table with all its keys and triggers. Goals: CSV at most
2.5 times the floor, a replay at most once the first import, a workbook at most 3 times what calamine alone takes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg2

from config.embedded import APPLICATION_ROLE, OWNER_ROLE, superuser_cursor
from config.state import State
from tests.database import make_test_database, running_servers, session_state

DATABASE = "plumbline_bench"
ROOT = Path(__file__).resolve().parents[2]
CREATE = {"create_metrics": True, "category": "technical-performance", "unit": "count", "direction": "higher"}


def write_csv(path: Path, rows: int) -> int:
    """A long file of daily readings, metric by metric; returns the number of metrics."""
    metrics = max(1, rows // 1000)
    days = [(date(2020, 1, 1) + timedelta(days=day)).isoformat() for day in range(-(-rows // metrics))]
    written = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write("metric,date,value\n")
        for metric in range(metrics):
            for index, day in enumerate(days):
                if written < rows:
                    stream.write(f"bench.m{metric:05d},{day},{(metric * 31 + index * 17) % 9973 / 8:g}\n")
                    written += 1
    return metrics


def write_workbook(path: Path, rows: int) -> None:
    """Dates down, nine metrics across."""
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("readings")
    sheet.append(["date", *(f"bench.w{metric}" for metric in range(9))])
    for row in range(rows // 9 or 1):
        day = date(1950, 1, 1) + timedelta(days=row)
        sheet.append([day, *((row * 7 + metric) % 1009 / 4 for metric in range(9))])
    workbook.save(path)


def import_in_child(path: Path) -> dict[str, float]:
    """Import in a process of its own: seconds of the import alone, and its peak of memory in MiB."""
    command = [sys.executable, "-m", "tests.bench.bench_import", "--child", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return dict(json.loads(done.stdout.splitlines()[-1]))


def child(path: Path) -> None:
    """What `import_in_child` runs."""
    import django

    django.setup()
    from django.db import connection

    from alignment.importing.files import from_path
    from alignment.importing.import_file import import_file
    from alignment.importing.options import Options

    connection.ensure_connection()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    done = import_file(file=from_path(path), options=Options(**CREATE), by="bench", now=datetime.now(UTC))
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = {"seconds": seconds, "peak": peak / 1024, "added": (peak - before) / 1024}
    print(json.dumps(answer | {"new": done.result.new, "unchanged": done.result.unchanged}))


class Bench:
    """One database, emptied between rounds."""

    def __init__(self, state: State, folder: Path) -> None:
        self.state, self.folder = state, folder
        self.rows_file = folder / "rows.copy"

    def prepare(self) -> None:
        """Migrate as the owner; children run as the application."""
        make_test_database(self.state, DATABASE)
        os.environ.update(
            DJANGO_SETTINGS_MODULE="config.settings",
            DATABASE_LONG_STATEMENTS="1",
            REDIS_URL=f"unix://{self.state.valkey_socket}?db=0",
            SECRET_KEY="only-for-a-bench-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHI",
            ALLOWED_HOSTS="localhost",
            DATABASE_URL=self._url(APPLICATION_ROLE),
            DATABASE_OWNER_URL=self._url(OWNER_ROLE),
        )
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)

    def _url(self, role: str) -> str:
        return f"postgresql:///{DATABASE}?host={self.state.sockets}&user={role}"

    def run(self, *statements: str) -> None:
        """Run statements as the superuser, each committed by itself."""
        with superuser_cursor(self.state, DATABASE) as cursor:
            for statement in statements:
                cursor.execute(statement)

    def empty(self) -> None:
        """No reading, batch or metric is left."""
        self.run(
            "TRUNCATE alignment_observation, alignment_observationrevision, alignment_importbatch, alignment_metric, "
            "alignment_auditevent, alignment_job CASCADE"
        )

    def keep_rows(self) -> None:
        """Write the finished rows to a file, in key order."""
        with self._application() as session, session.cursor() as cursor, self.rows_file.open("wb") as stream:
            cursor.copy_expert(
                "COPY (SELECT * FROM alignment_observation ORDER BY metric_id, period_start) TO STDOUT",
                stream,
            )

    def copy(self, table: str) -> float:
        """Seconds to COPY the finished rows into a table and commit."""
        session = self._application()
        try:
            with session.cursor() as cursor, self.rows_file.open("rb") as stream:
                started = time.perf_counter()
                cursor.copy_expert(f"COPY {table} FROM STDIN", stream, 1 << 18)
                session.commit()
                return time.perf_counter() - started
        finally:
            session.close()

    def _application(self) -> Any:
        return psycopg2.connect(host=str(self.state.sockets), dbname=DATABASE, user=APPLICATION_ROLE)


def bench_csv(bench: Bench, rows: int, rounds: int) -> None:
    """CSV against both floors, and replays of it."""
    file, other = bench.folder / "bench.csv", bench.folder / "again" / "bench.csv"
    other.parent.mkdir()
    metrics = write_csv(file, rows)
    other.write_bytes(file.read_bytes() + b"\n")
    bench.run("CREATE UNLOGGED TABLE bench_unlogged (LIKE alignment_observation)")
    bench.run(f"GRANT ALL ON bench_unlogged TO {APPLICATION_ROLE}")
    taken: dict[str, list[float]] = {
        name: [] for name in ("import", "replay", "same", "floor", "unlogged", "peak")
    }
    for _ in range(rounds):
        bench.empty()
        first = import_in_child(file)
        assert first["new"] == rows, first
        again = import_in_child(other)
        assert again["unchanged"] == rows, again
        taken["import"].append(first["seconds"])
        taken["peak"].append(first["peak"])
        taken["replay"].append(again["seconds"])
        taken["same"].append(import_in_child(file)["seconds"])
        bench.keep_rows()
        bench.run("TRUNCATE alignment_observation", "TRUNCATE bench_unlogged", "CHECKPOINT")
        taken["floor"].append(bench.copy("alignment_observation"))
        taken["unlogged"].append(bench.copy("bench_unlogged"))
    _print_csv(rows, metrics, rounds, {name: median(values) for name, values in taken.items()})


def _print_csv(rows: int, metrics: int, rounds: int, of: dict[str, float]) -> None:
    print(f"CSV, {rows:,} readings of {metrics:,} metrics, median of {rounds}")
    print(f"  import                  {of['import']:8.2f} s  {rows / of['import']:12,.0f} rows/s")
    for name, text in (("floor", "COPY into the same table"), ("unlogged", "COPY, unlogged, no keys")):
        ratio = of["import"] / of[name]
        print(f"  {text:<24}{of[name]:7.2f} s  {rows / of[name]:12,.0f} rows/s   import / this {ratio:6.2f}")
    print(
        f"  replay, other bytes     {of['replay']:8.2f} s   replay / import {of['replay'] / of['import']:.2f}"
    )
    print(f"  replay, same bytes      {of['same']:8.2f} s   replay / import {of['same'] / of['import']:.2f}")
    print(f"  peak memory of the importing process {of['peak']:.0f} MiB")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def bench_workbook(bench: Bench, rows: int, rounds: int) -> None:
    """A workbook against calamine alone: to a recognised table, and to stored readings."""
    from python_calamine import CalamineWorkbook

    from alignment.importing.files import from_path
    from alignment.importing.read import read
    from alignment.importing.recognise import recognise

    path = bench.folder / "bench.xlsx"
    write_workbook(path, rows)
    alone, text, table, whole = [], [], [], []
    for _ in range(rounds):
        alone.append(
            _seconds(lambda: CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python())
        )
        text.append(_seconds(lambda: read(from_path(path))))
        table.append(_seconds(lambda: recognise(read(from_path(path)))))
        bench.empty()
        whole.append(import_in_child(path)["seconds"])
    print(f"XLSX, {rows // 9:,} rows by 10 columns, median of {rounds}")
    print(f"  calamine alone          {median(alone):8.2f} s")
    for name, taken in (("checked, as text", text), ("and recognised", table), ("and imported", whole)):
        print(f"  {name:<24}{median(taken):8.2f} s   / calamine {median(taken) / median(alone):.2f}")


def main() -> None:
    """Run both benches on servers of their own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--workbook-rows", type=int, default=100_000, help="readings in the workbook")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child)
        return
    with running_servers(session_state()) as state, tempfile.TemporaryDirectory() as folder:
        bench = Bench(state, Path(folder))
        bench.prepare()
        bench_csv(bench, given.rows, given.rounds)
        bench_workbook(bench, given.workbook_rows, given.rounds)


if __name__ == "__main__":
    main()
