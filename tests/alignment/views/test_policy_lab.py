"""The policy lab: history judged again is what was stored, differences are counted, and nothing is written."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alignment.models import KeyResultStatus, Objective, ScorePolicy, User
from alignment.queries import policy_lab as lab
from alignment.scoring.status import Status
from tests.alignment.small_company import DAY, SmallCompany, build
from tests.alignment.views.conftest import SignedIn

LAB = "/policy-lab"
STRETCH = {"as_of": DAY.isoformat(), "from": "2026-09-01", "to": DAY.isoformat()}


@pytest.fixture
def client(small_company: SmallCompany, signed_in: SignedIn) -> Client:
    return signed_in("executive")


def page_of(client: Client, **asked: str) -> Any:
    response = client.get(LAB, STRETCH | asked)
    assert response.status_code == 200, response.content.decode()
    return response.context["page"]


def stored(number: int, first: date, last: date) -> dict[str, int]:
    """Days on each status as the stored rows say, from `first` to `last`."""
    rows = list(KeyResultStatus.objects.filter(key_result_id=number, day__lte=last).order_by("day"))
    days: dict[str, int] = {}
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        end = following.day - timedelta(days=1) if following else last
        count = (min(end, last) - max(row.day, first)).days + 1
        if count > 0:
            days[row.status] = days.get(row.status, 0) + count
    return days


def test_the_policy_that_counts_judged_again_is_what_is_stored(
    client: Client, small_company: SmallCompany
) -> None:
    page = page_of(client, first="active", second="plumbline")
    assert len(page.rows) == 4
    first = date.fromisoformat(STRETCH["from"])
    for row in page.rows:
        assert {status.value: days for status, days in row.left.days} == stored(row.number, first, DAY)
        assert row.differing == 0
    assert page.sentence == "Both policies judge 4 key results alike on every day"


def test_another_policy_is_counted_day_by_day(client: Client, small_company: SmallCompany) -> None:
    page = page_of(client, first="active", second="viva")
    level = next(row for row in page.rows if row.number == small_company.key_results[0].pk)
    one, two = dict(level.left.days), dict(level.right.days)
    assert sum(one.values()) == sum(two.values()) == level.judged
    assert two.get(Status.OFF_TRACK, 0) == 0  # Viva knows on track and behind alone
    assert one[Status.OFF_TRACK] > 0
    assert level.differing >= one[Status.OFF_TRACK]
    assert level.when.startswith("only the first, on ")
    differ = [row for row in page.rows if row.differing]
    assert page.sentence == f"{len(differ)} of 4 key results would be judged otherwise"
    assert page.rows[0].differing == max(row.differing for row in page.rows)


def test_earlier_and_later_are_said(client: Client, small_company: SmallCompany) -> None:
    page = page_of(client, first="active", second="cascade")
    level = next(row for row in page.rows if row.number == small_company.key_results[0].pk)
    days = (level.right.first_off - level.left.first_off).days
    assert days != 0
    word = "later" if days > 0 else "earlier"
    assert level.when in (f"the second {abs(days)} days {word}", f"the second {abs(days)} day {word}")


def test_own_parameters_move_the_verdicts(client: Client, small_company: SmallCompany) -> None:
    strict = page_of(client, first="active", second="own", off_track_below="0.99", on_track_from="1")
    level = next(row for row in strict.rows if row.number == small_company.key_results[0].pk)
    assert dict(level.right.days).get(Status.OFF_TRACK, 0) > dict(level.left.days).get(Status.OFF_TRACK, 0)
    same = page_of(client, first="active", second="own")
    assert all(row.differing == 0 for row in same.rows)


def test_one_theme_or_one_objective(client: Client) -> None:
    assert {row.slug for row in page_of(client, theme="theme-1").rows} == {"objective-1"}
    assert {row.slug for row in page_of(client, objective="objective-0").rows} == {"objective-0"}
    assert client.get(LAB, {"theme": "none-such"}).status_code == 404
    assert client.get(LAB, {"objective": "none-such"}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"first": "luck"}, "is no policy here"),
        ({"from": "yesterday"}, "is not a day"),
        ({"from": "2026-11-01", "to": "2026-10-01"}, "begins before it ends"),
        ({"to": "2026-11-21"}, "after 2026-11-20"),
        ({"from": "2020-01-01"}, "at most 366 days"),
        ({"second": "own", "off_track_below": "1,5"}, "without guessing"),
        ({"second": "own", "off_track_below": "7"}, "from 0 to 1"),
        ({"second": "own", "off_track_below": "0.95", "on_track_from": "0.9"}, "nothing could be at risk"),
        ({"second": "own", "preset": "luck"}, "is no preset"),
        ({"format": "pdf"}, "no format"),
    ],
)
def test_what_cannot_be_asked_is_said(client: Client, asked: dict[str, str], said: str) -> None:
    response = client.get(LAB, STRETCH | asked)
    assert response.status_code == 400
    assert said in unescape(response.content.decode())


def test_work_is_bounded(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "MOST_JUDGEMENTS", 100)
    response = client.get(LAB, STRETCH)
    assert response.status_code == 400
    assert "Choose one theme or one objective" in response.content.decode()


def test_the_file_holds_what_is_shown(client: Client) -> None:
    page = page_of(client)
    response = client.get(LAB, STRETCH | {"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [(row["Key result"], int(row["Days that differ"])) for row in rows] == [
        (row.name, row.differing) for row in page.rows
    ]
    assert client.get(LAB, STRETCH | {"format": "xlsx"}).status_code == 200


def test_nothing_is_written_and_queries_do_not_grow(people: dict[str, User]) -> None:
    counts = []
    client = Client()
    client.force_login(people["executive"])
    build(copies=1)
    for more in (0, 8):
        for number in range(more):
            first = Objective.objects.get(slug="objective-0")
            key_result = first.key_results.earliest("pk")
            first.pk, first.slug = None, f"more-{number}"
            first.save()
            key_result.pk, key_result.objective = None, first
            key_result.save()
        client.get("/objectives")
        before = list(KeyResultStatus.objects.order_by("pk").values())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LAB, STRETCH).status_code == 200
        assert not [q for q in queries if q["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
        assert list(KeyResultStatus.objects.order_by("pk").values()) == before
        counts.append(len(queries))
    assert counts[0] == counts[1] == 17


def test_hostile_names_stay_text(signed_in: SignedIn) -> None:
    build(naming=lambda name: f"{name}<svg onload=x>")
    page = signed_in("executive").get(LAB, STRETCH).content.decode()
    assert "<svg onload" not in page
    assert "Objective 0<svg onload=x>" in unescape(page)


def test_pages_lead_to_the_lab(client: Client) -> None:
    assert (
        f'href="{LAB}?as_of={DAY}"' in client.get("/objectives", {"as_of": DAY.isoformat()}).content.decode()
    )
    number = Objective.objects.get(slug="objective-0").key_results.earliest("pk").pk
    for address in ("/objectives/objective-0", f"/why/key-result/{number}"):
        page = unescape(client.get(address, {"as_of": DAY.isoformat()}).content.decode())
        assert f"{LAB}?objective=objective-0&as_of={DAY}" in page


def test_an_active_preset_is_judged_again_as_stored(client: Client, small_company: SmallCompany) -> None:
    from alignment.scoring.recompute import recompute

    ScorePolicy.objects.update(preset="mooncamp")
    now = datetime(2026, 11, 20, 18, tzinfo=UTC)
    recompute(touched_metrics=None, since=None, until=DAY, by="test", now=now)
    first = date.fromisoformat(STRETCH["from"])
    for row in page_of(client, first="active", second="mooncamp").rows:
        assert {status.value: days for status, days in row.left.days} == stored(row.number, first, DAY)
        assert row.differing == 0


def test_a_stretch_is_judged_and_drawn_once_for_all_while_the_data_stand(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = lab._load()
    monkeypatch.setattr(lab, "kept", lambda key, make: history)
    judged: list[int] = []
    again = lab.judged_again

    def counted(*args: Any) -> Any:
        judged.append(len(args[4]))
        return again(*args)

    monkeypatch.setattr(lab, "judged_again", counted)
    first = page_of(client)
    assert set(judged) == {2}
    judged.clear()
    assert page_of(client).rows == first.rows
    assert not judged
    page_of(client, second="viva")
    assert set(judged) == {1}, "the policy that counts is not judged again beside another"


def test_few_verdicts_and_rows_are_kept(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    history = lab._load()
    monkeypatch.setattr(lab, "kept", lambda key, make: history)
    monkeypatch.setattr(lab, "MOST_VERDICTS", 1)
    monkeypatch.setattr(lab, "MOST_DRAWN", 1)
    rows = page_of(client).rows
    assert page_of(client).rows == rows
    assert (len(history.verdicts), len(history.drawn)) == (1, 1)
