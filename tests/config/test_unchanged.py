"""Conditional GET: who holds the page as it is gets 304, and nobody ever somebody else's page or an old one."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages.storage.base import Message
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alignment.models import Observation, Theme, User
from config import unchanged
from tests.alignment.small_company import DAY, build, cast
from tests.alignment.views.addresses import OF_THE_COMPANY

PAGE = f"/?as_of={DAY}"


@pytest.fixture
def people(transactional_db: None) -> dict[str, User]:
    """The small company is committed, as a version of it is the commits'."""
    build()
    return cast()


def client_of(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user)
    client.get(PAGE)  # the first page brings the forms' secret
    return client


def again(client: Client, first: Any, address: str = PAGE, **headers: str) -> Any:
    return client.get(address, headers={"If-None-Match": first["ETag"], **headers})


def test_an_unchanged_page_is_a_304_that_costs_three_queries(people: dict[str, User]) -> None:
    client = client_of(people["executive"])
    for address in OF_THE_COMPANY.values():
        first = client.get(address)
        assert first.status_code == 200, address
        if "no-store" in first["Cache-Control"]:  # a file to take away
            assert "attachment" in first["Content-Disposition"], address
            continue
        assert first["Cache-Control"] == "private, no-cache", address
        assert {"Cookie", "HX-Request"} <= set(first["Vary"].split(", "))
        with CaptureQueriesContext(connection) as queries:
            second = again(client, first, address)
        assert (second.status_code, second.content) == (304, b""), address
        assert len(queries) == 3  # session, person, standing
        assert (second["ETag"], second["Cache-Control"]) == (first["ETag"], "private, no-cache")


def test_what_is_written_is_seen_at_once(people: dict[str, User]) -> None:
    client = client_of(people["executive"])
    first = client.get(PAGE)
    Observation.objects.filter(metric__key="sales.0", period_start__lt="2026-05-01").update(value=1)
    second = again(client, first)
    assert second.status_code == 200
    Theme.objects.filter(slug="theme-0").update(name="Another name")
    third = again(client, second)
    assert "Another name" in third.content.decode()
    assert again(client, third).status_code == 304


def test_two_people_never_share_a_page(people: dict[str, User]) -> None:
    finance, other = client_of(people["finance"]), client_of(people["go-to-market"])
    theirs = finance.get(PAGE)
    shown = again(other, theirs)
    assert shown.status_code == 200
    assert "restricted" in shown.content.decode()
    twin = User.objects.create_user("twin")
    twin.groups.add(Group.objects.get(name="finance"))
    assert again(client_of(twin), theirs).status_code == 200


def test_a_role_that_is_taken_away_takes_its_pages_with_it(people: dict[str, User]) -> None:
    client = client_of(people["finance"])
    first = client.get(PAGE)
    people["finance"].groups.clear()
    second = again(client, first)
    assert second.status_code == 200
    assert "Theme 0" not in second.content.decode()


def test_a_new_day_an_htmx_call_and_another_address_are_other_pages(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(people["executive"])
    first = client.get(PAGE)
    assert again(client, first, **{"HX-Request": "true"}).status_code == 200
    assert again(client, first, f"{PAGE}&x=1").status_code == 200
    assert again(client, first).status_code == 304
    tomorrow = SimpleNamespace(localdate=lambda timezone: date(2031, 1, 1))
    monkeypatch.setattr(unchanged, "timezone", tomorrow)
    assert again(client, first).status_code == 200


def test_new_code_makes_new_pages(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(people["executive"])
    first = client.get(PAGE)
    monkeypatch.setattr(unchanged, "code_version", lambda: "another")
    assert again(client, first).status_code == 200


def test_signing_out_works_from_a_page_that_was_kept(people: dict[str, User]) -> None:
    client = client_of(people["executive"], enforce_csrf_checks=True)
    first = client.get(PAGE)
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', first.content.decode())[0]
    assert again(client, first).status_code == 304
    assert client.post("/sign-out", {"csrfmiddlewaretoken": token})["Location"] == "/sign-in"
    assert again(client, first).status_code == 302


def test_a_new_sign_in_has_a_new_secret_and_so_new_pages(people: dict[str, User]) -> None:
    client = Client()
    credentials = {"username": "executive", "password": "a long enough password"}
    client.post("/sign-in", credentials)
    first = client.get(PAGE)
    client.post("/sign-out")
    client.post("/sign-in", credentials)
    assert again(client, first).status_code == 200


def test_a_page_with_a_message_is_shown_once(people: dict[str, User], rf: Any) -> None:
    from django.contrib.messages.storage.cookie import CookieStorage

    client = client_of(people["executive"])
    first = client.get(PAGE)
    storage, carrier = CookieStorage(rf.get("/")), HttpResponse()
    storage._store([Message(20, "Saved.")], carrier)
    client.cookies["messages"] = carrier.cookies["messages"].value
    second = again(client, first)
    assert second.status_code == 200
    assert not second.has_header("ETag")
    assert "no-store" in second["Cache-Control"]


def test_what_is_no_page_is_not_stored(people: dict[str, User]) -> None:
    client = client_of(people["executive"])
    for address in ("/none-such", "/?as_of=soon"):
        answer = client.get(address)
        assert "no-store" in answer["Cache-Control"]
        assert not answer.has_header("ETag")


def test_head_is_answered_like_get(people: dict[str, User]) -> None:
    client = client_of(people["executive"])
    first = client.head(PAGE)
    assert client.head(PAGE, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_no_template_uses_a_nonce_as_a_304_brings_a_policy_without_one() -> None:
    from django.conf import settings

    for template in (settings.BASE_DIR / "templates").rglob("*.html"):
        assert "csp_nonce" not in template.read_text().lower(), template
