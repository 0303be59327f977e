"""Why this number: from a score or a status down to formula, policy, reading, file and line, as of any day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alignment.models import KeyResultStatus, Observation, ObservationRevision, User
from tests.alignment.small_company import DAY, SmallCompany, build
from tests.alignment.views.conftest import SignedIn


def page_of(client: Client, address: str, day: date = DAY) -> str:
    response = client.get(address, {"as_of": day.isoformat()})
    assert response.status_code == 200, address
    return unescape(response.content.decode())


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_status_is_explained_down_to_the_row(small_company: SmallCompany, signed_in: SignedIn) -> None:
    result = small_company.key_results[0]
    page = page_of(signed_in("executive"), f"/why/key-result/{result.pk}")
    stored = KeyResultStatus.objects.filter(key_result=result, day__lte=DAY).latest("day")
    said = words_of(page)
    assert f"sales.0 to 200: {stored.get_status_display().lower()}" in said.lower()
    assert stored.reason in said
    assert "from 130 deals to 200 deals" in said.replace("\u00a0", " ")
    assert "(139 − 130) / (200 − 130) = 13 % of the way" in said.replace("\u00a0", " ")
    assert "policy version 1" in said
    assert "weekly.csv, line 41, column value" in said
    batch = Observation.objects.filter(metric=result.metric)[0].batch_id
    assert f'href="/imports/{batch}"' in page
    assert f'href="/metrics/sales.0?as_of={DAY}"' in page


def test_a_past_day_shows_what_was_known_then(small_company: SmallCompany, signed_in: SignedIn) -> None:
    """A reading that was restated since is shown as it was, with the row that it came from then."""
    result = small_company.key_results[0]
    before = DAY - timedelta(weeks=2)
    row = Observation.objects.filter(
        metric=result.metric, period_start__lt=before - timedelta(days=6)
    ).latest("period_start")
    ObservationRevision.objects.create(
        metric=result.metric, period_start=row.period_start, value=111, known_at=row.known_at, batch=row.batch,
        source_line=777, source_column="old", replaced_at=row.known_at + timedelta(days=13), reason="restated",
        by_name="kim",
    )  # fmt: skip
    Observation.objects.filter(metric=result.metric, period_start=row.period_start).update(
        known_at=row.known_at + timedelta(days=13)
    )
    client = signed_in("executive")
    address = f"/why/key-result/{result.pk}"
    assert "weekly.csv, line 777, column old" in page_of(client, address, before)
    assert "line 777" not in page_of(client, address)


def test_inputs_and_parts_lead_further(small_company: SmallCompany, signed_in: SignedIn) -> None:
    client = signed_in("executive")
    page = page_of(client, "/why/company")
    asked = f"?as_of={DAY}"
    for link in (f"/metrics/sales.0{asked}", f"/why/theme/theme-0{asked}", "#policy"):
        assert f'href="{link}"' in page, link
    objective = page_of(client, "/why/objective/objective-0")
    assert f'href="/why/key-result/{small_company.key_results[0].pk}{asked}"' in objective
    changed = client.get("/why/company", {"as_of": DAY, "since": DAY - timedelta(weeks=4)}).content.decode()
    assert f'href="/metrics/sales.0{asked}"' in changed


def test_the_last_sum_is_written_out_and_right(small_company: SmallCompany, signed_in: SignedIn) -> None:
    said = words_of(page_of(signed_in("executive"), "/why/company"))
    found = re.search(r"100 × \((.*?)\) / (\d+) = ([\d.]+)", said)
    assert found is not None
    terms = [tuple(map(float, term.split(" × "))) for term in found[1].split(" + ")]
    assert sum(weight for weight, _ in terms) == float(found[2])
    total = 100 * sum(weight * value for weight, value in terms) / float(found[2])
    assert total == pytest.approx(float(found[3]), abs=0.01)


def test_the_policy_is_said_with_each_formula(small_company: SmallCompany, signed_in: SignedIn) -> None:
    said = words_of(page_of(signed_in("executive"), "/why/company"))
    assert "Policy version 1" in said
    assert "weighs 35 of 100. The mean of what the objectives attain" in said


@pytest.mark.parametrize("number", ["0", "999999999999999999999999", "abc"])
def test_a_key_result_that_is_not_there_is_a_404(
    small_company: SmallCompany, signed_in: SignedIn, number: str
) -> None:
    assert signed_in("executive").get(f"/why/key-result/{number}").status_code == 404


def test_somebody_without_a_role_gets_no_explanation(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    assert signed_in("outsider").get(f"/why/key-result/{small_company.key_results[0].pk}").status_code == 404


@pytest.mark.parametrize("copies", [1, 3])
def test_queries_of_a_status_do_not_grow(people: dict[str, User], copies: int) -> None:
    built = build(copies=copies)
    client = Client()
    client.force_login(people["executive"])
    address = f"/why/key-result/{built.key_results[0].pk}"
    client.get(address, {"as_of": DAY.isoformat()})
    with CaptureQueriesContext(connection) as queries:
        page_of(client, address)
    assert len(queries) == 16


def test_hostile_names_are_text(signed_in: SignedIn) -> None:
    built = build(naming=lambda name: f"{name} <svg onload=x>&\"'")
    page = (
        signed_in("executive")
        .get(f"/why/key-result/{built.key_results[0].pk}", {"as_of": DAY})
        .content.decode()
    )
    assert "<svg onload" not in page
    assert "&lt;svg onload=x&gt;&amp;" in page
