"""The small company that most tests of pages begin with is the same as a copy and when it is made."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from alignment.models import Metric
from tests.alignment.small_company import build, make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_company")]
_NUMBERED = {"id", "at", "fingerprint", "before", "after"}
"""What is numbers of rows, the time of day, or made of these."""


def _stored() -> dict[str, list[str]]:
    """All rows of the company in words, by their tables; the version of the data is another in each transaction."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("alignment_") and table != "alignment_datachange":
                cursor.execute(f'SELECT * FROM "{table}"')
                names = [column.name for column in cursor.description]
                told = [at for at, name in enumerate(names) if name not in _NUMBERED and name[-3:] != "_id"]
                found[table] = sorted(str([row[at] for at in told]) for row in cursor.fetchall())
    return {table: rows for table, rows in found.items() if rows}


def test_a_copy_holds_what_is_made() -> None:
    with transaction.atomic():
        made = make()
        stored, keys = _stored(), [metric.key for metric in made.metrics]
        transaction.set_rollback(True)
    copied = build()
    assert _stored() == stored
    assert len(stored["alignment_score"]) > 200
    assert [metric.key for metric in copied.metrics] == keys


@pytest.mark.parametrize("turn", [1, 2])
def test_a_copy_is_the_tests_own(turn: int) -> None:
    """What one test does to its copy, the next does not see."""
    first = build().metrics[0]
    assert first == Metric.objects.get(name="sales 0")
    assert first.name == "sales 0"
    first.name = "changed"
    first.save()
