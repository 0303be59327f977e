"""One hash over all readings: equal exactly when every row, with its origin, is equal."""

from __future__ import annotations

import hashlib

from django.db import connection


class _Hasher:
    def __init__(self) -> None:
        self.hash = hashlib.sha256()

    def write(self, content: bytes) -> int:
        self.hash.update(content)
        return len(content)


def readings_digest() -> str:
    """SHA-256 over the table of observations in key order, read as text in UTC by COPY."""
    hasher = _Hasher()
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(
            "COPY (SELECT metric_id, period_start, value, known_at AT TIME ZONE 'UTC', reconstructed, batch_id, "
            "source_line, source_column FROM alignment_observation ORDER BY metric_id, period_start) TO STDOUT",
            hasher,
        )
    return hasher.hash.hexdigest()
