"""What is kept between pages: never old, never more than a few, never within a transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alignment.models import Objective, Theme
from alignment.queries import kept as module
from alignment.queries.kept import forget, kept
from tests.alignment.small_company import AMOUNT, DAY, build, cast


@pytest.fixture(autouse=True)
def _from_nothing() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.mark.django_db(transaction=True)
def test_a_reading_is_made_once_until_something_is_written() -> None:
    made: list[int] = []

    def make() -> int:
        made.append(len(made))
        return made[-1]

    assert [kept("a", make), kept("a", make), kept("b", make)] == [0, 0, 1]
    Theme.objects.create(slug="new", name="new")
    assert [kept("a", make), kept("a", make)] == [2, 2]


@pytest.mark.django_db(transaction=True)
def test_what_is_made_while_another_commits_is_not_taken_for_the_new_version() -> None:
    def make_and_be_overtaken() -> int:
        before = Theme.objects.count()
        Theme.objects.create(slug="late", name="late")
        return before

    assert kept("count", make_and_be_overtaken) == 0
    assert kept("count", Theme.objects.count) == 1


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_nothing_is_kept() -> None:
    with transaction.atomic():
        assert kept("count", Theme.objects.count) == 0
        Theme.objects.create(slug="own", name="own")
        assert kept("count", Theme.objects.count) == 1


@pytest.mark.django_db(transaction=True)
def test_only_the_latest_are_kept() -> None:
    for number in range(3 * module.MOST):
        kept(number, lambda: None)
    assert len(module._kept) == module.MOST


@pytest.mark.django_db(transaction=True)
def test_pages_share_facts_and_nobody_sees_amounts_on_that_account() -> None:
    company, people = build(), cast()
    answers: dict[str, Any] = {}
    for role in ("finance", "go-to-market"):
        client = Client()
        client.force_login(people[role])
        client.get("/sign-in")
        with CaptureQueriesContext(connection) as queries:
            answers[role] = client.get("/", {"as_of": DAY.isoformat()}).content.decode()
        answers[role, "queries"] = len(queries)
    assert answers["go-to-market", "queries"] < answers["finance", "queries"] - 5
    assert "restricted" in answers["go-to-market"]
    assert "restricted" not in answers["finance"]
    assert f"{AMOUNT:.0f}"[:3] not in answers["go-to-market"]
    Objective.objects.filter(pk=company.objectives[0].pk).update(name="Renamed")
    assert "Renamed" in client.get("/", {"as_of": DAY.isoformat()}).content.decode()
