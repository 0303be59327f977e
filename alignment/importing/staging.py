"""Rows into the database: COPY into a temporary table, look for doubles, merge once in key order.

All of it runs inside the caller's transaction. A temporary table is not logged and is gone with the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from alignment.importing.refusals import KEPT_REFUSALS, Refusal, Refusals

# Any number of our own: imports and undos take turns, whatever else the database does.
_LOCK = 7_120_401
_LONGEST_WAIT = "30min"
_WORK_MEMORY = "128MB"
_READ = 1 << 18
_FEWEST_STORED = 12
_REWRITE_MEND = (
    "Import it under a --prefix of its own; or, if the source corrected its own figures, say --restate."
)
_NEXT_START = """(CASE m.cadence
    WHEN 'day' THEN s.period_start + 1
    WHEN 'week' THEN s.period_start + 7
    WHEN 'month' THEN (s.period_start + interval '1 month')::date
    WHEN 'quarter' THEN (s.period_start + interval '3 months')::date
    ELSE (s.period_start + interval '1 year')::date END)"""


class _LineStream:
    """A file-like object over lines of text, for COPY: holds no more than one piece in memory."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._rest = b""
        self.count = 0

    def read(self, size: int = _READ) -> bytes:
        parts, held = [self._rest], len(self._rest)
        while held < size:
            batch = "".join(self._take(2048))
            if not batch:
                break
            encoded = batch.encode()
            parts.append(encoded)
            held += len(encoded)
        content = b"".join(parts)
        self._rest = content[size:]
        return content[:size]

    def _take(self, count: int) -> list[str]:
        taken = []
        for line in self._lines:
            taken.append(line)
            if len(taken) == count:
                break
        self.count += len(taken)
        return taken


def take_turn() -> None:
    """Wait until no other import or undo is under way; held until the transaction ends."""
    with connection.cursor() as cursor:
        # A page's time limits are not meant for a wait behind a large file, nor for a merge of it.
        cursor.execute(
            "SELECT current_setting('lock_timeout'), set_config('lock_timeout', %s, true), "
            "set_config('statement_timeout', '0', true)",
            [_LONGEST_WAIT],
        )
        usual = cursor.fetchone()[0]
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [usual])


def turn_is_free() -> bool:
    """Whether no import or undo is under way at this moment; waits for none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        free = bool(cursor.fetchone()[0])
        if free:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        return free


def staged_sample(count: int) -> list[tuple[int, str, str, date, Decimal]]:
    """The first staged readings: line, column, key of the metric, first day of the period, value."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.source_line, s.source_column, m.key, s.period_start, s.value FROM staged_reading s "
            "JOIN alignment_metric m ON m.id = s.metric_id ORDER BY s.source_line, s.source_column LIMIT %s",
            [count],
        )
        return list(cursor.fetchall())


def replaced_sample(batch_id: int, count: int) -> list[tuple[str, str, str, date, Decimal, Decimal]]:
    """Readings that a batch replaced, newest periods first: key, name and unit of the metric, period, old, new."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.key, m.name, m.unit, r.period_start, r.value, o.value FROM alignment_observationrevision r "
            "JOIN alignment_observation o ON o.metric_id = r.metric_id AND o.period_start = r.period_start "
            "JOIN alignment_metric m ON m.id = r.metric_id "
            "WHERE r.replaced_by_id = %s AND r.reason = 'restated' AND o.batch_id = %s "
            "ORDER BY r.period_start DESC, m.key LIMIT %s",
            [batch_id, batch_id, count],
        )
        return list(cursor.fetchall())


def copy_rows(lines: Iterator[str]) -> int:
    """Fill the temporary table `staged_reading`; returns the number of rows."""
    stream = _LineStream(lines)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [_WORK_MEMORY])
        # A second import within one transaction finds the first one's tables.
        cursor.execute("DROP TABLE IF EXISTS pg_temp.staged_reading, pg_temp.doubled_reading")
        cursor.execute(
            "CREATE TEMPORARY TABLE staged_reading (metric_id bigint NOT NULL, period_start date NOT NULL, "
            "value numeric NOT NULL, source_line integer NOT NULL, source_column text NOT NULL) ON COMMIT DROP"
        )
        cursor.cursor.copy_expert("COPY staged_reading FROM STDIN", stream, _READ)
        cursor.execute("ANALYZE staged_reading")
    return stream.count


@dataclass(frozen=True, slots=True)
class Doubles:
    """Readings given more than once: `repeated` exact repeats were dropped, `conflicting` rows were taken out."""

    repeated: int
    conflicting: int


def settle_doubles(refusals: Refusals) -> Doubles:
    """Count exact repeats once; take out and refuse every reading of a period that has two values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE doubled_reading ON COMMIT DROP AS "
            "SELECT metric_id, period_start, min(value) <> max(value) AS conflicting FROM staged_reading "
            "GROUP BY metric_id, period_start HAVING count(*) > 1"
        )
        if cursor.rowcount == 0:
            return Doubles(0, 0)
        conflicting = _refuse_conflicts(cursor, refusals)
        cursor.execute(
            "DELETE FROM staged_reading s USING (SELECT s.ctid AS place, row_number() OVER "
            "(PARTITION BY metric_id, period_start ORDER BY source_line, source_column) AS nth "
            "FROM staged_reading s JOIN doubled_reading d USING (metric_id, period_start)) n "
            "WHERE s.ctid = n.place AND n.nth > 1"
        )
        return Doubles(cursor.rowcount, conflicting)


def _refuse_conflicts(cursor: Any, refusals: Refusals) -> int:
    cursor.execute(
        "SELECT m.key, s.period_start, array_agg(DISTINCT s.source_line ORDER BY s.source_line), "
        "array_agg(DISTINCT s.value::text), min(s.source_column), count(*) "
        "FROM staged_reading s JOIN doubled_reading d USING (metric_id, period_start) "
        "JOIN alignment_metric m ON m.id = s.metric_id WHERE d.conflicting "
        "GROUP BY m.key, s.period_start ORDER BY min(s.source_line)"
    )
    rows: int = 0
    for key, period_start, lines, values, column, count in cursor.fetchmany(KEPT_REFUSALS):
        rows += count
        listed = " and ".join(str(line) for line in lines[:5])
        reason = f"Lines {listed} give {key} for {period_start} the values {' and '.join(values[:5])}."
        refusals.add(Refusal(reason, "Keep the right one.", lines[-1], column))
    rest = cursor.fetchall()
    rows += sum(row[-1] for row in rest)
    refusals.total += len(rest)
    cursor.execute(
        "DELETE FROM staged_reading s USING doubled_reading d WHERE d.conflicting "
        "AND s.metric_id = d.metric_id AND s.period_start = d.period_start"
    )
    return rows


def leave_restated(earlier: int, imported_at: datetime) -> int:
    """Take out of the staged readings those that stand with another value, unless an undo since the earlier batch of
    the same file put that value back; returns how many. A file that is imported again overrules no later one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM staged_reading s USING alignment_observation o WHERE o.metric_id = s.metric_id "
            "AND o.period_start = s.period_start AND o.value <> s.value AND NOT (coalesce(o.batch_id, 0) < %s "
            "AND EXISTS (SELECT 1 FROM alignment_observationrevision r WHERE r.metric_id = s.metric_id "
            "AND r.period_start = s.period_start AND r.reason = 'undone' AND r.value = s.value "
            "AND r.replaced_at > %s - interval '1 hour'))",
            [earlier, imported_at],
        )
        return int(cursor.rowcount)


def refuse_rewrites(refusals: Refusals) -> None:
    """Take out and refuse each metric of which more than half of at least 12 stored readings would change: such a
    file is rather of another source than a correction. All its readings count as refused."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH suspect AS (SELECT s.metric_id, count(*) AS stored, count(*) FILTER (WHERE o.value <> s.value) "
            "AS differing, min(s.source_line) AS line, min(s.source_column) AS source_column "
            "FROM staged_reading s JOIN alignment_observation o USING (metric_id, period_start) "
            "GROUP BY s.metric_id), rewritten AS (SELECT * FROM suspect WHERE stored >= %s "
            "AND differing * 2 > stored), gone AS (DELETE FROM staged_reading s USING rewritten r "
            "WHERE s.metric_id = r.metric_id RETURNING s.metric_id) "
            "SELECT m.key, r.stored, r.differing, r.line, r.source_column, "
            "(SELECT count(*) FROM gone g WHERE g.metric_id = r.metric_id) "
            "FROM rewritten r JOIN alignment_metric m ON m.id = r.metric_id ORDER BY m.key",
            [_FEWEST_STORED],
        )
        for key, stored, differing, line, column, gone in cursor.fetchall():
            reason = (
                f"This looks like another source: {differing:,} of the {stored:,} stored readings of {key} "
                "that the file repeats would change."
            )
            refusals.add(Refusal(reason, _REWRITE_MEND, line, column, whole=True))
            refusals.total += gone - 1


def count_unended(today: date) -> int:
    """How many staged readings are of a period that ends today or later."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM staged_reading s JOIN alignment_metric m ON m.id = s.metric_id "  # noqa: S608
            f"WHERE s.period_start > %(today)s - 367 AND {_NEXT_START} > %(today)s",
            {"today": today},
        )
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did. `touched` gives for each metric the earliest day on which something became known."""

    new: int
    changed: int
    unchanged: int
    touched: tuple[tuple[int, date], ...]


_KNOWN_AT = f"""LEAST(%(now)s, ({_NEXT_START}
    + m.reporting_lag_days)::timestamp AT TIME ZONE %(zone)s)"""

_KEEP_REPLACED = """
    INSERT INTO alignment_observationrevision (metric_id, period_start, value, known_at, reconstructed, batch_id,
        source_line, source_column, replaced_at, replaced_by_id, reason, by_name)
    SELECT o.metric_id, o.period_start, o.value, o.known_at, o.reconstructed, o.batch_id,
        o.source_line, o.source_column, %(now)s, %(batch)s, 'restated', %(by)s
    FROM staged_reading s JOIN alignment_observation o USING (metric_id, period_start)
    WHERE o.value <> s.value
    ORDER BY o.metric_id, o.period_start"""

_MERGE = f"""
    WITH written AS (
        INSERT INTO alignment_observation AS o (metric_id, period_start, value, known_at, reconstructed, batch_id,
            source_line, source_column)
        SELECT s.metric_id, s.period_start, s.value,
            CASE WHEN m.first_imported_at IS NULL THEN {_KNOWN_AT} ELSE %(now)s END,
            m.first_imported_at IS NULL, %(batch)s, s.source_line, s.source_column
        FROM staged_reading s JOIN alignment_metric m ON m.id = s.metric_id
        {{differing}}
        ORDER BY s.metric_id, s.period_start
        ON CONFLICT (metric_id, period_start) DO UPDATE SET value = excluded.value, known_at = %(now)s,
            reconstructed = false, batch_id = excluded.batch_id, source_line = excluded.source_line,
            source_column = excluded.source_column
        WHERE o.value <> excluded.value
        RETURNING o.metric_id, o.known_at)
    SELECT metric_id, (min(known_at) AT TIME ZONE %(zone)s)::date, count(*) FROM written
    GROUP BY metric_id ORDER BY metric_id"""  # noqa: S608 - no text from outside

_DIFFERING = """LEFT JOIN alignment_observation e ON e.metric_id = s.metric_id AND e.period_start = s.period_start
        WHERE e.metric_id IS NULL OR e.value <> s.value"""

_FIRST_IMPORT = """
    UPDATE alignment_metric m SET first_imported_at = %(now)s
    WHERE m.first_imported_at IS NULL AND m.id IN (SELECT DISTINCT metric_id FROM staged_reading)"""


def merge(*, batch_id: int, now: datetime, zone: str, by: str) -> Merged:
    """Write what is new or differs; a replaced reading leaves a revision. One pass in key order."""
    values: dict[str, Any] = {"batch": batch_id, "now": now, "zone": zone, "by": by}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM staged_reading")
        staged = cursor.fetchone()[0]
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM (SELECT DISTINCT metric_id FROM staged_reading) s WHERE EXISTS "
            "(SELECT 1 FROM alignment_observation o WHERE o.metric_id = s.metric_id))"
        )
        some_exist = cursor.fetchone()[0]
        changed = 0
        if some_exist:
            cursor.execute(_KEEP_REPLACED, values)
            changed = cursor.rowcount
        cursor.execute(_MERGE.format(differing=_DIFFERING if some_exist else ""), values)
        written = cursor.fetchall()
        cursor.execute(_FIRST_IMPORT, values)
    affected = sum(count for _, _, count in written)
    touched = tuple((metric_id, day) for metric_id, day, _ in written)
    return Merged(affected - changed, changed, staged - affected, touched)
