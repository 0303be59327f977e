"""Signing in and out: passwords, the throttle, one click in the sample company, what a browser must forget."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from alignment.models import Company, User
from alignment.models.people import Role
from alignment.throttle import (
    MOST_PER_ACCOUNT,
    MOST_PER_ADDRESS,
    WINDOW,
    TooManyAttempts,
    forget_attempts,
    forget_old_attempts,
    note_attempt,
)
from tests.alignment.small_company import SmallCompany

PASSWORD = "a long enough password"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_the_right_password_leads_to_where_one_wanted_to_go(people: dict[str, User]) -> None:
    client = Client()
    before = client.get("/sign-in", {"next": "/objectives"})
    assert 'value="/objectives"' in before.content.decode()
    response = client.post("/sign-in", {"username": "finance", "password": PASSWORD, "next": "/objectives"})
    assert (response.status_code, response["Location"]) == (302, "/objectives")
    assert client.get("/objectives").status_code == 200
    assert client.get("/sign-in")["Location"] == "/"


@pytest.mark.parametrize(
    "next_address", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_led_elsewhere(people: dict[str, User], next_address: str) -> None:
    response = Client().post("/sign-in", {"username": "finance", "password": PASSWORD, "next": next_address})
    assert response["Location"] == "/"


@pytest.mark.parametrize(("username", "password"), [("finance", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_pair_says_the_same_whatever_is_wrong_and_keeps_the_name(
    people: dict[str, User], username: str, password: str
) -> None:
    response = Client().post("/sign-in", {"username": username, "password": password})
    page = response.content.decode()
    assert response.status_code == 422
    assert "do not belong together" in page
    assert f'value="{username}"' in page
    assert password not in page


def test_empty_fields_are_named_beside_them_and_on_top(people: dict[str, User]) -> None:
    page = Client().post("/sign-in", {"username": "", "password": ""}).content.decode()
    assert page.count("Enter your user name") == 2
    assert page.count("Enter your password") == 2


def test_after_ten_attempts_no_password_is_read_until_the_window_ends(people: dict[str, User]) -> None:
    client = Client()
    for _ in range(MOST_PER_ACCOUNT):
        assert client.post("/sign-in", {"username": "finance", "password": "wrong"}).status_code == 422
    response = client.post("/sign-in", {"username": "FINANCE ", "password": PASSWORD})
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= WINDOW.total_seconds()
    assert "Too many attempts. Wait 10 minutes" in response.content.decode()


@pytest.mark.django_db
def test_a_sign_in_that_works_starts_the_account_afresh() -> None:
    for _ in range(MOST_PER_ACCOUNT):
        note_attempt(account="ann", address="a", now=NOW)
    forget_attempts(account="Ann")
    note_attempt(account="ann", address="a", now=NOW)


@pytest.mark.django_db
def test_an_address_is_counted_over_all_accounts_and_a_window_ends() -> None:
    for number in range(MOST_PER_ADDRESS):
        note_attempt(account=f"person-{number}", address="10.0.0.1", now=NOW)
    with pytest.raises(TooManyAttempts):
        note_attempt(account="one-more", address="10.0.0.1", now=NOW)
    note_attempt(account="one-more", address="10.0.0.2", now=NOW)
    note_attempt(account="one-more", address="10.0.0.1", now=NOW + WINDOW)
    assert forget_old_attempts(now=NOW + WINDOW + timedelta(seconds=1)) > MOST_PER_ADDRESS


@pytest.mark.django_db(transaction=True)
def test_many_attempts_at_once_do_not_slip_by() -> None:
    def attempt(number: int) -> bool:
        try:
            note_attempt(account="ann", address=f"10.0.0.{number % 5}", now=NOW)
        except TooManyAttempts:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(100))) == MOST_PER_ACCOUNT


@pytest.mark.parametrize("role", Role.values)
def test_one_click_signs_in_as_each_role_of_the_sample_company(
    small_company: SmallCompany, people: dict[str, User], settings: Settings, role: str
) -> None:
    settings.SAMPLE_SIGN_IN = True
    client = Client()
    assert f'value="{role}"' in client.get("/sign-in").content.decode()
    assert client.post("/sign-in/sample", {"role": role})["Location"] == "/"
    assert Role(role).label in client.get("/objectives").content.decode().replace("&#x27;", "'")


def test_one_click_needs_the_setting(small_company: SmallCompany, people: dict[str, User]) -> None:
    assert "One click" not in Client().get("/sign-in").content.decode()
    assert Client().post("/sign-in/sample", {"role": "executive"}).status_code == 404


def test_one_click_is_for_a_company_that_was_generated(
    small_company: SmallCompany, people: dict[str, User], settings: Settings
) -> None:
    settings.SAMPLE_SIGN_IN = True
    Company.objects.update(sample_seed=None)
    assert "One click" not in Client().get("/sign-in").content.decode()
    assert Client().post("/sign-in/sample", {"role": "executive"}).status_code == 404


@pytest.mark.parametrize("role", ["outsider", "", "superuser"])
def test_one_click_knows_the_roles_alone(
    small_company: SmallCompany, people: dict[str, User], settings: Settings, role: str
) -> None:
    settings.SAMPLE_SIGN_IN = True
    assert Client().post("/sign-in/sample", {"role": role}).status_code == 404
    assert Client().get("/sign-in/sample").status_code == 405


def test_signing_out_ends_the_session_and_clears_the_browser(people: dict[str, User]) -> None:
    client = Client()
    client.force_login(people["finance"])
    assert client.get("/sign-out").status_code == 405
    response = client.post("/sign-out")
    assert response["Location"] == "/sign-in"
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert response["Cache-Control"] == "no-store"
    assert client.get("/")["Location"].startswith("/sign-in")


def test_a_disabled_person_is_out_at_the_next_request(people: dict[str, User]) -> None:
    client = Client()
    client.force_login(people["finance"])
    User.objects.filter(username="finance").update(is_active=False)
    assert client.get("/").status_code == 302
