"""What readings show, in the catalogue: said on the day, filtered by, counted by category, and news of four weeks."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alignment.models import Metric, MetricVerdict, Observation, Signal, User
from tests.alignment.small_company import DAY, SmallCompany, build
from tests.alignment.views.conftest import SignedIn
from tests.alignment.views.test_metrics import HOSTILE, NOON, asked, text_of

SINCE = DAY - timedelta(days=3)
LONG_AGO = date(2026, 3, 1)


def say(key: str, day: date = LONG_AGO, verdict: str = "no clear change", **more: object) -> None:
    """What a run would have said of a metric on a day."""
    words = f"{verdict.capitalize()}, as a test says."
    defaults = {"trend": verdict, "sentence": words, "rule": 1, "computed_at": NOON}
    MetricVerdict.objects.create(
        metric=Metric.objects.get(key=key), day=day, verdict=verdict, **(defaults | more)
    )


@pytest.fixture
def told(small_company: SmallCompany) -> Metric:
    """Of four metrics one newly improves, one no longer does, one could be luck, one stepped for the worse."""
    MetricVerdict.objects.all().delete()
    say("sales.0")
    say("sales.0", SINCE, "improving", tone="better", claim="improving", since=SINCE)
    say("speed.0", verdict="improving", tone="better", claim="improving")
    say("speed.0", SINCE, since=SINCE, before="improving", trend="cannot tell")
    say("sales.1", verdict="improving", tone="better")
    say("speed.1", verdict="stepped down", trend="no clear change", tone="worse")
    return Metric.objects.get(key="sales.0")


def keys(client: object, **more: str) -> list[str]:
    return [row.key for row in asked(client, "/metrics", **more).context["page"].rows]  # type: ignore[arg-type]


# -- rows ------------------------------------------------------------------------------------------------------


def test_the_verdict_stands_in_its_row_with_since_when_it_is_new(told: Metric, signed_in: SignedIn) -> None:
    rows = {row.key: row for row in asked(signed_in("executive"), "/metrics").context["page"].rows}
    said = {key: (row.shows, row.shows_note, row.tone) for key, row in rows.items()}
    assert said == {
        "sales.0": ("improving", "new since 17 Nov", "tone-better"),
        "speed.0": ("no clear change", "no longer improving since 17 Nov", ""),
        "sales.1": ("improving", "could be luck among so many", ""),
        "speed.1": ("stepped down", "", "tone-worse"),
    }


def test_a_past_day_reads_what_was_said_then(told: Metric, signed_in: SignedIn) -> None:
    client = signed_in("executive")
    before = (SINCE - timedelta(days=1)).isoformat()
    rows = {row.key: row for row in client.get("/metrics", {"as_of": before}).context["page"].rows}
    assert (rows["sales.0"].shows, rows["sales.0"].shows_note) == ("no clear change", "")
    assert (rows["speed.0"].shows, rows["speed.0"].tone) == ("improving", "tone-better")
    say("sales.1", DAY + timedelta(days=1), "worsening", tone="worse", claim="worsening", since=DAY)
    assert "worsening" not in {
        row.shows for row in client.get("/metrics", {"as_of": DAY.isoformat()}).context["page"].rows
    }


def test_a_day_before_the_first_judgement_says_so(told: Metric, signed_in: SignedIn) -> None:
    client = signed_in("executive")
    day = (LONG_AGO - timedelta(days=1)).isoformat()
    response = client.get("/metrics", {"as_of": day, "category": told.category})
    page = response.context["page"]
    assert {row.shows for row in page.rows} == {"not judged on that day"}
    assert page.standing.discovery == (
        "None of these 4 metrics was judged on 28 Feb 2026 or before. The page of each judges its readings as they "
        "were known on that day."
    )
    assert "tone-better" not in response.content.decode()
    assert [
        row.key for row in client.get("/metrics", {"as_of": day, "shows": "not-judged"}).context["page"].rows
    ]


@pytest.mark.usefixtures("told")
def test_today_a_metric_that_no_run_has_seen_is_not_judged_yet(signed_in: SignedIn) -> None:
    Metric.objects.create(key="fresh", name="Fresh", category="ai-performance", unit="n", cadence="day")
    page = signed_in("executive").get("/metrics", {"category": "ai-performance"}).context["page"]
    assert [(row.key, row.shows) for row in page.rows] == [("fresh", "not judged yet")]
    assert page.standing.discovery == "This metric has not been judged yet: the next run does."


# -- filters ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"shows": "improving"}, {"sales.0"}), ({"shows": "worsening"}, set()), ({"shows": "changed"}, {"speed.1"}),
        ({"shows": "doubtful"}, {"sales.1"}), ({"shows": "no-clear-change"}, {"speed.0"}), ({"shows": "flat"}, set()),
        ({"shows": "cannot-tell"}, set()), ({"shows": "not-judged"}, set()), ({"shows": "better"}, {"sales.0"}),
        ({"shows": "worse"}, {"speed.1"}), ({"new": "moves"}, {"sales.0"}), ({"new": "stopped"}, {"speed.0"}),
        ({"new": "moves", "shows": "improving", "freshness": "fresh"}, {"sales.0"}),
        ({"new": "moves", "freshness": "stale"}, set()), ({"shows": "improving", "q": "speed"}, set()),
        ({"new": "moves", "category": "ai-performance"}, set()),
    ],
)  # fmt: skip
def test_the_catalogue_is_filtered_by_what_readings_show(
    signed_in: SignedIn, filters: dict[str, str], found: set[str]
) -> None:
    client = signed_in("executive")
    assert set(keys(client, **filters)) == found
    page = text_of(client, "/metrics", **filters)
    assert f"{len(found)} of 4 shown: " in page
    if not found:
        assert "No metric is like this on 20 Nov 2026: " in page
    for value in filters.values():
        if value not in ("speed", "ai-performance"):
            assert re.search(rf'<option value="{value}" selected>', page)


@pytest.mark.usefixtures("told")
def test_what_is_filtered_is_what_is_exported(signed_in: SignedIn) -> None:
    client = signed_in("executive")
    lines = asked(client, "/metrics", new="moves", format="csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    readings = b"".join(asked(client, "/readings", new="moves").streaming_content).decode()
    assert {line.split(",")[0] for line in readings.splitlines()[1:]} == {"sales.0"}


@pytest.mark.usefixtures("told")
def test_an_owner_of_nothing_is_said_never_an_empty_list(
    signed_in: SignedIn, people: dict[str, User]
) -> None:
    client = signed_in("executive")
    assert "No metric is owned by “finance”. Choose one of the owners" in text_of(
        client, "/metrics", owner="finance"
    )
    raw = asked(client, "/metrics", owner=HOSTILE).content.decode()
    assert "<svg onload" not in raw
    assert HOSTILE[:40] in unescape(raw)
    Metric.objects.update(owner=people["executive"])
    assert "Every metric has an owner." in text_of(client, "/metrics", owner="nobody")


@pytest.mark.usefixtures("told")
def test_a_value_that_there_is_not_says_which_there_are(signed_in: SignedIn) -> None:
    answer = asked(signed_in("executive"), "/metrics", shows="rising")
    assert answer.status_code == 400
    assert "“rising” is no value of shows. Write shows as one of: worse, better, worsening," in unescape(
        answer.content.decode()
    )


# -- categories ------------------------------------------------------------------------------------------------


def test_a_category_says_how_its_metrics_stand(told: Metric, signed_in: SignedIn) -> None:
    Observation.objects.filter(metric=told, period_start__gt=date(2026, 9, 1)).delete()
    Metric.objects.create(key="ai", name="Model", category="ai-performance", unit="n", cadence="day")
    client = signed_in("executive")
    page = text_of(client, "/metrics", category="business-outcomes")
    assert "<h1>Business outcomes: 4 metrics, 1 stale</h1>" in page
    assert "<title>Business outcomes: metrics" in page
    assert "As of 20 Nov 2026" in page
    assert "3 of 4 report in time; 1 stale." in page
    assert (
        "Of 3 metrics, 1 moves more than luck would explain, 1 of them new; on average fewer than one of those is "
        "luck after all. Of 1 more nothing can be told."
    ) in page
    assert re.search(r"1 goes the worse way</a>, <a [^>]*>1 goes the better way</a>\. Since 23 Oct: ", page)
    assert re.search(r'New: <a href="/metrics/sales.0\?as_of=2026-11-20">sales 0</a>', page)
    standing = asked(client, "/metrics", category="business-outcomes").context["page"].standing
    assert standing.reports.table.rows == (
        ("fresh", "3", "75\u00a0%"), ("late", "0", "0\u00a0%"), ("stale", "1", "25\u00a0%"),
        ("never reported", "0", "0\u00a0%"),
    )  # fmt: skip
    assert sum(int(count) for _, count, _ in standing.shows.table.rows) == 4
    assert standing.shows.bar.count("<rect") == 4
    every = asked(client, "/metrics").context["page"].standing
    assert [part.count for part in every.reports.parts] == [3, 1, 1]
    assert text_of(client, "/metrics", category="financial-efficiency").count(
        "Financial efficiency: no metric yet"
    )


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("category", ["", "business-outcomes"])
@pytest.mark.parametrize("today", [DAY, DAY - timedelta(days=2)])
def test_each_count_leads_to_as_many_metrics(signed_in: SignedIn, category: str, today: date) -> None:
    client = signed_in("executive")
    asked_for = {"as_of": today.isoformat(), "cadence": "week"} | ({"category": category} if category else {})
    standing = client.get("/metrics", asked_for).context["page"].standing
    parts = [*standing.reports.parts, *standing.shows.parts, *standing.ways, *standing.news]
    assert len(parts) == 1 + 4 + 2 + 2
    for part in parts:
        assert f"as_of={today}" in part.link
        assert client.get(part.link).context["page"].found_count == part.count


@pytest.mark.usefixtures("told")
def test_many_new_ones_are_named_worst_first_and_the_rest_is_a_link(signed_in: SignedIn) -> None:
    for number in range(8):
        Metric.objects.create(
            key=f"n.{number}", name=f"N {number}", category="ai-performance", unit="n", cadence="day"
        )
        claim = "worsening" if number == 7 else "improving"
        say(f"n.{number}", SINCE, claim, claim=claim, since=SINCE, tone="worse" if number == 7 else "better")
    page = text_of(signed_in("executive"), "/metrics", category="ai-performance")
    assert re.findall(r">(N \d)</a> <span", page) == ["N 7", *[f"N {n}" for n in range(5)]]
    assert ">all 8</a>" in page


def test_names_that_are_markup_stay_text(signed_in: SignedIn) -> None:
    build(naming=lambda name: f"{name} {HOSTILE}")
    MetricVerdict.objects.all().delete()
    say("sales.0", SINCE, "improving", tone="better", claim="improving", since=SINCE)
    client = signed_in("executive")
    for address in ("/metrics", "/metrics?category=business-outcomes", "/"):
        raw = client.get(address, {"as_of": DAY.isoformat()} if "?" not in address else None).content.decode()
        assert "<svg onload" not in raw
        assert HOSTILE in unescape(raw)


def test_the_company_without_metrics_and_people_without_a_role_see_no_standing(
    told: Metric, signed_in: SignedIn
) -> None:
    response = asked(signed_in("outsider"), "/metrics")
    assert response.context["page"].standing is None
    assert told.name not in response.content.decode()


def test_the_file_holds_verdict_sentence_and_what_is_declared(told: Metric, signed_in: SignedIn) -> None:
    Metric.objects.filter(pk=told.pk).update(kind="", margin="2.5")
    MetricVerdict.objects.filter(metric=told).update(as_of=SINCE)
    client = signed_in("executive")
    lines = asked(client, "/metrics", format="csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].endswith("kind,change that would not matter,shows,in words,judged to,shown since,season")
    [line] = [line for line in lines if line.startswith("sales.0,")]
    assert line.endswith(
        f',not declared,2.5,improving,"Improving, as a test says.",{SINCE},{SINCE},not declared'
    )
    Signal.objects.filter(metric=told, kind="headline").update(sentence="Said today.", as_of=DAY)
    today = client.get("/metrics", {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert next(line for line in today if line.startswith("sales.0,")).endswith(
        f",improving,Said today.,{DAY},{SINCE},not declared"
    )


def test_neither_category_nor_filters_nor_a_past_day_cost_a_query(told: Metric, signed_in: SignedIn) -> None:
    client = signed_in("executive")
    asked(client, "/metrics")
    counts = []
    for more in (
        {},
        {"category": "business-outcomes", "shows": "improving", "new": "moves"},
        {"as_of": "2026-01-05"},
    ):
        with CaptureQueriesContext(connection) as captured:
            asked(client, "/metrics", **more)
        counts.append(len(captured))
    assert counts == [12, 12, 12]
