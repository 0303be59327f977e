"""Whether a metric reports in time, as its page says it: in a sentence, and with the figures behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from alignment.models import Metric
from alignment.periods import Cadence, Calendar, Period
from alignment.queries.freshness import Freshness
from alignment.queries.metric_marks import Restatement
from alignment.queries.metric_signals import Answer
from alignment.queries.words import counted, day_words
from alignment.scoring.evidence import reporting_of
from alignment.scoring.inputs import MetricInput, Reading
from alignment.scoring.loading import House
from alignment.scoring.policy import Policy
from alignment.signals.staleness import stale_from

QUESTION = "Does it report in time?"


def period_words(start: date, cadence: str, calendar: Calendar) -> str:
    """`the week to 15 Nov 2026`, `Oct 2026`, `Q3 2026`, `FY2026`, `14 Nov 2026`."""
    period = Period(start, Cadence(cadence))
    if cadence == "day":
        return day_words(start)
    if cadence == "week":
        return f"the week to {day_words(period.end)}"
    if cadence == "month":
        return f"{start:%b %Y}"
    name = period.name(calendar)
    year, _, quarter = name.partition("-")
    return f"{quarter} {year}" if quarter else name


def reporting_words(metric: Metric, fresh: Freshness, latest: Reading | None, calendar: Calendar) -> str:
    """Whether it reports in time, in a sentence."""
    if latest is None:
        return "It has never reported."
    if fresh.since is not None:
        return f"Stale since {day_words(fresh.since)}: it has been silent longer than its cadence allows."
    if fresh.slug == "late":
        missing, due = _awaited(metric, latest)
        words = period_words(missing.start, metric.cadence, calendar)
        return f"Late: the reading for {words} was due on {day_words(due)}."
    return "Up to date."


def _awaited(metric: Metric, latest: Reading) -> tuple[Period, date]:
    """The period after the last one reported, and the day on which its reading is due."""
    following = Period(latest.period_start, Cadence(metric.cadence)).next()
    return following, following.end + timedelta(days=metric.reporting_lag_days)


def reporting_answer(
    metric: Metric,
    readings: Sequence[Reading],
    restatements: Sequence[Restatement],
    fresh: Freshness,
    *,
    day: date,
    house: House,
    policy: Policy,
) -> Answer:
    """The row beside those about what the readings show. `readings` and `restatements` are those known on the day."""
    sentence = reporting_words(metric, fresh, readings[-1] if readings else None, house.calendar)
    rows = [("Reporting lag", f"{counted(metric.reporting_lag_days, 'day')} after a period’s end")]
    if readings:
        latest, cadence = readings[-1], Cadence(metric.cadence)
        _, due = _awaited(metric, latest)
        grace = policy.parameters.stale_grace_cadences
        stale = stale_from(cadence, latest.period_start, metric.reporting_lag_days, grace)
        rows = [
            ("The last reading is of the period to", day_words(latest.period_end)),
            *rows,
            ("The next one was due on" if due <= day else "The next one is due on", day_words(due)),
            ("Stale since" if fresh.since else "Without it, stale from", day_words(fresh.since or stale)),
        ]
    rows.append(
        ("In time among the last expected", _in_time(metric, readings, restatements, day, house, policy))
    )
    return Answer(QUESTION, fresh.word, sentence, tuple(rows))


def _in_time(
    metric: Metric,
    readings: Sequence[Reading],
    restatements: Sequence[Restatement],
    day: date,
    house: House,
    policy: Policy,
) -> str:
    """As Evidence counts it: a reading that was restated later came when its period was first known."""
    first_known: dict[date, date] = {}
    for row in restatements:
        known_on = house.day_of(row.known_at)
        first_known[row.period_start] = min(known_on, first_known.get(row.period_start, known_on))
    came = [
        replace(one, first_known_on=min(one.known_on, first_known.get(one.period_start, one.known_on)))
        for one in readings
    ]
    imported = metric.first_imported_at
    asked = MetricInput(
        metric.pk, metric.key, metric.name, metric.unit, Cadence(metric.cadence), metric.reporting_lag_days,
        first_import=house.day_of(imported) if imported else None, calendar=house.calendar,
    )  # fmt: skip
    in_time, expected = reporting_of(asked, came, day, policy.parameters.expected_readings)
    return f"{in_time} of {expected}" if expected else "none was expected yet since the first import"
