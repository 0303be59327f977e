"""Saving an edit: nobody writes over what they have not seen, and nothing is written twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, connections
from django.http import QueryDict
from django.utils import timezone

from alignment.audit import acting_as
from alignment.editing import Refused, Saved, Stale, object_edited, save_edit
from alignment.forms.editing import EditForm
from alignment.models import AuditEvent, Job, Theme, User
from config import pipeline  # registers the job kinds

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
assert pipeline.RECOMPUTE


class ThemeInTests(EditForm):
    """A form over a few columns of a theme."""

    constraint_messages = {"theme_weight_not_negative": ("weight", "Write 0 or more.")}

    class Meta(EditForm.Meta):
        model = Theme
        fields = ("name", "description", "weight", "slug")


@pytest.fixture
def theme(db: None) -> Theme:
    with acting_as("system:test"):
        return Theme.objects.create(slug="core", name="Core", weight=2)


@pytest.fixture
def kim(db: None) -> User:
    return User.objects.create_user("kim", display_name="Kim K")


def sent(form: EditForm, **typed: str) -> QueryDict:
    """What a browser would send of this form, with these fields typed anew."""
    data = QueryDict(mutable=True)
    for name in form.fields:
        value = form[name].value()
        data[name] = "" if value is None else str(value)
    for name, text in typed.items():
        data[name.replace("take_", "take-")] = text
    return data


def opened(theme: Theme) -> ThemeInTests:
    return ThemeInTests(instance=Theme.objects.get(pk=theme.pk))


def save(theme: Theme, data: QueryDict, by: User) -> tuple[Any, ThemeInTests]:
    form = ThemeInTests(data, instance=Theme.objects.get(pk=theme.pk))
    assert form.is_valid(), form.errors
    return save_edit(form=form, by=by, now=NOW), form


def events() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(table_name="alignment_theme").exclude(actor__startswith="system:"))


def test_a_save_leaves_one_event_under_the_persons_name_and_one_job_from_today(
    theme: Theme, kim: User
) -> None:
    result, _ = save(theme, sent(opened(theme), weight="3.5"), kim)
    assert isinstance(result, Saved)
    assert result.changed == ("weight",)
    (event,) = events()
    assert (event.actor, event.operation, event.row_id) == ("kim", "update", str(theme.pk))
    differing = {key for key in event.after or {} if (event.before or {})[key] != (event.after or {})[key]}
    assert differing == {"weight"}
    job = Job.objects.get()
    assert (job.kind, job.payload["since"], job.payload["touched_metrics"]) == ("recompute", "2026-11-20", [])


def test_nothing_different_writes_nothing(theme: Theme, kim: User) -> None:
    result, _ = save(theme, sent(opened(theme)), kim)
    assert isinstance(result, Saved)
    assert result.changed == ()
    assert events() == []
    assert not Job.objects.exists()


def test_sent_twice_is_written_once(theme: Theme, kim: User) -> None:
    data = sent(opened(theme), name="Heart")
    assert save(theme, data, kim)[0].changed == ("name",)
    assert save(theme, data, kim)[0].changed == ()
    assert len(events()) == 1


def test_a_new_row_sent_twice_is_one_row(kim: User) -> None:
    data = sent(ThemeInTests(), name="New", slug="new", weight="1")
    made = []
    for _ in range(2):
        form = ThemeInTests(data, instance=Theme())
        form.is_valid()
        form.errors.clear()  # the second meets its own slug; the verb must see to it alone
        made.append(save_edit(form=form, by=kim, now=NOW))
    assert [result.instance.slug for result in made] == ["new", "new"]
    assert Theme.objects.count() == 1
    assert len(events()) == 1
    assert Job.objects.count() == 1


def test_what_another_saved_meanwhile_is_shown_and_nothing_typed_is_lost(theme: Theme, kim: User) -> None:
    robin = User.objects.create_user("robin", display_name="Robin R")
    mine = sent(opened(theme), name="Mine", description="typed for an hour")
    save(theme, sent(opened(theme), name="Theirs", weight="9"), robin)
    result, form = save(theme, mine, kim)
    assert isinstance(result, Stale)
    assert Theme.objects.get().name == "Theirs"
    lines = {line.name: line for line in result.differences}
    assert set(lines) == {"name", "weight"}
    assert (lines["name"].opened, lines["name"].yours, lines["name"].theirs) == ("Core", "Mine", "Theirs")
    assert (lines["name"].by, lines["name"].keep) == ("Robin R", True)
    assert (lines["weight"].yours, lines["weight"].theirs, lines["weight"].keep) == ("2", "9", False)
    assert lines["weight"].at is not None
    assert form["description"].value() == "typed for an hour"
    assert form["name"].value() == "Mine"

    again, _ = save(theme, sent(form, take_name="mine", take_weight="theirs"), kim)
    assert isinstance(again, Saved)
    stored = Theme.objects.get()
    assert (stored.name, stored.description, stored.weight) == ("Mine", "typed for an hour", 9)


def test_a_third_save_meanwhile_is_shown_again(theme: Theme, kim: User) -> None:
    mine = sent(opened(theme), name="Mine")
    save(theme, sent(opened(theme), name="Second"), kim)
    _, form = save(theme, mine, kim)
    save(theme, sent(opened(theme), name="Third"), kim)
    result, _ = save(theme, sent(form, take_name="mine"), kim)
    assert isinstance(result, Stale)
    assert [line.theirs for line in result.differences] == ["Third"]


@pytest.mark.parametrize("token", ["", "x", "eyJ4IjoxfQ:abc:def"])
def test_without_a_readable_token_nothing_is_written_over(theme: Theme, kim: User, token: str) -> None:
    result, _ = save(theme, sent(opened(theme), name="Mine", opened_with=token), kim)
    assert isinstance(result, Stale)
    assert [(line.name, line.opened) for line in result.differences] == [("name", "not known")]


def test_a_token_of_another_row_does_not_count(theme: Theme, kim: User) -> None:
    other = Theme.objects.create(slug="other", name="Core", weight=2)
    result, _ = save(
        theme, sent(opened(theme), name="Mine", opened_with=str(opened(other)["opened_with"].value())), kim
    )
    assert isinstance(result, Stale)


def test_what_is_gone_is_said(theme: Theme, kim: User) -> None:
    form = ThemeInTests(sent(opened(theme), name="Mine"), instance=Theme.objects.get())
    assert form.is_valid()
    Theme.objects.all().delete()
    result = save_edit(form=form, by=kim, now=NOW)
    assert isinstance(result, Stale)
    assert result.is_gone
    assert not Theme.objects.exists()


def test_unknown_fields_change_nothing(theme: Theme, kim: User) -> None:
    data = sent(opened(theme), name="Mine", position="99", id="7", owner="1", pk="7")
    save(theme, data, kim)
    stored = Theme.objects.get()
    assert (stored.pk, stored.position, stored.owner_id, stored.name) == (theme.pk, 0, None, "Mine")


def test_constraints_come_back_beside_their_fields(theme: Theme, kim: User) -> None:
    form = ThemeInTests(sent(opened(theme), weight="-1"), instance=Theme.objects.get())
    assert not form.is_valid()
    assert form.errors["weight"] == ["Write 0 or more."]
    assert form.problems() == [("id_weight", "Weight", "Write 0 or more.")]


def test_a_constraint_that_only_the_database_sees_is_an_error_too(theme: Theme, kim: User) -> None:
    form = ThemeInTests(sent(opened(theme), slug="taken"), instance=Theme.objects.get())
    assert form.is_valid()
    Theme.objects.create(slug="taken", name="Faster")
    assert isinstance(save_edit(form=form, by=kim, now=NOW), Refused)
    assert form.non_field_errors()
    assert Theme.objects.get(pk=theme.pk).slug == "core"
    assert not Job.objects.exists()


def test_ambiguous_numbers_are_refused(theme: Theme) -> None:
    form = ThemeInTests(sent(opened(theme), weight="1,5"), instance=Theme.objects.get())
    assert not form.is_valid()
    assert "without guessing" in form.errors["weight"][0]
    assert form["weight"].value() == "1,5"


def test_a_metrics_edit_asks_for_everything_anew(db: None) -> None:
    job = object_edited(kind="metric", object_id=4, since=NOW.date(), by="kim")
    assert (job.payload["touched_metrics"], job.payload["since"]) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_of_eight_writers_at_once_one_writes_and_seven_see_it() -> None:
    theme = Theme.objects.create(slug="core", name="Core", weight=2)
    people = [User.objects.create_user(f"writer{number}") for number in range(8)]
    data = sent(opened(theme))
    barrier, results = threading.Barrier(8), []

    def write(person: User) -> None:
        try:
            mine = data.copy()
            mine["name"] = f"by {person.username}"
            form = ThemeInTests(mine, instance=Theme.objects.get())
            assert form.is_valid()
            barrier.wait()
            results.append((person.username, save_edit(form=form, by=person, now=timezone.now())))
        finally:
            connections.close_all()

    _all_at_once([lambda person=person: write(person) for person in people])
    winners = [name for name, result in results if isinstance(result, Saved)]
    assert len(results) == 8
    assert len(winners) == 1
    assert Theme.objects.get().name == f"by {winners[0]}"
    for _, result in results:
        if isinstance(result, Stale):
            assert [(line.theirs, line.by) for line in result.differences] == [
                (f"by {winners[0]}", winners[0])
            ]
    assert len(AuditEvent.objects.filter(table_name="alignment_theme", operation="update")) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_sendings_of_one_new_form_are_one_row() -> None:
    person = User.objects.create_user("kim")
    data = sent(ThemeInTests(), name="New", slug="new", weight="1")
    barrier, results = threading.Barrier(8), []

    def write() -> None:
        try:
            form = ThemeInTests(data, instance=Theme())
            assert form.is_valid()
            barrier.wait()
            results.append(save_edit(form=form, by=person, now=timezone.now()))
        finally:
            connections.close_all()

    _all_at_once([write] * 8)
    assert all(isinstance(result, Saved) for result in results)
    assert Theme.objects.count() == 1
    assert sum(bool(result.changed) for result in results) == 1


@pytest.mark.django_db(transaction=True)
def test_a_recompute_under_way_does_not_stop_an_edit() -> None:
    """It holds the keys of the rows that its own refer to; an edit must not wait for it."""
    theme = Theme.objects.create(slug="core", name="Core", weight=2)
    person = User.objects.create_user("kim")
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        from django.db import transaction

        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM alignment_theme FOR KEY SHARE")
                held.set()
                done.wait(20)
        finally:
            connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    try:
        assert isinstance(save(theme, sent(opened(theme), name="Mine"), person)[0], Saved)
    finally:
        done.set()
        holder.join()


def _all_at_once(acts: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_another_row_on_the_same_form_is_never_taken_for_the_first(kim: User) -> None:
    """Two tabs, or the browser's history, hold one form; what the second says must not be lost."""
    data = sent(ThemeInTests(), name="First", slug="first", weight="1")
    form = ThemeInTests(data, instance=Theme())
    assert form.is_valid()
    assert isinstance(save_edit(form=form, by=kim, now=NOW), Saved)
    second = data.copy()
    second["name"], second["slug"] = "Second", "second"
    form = ThemeInTests(second, instance=Theme())
    assert form.is_valid()
    assert save_edit(form=form, by=kim, now=NOW) == Refused()
    assert "“First” was added with this form before" in str(form.non_field_errors())
    again = ThemeInTests(form.data, instance=Theme())
    assert again["name"].value() == "Second"
    assert again.is_valid()
    assert isinstance(save_edit(form=again, by=kim, now=NOW), Saved)
    assert list(Theme.objects.values_list("name", flat=True)) == ["First", "Second"]


def test_a_form_whose_row_was_removed_is_shown_again(kim: User) -> None:
    data = sent(ThemeInTests(), name="First", slug="first", weight="1")
    form = ThemeInTests(data, instance=Theme())
    assert form.is_valid()
    save_edit(form=form, by=kim, now=NOW)
    Theme.objects.all().delete()
    form = ThemeInTests(data, instance=Theme())
    assert form.is_valid()
    assert save_edit(form=form, by=kim, now=NOW) == Refused()
    assert "was removed since" in str(form.non_field_errors())
