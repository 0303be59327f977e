"""Who may see and change what: each rule of the product's table, for each role and an outsider."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import PermissionDenied
from django.http import Http404

from alignment import permissions
from alignment.models import Metric, Objective, Team, Theme, User
from alignment.models.people import Role

pytestmark = pytest.mark.django_db

MONEY = {"technology-lead", "finance", "executive"}
IMPORT = {"technology-lead", "engineering-lead", "finance"}


@pytest.fixture
def cast() -> dict[str, User]:
    """One person for each role, and an outsider who holds none."""
    people = {"outsider": User.objects.create_user("outsider")}
    for role in Role.values:
        people[role] = User.objects.create_user(role)
        people[role].groups.add(Group.objects.get(name=role))
    return people


@pytest.fixture
def objective() -> Objective:
    """An objective of the red team."""
    theme = Theme.objects.create(slug="core", name="Core")
    Metric.objects.create(key="a", name="a", category="business-outcomes", unit="%", cadence="month")
    return Objective.objects.create(
        slug="keep", name="Keep", theme=theme, team=Team.objects.create(slug="red", name="Red"),
        period_start=date(2026, 10, 1), period_end=date(2026, 12, 31),
    )  # fmt: skip


def test_the_groups_of_the_product_exist() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)


def test_money_and_imports_are_for_the_named_roles_only(cast: dict[str, User]) -> None:
    assert {name for name, user in cast.items() if permissions.may_see_money(user)} == MONEY
    assert {name for name, user in cast.items() if permissions.may_import_metrics(user)} == IMPORT


@pytest.mark.parametrize("role", Role.values)
def test_every_role_sees_the_whole_company(cast: dict[str, User], objective: Objective, role: str) -> None:
    user = cast[role]
    assert permissions.get_objective_for(user, "keep") == objective
    assert permissions.get_theme_for(user, "core") == objective.theme
    assert permissions.metrics_visible_to(user).count() == 1


def test_an_outsider_and_a_stranger_learn_of_nothing(cast: dict[str, User], objective: Objective) -> None:
    for user in (cast["outsider"], AnonymousUser()):
        with pytest.raises(Http404):
            permissions.get_objective_for(user, "keep")  # type: ignore[arg-type]
        with pytest.raises(Http404):
            permissions.get_theme_for(user, "core")  # type: ignore[arg-type]
        assert not permissions.metrics_visible_to(user).exists()  # type: ignore[arg-type]


def test_another_teams_objective_is_seen_but_not_changed(cast: dict[str, User], objective: Objective) -> None:
    may = set()
    for name, user in cast.items():
        if name == "outsider":
            continue
        try:
            permissions.get_objective_for(user, "keep", to_change=True)
            may.add(name)
        except PermissionDenied:
            pass
    assert may == {"technology-lead"}
    manager = cast["product-manager"]
    manager.team = objective.team
    assert permissions.get_objective_for(manager, "keep", to_change=True) == objective


def test_a_disabled_person_and_a_removed_role_see_nothing_at_once(
    cast: dict[str, User], objective: Objective
) -> None:
    finance = cast["finance"]
    assert permissions.may_see_money(finance)
    finance.groups.clear()
    assert not permissions.may_see_money(User.objects.get(pk=finance.pk))
    executive = cast["executive"]
    executive.is_active = False
    assert not permissions.may_enter(executive)
