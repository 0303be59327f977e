"""Recomputing scores: a full run against reading its inputs, and one changed metric against what is stored.

    python -m tests.bench.bench_recompute [--metrics 100 1000 10000] [--points 104]

Floor: fetching every reading once over the same connection. Goal: after one changed metric, the readings that are read
and the time taken do not grow with the number of metrics that are stored.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from tests.bench.bench_import import ROOT, Bench
from tests.database import running_servers, session_state

TODAY = date(2026, 11, 22)
THEMES, OBJECTIVES, KEY_RESULTS, GUARDRAILS = 6, 20, 60, 12


def fill(metrics: int, points: int) -> None:
    """A company whose key results and guardrails rest on the first metrics; the others are only kept."""
    from django.db import connection

    first = TODAY - timedelta(days=TODAY.weekday(), weeks=points)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO alignment_company (id, name, currency, fiscal_year_start_month, time_zone, first_day_of_week,
                                           staff, yearly_revenue, sample_healthy)
            VALUES (1, 'Bench', 'USD', 1, 'UTC', 0, 400, 60000000, false) ON CONFLICT DO NOTHING
            """
        )
        cursor.execute(
            """
            INSERT INTO alignment_metric (key, name, category, unit, direction, cadence, reporting_lag_days, kind,
                                          role, source, description, first_imported_at)
            SELECT 'bench.m' || n, 'Metric ' || n, 'technical-performance', 'count', 'higher', 'week', 1, 'flow', '',
                   '', '', %s::timestamptz
            FROM generate_series(1, %s) n
            """,
            [datetime(2026, 9, 1, tzinfo=UTC), metrics],
        )
        cursor.execute(
            """
            INSERT INTO alignment_observation (metric_id, period_start, value, known_at, reconstructed, source_column)
            SELECT m.id, d::date, 50 + (m.id * 31 + w * 17) %% 97 / 8.0 + w / 10.0,
                   d + interval '7 days 8 hours', true, ''
            FROM alignment_metric m,
                 LATERAL (SELECT w, %s::date + 7 * w AS d FROM generate_series(0, %s - 1) w) weeks
            """,
            [first, points],
        )
        cursor.execute("ANALYZE alignment_observation")
    _goals()


def _goals() -> None:
    from alignment.models import BudgetLine, Epic, Guardrail, KeyResult, Metric, Objective, Theme

    used = list(Metric.objects.order_by("id")[: KEY_RESULTS + GUARDRAILS])
    themes = [Theme.objects.create(slug=f"theme-{i}", name=f"Theme {i}", weight=1 + i) for i in range(THEMES)]
    for i in range(OBJECTIVES):
        year, theme = 2025 + i % 2, themes[i % THEMES]
        objective = Objective.objects.create(
            slug=f"objective-{i}", name=f"Objective {i}", theme=theme,
            period_start=date(year, 1, 1), period_end=date(year, 12, 31),
        )  # fmt: skip
        for k in range(KEY_RESULTS // OBJECTIVES):
            KeyResult.objects.create(
                objective=objective, name=f"Key result {i}.{k}", metric=used[(i * 3 + k) % len(used)], baseline=50,
                target=70, start=date(year, 1, 1), due=date(year, 12, 31),
            )  # fmt: skip
        Epic.objects.create(
            slug=f"epic-{i}",
            name=f"Epic {i}",
            theme=theme,
            state="active",
            started_on=date(2025, 2, 1),
            effort=5,
        )
    for i, metric in enumerate(used[-GUARDRAILS:]):
        Guardrail.objects.create(
            slug=f"guardrail-{i}", name=f"Guardrail {i}", metric=metric, lower_bound=52, kind="slo"
        )
    BudgetLine.objects.bulk_create(
        BudgetLine(theme=theme, month=date(2025 + m // 12, m % 12 + 1, 1), planned=100, actual=90 + m)
        for theme in themes
        for m in range(22)
    )


def run_child(metrics: int, points: int) -> None:
    """Fill, run in full, change one metric, run again; print the figures."""
    import django

    django.setup()
    from django.db import connection

    from alignment.audit import acting_as
    from alignment.models import Metric
    from alignment.scoring.recompute import recompute

    with acting_as("system:bench"):
        fill(metrics, points)
    now = datetime(2026, 11, 22, 20, tzinfo=UTC)

    def run(touched: set[int] | None) -> tuple[float, int, int]:
        began = time.perf_counter()
        result = recompute(
            touched_metrics=touched, since=TODAY if touched else None, until=TODAY, by="bench", now=now
        )
        return time.perf_counter() - began, result.rows_read, result.scores.written

    def read_all() -> float:
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT metric_id, period_start, value::float8, known_at FROM alignment_observation ORDER BY 1, 2"
            )
            assert len(cursor.fetchall()) == metrics * points
        return time.perf_counter() - began

    floor = median(read_all() for _ in range(3))
    full, rows, written = run(None)
    again, _, _ = run(None)
    changed = Metric.objects.order_by("id")[3]  # of a running objective
    taken = []
    for turn in range(5):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE alignment_observation SET value = value + 1, known_at = %s, reconstructed = false "
                "WHERE metric_id = %s AND period_start = (SELECT max(period_start) FROM alignment_observation)",
                [now - timedelta(minutes=5 - turn), changed.pk],
            )
        taken.append(run({changed.pk}))
    seconds, one_rows, one_written = sorted(taken)[2]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{metrics:>8,} {rows:>11,} {floor:>8.2f} s {full:>8.2f} s {full / floor:>7.2f} {again:>8.2f} s "
        f"{written:>8,} {one_rows:>9,} {1000 * seconds:>8.0f} ms {one_written:>6} {peak:>7.0f} MiB"
    )


def main() -> None:
    """Run each size in a process and database of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--metrics", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--points", type=int, default=104)
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        run_child(given.child, given.points)
        return
    print(
        f"Weekly metrics of {given.points} points; {KEY_RESULTS} key results, {GUARDRAILS} guardrails; two years"
    )
    print(
        " metrics    readings    floor       full   /floor     again   scores | one changed: readings  time  "
        "scores    peak"
    )
    for metrics in given.metrics:
        with running_servers(session_state()) as state, tempfile.TemporaryDirectory() as folder:
            Bench(state, Path(folder)).prepare()
            command = [sys.executable, "-m", "tests.bench.bench_recompute", "--child", str(metrics)]
            subprocess.run([*command, "--points", str(given.points)], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
