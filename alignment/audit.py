"""Who acts: names the actor to the database, whose triggers write the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def acting_as(name: str) -> Iterator[None]:
    """Run a block in one transaction whose changes the audit trail ascribes to `name`.

    A person is named by their user name, the program itself as ``system:<job>``. The name lasts until the
    transaction ends, and an inner block gives the outer one its name back. Raises ValueError when empty.
    """
    if not name.strip():
        raise ValueError("A change needs the name of who makes it: pass by=<user name> or system:<job>.")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('plumbline.actor', true), '')")
            before = cursor.fetchone()[0]
            cursor.execute("SELECT set_config('plumbline.actor', %s, true)", [name])
        yield
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('plumbline.actor', %s, true)", [before])
