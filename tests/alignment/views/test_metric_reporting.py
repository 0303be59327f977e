"""Whether a metric reports in time is one of the questions that its page answers, as of the day asked about."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from alignment.models import Metric, Observation
from alignment.queries.metric_reporting import QUESTION
from alignment.queries.metric_signals import Answer
from tests.alignment.small_company import DAY, SmallCompany
from tests.alignment.views.conftest import SignedIn
from tests.alignment.views.test_metrics import asked, last_week, restate, text_of

PAGE = "/metrics/sales.0"
COUNTED = "In time among the last expected"


def reporting(client: Client, **more: str) -> Answer:
    [found] = [a for a in asked(client, PAGE, **more).context["page"].answers if a.question == QUESTION]
    assert isinstance(found, Answer)
    return found


def test_one_in_time_says_what_came_last_and_what_is_due_next(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    Metric.objects.filter(key="sales.0").update(reporting_lag_days=2)
    found = reporting(signed_in("executive"))
    assert (found.answer, found.sentence) == ("fresh", "Up to date.")
    assert dict(found.figures) == {
        "The last reading is of the period to": "15 Nov 2026",
        "Reporting lag": "2 days after a period’s end",
        "The next one is due on": "24 Nov 2026",
        "Without it, stale from": "28 Nov 2026",
        COUNTED: "3 of 3",
    }
    page = text_of(signed_in("executive"), PAGE)
    assert all(term in page and words in page for term, words in found.figures)


def test_a_silent_one_says_since_when_it_is_stale(small_company: SmallCompany, signed_in: SignedIn) -> None:
    Observation.objects.filter(metric__key="sales.0", period_start__gt=last_week().previous(4).start).delete()
    found = reporting(signed_in("executive"))
    assert found.answer == "stale"
    assert found.sentence.startswith("Stale since 29 Oct 2026")
    figures = dict(found.figures)
    assert figures["Stale since"] == "29 Oct 2026"
    assert figures["The next one was due on"] == "25 Oct 2026"
    assert figures[COUNTED] == "0 of 3"


def test_what_came_late_is_not_in_time_and_a_correction_is_not_late(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    week = last_week()
    late = Observation.objects.get(metric__key="sales.0", period_start=week.start)
    Observation.objects.filter(pk=late.pk).update(known_at=late.known_at + timedelta(days=3))
    assert dict(reporting(signed_in("executive")).figures)[COUNTED] == "2 of 3"
    restate("sales.0", week.previous().start, "7")
    assert dict(reporting(signed_in("executive")).figures)[COUNTED] == "2 of 3"


def test_it_is_told_as_of_the_day(small_company: SmallCompany, signed_in: SignedIn) -> None:
    client = signed_in("executive")
    early = reporting(client, as_of="2026-11-06")
    assert dict(early.figures)["The last reading is of the period to"] == "1 Nov 2026"
    assert dict(early.figures)[COUNTED] == "1 of 1"
    before = reporting(client, as_of="2026-10-20")
    assert dict(before.figures)[COUNTED] == "none was expected yet since the first import"
    assert DAY.isoformat() > "2026-11-06"


def test_one_that_never_reported_is_asked_nothing_else(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    Observation.objects.filter(metric__key="sales.0").delete()
    [only] = asked(signed_in("executive"), PAGE).context["page"].answers
    assert (only.question, only.answer, only.sentence) == (
        QUESTION,
        "never reported",
        "It has never reported.",
    )
    assert "It has never reported." in text_of(signed_in("executive"), PAGE)
