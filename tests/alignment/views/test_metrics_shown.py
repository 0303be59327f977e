"""What readings show, in the catalogue: the stored verdict today, what is new, and nothing of it on days before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alignment.models import Metric, Signal
from tests.alignment.small_company import DAY, SmallCompany
from tests.alignment.views.conftest import SignedIn
from tests.alignment.views.test_metrics import asked, text_of


@pytest.fixture
def told(small_company: SmallCompany) -> Metric:
    """A metric of which a trend is told and new; figures by hand."""
    metric = Metric.objects.get(key="sales.0")
    Signal.objects.filter(metric=metric, kind="headline").update(
        verdict="improving",
        sentence="Improving, as a test says.",
        details={"tone": "better", "guess": {"kind": None, "reason": "x"}},
    )
    Signal.objects.filter(metric=metric, kind="trend").update(
        verdict="improving", details={"n": 20, "p": 0.001}
    )
    Signal.objects.exclude(metric=metric).filter(kind="trend").update(
        verdict="no clear change", details={"n": 20, "p": 0.4}
    )
    Signal.objects.filter(kind="news").update(verdict="", as_of=None)
    Signal.objects.filter(metric=metric, kind="news").update(
        verdict="improving", as_of=DAY - timedelta(days=3)
    )
    return metric


def test_the_verdict_stands_in_its_row_with_since_when_it_is_new(told: Metric, signed_in: SignedIn) -> None:
    client = signed_in("executive")
    rows = {row.key: row for row in asked(client, "/metrics").context["page"].rows}
    since = (DAY - timedelta(days=3)).strftime("%-d %b")
    assert (rows[told.key].shows, rows[told.key].tone) == ("improving", "tone-better")
    assert rows[told.key].shows_note == f"new since {since}"
    assert all(row.shows and "new" not in row.shows_note for key, row in rows.items() if key != told.key)
    assert f"new since {since}" in text_of(client, "/metrics")


def test_a_trend_that_does_not_stand_out_among_so_many_is_said_without_colour(
    told: Metric, signed_in: SignedIn
) -> None:
    Signal.objects.filter(metric=told, kind="news").update(verdict="", as_of=None)
    client = signed_in("executive")
    [row] = [row for row in asked(client, "/metrics").context["page"].rows if row.key == told.key]
    assert (row.shows, row.shows_note, row.tone) == ("improving", "could be luck among so many", "")


def test_a_category_says_how_many_of_its_trends_are_told_from_luck(told: Metric, signed_in: SignedIn) -> None:
    client = signed_in("executive")
    page = text_of(client, "/metrics", category="business-outcomes")
    assert "Of 4 metrics, 1 moves more than luck would explain, 1 of them new;" in page
    assert asked(client, "/metrics").context["page"].discoveries == ""
    assert asked(client, "/metrics", category="ai-performance").context["page"].discoveries == ""


def test_of_a_day_before_the_last_run_nothing_stored_is_said(told: Metric, signed_in: SignedIn) -> None:
    client = signed_in("executive")
    past = client.get("/metrics", {"as_of": (DAY - timedelta(days=1)).isoformat(), "category": told.category})
    page = past.context["page"]
    assert {row.shows for row in page.rows} == {""}
    assert page.discoveries == ""
    assert "see its page" in past.content.decode()
    assert "improving" not in past.content.decode()


def test_the_file_holds_verdict_sentence_and_what_is_declared(told: Metric, signed_in: SignedIn) -> None:
    Metric.objects.filter(pk=told.pk).update(kind="", margin="2.5")
    lines = asked(signed_in("executive"), "/metrics", format="csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].endswith("kind,change that would not matter,shows,in words,judged to,shown since,season")
    [line] = [line for line in lines if line.startswith("sales.0,")]
    as_of = Signal.objects.get(metric=told, kind="headline").as_of
    since = DAY - timedelta(days=3)
    assert line.endswith(
        f',not declared,2.5,improving,"Improving, as a test says.",{as_of},{since},not declared'
    )


def test_a_category_costs_one_query_more(told: Metric, signed_in: SignedIn) -> None:
    client = signed_in("executive")
    asked(client, "/metrics")
    counts = []
    for more in ({}, {"category": "business-outcomes"}):
        with CaptureQueriesContext(connection) as captured:
            asked(client, "/metrics", **more)
        counts.append(len(captured))
    assert counts == [12, 13]
