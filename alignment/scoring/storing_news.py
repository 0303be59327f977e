"""Which trends may be shown, decided after each run over all metrics from stored rows, and what was said day by day.

No statistics are repeated. What a run says of a metric is kept under its day (`MetricVerdict`) where a word of it
changed, and is left alone from the next day on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from alignment.models import MetricVerdict, Signal
from alignment.scoring.days import fingerprint_of
from alignment.scoring.signal_rows import RULE
from alignment.scoring.storing import SignalRow, Written, merge, store_signals
from alignment.signals.discovery import Finding, discover
from alignment.signals.verdict import CLAIMED


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What is claimed of a metric, since when, and what was until then."""

    claim: str
    since: date | None
    before: str
    rule: int = RULE


def finding(metric_id: int, category: str, verdict: str, p: float | None) -> Finding[int]:
    """A stored trend as the rule for many metrics takes it: what cannot be told is not asked."""
    claim = verdict if verdict in CLAIMED else ""
    return Finding(metric_id, category, claim, None if verdict == "cannot tell" else p)


def store_news(today: date, now: datetime) -> Written:
    """Store for each metric what is claimed of it among those of its category ("" for nothing), and since when.

    A row changes only where its claim does. It is held against the end of the day before, so that what came and went
    within a day leaves no trace. What is claimed at a metric's first judgement has no day: nothing was said before. Nor
    has what changed together with the rules, which is no news of the metric.
    """
    trends = Signal.objects.filter(kind="trend").order_by("metric_id")
    findings = [
        finding(*row) for row in trends.values_list("metric_id", "metric__category", "verdict", "details__p")
    ]
    shown = set(discover(findings).shown)
    earlier = _claimed_before(today)
    claimed: dict[int, _Claimed] = {}
    for one in findings:
        claim, old = one.claim if one.key in shown else "", earlier.get(one.key)
        if old and old.claim == claim:
            claimed[one.key] = _Claimed(claim, old.since, old.before)
        elif old and old.rule == RULE:
            claimed[one.key] = _Claimed(claim, today, old.claim)
        else:
            claimed[one.key] = _Claimed(claim, None, "")
    written = store_signals([_row(metric_id, found) for metric_id, found in claimed.items()], now)
    _store_said(claimed, today, now)
    return written


def _row(metric_id: int, found: _Claimed) -> SignalRow:
    mark = fingerprint_of("news", 1, found.claim)
    return SignalRow(metric_id, "news", found.claim, "", found.since if found.claim else None, {}, mark)


def _claimed_before(today: date) -> dict[int, _Claimed]:
    """What was claimed of each metric at the end of the day before."""
    rows = (
        MetricVerdict.objects.filter(day__lt=today)
        .order_by("metric_id", "-day")
        .distinct("metric_id")
        .values_list("metric_id", "claim", "since", "before", "rule")
    )
    return {metric_id: _Claimed(claim, since, before, rule) for metric_id, claim, since, before, rule in rows}


def _store_said(claimed: Mapping[int, _Claimed], today: date, now: datetime) -> None:
    """A row of today for each metric of which another word is said than in its last row."""
    ids = sorted(claimed)
    with connection.cursor() as cursor:
        cursor.execute(
            _SAID_OTHERWISE,
            {
                "ids": ids,
                "claims": [claimed[metric_id].claim for metric_id in ids],
                "since": [claimed[metric_id].since for metric_id in ids],
                "day": today,
                "rule": RULE,
            },
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    merge(
        "alignment_metricverdict",
        _COLUMNS,
        ("metric_id", "day"),
        [[*row, claimed[row[0]].before, RULE, today, now] for row in rows],
    )


_COLUMNS = (
    "metric_id", "verdict", "sentence", "tone", "as_of", "trend", "claim", "since", "before", "rule", "day",
    "computed_at",
)  # fmt: skip
_SAID_OTHERWISE = """
    SELECT asked.id, head.verdict, head.sentence, head.details->>'tone', head.as_of, trend.verdict, asked.claim,
           asked.since
    FROM unnest(%(ids)s::bigint[], %(claims)s::text[], %(since)s::date[]) AS asked(id, claim, since)
    JOIN alignment_signal AS head ON head.metric_id = asked.id AND head.kind = 'headline'
    JOIN alignment_signal AS trend ON trend.metric_id = asked.id AND trend.kind = 'trend'
    LEFT JOIN LATERAL (
        SELECT * FROM alignment_metricverdict WHERE metric_id = asked.id AND day <= %(day)s ORDER BY day DESC LIMIT 1
    ) AS told ON true
    WHERE (told.verdict, told.tone, told.trend, told.claim, told.since, told.rule) IS DISTINCT FROM
          (head.verdict, head.details->>'tone', trend.verdict, asked.claim, asked.since, %(rule)s)
       OR told.day = %(day)s AND told.sentence <> head.sentence
    ORDER BY asked.id
"""
