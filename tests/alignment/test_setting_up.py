"""Setting up a new installation from the command line."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from alignment.models import AuditEvent, Company, User

pytestmark = pytest.mark.django_db


def test_a_company_is_written_once_with_its_calendar() -> None:
    call_command(
        "set_up_company", "Acme", "--currency=eur", "--fiscal-year-start=4", "--time-zone=Europe/Berlin",
        "--yearly-revenue=40000000.50", stdout=io.StringIO(),
    )  # fmt: skip
    company = Company.objects.get()
    assert (company.name, company.currency, company.calendar.fiscal_year_start_month) == ("Acme", "EUR", 4)
    assert company.yearly_revenue == Decimal("40000000.50")
    assert AuditEvent.objects.get(table_name="alignment_company").actor == "system:set_up_company"
    with pytest.raises(CommandError, match="already holds the company “Acme”"):
        call_command("set_up_company", "Other")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--time-zone=Mars/Base", "not a time zone"),
        ("--currency=EURO", "currency: .* 3 characters"),
        ("--fiscal-year-start=13", "fiscal year start month: Ensure this value is less than or equal to 12"),
        ("--yearly-revenue=a lot", "such as 12345678.90"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_written(option: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("set_up_company", "Acme", option)
    assert not Company.objects.exists()


def test_a_person_gets_roles_and_can_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    call_command("add_person", "kim", "--role=finance", "--password-stdin", stdout=io.StringIO())
    assert User.objects.get().roles == {"finance"}
    assert authenticate(username="kim", password="correct horse battery") == User.objects.get()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--role=king"], "Unknown role: king"),
        ([], "at least one role"),
        (["--role=finance", "--team=red"], "The teams are: none yet"),
    ],
)
def test_a_person_with_a_wrong_value_is_not_saved(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    with pytest.raises(CommandError, match=said):
        call_command("add_person", "kim", *arguments, "--password-stdin")
    assert not User.objects.exists()


def test_a_short_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError, match="too short"):
        call_command("add_person", "kim", "--role=finance", "--password-stdin")
