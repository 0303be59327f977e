"""The catalogue of metrics and the page of one: figures, filters, history, files, and what strange input gets."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from alignment.audit import acting_as
from alignment.importing.files import from_bytes
from alignment.importing.import_file import import_file
from alignment.importing.options import Options
from alignment.models import Epic, Metric, Observation, User
from alignment.periods import Cadence, Period
from tests.alignment.small_company import DAY, SmallCompany, build
from tests.alignment.views.conftest import SignedIn

HOSTILE = "<svg onload=x>&\"'</script><a href=//evil>"
QUERIES = {"/metrics": 12, "/metrics/sales.0": 20}
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def asked(client: Client, address: str, **more: str) -> Any:
    return client.get(address, {"as_of": DAY.isoformat(), **more})


def text_of(client: Client, address: str, **more: str) -> str:
    response = asked(client, address, **more)
    assert response.status_code == 200, response.content[:300]
    return unescape(response.content.decode()).replace("\u00a0", " ")


def restate(key: str, start: date, value: str, name: str = "corrected.csv") -> None:
    """What an import of one corrected reading does."""
    content = f"metric,date,value\n{key},{start},{value}\n".encode()
    done = import_file(file=from_bytes(name, content), options=Options(cadence="week"), by="ada", now=NOON)
    assert done.result.changed == 1


def last_week() -> Period:
    return Period.containing(DAY, Cadence.WEEK).previous()


# -- the catalogue ---------------------------------------------------------------------------------------------


def test_each_metric_stands_with_its_latest_reading_and_whether_it_is_fresh(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    page = text_of(signed_in("executive"), "/metrics")
    assert "<h1>4 metrics, none of them stale</h1>" in page
    assert "139 deals" in page
    assert "period to 15 Nov" in page
    assert page.count("</use></svg>fresh</span>") + page.count('"/></svg>fresh</span>') == 4
    assert page.count('class="sparkline"') == 4


def test_a_metric_that_is_silent_says_since_when_and_one_that_never_reported_that(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    silent, never = small_company.metrics[:2]
    Observation.objects.filter(metric=silent, period_start__gt=date(2026, 10, 1)).delete()
    Observation.objects.filter(metric=never).delete()
    client = signed_in("executive")
    page = text_of(client, "/metrics")
    assert "4 metrics, 1 stale and 1 that never reported" in page
    assert re.search(r"stale since \d+ Oct 2026", page)
    assert "nothing reported yet" in page
    assert [row.key for row in asked(client, "/metrics", freshness="stale").context["page"].rows] == [
        silent.key
    ]
    by_freshness = asked(client, "/metrics", sort="freshness").context["page"].rows
    assert [row.key for row in by_freshness[:2]] == [silent.key, never.key]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"category": "business-outcomes"}, 4), ({"category": "ai-performance"}, 0), ({"cadence": "week"}, 4),
        ({"cadence": "month"}, 0), ({"role": "revenue"}, 1), ({"role": "none"}, 3), ({"owner": "executive"}, 1),
        ({"owner": "nobody"}, 3), ({"freshness": "fresh"}, 4), ({"q": "SALES"}, 2), ({"q": "sales 1"}, 1),
        ({"q": "sales", "owner": "executive"}, 1), ({"freshness": "stale"}, 0), ({"shows": "doubtful"}, 0),
    ],
)  # fmt: skip
def test_filters_narrow_the_catalogue(
    small_company: SmallCompany,
    signed_in: SignedIn,
    people: dict[str, User],
    filters: dict[str, str],
    found: int,
) -> None:
    Metric.objects.filter(key="sales.0").update(role="revenue", owner=people["executive"])
    response = asked(signed_in("executive"), "/metrics", **filters)
    assert len(response.context["page"].rows) == found
    assert f"{found} of 4 shown: " in response.content.decode()


@pytest.mark.parametrize("sort", ["name", "category", "latest", "shows", "freshness", "owner"])
def test_every_order_has_its_opposite(small_company: SmallCompany, signed_in: SignedIn, sort: str) -> None:
    client = signed_in("executive")
    up = [row.key for row in asked(client, "/metrics", sort=sort).context["page"].rows]
    down = [row.key for row in asked(client, "/metrics", sort=f"-{sort}").context["page"].rows]
    assert up == down[::-1]
    assert 'aria-sort="descending"' in text_of(client, "/metrics", sort=f"-{sort}")


@pytest.mark.parametrize(
    "strange",
    [
        {"sort": "price"}, {"page": "0"}, {"page": "x"}, {"page": "²"}, {"format": "pdf"}, {"as_of": "soon"},
        {"category": "<b>"}, {"cadence": "hour"}, {"role": "king"}, {"freshness": "old"}, {"shows": "up"},
        {"new": "yes"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_clear_400(
    small_company: SmallCompany, signed_in: SignedIn, strange: dict[str, str]
) -> None:
    client = signed_in("executive")
    assert asked(client, "/metrics", **strange).status_code == 400
    assert asked(client, "/readings", **strange).status_code == 400
    if strange.keys() & {"page", "format", "as_of"}:
        assert asked(client, "/metrics/sales.0", **strange).status_code == 400
    assert asked(client, "/metrics/sales.0", range="27").status_code == 400


def test_fifty_stand_on_a_page(small_company: SmallCompany, signed_in: SignedIn) -> None:
    Metric.objects.bulk_create(
        Metric(key=f"more.{n}", name=f"More {n:03}", category="ai-performance", unit="n", cadence="day")
        for n in range(60)
    )
    client = signed_in("executive")
    first = asked(client, "/metrics")
    assert len(first.context["page"].rows) == 50
    assert "Page 1 of 2" in first.content.decode()
    second = asked(client, "/metrics", page="2")
    assert len(second.context["page"].rows) == 14
    assert asked(client, "/metrics", page="99").context["page"].number == 2


def test_without_metrics_the_catalogue_leads_to_importing(
    small_company: SmallCompany, people: dict[str, User]
) -> None:
    client = Client()
    client.force_login(people["outsider"])
    page = text_of(client, "/metrics")
    assert "No metric is defined yet" in page
    assert "/imports/new" in page or "import_metrics" in page


def test_the_catalogue_is_what_was_known_then(small_company: SmallCompany, signed_in: SignedIn) -> None:
    page = text_of(signed_in("executive"), "/metrics", as_of="2026-10-20")
    assert ("135 deals" in page, "139 deals" in page) == (True, False)


# -- one metric ------------------------------------------------------------------------------------------------


def test_the_headline_is_made_of_the_data(small_company: SmallCompany, signed_in: SignedIn) -> None:
    response = asked(signed_in("executive"), "/metrics/sales.0")
    page = unescape(response.content.decode()).replace("\u00a0", " ")
    heading = re.sub(r"<[^>]+>", "", re.findall(r"<h1>(.*?)</h1>", page, re.S)[0])
    assert heading == f"sales 0: 139 deals in the week to 15 Nov 2026: {response.context['page'].verdict}"
    assert "Up to date" in page


def test_a_late_and_a_silent_metric_say_so(small_company: SmallCompany, signed_in: SignedIn) -> None:
    client = signed_in("executive")
    week = last_week().start
    Observation.objects.filter(metric__key="sales.0", period_start=week).delete()
    assert "Late: the reading for the week to 15 Nov 2026 was due on 15 Nov 2026." in text_of(
        client, "/metrics/sales.0", as_of="2026-11-18"
    )
    Observation.objects.filter(metric__key="sales.0", period_start__gt=date(2026, 10, 1)).delete()
    assert re.search(r"Stale since \d+ Oct 2026: it has been silent", text_of(client, "/metrics/sales.0"))


def test_the_chart_draws_each_period_once_and_gaps_as_gaps(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    gap = last_week().previous(3).start
    Observation.objects.filter(metric__key="sales.0", period_start=gap).delete()
    response = asked(signed_in("executive"), "/metrics/sales.0", range="26")
    figure = response.context["page"].chart.chart.figure
    trace = next(trace for trace in figure["data"] if trace["name"] == "sales 0")
    assert (trace["type"], trace["mode"], len(trace["x"])) == ("scatter", "lines+markers", 26)
    assert trace["y"].index(None) == 22
    assert trace["y"][-1] == 139
    assert "1 period without a reading" in response.content.decode()
    path = next(trace for trace in figure["data"] if trace["name"] == "sales.0 to 200")
    assert (path["x"][0], path["y"][0]) == ("2026-10-01", 130)
    everything = (
        asked(signed_in("executive"), "/metrics/sales.0", range="all").context["page"].chart.chart.figure
    )
    assert len(next(t for t in everything["data"] if t["name"] == "sales 0")["x"]) == 40


def test_hard_limits_are_a_band_and_too_far_ones_are_said(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    client = signed_in("executive")
    Metric.objects.filter(key="sales.0").update(hard_minimum=90, hard_maximum=150)
    chart = asked(client, "/metrics/sales.0").context["page"].chart
    assert [shape["y1"] for shape in chart.chart.figure["layout"]["shapes"] if shape["type"] == "rect"] == [
        150
    ]
    Metric.objects.filter(key="sales.0").update(hard_maximum=100_000)
    page = asked(client, "/metrics/sales.0")
    assert "The maximum lies beyond the picture" in page.content.decode()
    assert not [s for s in page.context["page"].chart.chart.figure["layout"]["shapes"] if s["type"] == "rect"]


def test_marks_are_numbered_and_explained(small_company: SmallCompany, signed_in: SignedIn) -> None:
    Epic.objects.filter(slug="epic-0").update(state="done", finished_on=date(2026, 9, 1))
    with acting_as("cleo"):
        Metric.objects.filter(key="speed.0").update(direction="lower")
    response = asked(signed_in("executive"), "/metrics/speed.0")
    page = unescape(response.content.decode())
    assert "Epic 0 was launched" in page
    assert "weekly.csv was imported by test: the first readings" in page
    numbers = [mark.number for mark in response.context["page"].marks]
    notes = [note["text"] for note in response.context["page"].chart.chart.figure["layout"]["annotations"]]
    assert numbers
    assert all(str(number) in notes for number in numbers)


def test_an_edit_of_the_definition_is_a_mark_under_who_made_it(db: None, people: dict[str, User]) -> None:
    from alignment.queries.metric_marks import edits
    from alignment.scoring.loading import load_house

    small = build()
    metric = small.metrics[0]
    with acting_as("cleo"):
        Metric.objects.filter(pk=metric.pk).update(direction="lower", hard_maximum=150)
    with acting_as("system:import"):
        Metric.objects.filter(pk=metric.pk).update(source="weekly")
    found = edits(metric, datetime.now(UTC) + timedelta(days=1), load_house())
    assert [happening.words for happening in found] == [
        "cleo changed direction from “higher” to “lower”, hard maximum from nothing to 150"
    ]


def test_a_restated_reading_keeps_its_history_down_to_file_and_line(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    restate("sales.0", last_week().start, "141.25")
    client = signed_in("executive")
    page = text_of(client, "/metrics/sales.0")
    assert "141.25" in page
    assert "<del>139</del>" in page
    assert re.search(r"replaced on 20 Nov 2026, 12:00 by ada with corrected.csv", page)
    assert "corrected.csv, line 2, column value" in page
    assert "weekly.csv, line 41, column value" in page
    assert "1 with a history" in page
    figure = asked(client, "/metrics/sales.0").context["page"].chart.chart.figure
    before = next(trace for trace in figure["data"] if trace["name"] == "Before it was restated")
    assert (before["mode"], before["y"]) == ("markers", [139])
    earlier = text_of(client, "/metrics/sales.0", as_of="2026-11-19")
    assert "141.25" not in earlier
    assert "<del>" not in earlier
    assert "139 deals in the week to 15 Nov 2026" in earlier
    assert "As it is defined today; readings and verdicts are those of 19 Nov 2026." in earlier


def test_who_uses_it_is_said_with_links(small_company: SmallCompany, signed_in: SignedIn) -> None:
    page = text_of(signed_in("executive"), "/metrics/speed.0")
    assert 'href="/objectives/objective-0?as_of=2026-11-20"' in page
    assert "speed.0 at least 500" in page
    assert "Guard 0" in page
    assert "at most 120 deals" in page
    assert "broken by the latest reading" in page
    assert "Epic 0" in page
    Metric.objects.create(key="alone", name="Alone", category="ai-performance", unit="n", cadence="day")
    alone = text_of(signed_in("executive"), "/metrics/alone")
    assert "Nothing uses this metric" in alone
    assert "Alone has no reading yet" in alone
    assert "has not reported by 20 Nov 2026" in alone


def test_nobody_without_a_role_learns_of_a_metric(small_company: SmallCompany, signed_in: SignedIn) -> None:
    client = signed_in("outsider")
    assert asked(client, "/metrics/sales.0").status_code == 404
    assert "sales" not in asked(client, "/metrics").content.decode()
    assert b"sales" not in b"".join(asked(client, "/readings").streaming_content)
    assert asked(signed_in("executive"), "/metrics/none-such").status_code == 404


def test_hostile_names_are_text(signed_in: SignedIn) -> None:
    build(naming=lambda name: f"{name} {HOSTILE}")
    client = signed_in("executive")
    for address in ("/metrics", "/metrics/sales.0", "/metrics/speed.0"):
        raw = asked(client, address).content.decode()
        assert HOSTILE not in raw
        assert "<svg onload" not in raw
        assert "//evil>" not in raw
        assert HOSTILE in unescape(raw)


def test_ten_thousand_readings_are_drawn_in_a_bounded_figure(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    metric = Metric.objects.create(
        key="daily", name="Daily", category="technical-performance", unit="ms", cadence="day"
    )
    Observation.objects.bulk_create(
        Observation(metric=metric, period_start=DAY - timedelta(days=n), value=n % 97, known_at=NOON)
        for n in range(10_000)
    )
    response = asked(signed_in("executive"), "/metrics/daily", range="all")
    figure = response.context["page"].chart.chart.figure
    assert all(len(trace["x"]) <= 400 for trace in figure["data"])
    assert "each point is the mean of 25 of them" in response.content.decode()
    assert len(response.content) < 250_000


# -- files -----------------------------------------------------------------------------------------------------


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_catalogue_is_exported_as_it_is_narrowed(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    Metric.objects.filter(key="sales.0").update(name="=1+1")
    client = signed_in("executive")
    response = asked(client, "/metrics", format="csv", q="sales.0")
    assert response["Content-Disposition"] == 'attachment; filename="metrics-2026-11-20.csv"'
    header, row = rows_of(response.content)
    found = dict(zip(header, row, strict=True))
    assert (found["metric"], found["name"], found["latest"]) == ("sales.0", "'=1+1", "139")
    assert (found["period from"], found["freshness"], found["measures"]) == (
        "2026-11-09",
        "fresh",
        "the company",
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(asked(client, "/metrics", format="xlsx").content))
    sheet = book.get_sheet_by_index(0).to_python()
    assert len(sheet) == 5
    assert sheet[1][header.index("latest")] == 139.0
    assert "=1+1" in [row[1] for row in sheet]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("address", ["/readings", "/metrics/sales.0"])
def test_exported_readings_import_back_without_a_change(
    small_company: SmallCompany, signed_in: SignedIn, address: str, kind: str
) -> None:
    Metric.objects.filter(key="sales.0").update(source="one")
    Metric.objects.filter(key="sales.1").update(source="two")
    Observation.objects.filter(metric__key="sales.0", period_start=last_week().start).update(
        value=Decimal("-123456789.123456789012")
    )
    response = asked(signed_in("executive"), address, format=kind)
    content = response.content if not response.streaming else b"".join(response.streaming_content)
    name = re.findall(r'filename="([^"]+)"', response["Content-Disposition"])[0]
    assert name.startswith("plumbline-readings-")
    done = import_file(file=from_bytes(name, content), options=Options(), by="ada", now=NOON).result
    assert (done.new, done.changed, done.refused) == (0, 0, 0)
    assert done.unchanged == (160 if address == "/readings" else 40)
    assert set(Metric.objects.values_list("source", flat=True)) == {"one", "two", ""}


def test_the_export_with_sources_holds_what_was_replaced(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    restate("sales.0", last_week().start, "141.25")
    response = asked(signed_in("executive"), "/metrics/sales.0", format="csv", **{"with": "sources"})
    header, *rows = rows_of(response.content)
    last = [dict(zip(header, row, strict=True)) for row in rows[-2:]]
    assert [(row["value"], row["state"], row["file"], row["line"]) for row in last] == [
        ("139", "restated", "weekly.csv", "41"),
        ("141.25", "counts", "corrected.csv", "2"),
    ]
    assert (last[0]["replaced by"], last[0]["replaced by file"]) == ("ada", "corrected.csv")


# -- queries ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", QUERIES)
@pytest.mark.parametrize("copies", [1, 3])
def test_queries_do_not_grow_with_the_data(people: dict[str, User], address: str, copies: int) -> None:
    build(copies=copies)
    client = Client()
    client.force_login(people["executive"])
    asked(client, address)
    with CaptureQueriesContext(connection) as captured:
        assert asked(client, address).status_code == 200
    assert len(captured) == QUERIES[address], [query["sql"][:90] for query in captured]
