"""What the pages' tests share: a small company, its people, and somebody signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from alignment.models import Company, User
from tests.alignment.small_company import SmallCompany, build, cast

SignedIn = Callable[[str], Client]


@pytest.fixture
def small_company(kept_company: None, db: None) -> SmallCompany:
    """Two themes, each with one objective."""
    return build()


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """One person for each role, and an outsider."""
    return cast()


@pytest.fixture
def signed_in(people: dict[str, User]) -> SignedIn:
    """A client in which the person of a role is signed in."""

    def client_of(role: str) -> Client:
        client = Client()
        client.force_login(people[role])
        return client

    return client_of


@pytest.fixture
def lead(db: None, signed_in: SignedIn) -> Client:
    """A technology lead of a company without objectives."""
    Company.objects.create(name="Plumb & Line")
    return signed_in("technology-lead")
