"""What every answer passes through."""

from __future__ import annotations

import time

import pytest
from django.test import Client
from django.urls import reverse

from alignment.models import User


@pytest.fixture
def somebody(client: Client) -> Client:
    client.force_login(User.objects.create_user("somebody"))
    return client


@pytest.mark.django_db
class TestSignIn:
    def test_a_page_sends_a_stranger_to_the_sign_in_form(self, client: Client) -> None:
        answer = client.get("/")
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("sign-in"))

    def test_htmx_is_sent_there_with_the_whole_page(self, client: Client) -> None:
        answer = client.get(
            "/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/objectives/growth"}
        )
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer["HX-Redirect"] == f"{reverse('sign-in')}?next=%2Fobjectives%2Fgrowth"

    def test_health_is_open_to_strangers(self, client: Client) -> None:
        assert [client.get(f"/health/{part}").status_code for part in ("live", "ready")] == [200, 200]


@pytest.mark.django_db
class TestSession:
    def test_ends_eight_hours_after_it_began(self, somebody: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        assert somebody.get("/health/live").wsgi_request.user.is_authenticated
        began = time.time()
        monkeypatch.setattr("config.middleware.time.time", lambda: began + 8 * 3600 - 10)
        assert somebody.get("/health/live").wsgi_request.user.is_authenticated
        monkeypatch.setattr("config.middleware.time.time", lambda: began + 8 * 3600 + 10)
        assert not somebody.get("/health/live").wsgi_request.user.is_authenticated
        monkeypatch.setattr("config.middleware.time.time", lambda: began)
        assert not somebody.get("/health/live").wsgi_request.user.is_authenticated

    def test_private_answers_are_not_stored(self, somebody: Client) -> None:
        assert "no-store" in somebody.get("/no-such-page")["Cache-Control"]


@pytest.mark.django_db
def test_the_policy_admits_nothing_inline(client: Client) -> None:
    policy = client.get("/health/live")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy


@pytest.mark.django_db
def test_production_insists_on_https(client: Client, settings: object) -> None:
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]
    answer = Client().get("/sign-in")
    assert answer.status_code == 301
    assert answer["Location"].startswith("https://")
    cookies = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)  # type: ignore[attr-defined]
    assert all(name.startswith("__Host-") for name in cookies)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["put", "delete", "patch", "trace"])
def test_a_method_that_no_page_has_is_told_as_that(method: str) -> None:
    answer = getattr(Client(enforce_csrf_checks=True), method)("/")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/sign-in?next=%00", "/metrics/a%00b", "/imports?file=%00&state=x"])
def test_a_nul_in_an_address_is_refused_in_words(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert "NUL" in answer.content.decode()
