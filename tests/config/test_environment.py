"""Wrong values are told all at once, each with how to mend it."""

from __future__ import annotations

import pytest

from config.environment import DatabaseAddress, WrongEnvironment, database_address, read_environment

PRODUCTION = {
    "DATABASE_URL": "postgresql://app:p%40ss@db:6432/plumbline",
    "REDIS_URL": "redis://redis:6379/0",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefgh",
    "ALLOWED_HOSTS": "plumbline.example.org, plumb.example.org",
}


def test_nothing_set_is_a_safe_trial() -> None:
    environment = read_environment({})
    assert (environment.debug, environment.https, environment.sample_sign_in) == (False, True, False)
    assert (environment.database, environment.redis_url, environment.port) == (None, None, 8000)


def test_production_is_read() -> None:
    environment = read_environment(PRODUCTION)
    assert environment.database == DatabaseAddress("plumbline", "app", "p@ss", "db", "6432")
    assert environment.allowed_hosts == ("plumbline.example.org", "plumb.example.org")


def test_the_folder_of_a_socket_is_a_host() -> None:
    address = database_address("postgresql:///plumbline?host=/run/postgresql&user=app")
    assert (address.host, address.user, address.port) == ("/run/postgresql", "app", "5432")


def test_all_faults_are_told_at_once() -> None:
    wrong = {"PLUMBLINE_DEBUG": "maybe", "PORT": "80000", "LOG_LEVEL": "LOUD", "WEB_CONCURRENCY": "-1"}
    with pytest.raises(WrongEnvironment) as caught:
        read_environment(wrong)
    assert len(caught.value.faults) == 4
    assert "4 environment variables are wrong" in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"PLUMBLINE_DEBUG": "maybe"}, "Set it to 1 (on) or 0 (off)"),
        ({"PORT": "http"}, "whole number from 1 to 65535"),
        ({"PORT": "٨٠٠٠"}, "whole number from 1 to 65535"),
        ({"DATABASE_URL": "mysql://a@b/c"}, "postgresql://user:password@host:5432/name"),
        ({"DATABASE_URL": "postgresql://app@db:port/name"}, "postgresql://user:password@host:5432/name"),
        ({"DATABASE_URL": "postgresql://db/name"}, "postgresql://user:password@host:5432/name"),
        ({"DATABASE_ROLE": "god"}, "one of: application, owner"),
        ({"DATABASE_ROLE": "owner"}, "DATABASE_OWNER_URL is missing"),
        ({"REDIS_URL": "http://redis"}, "redis://host:6379/0"),
        ({"REDIS_URL": ""}, "REDIS_URL is missing"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is missing"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({"SECRET_KEY": "short"}, "shorter than 50"),
        ({"SECRET_KEY": "a" * 60}, "repeats itself"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is missing"),
        ({"ALLOWED_HOSTS": "*"}, "lets any name in"),
        ({"CSRF_TRUSTED_ORIGINS": "plumbline.example.org"}, "https://plumbline.example.org"),
        ({"PLUMBLINE_STATE": "var"}, "beginning with a slash"),
        ({"PLUMBLINE_SAMPLE_SIGN_IN": "1"}, "Leave PLUMBLINE_SAMPLE_SIGN_IN out"),
    ],
)
def test_a_wrong_value_says_how_to_mend_it(changed: dict[str, str], told: str) -> None:
    with pytest.raises(WrongEnvironment) as caught:
        read_environment(PRODUCTION | changed)
    assert len(caught.value.faults) == 1
    assert told in caught.value.faults[0]


def test_secrets_are_not_printed() -> None:
    printed = repr(read_environment(PRODUCTION))
    assert "p@ss" not in printed
    assert PRODUCTION["SECRET_KEY"] not in printed
