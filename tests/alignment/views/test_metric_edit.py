"""Changing what a metric means: who may, what is refused, what follows, and what stays as it was imported."""

from __future__ import annotations

from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from alignment.importing.digest import readings_digest
from alignment.models import AuditEvent, Job, Metric, Observation, Signal
from tests.alignment.small_company import SmallCompany
from tests.alignment.views.conftest import SignedIn

EDIT = "/metrics/sales.0/edit"


@pytest.fixture
def lead(small_company: SmallCompany, signed_in: SignedIn) -> Client:
    return signed_in("technology-lead")


def opened(client: Client) -> dict[str, str]:
    """The form as a browser would send it back untouched."""
    response = client.get(EDIT)
    assert response.status_code == 200
    form = response.context["form"]
    data = {}
    for field in form:
        value: Any = field.value()
        if value is not None and value is not False and not field.field.disabled:
            data[field.html_name] = str(value)
    return data


@pytest.mark.parametrize("role", ["technology-lead", "administrator"])
def test_a_definition_is_changed_with_one_event_and_everything_is_computed_anew(
    small_company: SmallCompany, signed_in: SignedIn, role: str
) -> None:
    client = signed_in(role)
    before = readings_digest()
    typed = {"direction": "lower", "hard_maximum": "150.5", "reporting_lag_days": "3", "owner": ""}
    response = client.post(EDIT, opened(client) | typed, follow=True)
    assert response.redirect_chain == [("/metrics/sales.0", 303)]
    assert "Your change is saved" in response.content.decode()
    metric = Metric.objects.get(key="sales.0")
    assert (metric.direction, str(metric.hard_maximum.normalize()), metric.reporting_lag_days) == (
        "lower",
        "150.5",
        3,
    )
    event = AuditEvent.objects.latest("id")
    assert (event.actor, event.table_name, event.operation) == (role, "alignment_metric", "update")
    job = Job.objects.get(kind="recompute", by_name=role)
    assert job.payload["touched_metrics"] is None
    assert readings_digest() == before


@pytest.mark.parametrize(
    "role", ["product-manager", "engineering-lead", "finance", "executive", "ai-specialist", "go-to-market"]
)
def test_others_are_refused_and_see_no_link(
    small_company: SmallCompany, signed_in: SignedIn, role: str
) -> None:
    client = signed_in(role)
    assert client.get(EDIT).status_code == 403
    assert client.post(EDIT, {"name": "x"}).status_code == 403
    assert Metric.objects.get(key="sales.0").name == "sales 0"
    assert "/edit" not in client.get("/metrics/sales.0").content.decode()


def test_nobody_without_a_role_learns_of_it(small_company: SmallCompany, signed_in: SignedIn) -> None:
    assert signed_in("outsider").get(EDIT).status_code == 404
    assert signed_in("outsider").post(EDIT, {"name": "x"}).status_code == 404


def test_the_form_says_what_rests_on_it(lead: Client) -> None:
    page = unescape(lead.get(EDIT).content.decode())
    assert "1 key result rests on it and may change status: “sales.0 to 200”." in page
    assert "/metrics/sales.0/edit" in lead.get("/metrics/sales.0").content.decode()
    alone = Metric.objects.create(
        key="alone", name="Alone", category="ai-performance", unit="n", cadence="day"
    )
    assert "no status changes" in lead.get(f"/metrics/{alone.key}/edit").content.decode()


def test_the_cadence_is_fixed_once_readings_exist_and_says_why(lead: Client) -> None:
    page = unescape(lead.get(EDIT).content.decode())
    assert "Fixed, because readings exist" in page
    lead.post(EDIT, opened(lead) | {"cadence": "month", "name": "Renamed"})
    metric = Metric.objects.get(key="sales.0")
    assert (metric.name, metric.cadence) == ("Renamed", "week")
    Observation.objects.filter(metric=metric).delete()
    assert "Fixed, because" not in lead.get(EDIT).content.decode()
    lead.post(EDIT, opened(lead) | {"cadence": "month"})
    assert Metric.objects.get(key="sales.0").cadence == "month"


def test_key_source_and_readings_cannot_be_changed_by_hand(lead: Client) -> None:
    data = opened(lead) | {
        "name": "New",
        "key": "taken",
        "source": "mine",
        "first_imported_at": "",
        "value": "1",
    }
    lead.post(EDIT, data)
    metric = Metric.objects.get(name="New")
    assert (metric.key, metric.source) == ("sales.0", "")
    assert metric.first_imported_at is not None


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"name": ""}, "name", "Enter a name"),
        ({"hard_minimum": "10", "hard_maximum": "5"}, "hard_maximum", "must not be below"),
        ({"hard_minimum": "1,5"}, "hard_minimum", "without guessing"),
        ({"hard_minimum": "NaN"}, "hard_minimum", "without guessing"),
        ({"reporting_lag_days": "-1"}, "reporting_lag_days", "0 or more"),
        ({"reporting_lag_days": "99999"}, "reporting_lag_days", "32767 or less"),
        ({"unit": ""}, "unit", "Enter"),
        ({"direction": "sideways"}, "direction", "not one of the choices"),
        ({"category": "x"}, "category", "not one of the choices"),
        ({"theme": "999999"}, "theme", "not one of the choices"),
    ],
)
def test_a_definition_that_cannot_be_is_refused(
    lead: Client, typed: dict[str, str], field: str, said: str
) -> None:
    before = AuditEvent.objects.count()
    response = lead.post(EDIT, opened(lead) | typed)
    assert response.status_code == 422
    found = response.context["form"].errors
    assert set(found) == {field}
    assert said in str(found[field][0])
    assert AuditEvent.objects.count() == before


def test_one_metric_measures_one_thing(lead: Client, small_company: SmallCompany) -> None:
    objective = small_company.objectives[0]
    assert objective.team is not None
    typed = {"theme": str(objective.theme_id), "team": str(objective.team_id)}
    response = lead.post(EDIT, opened(lead) | typed)
    assert response.status_code == 422
    assert "measures one thing" in response.content.decode()
    assert lead.post(EDIT, opened(lead) | {"theme": typed["theme"]}).status_code == 303


def test_two_people_see_both_versions(lead: Client, signed_in: SignedIn) -> None:
    first, second = opened(lead), opened(lead)
    lead.post(EDIT, first | {"name": "Theirs"})
    response = lead.post(EDIT, second | {"name": "Mine"})
    assert response.status_code == 409
    assert Metric.objects.get(key="sales.0").name == "Theirs"


def test_a_kind_may_be_left_open_and_what_the_readings_say_stands_beside_it(lead: Client) -> None:
    metric = Metric.objects.get(key="sales.0")
    reason = "It comes back to a level or a line: about 5% of a deviation is still there one reading later."
    signal = {"metric": metric, "sentence": "x", "fingerprint": "x", "computed_at": "2026-11-20T12:00:00Z"}
    Signal.objects.filter(metric=metric).delete()
    for kind, details in (
        ("headline", {"tone": "", "guess": {"kind": "flow", "reason": reason}}),
        ("trend", {"n": 20}),
        ("shift", {"start": None}),
        ("story", {}),
        ("changes", {"changes": []}),
    ):
        Signal.objects.create(kind=kind, verdict="none", details=details, **signal)
    page = unescape(lead.get(EDIT).content.decode())
    assert "not declared: taken from the readings where they settle it" in page
    assert "The readings look like a flow: it comes back to a level or a line" in page
    assert "Not declared: until then chances come with a wider range." in page
    typed = {"kind": "", "margin": "2.5", "season": "none"}
    assert lead.post(EDIT, opened(lead) | typed).status_code == 303
    metric.refresh_from_db()
    assert (metric.kind, metric.margin, metric.season) == ("", Decimal("2.5"), "none")
    event = AuditEvent.objects.latest("id")
    assert event.before is not None
    assert event.after is not None
    assert (event.before["kind"], event.after["kind"]) == ("flow", "")
    assert (event.before["margin"], event.after["margin"]) == (None, 2.5)
    assert (event.before["season"], event.after["season"]) == ("", "none")


@pytest.mark.parametrize("typed", ["0", "-1", "lots"])
def test_a_margin_is_above_zero(lead: Client, typed: str) -> None:
    response = lead.post(EDIT, opened(lead) | {"margin": typed})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["margin"]
    assert Metric.objects.get(key="sales.0").margin is None


def test_the_metric_page_says_what_is_not_declared_and_what_would_not_matter(lead: Client) -> None:
    Metric.objects.filter(key="sales.0").update(kind="", margin=Decimal("2.5"))
    page = lead.get("/metrics/sales.0")
    facts = dict(page.context["page"].facts)
    assert facts["Kind"] == "not declared"
    assert facts["Season"] == "not declared: reckoned with once it could be seen twice"
    assert facts["Change that would not matter"].startswith("2.5")
