"""The first two things a new installation needs: its company, and people with roles."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from alignment.audit import acting_as
from alignment.models import Company, Team, User
from alignment.models.people import Role


def complaints(error: ValidationError) -> str:
    """A validation error in one line, each message after the name of its field."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(
        " ".join(messages) if field == "__all__" else f"{field.replace('_', ' ')}: {' '.join(messages)}"
        for field, messages in error.message_dict.items()
    )


def set_up_company(
    *,
    by: str,
    name: str,
    currency: str = "USD",
    fiscal_year_start_month: int = 1,
    time_zone: str = "UTC",
    first_day_of_week: int = 0,
    staff: int = 0,
    yearly_revenue: Decimal = Decimal(0),
) -> Company:
    """Write the one company row. Raises ValidationError where a value is wrong or a company is there already.

    The calendar cannot be changed here afterwards: readings stand on its period starts.
    """
    company = Company(
        name=name.strip(),
        currency=currency.upper(),
        fiscal_year_start_month=fiscal_year_start_month,
        time_zone=time_zone,
        first_day_of_week=first_day_of_week,
        staff=staff,
        yearly_revenue=yearly_revenue,
    )
    with acting_as(by):
        present = Company.objects.select_for_update().first()
        if present is not None:
            raise ValidationError(f"This database already holds the company “{present.name}”.")
        company.full_clean()
        company.save(force_insert=True)
    return company


def add_person(
    *,
    by: str,
    username: str,
    roles: Collection[str],
    display_name: str = "",
    email: str = "",
    team: str = "",
    password: str | None = None,
) -> User:
    """Create a person with these roles, in the team with this slug. Without a password they cannot sign in
    with one. Raises ValidationError where a value is wrong or the user name is taken."""
    unknown = sorted(set(roles) - set(Role.values))
    if unknown or not roles:
        said = f"Unknown role: {', '.join(unknown)}." if unknown else "A person needs at least one role."
        raise ValidationError(f"{said} The roles are: {', '.join(Role.values)}.")
    with acting_as(by):
        user = User(username=username, display_name=display_name, email=email)
        if team:
            user.team = Team.objects.filter(slug=team).first()
            if user.team is None:
                known = ", ".join(Team.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
                raise ValidationError(f"No team has the slug “{team}”. The teams are: {known}.")
        if password is None:
            user.set_unusable_password()
        else:
            validate_password(password, user)
            user.set_password(password)
        user.full_clean()
        user.save(force_insert=True)
        user.groups.set(Group.objects.filter(name__in=roles))
    return user
