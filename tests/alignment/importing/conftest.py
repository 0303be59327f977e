"""Fixtures of the import tests: a company, a moment, and a short way to import bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from alignment.importing.files import from_bytes
from alignment.importing.import_file import Imported, import_file
from alignment.importing.options import Options
from alignment.models import Company

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CREATE = {"create_metrics": True, "category": "technical-performance", "unit": "count", "direction": "higher"}

Import = Callable[..., Imported]


@pytest.fixture
def company(db: None) -> Company:
    """The one company, by the calendar year and weeks that start on Monday."""
    return Company.objects.create(name="Plumb & Line")


@pytest.fixture
def take(company: Company) -> Import:
    """Import text or bytes under a name; options by name; new metrics are created unless told otherwise."""

    def do(
        content: str | bytes, name: str = "file.csv", *, now: datetime = NOW, by: str = "ada", **given: Any
    ) -> Imported:
        raw = content.encode() if isinstance(content, str) else content
        options = Options(**(CREATE | given))
        return import_file(file=from_bytes(name, raw), options=options, by=by, now=now)

    return do
