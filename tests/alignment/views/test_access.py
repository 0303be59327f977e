"""Who reaches which address: anonymous visitors none but signing in, outsiders nothing of the company."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from alignment.models.people import Role
from tests.alignment.small_company import DAY, SmallCompany
from tests.alignment.views.addresses import ADDRESSES, OF_THE_COMPANY, OPEN
from tests.alignment.views.conftest import SignedIn


def patterns(resolver: URLResolver, prefix: str = "") -> list[str]:
    found: list[str] = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            found += patterns(entry, prefix + str(entry.pattern))
        else:
            assert isinstance(entry, URLPattern)
            found.append(prefix + str(entry.pattern))
    return found


def test_every_address_is_listed_here() -> None:
    assert set(patterns(get_resolver())) == set(ADDRESSES)


@pytest.mark.django_db
@pytest.mark.parametrize("pattern", sorted(set(ADDRESSES) - set(OPEN)))
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_is_sent_to_sign_in(small_company: SmallCompany, pattern: str, method: str) -> None:
    response = getattr(Client(), method)(ADDRESSES[pattern])
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in?next=/")


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("pattern", sorted(OF_THE_COMPANY))
def test_every_role_sees_the_pages_of_the_company_and_only_its_browser_keeps_them(
    small_company: SmallCompany, signed_in: SignedIn, pattern: str, role: str
) -> None:
    address = ADDRESSES[pattern]
    response = signed_in(role).get(f"{address}{'&' if '?' in address else '?'}as_of={DAY.isoformat()}")
    assert response.status_code == 200
    assert response["Cache-Control"] in {"private, no-cache", "no-store", "no-store, private"}
    assert any(name in response.content.decode() for name in ("Objective 0", "Theme 0", "sales 0"))


@pytest.mark.parametrize("pattern", sorted(OF_THE_COMPANY))
def test_somebody_without_a_role_sees_nothing_of_the_company(
    small_company: SmallCompany, signed_in: SignedIn, pattern: str
) -> None:
    response = signed_in("outsider").get(ADDRESSES[pattern])
    assert response.status_code == (404 if re.search("slug|why|<str:key>", pattern) else 200)
    page = response.content.decode()
    assert "Objective 0" not in page
    assert "Theme 0" not in page
    assert "sales 0" not in page


@pytest.mark.parametrize(
    "address", ["/objectives/none-such", "/why/theme/none-such", "/why/epic/epic-0", "/none-such"]
)
def test_what_is_not_there_is_a_404_with_a_way_on(
    small_company: SmallCompany, signed_in: SignedIn, address: str
) -> None:
    response = signed_in("executive").get(address)
    assert response.status_code == 404
    assert "There is no page at this address" in response.content.decode()


@pytest.mark.parametrize("pattern", sorted(OF_THE_COMPANY))
def test_pages_are_for_reading_only(small_company: SmallCompany, signed_in: SignedIn, pattern: str) -> None:
    assert signed_in("technology-lead").post(ADDRESSES[pattern]).status_code == 405


def test_a_form_without_its_token_is_refused_with_words(small_company: SmallCompany) -> None:
    for address in ("/sign-in", "/sign-in/sample"):
        response = Client(enforce_csrf_checks=True).post(address, {"role": "executive"})
        assert response.status_code == 403
        assert "Please send the form again" in response.content.decode()
