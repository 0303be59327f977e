"""The method page says what was measured, and nothing that was not."""

from __future__ import annotations

import json
import re
from html import unescape

from django.test import Client

from alignment.signals.measured import MEASURED, measured
from alignment.signals.trends import trends
from tests.alignment.small_company import SmallCompany
from tests.alignment.views.conftest import SignedIn
from tests.bench.signals import sets
from tests.bench.signals.measured import OURS, _share
from tests.bench.signals.rivals import TREND_RIVALS, WATCH_RIVALS


def _page(client: Client) -> str:
    text = unescape(client.get("/method").content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_every_measured_rate_stands_on_the_page(small_company: SmallCompany, signed_in: SignedIn) -> None:
    page = _page(signed_in("executive"))
    for row in measured().trend:
        for alarm, seen in zip(row.alarms, row.seen, strict=True):
            said = [
                f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %" for share in (alarm, seen)
            ]
            assert f"{said[0]}; sees {said[1]}" in page
    assert {row.method for row in measured().trend} == {OURS, *TREND_RIVALS}
    assert {row.method for row in measured().shift} == {OURS, *WATCH_RIVALS}
    assert f"seed {measured().seed}" in page


def test_what_is_stored_is_what_the_tests_of_today_do() -> None:
    """The first cell is measured anew: a change of the rules that changes the rates asks for a new measurement."""
    found, first = measured(), measured().lengths[0]
    quiet = sets.drifting(found.seed, found.series, first, 0.0, 4)
    assert _share(trends(quiet, period=4).claimed() != 0) == found.trend[0].alarms[0]


def test_the_example_does_not_move_and_is_drawn_as_it_is(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    response = signed_in("executive").get("/method")
    trace = response.context["page"].example.figure["data"][0]
    stored = json.loads(MEASURED.read_text())["example"]
    assert trace["y"] == stored["values"]
    assert len(trace["y"]) == 26
    assert "5 methods of 5 see a trend in it" in _page(signed_in("executive"))


def test_who_holds_no_role_gets_no_page(small_company: SmallCompany, signed_in: SignedIn) -> None:
    assert signed_in("outsider").get("/method").status_code == 404
