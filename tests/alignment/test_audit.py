"""The audit trail: one event for each change on each write path, with its actor, never changed again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from alignment.audit import acting_as
from alignment.models import AuditEvent, Theme, User

pytestmark = pytest.mark.django_db


def _raw() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE alignment_theme SET name = 'new'")


def _bulk() -> None:
    theme = Theme.objects.get()
    theme.name = "new"
    Theme.objects.bulk_update([theme], ["name"])


def _save() -> None:
    theme = Theme.objects.get()
    theme.name = "new"
    theme.save()


@pytest.mark.parametrize("write", [_save, lambda: Theme.objects.update(name="new"), _bulk, _raw])
def test_each_write_path_leaves_one_event_with_its_actor(write: Callable[[], object]) -> None:
    with acting_as("kim"):
        Theme.objects.bulk_create([Theme(slug="core", name="old")])
    with acting_as("robin"):
        write()
    created, changed = AuditEvent.objects.filter(table_name="alignment_theme").order_by("id")
    assert (created.operation, created.actor, created.before) == ("insert", "kim", None)
    assert (changed.operation, changed.actor) == ("update", "robin")
    assert [(state or {})["name"] for state in (changed.before, changed.after)] == ["old", "new"]


def test_a_delete_keeps_what_was_there_and_a_write_without_change_leaves_nothing() -> None:
    Theme.objects.create(slug="core", name="old")
    before = AuditEvent.objects.count()
    Theme.objects.update(name="old")
    assert AuditEvent.objects.count() == before
    Theme.objects.all().delete()
    event = AuditEvent.objects.latest("id")
    assert (event.operation, (event.before or {})["name"], event.after) == ("delete", "old", None)
    assert event.actor.startswith("database:")


def test_actors_nest_and_an_empty_one_is_refused() -> None:
    with acting_as("kim"):
        with acting_as("system:inner"):
            Theme.objects.create(slug="a", name="a")
        Theme.objects.create(slug="b", name="b")
    actors = AuditEvent.objects.filter(table_name="alignment_theme").order_by("id").values_list("actor")
    assert [actor for (actor,) in actors] == ["system:inner", "kim"]
    with pytest.raises(ValueError, match="name of who makes it"), acting_as(" "):
        pass


def test_passwords_stay_out_of_the_trail() -> None:
    user = User.objects.create_user("kim", password="correct horse battery")
    user.set_password("another one entirely")
    user.save()
    for event in AuditEvent.objects.filter(table_name="alignment_user"):
        assert "password" not in (event.before or {}) | (event.after or {})


@pytest.mark.parametrize(
    "change", ["UPDATE alignment_auditevent SET actor = 'x'", "DELETE FROM alignment_auditevent"]
)
def test_the_trail_itself_cannot_be_changed(change: str) -> None:
    Theme.objects.create(slug="core", name="old")
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


DERIVED_OR_OWN_AUDIT = {
    "alignment_auditevent", "alignment_datachange", "alignment_importrefusedrows", "alignment_importupload",
    "alignment_importuploadpart",
    "alignment_job", "alignment_keyresultpace", "alignment_keyresultstatus",
    "alignment_metricverdict", "alignment_observation", "alignment_observationrevision", "alignment_personallook",
    "alignment_score", "alignment_signal",
}  # fmt: skip
AUTHORISATION_OF_DJANGO = {"alignment_user_user_permissions"}


def test_every_table_is_audited_or_named_here_as_derived() -> None:
    tables = {
        model._meta.db_table
        for model in apps.get_app_config("alignment").get_models(include_auto_created=True)
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audit_update'")
        audited = {name for (name,) in cursor.fetchall()}
    throttles = {name for name in tables if "throttle" in name}
    assert tables - audited - throttles == DERIVED_OR_OWN_AUDIT | AUTHORISATION_OF_DJANGO
