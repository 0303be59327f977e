"""The environment, read once and typed. A wrong value says how to mend it, and all wrong values are told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_YES = {"1", "true", "yes", "on"}
_NO = {"0", "false", "no", "off", ""}
_SHORTEST_SECRET = 50
_Value = TypeVar("_Value")


class WrongEnvironment(ImproperlyConfigured):
    """One or more environment variables cannot be used; the message names each and how to mend it."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        noun = "variable is" if len(faults) == 1 else "variables are"
        super().__init__(
            f"{len(faults)} environment {noun} wrong:\n" + "\n".join(f"  - {fault}" for fault in faults)
        )


@dataclass(frozen=True)
class DatabaseAddress:
    """Where PostgreSQL listens and as whom to speak to it. `host` may be the folder of a unix socket."""

    name: str
    user: str
    password: str = field(repr=False)
    host: str
    port: str


@dataclass(frozen=True)
class Environment:
    """All that Plumbline reads from the environment."""

    debug: bool
    https: bool
    sample_sign_in: bool
    secret_key: str | None = field(repr=False)
    database: DatabaseAddress | None
    database_owner: DatabaseAddress | None
    database_role: str
    long_statements: bool
    redis_url: str | None = field(repr=False)
    allowed_hosts: tuple[str, ...]
    trusted_origins: tuple[str, ...]
    state: Path | None
    port: int
    web_workers: int
    log_level: str


class _Reader:
    """Reads single variables and collects what is wrong with them."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.faults: list[str] = []

    def text(self, name: str) -> str | None:
        value = self._variables.get(name, "").strip()
        return value or None

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._variables.get(name)
        if value is None:
            return default
        word = value.strip().lower()
        if word not in _YES | _NO:
            self.faults.append(f"{name} is {value!r}. Set it to 1 (on) or 0 (off), or leave it out.")
        return word in _YES

    def number(self, name: str, *, default: int, least: int, most: int) -> int:
        value = self.text(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
            self.faults.append(
                f"{name} is {value!r}. Set it to a whole number from {least} to {most}, such as {default}."
            )
            return default
        return int(value)

    def choice(self, name: str, *, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name) or default
        if value not in choices:
            self.faults.append(f"{name} is {value!r}. Set it to one of: {', '.join(choices)}.")
            return default
        return value

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(word.strip() for word in (self.text(name) or "").split(",") if word.strip())

    def parsed(self, name: str, parse: Callable[[str], _Value]) -> _Value | None:
        value = self.text(name)
        if value is None:
            return None
        try:
            return parse(value)
        except ValueError as fault:
            self.faults.append(f"{name} {fault}")
            return None


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Read and check the variables; raises `WrongEnvironment` naming every wrong one and how to mend it."""
    reader = _Reader(variables)
    environment = Environment(
        debug=reader.flag("PLUMBLINE_DEBUG", default=False),
        https=reader.flag("PLUMBLINE_HTTPS", default=True),
        sample_sign_in=reader.flag("PLUMBLINE_SAMPLE_SIGN_IN", default=False),
        secret_key=reader.parsed("SECRET_KEY", _secret_key),
        database=reader.parsed("DATABASE_URL", database_address),
        database_owner=reader.parsed("DATABASE_OWNER_URL", database_address),
        database_role=reader.choice("DATABASE_ROLE", default="application", choices=("application", "owner")),
        long_statements=reader.flag("DATABASE_LONG_STATEMENTS", default=False),
        redis_url=reader.parsed("REDIS_URL", _redis_url),
        allowed_hosts=reader.words("ALLOWED_HOSTS"),
        trusted_origins=tuple(reader.parsed("CSRF_TRUSTED_ORIGINS", _origins) or ()),
        state=reader.parsed("PLUMBLINE_STATE", _absolute_path),
        port=reader.number("PORT", default=8000, least=1, most=65535),
        web_workers=reader.number("WEB_CONCURRENCY", default=2, least=1, most=64),
        log_level=reader.choice(
            "LOG_LEVEL", default="INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
        ),
    )
    _check_together(environment, reader.faults)
    if reader.faults:
        raise WrongEnvironment(reader.faults)
    return environment


def _check_together(environment: Environment, faults: list[str]) -> None:
    """What is wrong only in combination: what production needs, and what it must not have."""
    told = " ".join(faults)
    if (
        environment.database
        and environment.https
        and not environment.debug
        and not environment.secret_key
        and "SECRET_KEY" not in told
    ):
        faults.append(
            "SECRET_KEY is missing while DATABASE_URL is set. Set it to the output of: "
            "python -c 'import secrets; print(secrets.token_urlsafe(64))'"
        )
    if environment.database and not environment.redis_url and "REDIS_URL" not in told:
        faults.append(
            "REDIS_URL is missing while DATABASE_URL is set. Set it to the broker, such as redis://redis:6379/0."
        )
    if environment.database and not environment.allowed_hosts and environment.https and not environment.debug:
        faults.append(
            "ALLOWED_HOSTS is missing while DATABASE_URL is set. Set it to the names under which people reach "
            "Plumbline, separated by commas, such as plumbline.example.org."
        )
    if environment.redis_url and not environment.database and "DATABASE_URL" not in told:
        faults.append(
            "DATABASE_URL is missing while REDIS_URL is set. Set both, or neither to use the servers that come along."
        )
    if "*" in environment.allowed_hosts:
        faults.append("ALLOWED_HOSTS holds '*', which lets any name in. List the names that people use.")
    if environment.sample_sign_in and environment.https:
        faults.append(
            "PLUMBLINE_SAMPLE_SIGN_IN is on while PLUMBLINE_HTTPS is on: one-click sign-in is for `make run` alone. "
            "Leave PLUMBLINE_SAMPLE_SIGN_IN out."
        )
    if environment.database_role == "owner" and environment.database and not environment.database_owner:
        faults.append(
            "DATABASE_OWNER_URL is missing while DATABASE_ROLE is owner. Set it to the address with the role that owns "
            "the tables, such as postgresql://plumbline_owner:...@db:5432/plumbline."
        )


def database_address(value: str) -> DatabaseAddress:
    """Read `postgresql://user:password@host:5432/name` or `postgresql:///name?host=/socket/folder&user=...`."""
    form = (
        "cannot be read. Write it as postgresql://user:password@host:5432/name "
        "(special characters in the password as %XX)."
    )
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError(form) from None
    options = dict(parse_qsl(parts.query))
    name = unquote(parts.path.lstrip("/"))
    user = unquote(parts.username or options.get("user", ""))
    host = options.get("host") or parts.hostname or ""
    if parts.scheme not in {"postgres", "postgresql"} or not name or "/" in name or not user or not host:
        raise ValueError(form)
    return DatabaseAddress(
        name=name,
        user=user,
        password=unquote(parts.password or ""),
        host=unquote(host),
        port=str(port or options.get("port", "5432")),
    )


def _redis_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"redis", "rediss", "unix"} or not (parts.hostname or parts.path):
        raise ValueError(
            "cannot be read. Write it as redis://host:6379/0, rediss://... or unix:///path/to/socket."
        )
    return value


def _secret_key(value: str) -> str:
    if len(value) < _SHORTEST_SECRET or len(set(value)) < 5:
        raise ValueError(
            f"is shorter than {_SHORTEST_SECRET} characters or repeats itself. Set it to the output of: "
            "python -c 'import secrets; print(secrets.token_urlsafe(64))'"
        )
    return value


def _origins(value: str) -> list[str]:
    origins = [word.strip() for word in value.split(",") if word.strip()]
    wrong = [origin for origin in origins if not origin.startswith(("http://", "https://"))]
    if wrong:
        raise ValueError(f"holds {wrong[0]!r}. Begin each address with https://, such as https://{wrong[0]}.")
    return origins


def _absolute_path(value: str) -> Path:
    path = Path(value)
    if not path.is_absolute():
        raise ValueError(f"is {value!r}. Give the whole path, beginning with a slash.")
    return path
