"""Two metrics held against each other: what is said, drawn and refused, as of the day, from both sides."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alignment.models import Metric, Observation
from alignment.queries.metric_against import divergence_on
from tests.alignment.small_company import SmallCompany, build
from tests.alignment.views.conftest import SignedIn
from tests.alignment.views.test_metrics import asked, last_week

ADDRESS = "/metrics/sales.0/against/speed.0"
WEEKS = 52
QUERIES = 11
HOSTILE = "<svg onload=x>&\"'</script><a href=//evil>"


def rewritten(key: str, values: Any) -> None:
    """The metric's readings of the last weeks are these and no others."""
    metric, week = Metric.objects.get(key=key), last_week()
    example = Observation.objects.filter(metric=metric).first()
    assert example is not None
    Observation.objects.filter(metric=metric).delete()
    weeks = [week.previous(back) for back in range(len(values) - 1, -1, -1)]
    Observation.objects.bulk_create(
        Observation(
            metric=metric, period_start=period.start, value=round(float(value), 4), known_at=example.known_at,
            batch=example.batch, source_line=example.source_line, source_column=example.source_column,
        )
        for period, value in zip(weeks, values, strict=True)
    )  # fmt: skip


def parting(gain: float = 0.5) -> None:
    """Sales grow by half over the second half of a year in which speed stays as it is, in other units."""
    chance = np.random.default_rng(5)
    rise = np.concatenate([np.zeros(WEEKS // 2), np.linspace(0, gain, WEEKS // 2)])
    rewritten("sales.0", 100 * (1 + rise) * (1 + 0.03 * chance.standard_normal(WEEKS)))
    rewritten("speed.0", 7 * (1 + 0.03 * chance.standard_normal(WEEKS)))


def words(response: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", unescape(response.content.decode())).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text)


def heading(client: Client, address: str = ADDRESS, **more: str) -> str:
    found = re.findall(r"<h1>(.*?)</h1>", asked(client, address, **more).content.decode(), re.S)
    return unescape(found[0])


def test_it_says_which_outgrows_which_since_when_and_by_how_much(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    parting()
    response = asked(signed_in("executive"), ADDRESS)
    page = response.context["page"]
    assert page.lead == "sales 0 outgrows speed 0"
    assert page.said.sentence in words(response)
    facts = dict(page.said.facts)
    gained, low, high = (float(each) for each in re.findall(r"(-?\d+)\u00a0%", facts["How wide"]))
    assert facts["How wide"].startswith("sales 0 gained")
    assert low < gained < high
    assert 30 < gained < 75
    began = page.said.chart.figure["layout"]["shapes"]
    [shaded] = [shape for shape in began if shape["type"] == "rect"]
    [line] = [shape for shape in began if shape["type"] == "line"]
    middle = (last_week().end - timedelta(weeks=WEEKS // 2)).isoformat()
    assert shaded["x0"] <= middle <= shaded["x1"]
    assert shaded["x0"] <= line["x0"] <= shaded["x1"]
    assert "between the week to" in facts["Since"]
    assert "52 periods with a reading of both" in facts["Window"]
    figures = dict(page.said.figures)
    assert figures["Share of pairs that move alike but part so far"].endswith("in 1,000")
    assert figures["What is tested"] == "the logarithm of first over second"
    assert all(term in words(response) and figure in words(response) for term, figure in figures.items())


def test_both_are_drawn_from_one_start_and_what_was_gained_below(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    parting()
    said = asked(signed_in("executive"), ADDRESS).context["page"].said
    one, other = (trace for trace in said.chart.figure["data"])
    assert [trace["name"] for trace in (one, other)] == ["sales 0", "speed 0"]
    assert [sum(trace["y"][:4]) / 4 for trace in (one, other)] == pytest.approx([100, 100], abs=0.01)
    assert 130 < one["y"][-1] < 170
    assert 88 < other["y"][-1] < 112
    gained = next(t for t in said.gap.figure["data"] if t["name"] == "Mean of neighbouring periods")
    assert abs(gained["y"][3]) < 8
    assert 35 < gained["y"][-1] < 65
    assert len(said.chart.table.rows) == len(said.gap.table.rows) == WEEKS
    assert said.chart.table.rows[0][1].endswith("\u00a0deals")


def test_the_other_way_round_says_the_same_from_there(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    parting()
    client = signed_in("executive")
    assert heading(client, "/metrics/speed.0/against/sales.0") == "sales 0 outgrows speed 0"
    there = asked(client, ADDRESS, lag="4")
    assert "/metrics/speed.0/against/sales.0?lag=-4&amp;as_of=2026-11-20" in there.content.decode()
    back = asked(client, "/metrics/speed.0/against/sales.0", lag="-4").context["page"]
    one, other = (dict(page.said.facts)["How wide"] for page in (there.context["page"], back))
    assert one == other


def test_a_lag_holds_readings_against_earlier_ones(small_company: SmallCompany, signed_in: SignedIn) -> None:
    response = asked(signed_in("executive"), ADDRESS, lag="13")
    page = response.context["page"]
    assert "Each reading of “speed 0” is held against the one of “sales 0” 13 weeks before." in words(
        response
    )
    row, came = page.said.chart.table.rows[0], last_week().previous(13).end
    assert row[0] == f"{last_week().end.day} {last_week().end:%b %Y}"
    assert row[1] == f"126\u00a0deals ({came.day} {came:%b %Y})"
    assert row[2] == "139\u00a0deals"
    assert [choice.label for choice in page.lags if choice.is_chosen] == ["13 weeks before"]


def test_what_moves_alike_does_not_part(small_company: SmallCompany, signed_in: SignedIn) -> None:
    chance = np.random.default_rng(8)
    common = 1 + 0.1 * chance.standard_normal(WEEKS)
    for key, size in (("sales.0", 100), ("speed.0", 3)):
        rewritten(key, size * common * (1 + 0.02 * chance.standard_normal(WEEKS)))
    assert heading(signed_in("executive")) == "sales 0 and speed 0: no clear divergence"


def test_an_earlier_day_knows_only_what_was_known(small_company: SmallCompany, signed_in: SignedIn) -> None:
    parting()
    early = (last_week().end - timedelta(weeks=WEEKS // 2)).isoformat()
    client = signed_in("executive")
    assert heading(client) == "sales 0 outgrows speed 0"
    Observation.objects.update(known_at="2025-01-01T12:00:00Z")
    said = asked(client, ADDRESS, as_of=early).context["page"].said
    assert len(said.chart.table.rows) == WEEKS // 2
    assert "outgrows" not in heading(client, as_of=early)
    assert f"?as_of={early}" in asked(client, ADDRESS, as_of=early).content.decode()


def test_too_little_is_said_with_what_is_missing(small_company: SmallCompany, signed_in: SignedIn) -> None:
    Observation.objects.filter(metric__key="sales.0", period_start__lt=last_week().previous(4).start).delete()
    client = signed_in("executive")
    assert heading(client) == "sales 0 and speed 0: cannot tell whether they part"
    assert "5 readings of both in 5 periods; 9 in 12 are needed" in words(asked(client, ADDRESS))
    Observation.objects.filter(metric__key="sales.0").delete()
    page = words(asked(client, ADDRESS))
    assert "there is no period in which both have a reading" in page
    assert "so there is nothing to draw" in page


def test_another_cadence_is_named_with_what_to_do(small_company: SmallCompany, signed_in: SignedIn) -> None:
    Metric.objects.create(
        key="monthly", name="Monthly", category="business-outcomes", unit="n", cadence="month"
    )
    client = signed_in("executive")
    response = asked(client, "/metrics/sales.0/against/monthly")
    assert response.status_code == 200
    assert heading(client, "/metrics/sales.0/against/monthly") == "sales 0 and Monthly cannot be compared yet"
    said = words(response)
    assert "“sales 0” is weekly and “Monthly” monthly" in said
    assert "Import monthly readings of “sales 0” as a metric of its own" in said
    assert "compare-with" in response.content.decode()


def test_a_metric_against_itself_and_strange_lags_are_refused(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    client = signed_in("executive")
    for address in ("/metrics/sales.0/against/sales.0", "/metrics/sales.0/against?with=sales.0"):
        response = client.get(address)
        assert response.status_code == 400
        assert "cannot be compared with itself" in unescape(response.content.decode())
    for lag in ("x", "1.5", "53", "-53", "9" * 30, "²"):
        for address in (ADDRESS, "/metrics/sales.0/against"):
            assert asked(client, address, lag=lag).status_code == 400, lag
    assert asked(client, ADDRESS, lag="-52").status_code == 200
    assert asked(client, ADDRESS, lag="−1").context["page"].lag == -1


def test_who_may_not_know_and_what_is_not_there_get_a_404(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    for address in (ADDRESS, "/metrics/sales.0/against", "/metrics/sales.0/against?with=speed.0"):
        assert signed_in("outsider").get(address).status_code == 404
    assert signed_in("executive").get("/metrics/sales.0/against/none").status_code == 404
    assert signed_in("executive").get("/metrics/none/against/sales.0").status_code == 404
    assert signed_in("executive").get("/metrics/sales.0/against?with=none").status_code == 404


def test_the_form_goes_on_to_the_comparison(small_company: SmallCompany, signed_in: SignedIn) -> None:
    client = signed_in("executive")
    response = asked(client, "/metrics/sales.0/against", **{"with": "speed.1", "lag": "4"})
    assert response.status_code == 302
    assert response["Location"] == "/metrics/sales.0/against/speed.1?lag=4&as_of=2026-11-20"
    plain = client.get("/metrics/sales.0/against", {"with": "speed.1", "lag": "0"})
    assert plain["Location"] == "/metrics/sales.0/against/speed.1"


def test_a_metrics_page_offers_those_that_serve_the_same_first(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    Metric.objects.create(
        key="monthly", name="A monthly", category="business-outcomes", unit="n", cadence="month"
    )
    revenue = Metric.objects.get(key="speed.1")
    revenue.role = "revenue"
    revenue.save()
    Metric.objects.filter(key="sales.0").update(role="velocity")
    response = asked(signed_in("executive"), "/metrics/sales.0")
    offered = response.context["page"].compare.comparable
    assert [(one.key, one.lag) for one in offered.suggestions] == [
        ("speed.1", 13),
        ("speed.0", 0),
        ("sales.1", 0),
    ]
    assert [one.reason.split(" · ")[0] for one in offered.suggestions] == [
        "what is built shows here a quarter later", "serves the same objective", "of the same category",
    ]  # fmt: skip
    assert [label for label, _ in offered.groups] == [
        "Also weekly", "Of another cadence, which has to be made alike first",
    ]  # fmt: skip
    assert "/metrics/sales.0/against/speed.1?lag=13&amp;as_of=2026-11-20" in response.content.decode()
    assert "/metrics/sales.0/against/speed.0?as_of=2026-11-20" in response.content.decode()


def test_of_those_of_a_category_the_ones_in_the_same_unit_come_first(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    Metric.objects.filter(key="sales.1").update(unit="boats")
    offered = asked(signed_in("executive"), "/metrics/sales.0").context["page"].compare.comparable
    assert [one.key for one in offered.suggestions] == ["speed.0", "speed.1", "sales.1"]


def test_choosing_finds_by_name_and_says_what_is_left_out(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    Metric.objects.bulk_create(
        Metric(key=f"more.{n}", name=f"More {n:03}", category="ai-performance", unit="n", cadence="week")
        for n in range(70)
    )
    client = signed_in("executive")
    page = asked(client, "/metrics/sales.0/against")
    assert page.context["page"].comparable.left_out == 13
    assert "13 more are not shown" in words(page)
    found = asked(client, "/metrics/sales.0/against", q="more 069").context["page"].comparable
    assert [choice.value for _, choices in found.groups for choice in choices] == ["more.69"]
    assert "No other metric has “nothing”" in words(asked(client, "/metrics/sales.0/against", q="nothing"))


def test_namesakes_are_told_apart_by_their_keys(small_company: SmallCompany, signed_in: SignedIn) -> None:
    Metric.objects.filter(key__in=("sales.0", "speed.0")).update(name="commits")
    client = signed_in("executive")
    assert heading(client) == "sales.0 and speed.0: no clear divergence"
    assert "commits (speed.0)" in words(asked(client, "/metrics/sales.0/against"))


def test_hostile_names_stay_text(small_company: SmallCompany, signed_in: SignedIn) -> None:
    Metric.objects.filter(key="speed.0").update(name=HOSTILE, unit="<b>")
    client = signed_in("executive")
    for address in (ADDRESS, "/metrics/sales.0/against", "/metrics/speed.0/against/sales.0"):
        page = asked(client, address).content.decode()
        assert "<svg onload" not in page
        assert "<a href=//evil" not in page
        assert "<b>" not in page


@pytest.mark.parametrize("copies", [1, 3])
def test_queries_do_not_grow(db: None, signed_in: SignedIn, copies: int) -> None:
    build(copies=copies)
    client = signed_in("executive")
    asked(client, ADDRESS)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert asked(client, ADDRESS).status_code == 200
    assert len(queries) == QUERIES


def test_what_was_said_of_a_pair_is_kept_by_its_readings(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    client = signed_in("executive")
    divergence_on.cache_clear()
    asked(client, ADDRESS)
    asked(client, ADDRESS)
    assert (divergence_on.cache_info().hits, divergence_on.cache_info().misses) == (1, 1)
    Observation.objects.filter(metric__key="speed.0", period_start=last_week().start).update(value=99)
    asked(client, ADDRESS)
    assert divergence_on.cache_info().misses == 2


def test_the_figures_of_the_charts_are_finite(small_company: SmallCompany, signed_in: SignedIn) -> None:
    rewritten("speed.0", [0, 0, 5, 0, 3] * 8)
    said = asked(signed_in("executive"), ADDRESS).context["page"].said
    for chart in (said.chart, said.gap):
        json.dumps(chart.figure, allow_nan=False)
    assert "usual size" in said.notes[0]
    assert date.fromisoformat(said.chart.figure["data"][0]["x"][-1]) == last_week().end


def test_a_yearly_season_has_to_be_seen_twice(small_company: SmallCompany, signed_in: SignedIn) -> None:
    parting()
    Metric.objects.filter(key="speed.0").update(season="yearly")
    client = signed_in("executive")
    assert heading(client) == "sales 0 and speed 0: cannot tell whether they part"
    assert "a yearly season must be seen twice, and 52 of 104 weeks are there" in words(
        asked(client, ADDRESS)
    )
    Metric.objects.filter(key__in=("sales.0", "speed.0")).update(season="none")
    assert heading(client) == "sales 0 outgrows speed 0"
