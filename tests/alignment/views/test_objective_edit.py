"""Forms of objectives and key results: who may, what must hold, what is written, and what is put back."""

from __future__ import annotations

from datetime import date
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alignment import queueing
from alignment.models import (
    AuditEvent,
    Job,
    KeyResult,
    KeyResultStatus,
    KeyResultTarget,
    Objective,
    Team,
    User,
)
from tests.alignment.small_company import SmallCompany
from tests.alignment.views.conftest import SignedIn

EDIT = "/objectives/objective-0/edit"
HOSTILE = "<svg onload=x>&\"'</script><a href=//evil>"


@pytest.fixture
def lead(small_company: SmallCompany, signed_in: SignedIn) -> Client:
    return signed_in("technology-lead")


@pytest.fixture
def manager(small_company: SmallCompany, people: dict[str, User], signed_in: SignedIn) -> Client:
    """The product manager of the red team, which holds both objectives."""
    User.objects.filter(username="product-manager").update(team=Team.objects.get(slug="red"))
    return signed_in("product-manager")


def key_result_address(small_company: SmallCompany, which: int = 0) -> str:
    return f"/objectives/objective-{which // 2}/key-results/{small_company.key_results[which].pk}/edit"


def opened(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send of the form as it was opened."""
    response = client.get(address)
    assert response.status_code == 200
    form = response.context["form"]
    data: dict[str, Any] = {}
    for name in form.fields:
        value = form[name].value()
        if name == "targets":
            rows = [row.partition("=") for row in str(value or "").split(";") if row]
            data |= {"targets-day": [r[0] for r in rows], "targets-value": [r[2] for r in rows]}
        elif value is not False and value is not None:
            data[name] = str(value)
    return data


def errors(client: Client, address: str, **typed: Any) -> dict[str, list[str]]:
    """What the form says of these values; it must have refused them and written nothing."""
    before = AuditEvent.objects.count()
    response = client.post(address, opened(client, address) | typed)
    assert response.status_code == 422
    assert AuditEvent.objects.count() == before
    page = unescape(response.content.decode())
    form = response.context["form"]
    for messages in form.errors.values():
        assert all(page.count(str(message)) >= 1 for message in messages)
    return {name: [str(message) for message in found] for name, found in form.errors.items()}


def test_an_objective_is_changed_with_one_event_and_one_job(lead: Client) -> None:
    data = opened(lead, EDIT) | {"name": "Grow twice", "weight": "3.25"}
    response = lead.post(EDIT, data, follow=True)
    assert response.redirect_chain == [("/objectives/objective-0", 303)]
    assert response.content.decode().count("Your change is saved") == 1
    objective = Objective.objects.get(slug="objective-0")
    assert (objective.name, str(objective.weight)) == ("Grow twice", "3.250")
    event = AuditEvent.objects.latest("id")
    assert (event.actor, event.table_name, event.operation) == (
        "technology-lead", "alignment_objective", "update",
    )  # fmt: skip
    assert AuditEvent.objects.filter(actor="technology-lead").count() == 1
    assert Job.objects.filter(kind="recompute", by_name="technology-lead").count() == 1


def test_two_people_edit_one_objective_and_the_second_sees_both_versions(
    lead: Client, manager: Client
) -> None:
    first, second = opened(lead, EDIT), opened(manager, EDIT)
    lead.post(EDIT, first | {"name": "Theirs"})
    response = manager.post(EDIT, second | {"name": "Mine", "description": "typed for an hour"})
    assert response.status_code == 409
    page = unescape(response.content.decode())
    assert "Somebody else saved while you were typing" in page
    assert "The technology-lead" in page
    for text in ("Mine", "Theirs", "Objective 0", "typed for an hour"):
        assert text in page
    assert Objective.objects.get(slug="objective-0").name == "Theirs"
    again = second | {
        "name": "Mine", "description": "typed for an hour", "take-name": "theirs",
        "opened_with": response.context["form"]["opened_with"].value(),
    }  # fmt: skip
    assert manager.post(EDIT, again).status_code == 303
    objective = Objective.objects.get(slug="objective-0")
    assert (objective.name, objective.description) == ("Theirs", "typed for an hour")


def test_sent_twice_is_written_once(lead: Client) -> None:
    data = opened(lead, EDIT) | {"name": "Once"}
    assert [lead.post(EDIT, data).status_code for _ in range(2)] == [303, 303]
    assert AuditEvent.objects.filter(table_name="alignment_objective", actor="technology-lead").count() == 1
    new = opened(lead, "/objectives/new") | {"name": "A new one", "theme": str(_theme())}
    assert [lead.post("/objectives/new", new)["Location"] for _ in range(2)] == ["/objectives/a-new-one"] * 2
    assert Objective.objects.filter(name="A new one").count() == 1


def _theme() -> int:
    return Objective.objects.get(slug="objective-0").theme_id


def test_fields_that_are_not_in_the_form_change_nothing(lead: Client) -> None:
    before = Objective.objects.get(slug="objective-0")
    lead.post(EDIT, opened(lead, EDIT) | {"name": "New", "slug": "taken-over", "id": "77", "pk": "77"})
    after = Objective.objects.get(pk=before.pk)
    assert (after.slug, after.name) == ("objective-0", "New")


@pytest.mark.parametrize(
    "role", ["engineering-lead", "finance", "executive", "administrator", "ai-specialist", "go-to-market"]
)
def test_others_are_refused_with_words_and_see_no_links(
    small_company: SmallCompany, signed_in: SignedIn, role: str
) -> None:
    client = signed_in(role)
    number = small_company.key_results[0].pk
    for address in (
        EDIT,
        "/objectives/new",
        "/objectives/objective-0/key-results/new",
        key_result_address(small_company),
    ):
        assert client.get(address).status_code == 403
        response = client.post(address, {"name": "x"})
        assert response.status_code == 403
        assert "Nothing was changed" in response.content.decode()
    for act in ("remove", "put-back"):
        assert client.post(f"/objectives/objective-0/key-results/{number}/{act}").status_code == 403
    page = client.get("/objectives/objective-0").content.decode() + client.get("/objectives").content.decode()
    assert "/edit" not in page
    assert "/new" not in page


def test_a_product_manager_changes_what_is_their_teams_alone(manager: Client) -> None:
    blue = Team.objects.create(slug="blue", name="Blue")
    assert manager.get(EDIT).status_code == 200
    assert set(errors(manager, EDIT, team=str(blue.pk))) == {"team"}
    Objective.objects.filter(slug="objective-0").update(team=blue)
    response = manager.get(EDIT)
    assert response.status_code == 403
    assert "belongs to another team" in response.content.decode()
    assert manager.get("/objectives/new").status_code == 200


def test_links_lead_to_the_forms_for_those_who_may(lead: Client, small_company: SmallCompany) -> None:
    page = lead.get("/objectives/objective-0").content.decode()
    assert f'href="{EDIT}"' in page
    assert f'href="{key_result_address(small_company)}"' in page
    assert 'href="/objectives/objective-0/key-results/new"' in page
    assert 'href="/objectives/new"' in lead.get("/objectives").content.decode()


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"name": ""}, "name", "Enter an objective"),
        ({"name": "x" * 301}, "name", "at most 300 characters"),
        ({"name": "a\x00b"}, "name", "cannot be stored"),
        ({"period_end": "2026-09-01"}, "period_end", "must not be before the start"),
        ({"period_start": "01.10.2026"}, "period_start", "is not a day"),
        ({"weight": "-1"}, "weight", "0 or more"),
        ({"weight": "1,5"}, "weight", "without guessing"),
        ({"weight": "1234567.8"}, "weight", "before the point"),
        ({"theme": "999999"}, "theme", "not one of the choices"),
        ({"owner": "x"}, "owner", "not one of the choices"),
    ],
)
def test_an_objective_that_cannot_be_is_refused(
    lead: Client, typed: dict[str, str], field: str, said: str
) -> None:
    found = errors(lead, EDIT, **typed)
    assert set(found) == {field}
    assert said in found[field][0]


def test_an_objective_is_no_part_of_what_is_below_it(lead: Client, small_company: SmallCompany) -> None:
    above, below = small_company.objectives
    Objective.objects.filter(pk=below.pk).update(parent=above)
    assert set(errors(lead, EDIT, parent=str(below.pk))) == {"parent"}
    assert set(errors(lead, EDIT, parent=str(above.pk))) == {"parent"}


def test_what_cannot_be_measured_is_not_ready(lead: Client, small_company: SmallCompany) -> None:
    KeyResult.objects.filter(pk=small_company.key_results[0].pk).update(target=None)
    found = errors(lead, EDIT, is_ready="on")
    assert "“sales.0 to 200” has no target" in found["is_ready"][0]
    KeyResult.objects.filter(pk=small_company.key_results[0].pk).update(target=200)
    assert lead.post(EDIT, opened(lead, EDIT) | {"is_ready": "on"}).status_code == 303
    assert Objective.objects.get(slug="objective-0").is_ready
    address = key_result_address(small_company)
    assert "marked ready" in errors(lead, address, target="")["target"][0]
    assert "marked ready" in errors(lead, address, metric="")["metric"][0]


def test_a_key_result_is_changed_and_its_status_follows(lead: Client, small_company: SmallCompany) -> None:
    key_result = small_company.key_results[0]
    address = key_result_address(small_company)
    response = lead.post(address, opened(lead, address) | {"target": "132.5"})
    assert response["Location"] == f"/objectives/objective-0#key-result-{key_result.pk}"
    assert AuditEvent.objects.filter(actor="technology-lead").count() == 1
    job = Job.objects.get(kind="recompute")
    queueing.run_now(job)
    latest = KeyResultStatus.objects.filter(key_result=key_result).latest("day")
    assert latest.day == date.fromisoformat(job.payload["since"])


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"target": "130"}, "target", "equals the baseline"),
        ({"kind": "cumulative"}, "baseline", "begins at 0"),
        ({"lower_bound": "5", "upper_bound": "4"}, "upper_bound", "not be below the lower"),
        ({"due": "2026-10-01"}, "due", "after the start"),
        ({"target": "1 234,5"}, "target", "without guessing"),
        ({"target": "1e5"}, "target", "without guessing"),
        ({"target": "1234567890123456789"}, "target", "before the point"),
        ({"weight": "-0.5"}, "weight", "0 or more"),
        ({"path": "targets"}, "targets", "at least one day"),
        (
            {"targets-day": ["2026-11-01", ""], "targets-value": ["140", "150"]},
            "targets",
            "Row 2: it needs a day",
        ),
        ({"targets-day": ["2026-11-01"] * 2, "targets-value": ["140", "150"]}, "targets", "two rows"),
        ({"targets-day": ["2027-11-01"], "targets-value": ["140"]}, "targets", "not between start and due"),
        ({"targets-day": ["2026-11-01"], "targets-value": ["1,4"]}, "targets", "without guessing"),
        ({"override_status": "on-track"}, "override_reason", "Say why"),
        ({"override_reason": "because"}, "override_status", "Choose the status"),
        ({"kind": "wish"}, "kind", "not one of the choices"),
    ],
)
def test_a_key_result_that_cannot_be_is_refused(
    lead: Client, small_company: SmallCompany, typed: dict[str, Any], field: str, said: str
) -> None:
    found = errors(lead, key_result_address(small_company), **typed)
    assert set(found) == {field}
    assert said in found[field][0]


def test_a_status_set_by_hand_names_who_and_when(lead: Client, small_company: SmallCompany) -> None:
    address = key_result_address(small_company)
    typed = {
        "override_status": "at-risk",
        "override_reason": "The customer moved the date.",
        "override_by_name": "x",
    }
    assert lead.post(address, opened(lead, address) | typed).status_code == 303
    row = KeyResult.objects.get(pk=small_company.key_results[0].pk)
    assert (row.override_status, row.override_by_name) == ("at-risk", "The technology-lead")
    assert row.overridden_at is not None
    assert (
        lead.post(address, opened(lead, address) | {"override_status": "", "override_reason": ""}).status_code
        == 303
    )
    row.refresh_from_db()
    assert (row.override_status, row.override_by_name, row.overridden_at) == ("", "", None)


def test_a_new_key_result_counts_from_today_on(lead: Client, small_company: SmallCompany) -> None:
    address = "/objectives/objective-0/key-results/new"
    data = opened(lead, address) | {
        "name": "More",
        "metric": str(small_company.metrics[0].pk),
        "baseline": "1",
        "target": "2",
    }
    assert lead.post(address, data).status_code == 303
    assert lead.post(address, data).status_code == 303
    row = KeyResult.objects.get(name="More")
    assert row.objective.slug == "objective-0"
    queueing.run_now(Job.objects.get(kind="recompute"))
    first = KeyResultStatus.objects.filter(key_result=row).earliest("day")
    assert first.day == date.fromisoformat(Job.objects.get(kind="recompute").payload["since"])


def test_what_was_removed_is_put_back_as_it_was(lead: Client, small_company: SmallCompany) -> None:
    key_result = small_company.key_results[0]
    KeyResultTarget.objects.create(
        key_result=key_result, period_end=date(2026, 11, 1), value="140.123456789012"
    )
    before = KeyResult.objects.filter(pk=key_result.pk).values().get()
    base = f"/objectives/objective-0/key-results/{key_result.pk}"
    assert lead.post(f"{base}/remove", follow=True).status_code == 200
    assert not KeyResult.objects.filter(pk=key_result.pk).exists()
    page = unescape(lead.get("/objectives/objective-0").content.decode())
    assert f"{base}/put-back" in page
    assert key_result.name in page
    assert [lead.post(f"{base}/put-back").status_code for _ in range(2)] == [303, 303]
    assert KeyResult.objects.filter(pk=key_result.pk).values().get() == before
    assert str(KeyResultTarget.objects.get(key_result=key_result).value) == "140.123456789012"
    assert lead.post("/objectives/objective-0/key-results/999999/put-back").status_code == 404


def test_a_key_result_of_another_objective_is_not_there(lead: Client, small_company: SmallCompany) -> None:
    number = small_company.key_results[2].pk
    for act in ("edit", "remove"):
        assert lead.post(f"/objectives/objective-0/key-results/{number}/{act}").status_code == 404


def test_hostile_names_stay_text(lead: Client) -> None:
    response = lead.post(EDIT, opened(lead, EDIT) | {"name": HOSTILE, "weight": HOSTILE})
    page = response.content.decode()
    assert response.status_code == 422
    assert "<svg onload" not in page
    assert "</script><a" not in page
    assert HOSTILE in unescape(page)


def test_forms_take_as_many_queries_for_many_as_for_few(lead: Client, small_company: SmallCompany) -> None:
    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert lead.get(address).status_code == 200
        return len(queries)

    addresses = (EDIT, key_result_address(small_company))
    lead.get("/objectives")  # the session's own write of its first minute
    before = [count(address) for address in addresses]
    first = small_company.objectives[0]
    for number in range(20):
        Team.objects.create(slug=f"team-{number}", name=f"Team {number}")
        User.objects.create_user(f"person-{number}")
        Objective.objects.create(
            slug=f"more-{number}", name=f"More {number}", theme=first.theme, parent=first,
            period_start=first.period_start, period_end=first.period_end,
        )  # fmt: skip
        KeyResult.objects.create(
            objective=first, name=f"More {number}", start=first.period_start, due=first.period_end
        )
    assert [count(address) for address in addresses] == before
    assert before == [18, 10]


def test_each_tab_gets_a_new_form_of_its_own(lead: Client) -> None:
    response = lead.get("/objectives/new")
    assert response["Cache-Control"] == "no-store"
    assert not response.has_header("ETag")


def test_an_objective_without_key_results_is_not_ready(lead: Client, small_company: SmallCompany) -> None:
    Objective.objects.filter(slug="objective-0").update(is_ready=True)
    first, last = (row.pk for row in small_company.objectives[0].key_results.all())
    lead.post(f"/objectives/objective-0/key-results/{first}/remove")
    assert Objective.objects.get(slug="objective-0").is_ready
    lead.post(f"/objectives/objective-0/key-results/{last}/remove")
    assert not Objective.objects.get(slug="objective-0").is_ready
