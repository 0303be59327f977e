"""Keeps the chances of key results: asks only what is not stored yet, and writes only what differs."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from alignment.scoring.paces import Chance, Question, answers
from alignment.scoring.status_history import Told
from alignment.scoring.storing import Written, as_stored, merge
from alignment.signals.pace_words import reason_of


def store_paces(
    questions: Sequence[Question], key_result_ids: Sequence[int], now: datetime
) -> tuple[Written, dict[int, list[Told]]]:
    """Make the chances of these key results the answers to `questions`; also gives them by key result.

    A stored row whose fingerprint is a question's mark is its answer: only the others are asked.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT key_result_id, day, fingerprint, probability,
                   CASE WHEN probability IS NULL THEN sentence ELSE '' END
            FROM alignment_keyresultpace WHERE key_result_id = ANY(%s)
            """,
            [list(key_result_ids)],
        )
        stored = {(row[0], row[1]): row[2:] for row in cursor.fetchall()}
    told: dict[int, list[Told]] = defaultdict(list)
    known: dict[tuple[int, date], Told] = {}
    for question in questions:
        row = stored.get((question.key_result_id, question.day))
        if row is not None and row[0] == question.mark:
            del stored[question.key_result_id, question.day]
            known[question.key_result_id, question.day] = Told(question.day, row[1], reason_of(row[2]))
    new = [q for q in questions if (q.key_result_id, q.day) not in known]
    found = answers(new)
    merge("alignment_keyresultpace", _COLUMNS, ("key_result_id", "day"),
          [_fields(q, found[q.mark], now) for q in new])  # fmt: skip
    for question in questions:
        kept = known.get((question.key_result_id, question.day))
        chance = found.get(question.mark) if kept is None else None
        if chance is not None:
            kept = Told(question.day, chance.probability, reason_of(chance.sentence))
        assert kept is not None
        told[question.key_result_id].append(kept)
    gone = [key for key in stored if key not in {(q.key_result_id, q.day) for q in new}]
    _delete(gone)
    return Written(len(new), len(known), len(gone)), told


def _delete(gone: Sequence[tuple[int, date]]) -> None:
    if not gone:
        return
    with connection.cursor() as cursor:
        ids, days = (list(column) for column in zip(*gone, strict=True))
        cursor.execute(
            """
            DELETE FROM alignment_keyresultpace p USING unnest(%s::bigint[], %s::date[]) gone (id, day)
            WHERE p.key_result_id = gone.id AND p.day = gone.day
            """,
            [ids, days],
        )


_COLUMNS = (
    "key_result_id", "day", "probability", "sentence", "expected", "low", "high", "target", "steps", "fingerprint",
    "computed_at",
)  # fmt: skip


def _fields(question: Question, chance: Chance, now: datetime) -> list[Any]:
    figures = [as_stored(number) for number in (chance.expected, chance.low, chance.high, chance.target)]
    steps = json.dumps([[day.isoformat(), *numbers] for day, *numbers in chance.steps])
    return [
        question.key_result_id, question.day, as_stored(chance.probability), chance.sentence, *figures, steps,
        question.mark, now,
    ]  # fmt: skip
