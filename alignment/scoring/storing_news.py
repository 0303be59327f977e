"""Which trends may be shown, decided after each run over all metrics from stored rows: no statistics are repeated."""

from __future__ import annotations

from datetime import date, datetime

from alignment.models import Signal
from alignment.scoring.days import fingerprint_of
from alignment.scoring.storing import SignalRow, Written, store_signals
from alignment.signals.discovery import Finding, discover
from alignment.signals.verdict import CLAIMED


def finding(metric_id: int, category: str, verdict: str, p: float | None) -> Finding[int]:
    """A stored trend as the rule for many metrics takes it: what cannot be told is not asked."""
    claim = verdict if verdict in CLAIMED else ""
    return Finding(metric_id, category, claim, None if verdict == "cannot tell" else p)


def store_news(today: date, now: datetime) -> Written:
    """Store for each metric what is claimed of it among those of its category ("" for nothing), and since when.

    A row changes only where its claim does. What the first run shows has no day: nothing was said before.
    """
    before = dict(Signal.objects.filter(kind="news").values_list("metric_id", "verdict"))
    trends = Signal.objects.filter(kind="trend").order_by("metric_id")
    findings = [
        finding(*row) for row in trends.values_list("metric_id", "metric__category", "verdict", "details__p")
    ]
    shown = set(discover(findings).shown)
    rows = []
    for one in findings:
        claim = one.claim if one.key in shown else ""
        since = today if claim and before else None
        mark = fingerprint_of("news", 1, claim)
        rows.append(SignalRow(one.key, "news", claim, "", since, {}, mark))
    return store_signals(rows, now)
