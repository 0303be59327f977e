"""What the readings say about a metric's kind is declared with one click: who may, what follows, what is refused."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from alignment.models import AuditEvent, Job, Metric, Observation
from alignment.periods import Cadence, Period
from alignment.scoring.recompute import recompute
from tests.alignment.small_company import SmallCompany
from tests.alignment.views.conftest import SignedIn

PAGE, KIND = "/metrics/sales.0", "/metrics/sales.0/kind"


@pytest.fixture
def wandering(small_company: SmallCompany) -> Metric:
    """A metric of undeclared kind that never falls, as running totals do, up to the last week."""
    metric = Metric.objects.get(key="sales.0")
    Metric.objects.filter(pk=metric.pk).update(kind="")
    example = Observation.objects.filter(metric=metric).first()
    assert example is not None
    Observation.objects.filter(metric=metric).delete()
    last = Period.containing(timezone.now().date(), Cadence.WEEK).previous()
    values = 100 + np.cumsum(np.random.default_rng(4).exponential(3.0, 60))
    Observation.objects.bulk_create(
        Observation(
            metric=metric, period_start=last.previous(59 - at).start, value=round(float(value), 4),
            known_at=example.known_at, batch=example.batch, source_line=2, source_column="value",
        )
        for at, value in enumerate(values)
    )  # fmt: skip
    return metric


def sent(client: Client) -> dict[str, str]:
    """What the button sends."""
    response: Any = client.get(PAGE)
    offer, form = response.context["page"].kind_offer, response.context["kind_form"]
    return {"kind": offer.kind, "opened_with": form.initial["opened_with"]}


@pytest.mark.parametrize("role", ["technology-lead", "administrator"])
def test_one_click_declares_it_under_the_persons_name_and_computes_anew(
    wandering: Metric, signed_in: SignedIn, role: str
) -> None:
    client = signed_in(role)
    page = unescape(client.get(PAGE).content.decode())
    assert "Nobody has declared whether this is a flow or a stock; its readings look like a stock." in page
    assert "It has never fallen in 60 readings, as running totals do." in page
    assert "Declare it a stock</button>" in page
    response = client.post(KIND, sent(client), follow=True)
    assert response.redirect_chain == [(PAGE, 303)]
    assert "Your change is saved" in response.content.decode()
    assert "Declare it a" not in response.content.decode()
    assert Metric.objects.get(key="sales.0").kind == "stock"
    event = AuditEvent.objects.latest("id")
    assert (event.actor, event.table_name, event.operation) == (role, "alignment_metric", "update")
    assert (event.before or {})["kind"] == ""
    assert (event.after or {})["kind"] == "stock"
    assert Job.objects.get(kind="recompute", by_name=role).payload["touched_metrics"] is None


def test_a_declaration_that_the_readings_contradict_is_offered_to_be_mended(
    wandering: Metric, signed_in: SignedIn
) -> None:
    Metric.objects.update(kind="flow")
    page = unescape(signed_in("technology-lead").get(PAGE).content.decode())
    assert "It is declared a flow, but its readings look like a stock." in page
    assert "Declare it anew only if each reading is a level at its period’s end." in page
    Metric.objects.update(kind="stock")
    assert "Declare it a" not in signed_in("technology-lead").get(PAGE).content.decode()


def test_nothing_is_offered_where_the_readings_do_not_say(wandering: Metric, signed_in: SignedIn) -> None:
    Observation.objects.filter(metric=wandering)[:1].get().delete()
    few = Observation.objects.filter(metric=wandering).order_by("-period_start").values_list("pk")[:5]
    Observation.objects.filter(metric=wandering).exclude(
        pk__in=list(few.values_list("pk", flat=True))
    ).delete()
    assert "Declare it a" not in signed_in("technology-lead").get(PAGE).content.decode()


def test_the_past_is_not_where_one_declares(wandering: Metric, signed_in: SignedIn) -> None:
    early = (timezone.now().date() - timedelta(days=2)).isoformat()
    page = signed_in("technology-lead").get(PAGE, {"as_of": early}).content.decode()
    assert "Declare it a" not in page


@pytest.mark.parametrize(
    "role", ["product-manager", "engineering-lead", "finance", "executive", "ai-specialist", "go-to-market"]
)
def test_others_are_refused_and_see_no_button(wandering: Metric, signed_in: SignedIn, role: str) -> None:
    client = signed_in(role)
    assert "Declare it a" not in client.get(PAGE).content.decode()
    assert client.post(KIND, {"kind": "stock"}).status_code == 403
    assert Metric.objects.get(key="sales.0").kind == ""


def test_nobody_without_a_role_learns_of_it_and_a_get_changes_nothing(
    wandering: Metric, signed_in: SignedIn
) -> None:
    assert signed_in("outsider").post(KIND, {"kind": "stock"}).status_code == 404
    assert signed_in("technology-lead").post("/metrics/none/kind", {"kind": "stock"}).status_code == 404
    assert signed_in("technology-lead").get(KIND).status_code == 405
    assert signed_in("technology-lead").post(f"{KIND}?as_of=soon", {"kind": "stock"}).status_code == 400


@pytest.mark.parametrize("kind", ["", "both", "<b>"])
def test_what_is_no_kind_is_refused_with_the_form(wandering: Metric, signed_in: SignedIn, kind: str) -> None:
    client = signed_in("technology-lead")
    response = client.post(KIND, sent(client) | {"kind": kind})
    assert response.status_code == 422
    assert "Nothing was saved yet" in response.content.decode()
    assert Metric.objects.get(key="sales.0").kind == ""


def test_what_somebody_else_declared_meanwhile_is_not_written_over(
    wandering: Metric, signed_in: SignedIn
) -> None:
    client = signed_in("technology-lead")
    opened = sent(client)
    Metric.objects.update(kind="flow")
    response = client.post(KIND, opened)
    assert response.status_code == 409
    assert Metric.objects.get(key="sales.0").kind == "flow"


def test_the_catalogue_shows_the_guess_and_its_reason_of_today_where_none_is_declared(
    wandering: Metric, signed_in: SignedIn
) -> None:
    now = timezone.now()
    recompute(touched_metrics=None, since=None, until=now.date(), by="test", now=now)
    client = signed_in("executive")
    rows = {row.key: row.kind_note for row in client.get("/metrics").context["page"].rows}
    assert rows.pop("sales.0") == (
        "flow or stock not declared; looks like a stock: it has never fallen in 60 readings, as running totals do."
    )
    assert set(rows.values()) == {""}
    assert "looks like a stock: it has never fallen" in client.get("/metrics").content.decode()
    early = (timezone.now().date() - timedelta(days=2)).isoformat()
    assert "looks like a stock" not in client.get("/metrics", {"as_of": early}).content.decode()
