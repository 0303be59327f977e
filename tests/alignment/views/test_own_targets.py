"""A key result's own period targets: rows of its form."""

from __future__ import annotations

import pytest
from django.test import Client

from alignment.models import AuditEvent, KeyResultTarget, Team, User
from tests.alignment.small_company import SmallCompany
from tests.alignment.views.conftest import SignedIn
from tests.alignment.views.test_objective_edit import key_result_address, opened


@pytest.fixture
def lead(small_company: SmallCompany, signed_in: SignedIn) -> Client:
    return signed_in("technology-lead")


@pytest.fixture
def manager(small_company: SmallCompany, people: dict[str, User], signed_in: SignedIn) -> Client:
    """The product manager of the red team, which holds both objectives."""
    User.objects.filter(username="product-manager").update(team=Team.objects.get(slug="red"))
    return signed_in("product-manager")


def test_own_targets_are_rows_of_which_the_changed_are_written(
    lead: Client, small_company: SmallCompany
) -> None:
    key_result = small_company.key_results[0]
    address = key_result_address(small_company)
    rows = {"targets-day": ["2026-10-31", "2026-11-30", ""], "targets-value": ["140", "160.5", ""]}
    assert lead.post(address, opened(lead, address) | rows | {"path": "targets"}).status_code == 303
    assert opened(lead, address)["targets-value"] == ["140", "160.5"]
    before = AuditEvent.objects.filter(table_name="alignment_keyresulttarget").count()
    rows = {"targets-day": ["2026-10-31", "2026-11-30"], "targets-value": ["140", "165"]}
    assert lead.post(address, opened(lead, address) | rows).status_code == 303
    assert AuditEvent.objects.filter(table_name="alignment_keyresulttarget").count() == before + 1
    stored = KeyResultTarget.objects.filter(key_result=key_result).values_list("period_end", "value")
    assert [(str(day), float(value)) for day, value in stored] == [
        ("2026-10-31", 140.0),
        ("2026-11-30", 165.0),
    ]


def test_rows_that_another_changed_are_shown_too(
    lead: Client, manager: Client, small_company: SmallCompany
) -> None:
    address = key_result_address(small_company)
    mine = opened(manager, address) | {"targets-day": ["2026-10-31"], "targets-value": ["140"]}
    theirs = {"targets-day": ["2026-10-31"], "targets-value": ["145"]}
    assert lead.post(address, opened(lead, address) | theirs).status_code == 303
    response = manager.post(address, mine)
    assert response.status_code == 409
    (line,) = response.context["form"].stale.differences
    assert (line.opened, line.yours, line.theirs) == ("nothing", "31 Oct 2026: 140", "31 Oct 2026: 145")
    again = mine | {"take-targets": "theirs", "opened_with": response.context["form"]["opened_with"].value()}
    assert manager.post(address, again).status_code == 303
    assert KeyResultTarget.objects.get().value == 145
