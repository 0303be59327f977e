"""The chance of a target wherever the status is: list, file, objective, why, overview; and where it cannot be told."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.test import Client

from alignment.models import KeyResult, KeyResultPace, Metric, Observation
from alignment.queries.known import load_known
from alignment.queries.objectives import standings_by_objective
from alignment.queries.pace import exact_words, house_words
from alignment.scoring.recompute import recompute
from tests.alignment.small_company import DAY, SmallCompany
from tests.alignment.views.conftest import SignedIn

SENTENCE = (
    "About 35 % likely to reach 200: 190 is expected at the due date, and 172 to 208 in eight cases of ten."
)
STEPS = [
    ["2026-11-22", 141.5, 138.0, 145.0],
    ["2026-12-06", 160.0, 150.0, 170.0],
    ["2026-12-27", 190.0, 172.0, 208.0],
]


@pytest.fixture
def small_company(small_company: SmallCompany) -> SmallCompany:
    """Its forty weeks show no yearly season, and one is declared: so nothing is foretold but what is put in by hand."""
    Metric.objects.update(season=Metric.Season.YEARLY)
    recompute(
        touched_metrics=None, since=None, until=DAY, by="test", now=datetime(2026, 11, 22, 20, tzinfo=UTC)
    )
    return small_company


@pytest.fixture
def client(small_company: SmallCompany, signed_in: SignedIn) -> Client:
    return signed_in("executive")


@pytest.fixture
def foretold(small_company: SmallCompany) -> KeyResult:
    """The level of the first objective, with a chance known since the 15th of November and none before."""
    key_result = small_company.key_results[0]
    KeyResultPace.objects.filter(key_result=key_result, day__gte=date(2026, 11, 15)).delete()
    KeyResultPace.objects.create(
        key_result=key_result, day=date(2026, 11, 15), probability=0.352, sentence=SENTENCE, expected=190.0, low=172.0,
        high=208.0, target=200.0, steps=STEPS, fingerprint="by hand", computed_at=datetime(2026, 11, 20, tzinfo=UTC),
    )  # fmt: skip
    return key_result


def page_of(client: Client, address: str, day: date = DAY, **asked: str) -> str:
    response = client.get(address, {"as_of": day.isoformat(), **asked})
    assert response.status_code == 200
    return unescape(response.content.decode()).replace("\xa0", " ")


def test_the_list_has_a_column_of_chances_that_sorts_and_exports(client: Client, foretold: KeyResult) -> None:
    page = page_of(client, "/objectives")
    assert '<td class="number-cell cell-chance" data-label="Chance">about 35 %</td>' in page
    assert "cannot tell</td>" in page  # the other objective's
    response = client.get("/objectives", {"as_of": DAY.isoformat(), "sort": "chance"})
    assert [row.likely for row in response.context["page"].rows] == [0.352, None]
    sheet = client.get("/objectives", {"as_of": DAY.isoformat(), "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert [(row["Objective"], row["Chance of the target"]) for row in rows] == [
        ("Objective 0", "0.352"), ("Objective 1", ""),
    ]  # fmt: skip
    assert "about 35 %" in page_of(client, "/")
    assert "about 35 %" in page_of(client, "/portfolio/theme-0")


def test_past_days_have_the_chance_that_was_known_then(client: Client, foretold: KeyResult) -> None:
    before = page_of(client, "/objectives", date(2026, 11, 14))
    assert "about 35 %" not in before
    assert "cannot tell" in before
    assert "cannot tell" not in page_of(
        client, "/objectives", date(2026, 9, 15)
    )  # not begun: nothing is foretold


def test_the_objective_shows_where_it_will_be(client: Client, foretold: KeyResult) -> None:
    page = page_of(client, "/objectives/objective-0")
    assert f"{SENTENCE} By what is known since 15 Nov 2026." in page
    assert "<dt>Chance of the target</dt><dd>about 35 %</dd>" in page
    assert "<dt>At the due date</dt><dd>190 deals, 172 to 208 in eight cases of ten</dd>" in page
    assert "190 deals, 172 to 208 in eight cases of ten" in page
    assert "foretold on 15 Nov 2026" in page
    assert "Cannot tell where it will be: a season of 52 periods must be seen twice" in page  # the band's


def test_the_range_is_drawn_from_the_last_reading_to_the_due_date(foretold: KeyResult) -> None:
    from alignment.queries.charted import key_result_chart

    standings = standings_by_objective(load_known(DAY))[foretold.objective_id]
    standing = next(one for one in standings if one.definition.id == foretold.pk)
    chart = key_result_chart(standing, DAY)
    assert chart is not None
    fan, *lines = chart.figure["data"]
    assert fan["name"] == "Eight cases in ten"
    assert fan["fill"] == "toself"
    assert fan["x"] == [
        "2026-11-15", "2026-11-22", "2026-12-06", "2026-12-27", "2026-12-27", "2026-12-06", "2026-11-22", "2026-11-15",
    ]  # fmt: skip
    assert fan["y"] == [139.0, 145.0, 170.0, 208.0, 172.0, 150.0, 138.0, 139.0]
    expected = lines[-1]
    assert (expected["name"], expected["y"]) == ("Expected", [139.0, 141.5, 160.0, 190.0])
    assert '<path d="M' in chart.drawing
    assert 'class="fill-fan"' in chart.drawing
    assert chart.table.caption.endswith("and what is foretold")
    assert chart.table.rows[0] == (
        "27 Dec 2026", "190 deals, 172 to 208 in eight cases of ten", "foretold on 15 Nov 2026", "forecast",
    )  # fmt: skip
    assert chart.table.rows[3][3] in {"as recorded", "reconstructed"}


def test_nothing_is_drawn_where_nothing_is_foretold(small_company: SmallCompany) -> None:
    from alignment.queries.charted import key_result_chart

    key_result = small_company.key_results[0]
    standings = standings_by_objective(load_known(DAY))[key_result.objective_id]
    standing = next(one for one in standings if one.definition.id == key_result.pk)
    chart = key_result_chart(standing, DAY)
    assert chart is not None
    assert "Expected" not in [trace["name"] for trace in chart.figure["data"]]
    assert "fill-fan" not in chart.drawing


def test_where_readings_ended_long_ago_the_last_ones_are_drawn(small_company: SmallCompany) -> None:
    from alignment.queries.charted import LAST_OF_OLD, key_result_chart

    key_result = small_company.key_results[0]
    standings = standings_by_objective(load_known(DAY))[key_result.objective_id]
    standing = next(one for one in standings if one.definition.id == key_result.pk)
    later = replace(standing.definition, start=DAY + timedelta(days=200), due=DAY + timedelta(days=300))
    chart = key_result_chart(replace(standing, definition=later), DAY)
    assert chart is not None
    assert len(chart.table.rows) == min(LAST_OF_OLD, len(standing.readings))
    assert key_result_chart(replace(standing, definition=later, readings=()), DAY) is None


def test_why_gives_the_exact_chance_and_the_rule(client: Client, foretold: KeyResult) -> None:
    page = page_of(client, f"/why/key-result/{foretold.pk}")
    assert SENTENCE in page
    assert (
        "<dd>35.2 %; on track asks for 60 %, and under 20 % it is off track once 25 % of the path is over</dd>"
        in page
    )
    earlier = page_of(client, f"/why/key-result/{foretold.pk}", date(2026, 11, 14))
    assert "Attainment alone decides." in earlier
    assert "35.2 %" not in earlier


def test_what_has_gone_stale_gives_out_no_old_forecast(client: Client, foretold: KeyResult) -> None:
    assert foretold.metric is not None
    Observation.objects.filter(metric=foretold.metric, period_start__gte=date(2026, 10, 19)).delete()
    page = page_of(client, "/objectives/objective-0")
    assert SENTENCE not in page
    assert "Cannot tell where it will be: its readings have stopped coming." in page
    assert "its readings have stopped coming" in page_of(client, f"/why/key-result/{foretold.pk}")


def test_figures_are_written_as_on_every_page() -> None:
    assert house_words("to reach 1,960,000: -2,130 is expected, and 1.5-2") == (
        "to reach 1\xa0960\xa0000: −2\xa0130 is expected, and 1.5-2"
    )
    assert [exact_words(p).replace("\xa0", " ") for p in (0.0, 0.0512, 0.99951)] == [
        "under 0.1 %",
        "5.1 %",
        "over 99.9 %",
    ]


def test_a_chance_is_about_the_path_of_what_can_be_measured(foretold: KeyResult) -> None:
    standings = standings_by_objective(load_known(DAY))[foretold.objective_id]
    standing = next(one for one in standings if one.definition.id == foretold.pk)
    assert standing.pace is not None
    days = [date(2026, 9, 30), date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [standing.pace.holds(standing.definition, day) for day in days] == [False, True, True, False]
    assert not standing.pace.holds(replace(standing.definition, metric=None), DAY)
