"""People who can be signed in as with one click, in the sample company alone."""

from __future__ import annotations

from dataclasses import dataclass

from alignment.models import Company, User
from alignment.models.people import Role

WHAT_THEY_DO: dict[str, str] = {
    Role.EXECUTIVE: "Reads the dashboards",
    Role.TECHNOLOGY_LEAD: "Sees drift, confirms causes, runs the repair",
    Role.PRODUCT_MANAGER: "Keeps the objectives and briefs of a team",
    Role.ENGINEERING_LEAD: "Keeps delivery facts right; sees shares, not what themes spend",
    Role.FINANCE: "Keeps budgets and actuals",
    Role.GO_TO_MARKET: "Keeps launches and commitments",
    Role.AI_SPECIALIST: "Keeps AI work governed",
    Role.ADMINISTRATOR: "Keeps people and settings",
}
"""In the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """One person of the sample company and the role that they stand for."""

    id: int
    name: str
    role: str
    role_label: str
    what_they_do: str


def sample_people() -> tuple[SamplePerson, ...]:
    """One person for each role, or nobody in a company that `load_sample` did not fill. Two queries."""
    company = Company.objects.first()
    if company is None or not company.is_sample:
        return ()
    rows = (
        User.objects.filter(is_active=True, groups__name__in=WHAT_THEY_DO)
        .order_by("groups__name", "id")
        .distinct("groups__name")
        .values_list("groups__name", "id", "display_name", "username")
    )
    found = {role: (id_, display_name or username) for role, id_, display_name, username in rows}
    return tuple(
        SamplePerson(*found[role], role, Role(role).label, words)
        for role, words in WHAT_THEY_DO.items()
        if role in found
    )
