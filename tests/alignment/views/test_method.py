"""The method page says what was measured, and nothing that was not."""

from __future__ import annotations

import json
import re
from html import unescape

import numpy as np
from django.test import Client

from alignment.queries.method_tables import percent
from alignment.signals.measured import MEASURED, measured
from alignment.signals.trends import trends
from tests.alignment.small_company import SmallCompany
from tests.alignment.views.conftest import SignedIn
from tests.bench.signals import sets
from tests.bench.signals.change_rivals import CHANGE_RIVALS
from tests.bench.signals.measured import OURS, PACE_SETS, PARTS, _share, measured_anew, merged
from tests.bench.signals.rivals import TREND_RIVALS, WATCH_RIVALS
from tests.bench.signals_divergence import RIVALS
from tests.bench.signals_pace import SHAPES, UNSEEN


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
    for part in ("trend", "shift", "changes", "pace", "divergence"):
        assert f"seed {measured().run(part).seed}" in page


def test_changes_pace_and_divergence_stand_there_as_measured(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    page, found = _page(signed_in("executive")), measured()
    assert {row.method for row in found.changes} == {OURS, *CHANGE_RIVALS}
    assert [row.method for row in found.divergence] == [OURS, *RIVALS]
    for row in found.changes:
        for alarm, seen in zip(row.alarms, row.seen, strict=True):
            assert f"{percent(alarm)}; finds {percent(seen)}" in page
    for pair in found.divergence:
        for alarm, seen in zip(pair.alarms, pair.seen, strict=True):
            assert f"{percent(alarm)}; sees {percent(seen)}" in page
    assert [one.name for one in found.pace] == list(PACE_SETS)
    assert "20,000 to 30,000 cases in each column" in page
    for each in found.pace:
        shapes = UNSEEN if each.name == "unseen" else SHAPES
        assert each.cases == found.run("pace").series * PACE_SETS[each.name] * len(shapes)
        for one in each.bins:
            assert f"{percent(one.happened)} of {one.cases:,} (said {percent(one.said)})" in page
        for _, miss in each.misses:
            assert f"{miss:.3f}" in page


def test_ours_errs_less_than_the_others_where_that_is_claimed() -> None:
    found = measured()
    for mine, others in ((found.trend[0], found.trend[1:]), (found.changes[0], found.changes[1:])):
        assert all(max(mine.alarms) < min(other.alarms) for other in others)
    for each in found.pace:
        misses = dict(each.misses)
        assert misses.pop(OURS) < min(misses.values())


def test_one_part_is_measured_anew_and_the_others_stay() -> None:
    stored = json.loads(MEASURED.read_text())
    found = merged(stored, measured_anew(["changes"], 5, 20))
    assert found["runs"]["changes"]["series"] == 20
    assert found["changes"] != stored["changes"]
    assert {part: found[part] for part in PARTS if part != "changes"} == {
        part: stored[part] for part in PARTS if part != "changes"
    }
    assert {**found["runs"], "changes": 0} == {**stored["runs"], "changes": 0}


def test_optimal_partitioning_finds_one_plain_step_and_none_in_a_line() -> None:
    noise = np.random.default_rng(1).standard_normal((2, 40))
    noise[0, 25:] += 6
    for finder in CHANGE_RIVALS.values():
        assert finder(noise) == [[25], []]


def test_what_is_stored_is_what_the_tests_of_today_do() -> None:
    """The first cell is measured anew: a change of the rules that changes the rates asks for a new measurement."""
    found, first, run = measured(), measured().lengths[0], measured().run("trend")
    quiet = sets.drifting(run.seed, run.series, first, 0.0, 4)
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
