"""The data version: every commit that changes what pages show makes another one, in whatever order commits come."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from alignment import data_version as versions
from alignment.data_version import data_version, fold_changes, standing_for
from alignment.models import Company, DataChange, Job, Score, ScorePolicy, Theme, User
from tests.database import TEST_DATABASE

Connect = Callable[[], Any]


@pytest.fixture
def connect(transactional_db: None, servers: Any) -> Iterator[Connect]:
    """Opens further connections as the application's role."""
    opened: list[Any] = []

    def another() -> Any:
        opened.append(psycopg2.connect(dbname=TEST_DATABASE, user="plumbline_app", host=str(servers.sockets)))
        return opened[-1]

    yield another
    for one in opened:
        one.close()


def add_theme(writer: Any, slug: str) -> None:
    with writer.cursor() as cursor:
        cursor.execute(
            "INSERT INTO alignment_theme (slug, name, description, weight, position) VALUES (%s, %s, '', 1, 0)",
            [slug, slug],
        )


def test_transactions_that_commit_out_of_order_each_make_another_version(connect: Connect) -> None:
    early, late = connect(), connect()
    seen = [data_version()]
    add_theme(early, "early")  # begins first, commits last
    add_theme(late, "late")  # does not wait for the first
    assert data_version() == seen[0]
    late.commit()
    seen.append(data_version())
    assert Theme.objects.count() == 1
    early.commit()
    seen.append(data_version())
    assert Theme.objects.count() == 2
    assert len(set(seen)) == 3


def test_folding_while_a_writer_is_under_way_brings_back_no_earlier_version(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "FOLD_ABOVE", 3)
    early = connect()
    add_theme(early, "early")
    for number in range(6):
        Theme.objects.create(slug=f"t{number}", name="t")
    before = data_version()
    assert fold_changes() >= 6
    assert (data_version(), DataChange.objects.count()) == (before, 1)
    assert fold_changes() == 0
    early.commit()
    assert data_version() != before


def test_any_order_of_commits_and_folds_gives_a_new_version_for_each_commit(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "FOLD_ABOVE", 2)
    chance = random.Random(7)
    writers = [connect() for _ in range(4)]
    busy: list[Any] = []
    seen = [data_version()]
    for step in range(60):
        idle = [writer for writer in writers if writer not in busy]
        if idle and (not busy or chance.random() < 0.5):
            busy.append(chance.choice(idle))
            add_theme(busy[-1], f"theme-{step}")
            assert data_version() == seen[-1]
        else:
            writer = busy.pop(chance.randrange(len(busy)))
            if chance.random() < 0.2:
                writer.rollback()
                assert data_version() == seen[-1]
            else:
                writer.commit()
                seen.append(data_version())
        if chance.random() < 0.3:
            fold_changes()
            assert data_version() == seen[-1]
    assert len(set(seen)) == len(seen) > 10


@pytest.mark.django_db
def test_what_is_rolled_back_to_a_savepoint_does_not_hide_what_follows() -> None:
    before = data_version()
    point = transaction.savepoint()
    Theme.objects.create(slug="gone", name="gone")
    transaction.savepoint_rollback(point)
    assert data_version() == before
    Theme.objects.create(slug="stays", name="stays")
    assert data_version() != before


@pytest.mark.django_db
def test_a_number_that_a_restored_database_brought_along_still_counts() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint + generate_series(1, 40)")
        rows = [DataChange(transaction=number, mark=5) for (number,) in cursor.fetchall()]
    DataChange.objects.bulk_create(rows)
    before = data_version()
    with transaction.atomic():
        Theme.objects.create(slug="a", name="a")
    assert data_version() != before


@pytest.mark.django_db(transaction=True)
def test_scores_jobs_and_people_count_and_signing_in_does_not() -> None:
    now = timezone.now()
    kim = User.objects.create_user("kim")
    seen = [data_version()]

    def changed() -> bool:
        seen.append(data_version())
        return seen[-1] != seen[-2]

    with transaction.atomic():
        Score.objects.create(
            subject_kind="company", subject_id=0, day=now.date(), policy=ScorePolicy.objects.get(), value=1,
            coverage=1, fingerprint="f", computed_at=now,
        )  # fmt: skip
    assert changed()
    with transaction.atomic():
        Job.objects.create(kind="k", deduplication_key="d", created_at=now)
    assert changed()
    with transaction.atomic():
        kim.last_login = now
        kim.save(update_fields=["last_login"])
        Job.objects.filter(kind="none").update(kind="such")
    assert not changed()
    with transaction.atomic():
        kim.is_active = False
        kim.save()
    assert changed()


@pytest.mark.django_db
def test_reading_the_standing_takes_one_query(django_assert_num_queries: Any) -> None:
    Company.objects.create(name="Small", time_zone="Europe/Berlin")
    kim = User.objects.create_user("kim")
    with django_assert_num_queries(1):
        found = standing_for(kim.pk)
    assert (found.version, found.time_zone, found.roles) == (data_version(), "Europe/Berlin", ())


NOT_SHOWN = {
    "alignment_auditevent": "written with the change that it speaks of, by a watched table's trigger",
    "alignment_datachange": "is the version",
    "alignment_importuploadpart": "bytes on the way; their upload is watched",
    "alignment_personallook": "is its own person's alone, and stands in the tag of their pages (standing_for)",
    "alignment_signinthrottle": "attempts to sign in are on no page",
    "alignment_user_user_permissions": "Django's own permissions are not used",
}


@pytest.mark.django_db
def test_every_table_is_watched_or_named_here() -> None:
    """A new table that pages show calls `SELECT plumbline_watch('its_name')` in its migration."""
    tables = {
        model._meta.db_table
        for model in apps.get_app_config("alignment").get_models(include_auto_created=True)
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'data_changed'")
        watched = {name for (name,) in cursor.fetchall()}
    assert tables - watched == set(NOT_SHOWN)
