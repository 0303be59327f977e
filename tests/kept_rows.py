"""Rows that many tests begin with: made once in a session by the product's own code, then copied where they are wanted.

The copy goes through the same tables, constraints and triggers as any other write, so that the audit trail and the
version of the data say what they would say; only what made the rows (saving them one by one, computing scores) is done
once and not before each test.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from config.embedded import superuser_cursor
from config.state import State
from tests.database import TEST_DATABASE, restore

_BY_TRIGGERS = {"alignment_auditevent", "alignment_datachange"}
"""What triggers write, when rows are copied as when they are made."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The statements that copy the rows, and what their maker answered."""

    statements: str
    answer: Any

    def bring(self) -> Any:
        """Copies the rows into the tables, in the open transaction if there is one, and answers what their maker did:
        objects of its own for each caller."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(self.statements)
        return deepcopy(self.answer)


def keep(state: State, schema: str, make: Callable[[], Any]) -> Kept:
    """Calls `make` on a database that has what migrations left, and keeps what it wrote in a schema of that name.

    To be called while no test is under way: what is made is committed, and taken away again."""
    before = _sizes()
    try:
        answer = make()
        filled = {table for table, rows in _sizes().items() if rows != before.get(table)} - _BY_TRIGGERS
        assert filled
        assert not filled & set(before), "rows beside those of migrations are not told from them"
        with superuser_cursor(state, TEST_DATABASE) as cursor:
            cursor.execute(f"CREATE SCHEMA {schema}")
            for table in filled:
                cursor.execute(f'CREATE TABLE {schema}."{table}" AS TABLE public."{table}"')
            cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO PUBLIC")
            cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO PUBLIC")
    finally:
        connection.close()
        restore(state, TEST_DATABASE)
    return Kept(
        ";".join(
            f'INSERT INTO public."{table}" OVERRIDING SYSTEM VALUE TABLE {schema}."{table}"'
            for table in sorted(filled)  # references are checked at the end of a transaction
        ),
        answer,
    )


def _sizes() -> dict[str, int]:
    """How many rows each table has that has any."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return {table: rows for table, rows in found.items() if rows}
