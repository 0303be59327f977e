"""Writes derived rows in bulk: only those that are new or differ, in one statement for each table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from alignment.scoring.days import ScoreRow
from alignment.scoring.status_history import StatusRow


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a set of derived rows."""

    written: int
    unchanged: int
    deleted: int


def store_scores(
    rows: Iterable[ScoreRow], policy_id: int, first: date, last: date | None, now: datetime
) -> Written:
    """Make the scores of `first` to `last` (None: to the end) those of `rows`, by fingerprint."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT subject_kind, subject_id, day, fingerprint FROM alignment_score
            WHERE policy_id = %(policy)s AND day >= %(first)s AND (%(last)s::date IS NULL OR day <= %(last)s)
            """,
            {"policy": policy_id, "first": first, "last": last},
        )
        stored = {(kind, subject_id, day): mark for kind, subject_id, day, mark in cursor.fetchall()}
    changed: list[list[Any]] = []
    unchanged = 0
    for row in rows:
        if stored.pop((row.kind, row.subject_id, row.day), None) == row.fingerprint:
            unchanged += 1
        else:
            changed.append(_score_fields(row, policy_id, now))
    merge("alignment_score", _SCORE_COLUMNS, ("subject_kind", "subject_id", "day", "policy_id"), changed)
    if stored:
        with connection.cursor() as cursor:
            kinds, ids, days = (list(column) for column in zip(*stored, strict=True))
            cursor.execute(
                """
                DELETE FROM alignment_score USING unnest(%s::text[], %s::bigint[], %s::date[]) gone (kind, id, day)
                WHERE policy_id = %s AND subject_kind = gone.kind AND subject_id = gone.id
                  AND alignment_score.day = gone.day
                """,
                [kinds, ids, days, policy_id],
            )
    return Written(len(changed), unchanged, len(stored))


_SCORE_COLUMNS = (
    "subject_kind", "subject_id", "day", "policy_id", "value", "coverage", "components", "missing",
    "fingerprint", "reconstructed", "computed_at",
)  # fmt: skip


def _score_fields(row: ScoreRow, policy_id: int, now: datetime) -> list[Any]:
    return [
        row.kind, row.subject_id, row.day, policy_id, as_stored(row.value), as_stored(row.coverage),
        json.dumps(row.components), json.dumps(row.missing), row.fingerprint, row.reconstructed, now,
    ]  # fmt: skip


def store_statuses(
    rows: Sequence[StatusRow], key_result_ids: Sequence[int], policy_id: int, now: datetime
) -> Written:
    """Make the status changes of these key results those of `rows`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT key_result_id, day, status, attainment, progress, expected, reason, reading_period_start
            FROM alignment_keyresultstatus WHERE policy_id = %s AND key_result_id = ANY(%s)
            """,
            [policy_id, list(key_result_ids)],
        )
        stored = {(row[0], row[1]): tuple(row[2:]) for row in cursor.fetchall()}
    changed: list[list[Any]] = []
    unchanged = 0
    for row in rows:
        j = row.judgement
        start = j.reading.period_start if j.reading else None
        content = (j.status.value, j.attainment, j.progress, j.expected, j.reason, start)
        if stored.pop((row.key_result_id, row.day), None) == content:
            unchanged += 1
        else:
            numbers = [as_stored(number) for number in (j.attainment, j.progress, j.expected)]
            changed.append(
                [row.key_result_id, row.day, policy_id, j.status.value, *numbers, j.reason, start, now]
            )
    merge("alignment_keyresultstatus", _STATUS_COLUMNS, ("key_result_id", "day", "policy_id"), changed)
    if stored:
        with connection.cursor() as cursor:
            ids, days = (list(column) for column in zip(*stored, strict=True))
            cursor.execute(
                """
                DELETE FROM alignment_keyresultstatus s USING unnest(%s::bigint[], %s::date[]) gone (id, day)
                WHERE s.policy_id = %s AND s.key_result_id = gone.id AND s.day = gone.day
                """,
                [ids, days, policy_id],
            )
    return Written(len(changed), unchanged, len(stored))


_STATUS_COLUMNS = (
    "key_result_id", "day", "policy_id", "status", "attainment", "progress", "expected", "reason",
    "reading_period_start", "computed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignalRow:
    """One verdict on one metric, ready to be stored."""

    metric_id: int
    kind: str
    verdict: str
    sentence: str
    as_of: date | None
    details: dict[str, Any]
    fingerprint: str


def store_signals(rows: Sequence[SignalRow], now: datetime) -> Written:
    """Write the verdicts that differ from those stored."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT metric_id, kind, fingerprint FROM alignment_signal WHERE metric_id = ANY(%s)",
            [sorted({row.metric_id for row in rows})],
        )
        stored = {(metric_id, kind): mark for metric_id, kind, mark in cursor.fetchall()}
    changed = [
        [r.metric_id, r.kind, r.verdict, r.sentence, r.as_of, json.dumps(r.details), r.fingerprint, now]
        for r in rows
        if stored.get((r.metric_id, r.kind)) != r.fingerprint
    ]
    columns = ("metric_id", "kind", "verdict", "sentence", "as_of", "details", "fingerprint", "computed_at")
    merge("alignment_signal", columns, ("metric_id", "kind"), changed)
    return Written(len(changed), len(rows) - len(changed), 0)


def stored_marks(metric_ids: Sequence[int], kinds: Sequence[str]) -> dict[int, str]:
    """The fingerprint of each metric whose rows of all these kinds stand under the same one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT metric_id, min(fingerprint) FROM alignment_signal WHERE metric_id = ANY(%s) AND kind = ANY(%s)
            GROUP BY metric_id HAVING count(*) = %s AND min(fingerprint) = max(fingerprint)
            """,
            [list(metric_ids), list(kinds), len(kinds)],
        )
        return dict(cursor.fetchall())


def merge(table: str, columns: Sequence[str], keys: Sequence[str], rows: list[list[Any]]) -> None:
    """COPY rows into a table of this transaction's own, then insert or update by key in one statement."""
    if not rows:
        return
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([r"\N" if cell is None else cell for cell in row] for row in rows)
    buffer.seek(0)
    names = ", ".join(columns)
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in keys)
    staging = f"staging_{table}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE {staging} ON COMMIT DROP AS SELECT {names} FROM {table} LIMIT 0"  # noqa: S608
        )
        cursor.copy_expert(rf"COPY {staging} ({names}) FROM STDIN (FORMAT csv, NULL '\N')", buffer)
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM {staging} "  # noqa: S608 names of our own
            f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {updates}"
        )
        cursor.execute(f"DROP TABLE {staging}")


def as_stored(value: float | None) -> str | None:
    """The shortest text that reads back as exactly this double."""
    return None if value is None else repr(value)
