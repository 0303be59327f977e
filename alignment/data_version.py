"""The data version: equal versions mean that nothing that pages show was written in between.

Triggers note each writing transaction in a row of its own (`DataChange`), so writers never wait for one another. The
version is the number of transactions noted, so every commit makes it greater, in whatever order commits come; a row
that is not committed yet is not seen, like the data that it speaks of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from alignment.looking import VISIT

FOLD_ABOVE = 200
"""Rows kept before they are folded into one: reading the version stays a matter of microseconds."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person's pages rest on besides their address: the version, the company's zone, the person's roles, and
    the moment since when the overview tells them what changed."""

    version: str
    time_zone: str
    roles: tuple[str, ...]
    told_since: datetime | None


def data_version() -> str:
    """The version of all that pages show, such as `4711.9f3a`. One query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_VERSION}")
        return str(cursor.fetchone()[0])


def standing_for(user_id: int) -> Standing:
    """The version with what else decides what this person's pages say. One query; UTC without a company."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"user": user_id, "visit": VISIT.total_seconds()})
        version, zone, roles, since = cursor.fetchone()
    return Standing(version, zone or "UTC", tuple(roles), since)


def fold_changes() -> int:
    """Fold the noted transactions into one row where there are many; returns how many went. The version stays."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, [FOLD_ABOVE])
        return int(cursor.fetchone()[0])


_VERSION = """
    (SELECT coalesce(sum(weight), 0)::text || '.' || to_hex(coalesce(bit_xor(mark), 0))
     FROM alignment_datachange)
"""
_STANDING = f"""
    SELECT {_VERSION},
           (SELECT time_zone FROM alignment_company WHERE id = 1),
           array(SELECT g.name FROM auth_group g JOIN alignment_user_groups ug ON ug.group_id = g.id
                 WHERE ug.user_id = %(user)s ORDER BY g.name),
           (SELECT CASE WHEN now() - looked_at > make_interval(secs => %(visit)s) THEN looked_at ELSE compared_at END
            FROM alignment_personallook WHERE user_id = %(user)s)
"""  # noqa: S608 our own words
_FOLD = """
    WITH gone AS (
        DELETE FROM alignment_datachange
        WHERE (SELECT count(*) FROM alignment_datachange) > %s
        RETURNING weight, mark
    ), kept AS (
        INSERT INTO alignment_datachange (transaction, weight, mark)
        SELECT pg_current_xact_id()::text::bigint, sum(weight), bit_xor(mark) FROM gone HAVING count(*) > 0
    )
    SELECT count(*) FROM gone
"""
