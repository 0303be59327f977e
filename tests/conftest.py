"""What all tests share: real servers of their own, the folder of real data, and a browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase

from config.embedded import OWNER_ROLE
from config.state import State
from tests.counts import LONG
from tests.database import (
    TEST_DATABASE,
    keep_pristine,
    make_test_database,
    restore,
    running_servers,
    session_state,
)

pytest_plugins = ["tests.browser"]
ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = Path(os.environ.get("PLUMBLINE_SHARED_DATA") or ROOT.parent / "shared" / "data")


def pytest_configure(config: pytest.Config) -> None:
    """Plain static files (the hashed ones have tests of their own) and the profile of generated cases."""
    from hypothesis import settings as hypothesis_settings

    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    # Django's own hasher takes 0.2 s for each person; the test client speaks plain HTTP (tests/config checks both).
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_SSL_REDIRECT = False
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    hypothesis_settings.register_profile("short", max_examples=25, deadline=None, derandomize=True)
    hypothesis_settings.register_profile("long", max_examples=1000, deadline=None)
    hypothesis_settings.load_profile("long" if LONG else "short")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys first, since their files take longest and the cores are to end together. Leave out the tests on real
    data, and those alone, where the folder is absent."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)
    if SHARED_DATA.is_dir():
        return
    absent = pytest.mark.skip(reason=f"shared_data: {SHARED_DATA} is absent")
    for item in items:
        if item.get_closest_marker("shared_data"):
            item.add_marker(absent)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; tests that use it carry the mark `shared_data`."""
    return SHARED_DATA


@pytest.fixture(scope="session")
def servers() -> Iterator[State]:
    """PostgreSQL and the Redis-protocol server of this session; settings point at them."""
    with running_servers(session_state()) as state:
        settings.REDIS_URL = f"unix://{state.valkey_socket}?db=0"
        yield state


@pytest.fixture(scope="session")
def django_db_setup(servers: State, django_db_blocker: Any) -> Iterator[None]:
    """The test database: migrated as the owner role, then used as the application role."""
    make_test_database(servers, TEST_DATABASE)
    database = connections["default"].settings_dict
    application_role = database["USER"]
    database.update(NAME=TEST_DATABASE, HOST=str(servers.sockets), PORT="5432", PASSWORD="", USER=OWNER_ROLE)
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0, interactive=False)
        connections["default"].close()
        keep_pristine(servers, TEST_DATABASE)
        database.update(USER=application_role)

    def reset(_: TransactionTestCase) -> None:
        restore(servers, TEST_DATABASE)

    original, TransactionTestCase._fixture_teardown = TransactionTestCase._fixture_teardown, reset
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = original
        with django_db_blocker.unblock():
            connections.close_all()


@pytest.fixture(scope="session")
def kept_company(servers: State, django_db_setup: None, django_db_blocker: Any) -> None:
    """The small company is made once, and each test that builds it gets a copy."""
    from tests.alignment.small_company import keep_usual

    with django_db_blocker.unblock():
        keep_usual(servers)


@pytest.fixture
def superuser(servers: State, django_db_setup: None) -> Iterator[Any]:
    """A cursor of the database superuser on the test database, for what no role of the application may do."""
    from config.embedded import superuser_cursor

    with superuser_cursor(servers, TEST_DATABASE) as cursor:
        yield cursor


@pytest.fixture
def outside(servers: State, django_db_setup: None) -> dict[str, str]:
    """The environment in which another process works on the test database as the application role."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "PLUMBLINE_"))
    } | {
        "DATABASE_URL": f"postgresql:///{TEST_DATABASE}?host={servers.sockets}&user=plumbline_app",
        "REDIS_URL": f"unix://{servers.valkey_socket}?db=0",
        "SECRET_KEY": "a key for tests alone, long enough to be taken as one 0123456789",
        "ALLOWED_HOSTS": "localhost",
        "PLUMBLINE_STATE": str(servers.folder),
        "PYTHONPATH": str(ROOT),
    }
