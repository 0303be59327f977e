"""What newly moves, on the overview: worsening first, those of objectives first, and a true word where nothing does."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alignment.models import Metric, MetricVerdict
from alignment.queries.moving import Moving, one_sentence
from tests.alignment.small_company import DAY, SmallCompany, build
from tests.alignment.views.conftest import SignedIn
from tests.alignment.views.test_metrics_shown import HOSTILE, LONG_AGO, SINCE, say


def moving(client: Any, day: date = DAY) -> Moving:
    found: Moving = client.get("/", {"as_of": day.isoformat()}).context["page"].moving
    return found


def card(client: Any, day: date = DAY) -> str:
    page: str = unescape(client.get("/", {"as_of": day.isoformat()}).content.decode())
    begin = page.index('id="moving"')
    return page[begin : page.index("</section>", begin)]


def newly(key: str, claim: str, **more: object) -> None:
    say(
        key,
        SINCE,
        claim,
        claim=claim,
        since=SINCE,
        tone="worse" if claim == "worsening" else "better",
        **more,
    )


@pytest.fixture
def company(small_company: SmallCompany) -> SmallCompany:
    MetricVerdict.objects.all().delete()
    return small_company


@pytest.mark.usefixtures("company")
def test_what_newly_moves_is_named_with_a_sentence_and_whom_it_concerns(signed_in: SignedIn) -> None:
    words = "Worsening over the last 40 readings: so and so. It falls by about 1.2 a week (0.5 to 1.9), 15.6 a quarter."
    newly("sales.0", "worsening", sentence=words)
    newly("speed.1", "improving")
    say("sales.1", LONG_AGO, "improving", claim="improving")
    say("speed.0", SINCE, since=SINCE, before="worsening")
    shown = card(signed_in("executive"))
    assert "What newly moves since 23 Oct" in shown
    assert (
        "Of 4 metrics, 3 move more than luck would explain, 2 of them new; on average fewer than one" in shown
    )
    assert '<a href="/metrics/sales.0?as_of=2026-11-20" class="tone-worse">sales 0</a>' in shown
    assert "since 17 Nov, for “Objective 0”" in shown
    assert "It falls by about 1.2 a week (0.5 to 1.9), 15.6 a quarter, in deals." in shown
    assert "no longer worsening since 17 Nov" in shown
    groups = moving(signed_in("executive")).groups
    assert [(group.label, [line.name for line in group.lines]) for group in groups] == [
        ("Newly worsening", ["sales 0"]), ("Newly improving", ["speed 1"]), ("No longer moving", ["speed 0"]),
    ]  # fmt: skip


@pytest.mark.usefixtures("company")
def test_what_objectives_rest_on_comes_first_and_the_rest_is_a_link(signed_in: SignedIn) -> None:
    for number in range(6):
        Metric.objects.create(
            key=f"a.{number}", name=f"A {number}", category="ai-performance", unit="n", cadence="day"
        )
        newly(f"a.{number}", "worsening")
    newly("sales.0", "worsening")
    client = signed_in("executive")
    [group] = moving(client).groups
    assert [line.name for line in group.lines] == ["sales 0", "A 0", "A 1", "A 2"]
    assert [bool(line.objectives) for line in group.lines] == [True, False, False, False]
    assert group.more == "and 3 metrics more"
    assert client.get(group.link).context["page"].found_count == 7


@pytest.mark.usefixtures("company")
def test_a_past_day_and_one_after_four_weeks_have_their_own_news(signed_in: SignedIn) -> None:
    newly("sales.0", "worsening")
    say("speed.0")
    client = signed_in("executive")
    assert moving(client, SINCE - timedelta(days=1)).groups == ()
    assert "None of 1 metric" not in card(client, SINCE - timedelta(days=1))
    assert len(moving(client, SINCE).groups) == 1
    MetricVerdict.objects.filter(claim="worsening").update(since=SINCE - timedelta(days=30))
    assert moving(client).groups == ()
    assert "No metric newly moves, and none that moved has stopped." in card(client)


@pytest.mark.usefixtures("company")
def test_news_are_not_denied_where_nothing_was_judged_before(signed_in: SignedIn) -> None:
    say("sales.0", DAY, "improving", claim="improving")
    client = signed_in("executive")
    shown = card(client)
    assert "What newly moves</h2>" in shown
    assert (
        "Metrics were judged for the first time on this day: what newly moves can be told from the next"
        in shown
    )
    standing = client.get("/metrics", {"as_of": DAY.isoformat()}).content.decode()
    assert "Judged for the first time on this day: what is new can be told from the next day on." in standing
    MetricVerdict.objects.update(day=SINCE)
    assert "What newly moves since 17 Nov</h2>" in card(client)
    assert "No metric newly moves, and none that moved has stopped." in card(client)


@pytest.mark.usefixtures("company")
def test_where_nothing_was_judged_the_overview_says_so(signed_in: SignedIn) -> None:
    client = signed_in("executive")
    assert "No metric had been judged by 20 Nov;" in card(client)
    assert "Of 0 metrics" not in card(client)
    today = client.get("/").context["page"].moving
    assert today.nothing.startswith("No metric has been judged yet.")
    assert today.discovery == ""


def test_names_that_are_markup_stay_text(signed_in: SignedIn) -> None:
    build(naming=lambda name: f"{name} {HOSTILE}")
    MetricVerdict.objects.all().delete()
    newly("sales.0", "improving", sentence=f"Improving by {HOSTILE}.")
    client = signed_in("executive")
    assert "<svg onload" not in client.get("/", {"as_of": DAY.isoformat()}).content.decode()
    assert card(client).count(HOSTILE) >= 2


@pytest.mark.parametrize("copies", [1, 3])
def test_more_news_take_no_more_queries(signed_in: SignedIn, copies: int) -> None:
    made = build(copies=copies)
    MetricVerdict.objects.all().delete()
    for metric in made.metrics:
        newly(metric.key, "worsening")
    client = signed_in("executive")
    client.get("/objectives")
    with CaptureQueriesContext(connection) as queries:
        client.get("/", {"as_of": DAY.isoformat()})
    assert len(queries) == 21


@pytest.mark.parametrize(
    ("words", "unit", "said"),
    [
        ("", "", ""), ("No clear change over the last 9 readings.", "USD", "No clear change over the last 9 readings."),
        ("Improving: x. It rises by about 2 a week.", "%", "It rises by about 2 a week, in points."),
        ("Improving: x. It rises by about 2 a week. It began then.", "", "It rises by about 2 a week."),
        ("Improving, in one step: it rose by 1.5 in May. More.", "s", "Improving, in one step: it rose by 1.5 in May."),
    ],
)  # fmt: skip
def test_one_sentence_is_said(words: str, unit: str, said: str) -> None:
    assert one_sentence(words, unit) == said
