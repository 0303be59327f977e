"""Our own exports of real files, imported again: nothing new, changed or refused, the same bytes stored."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from alignment.importing.digest import readings_digest
from alignment.importing.files import from_bytes, from_path
from alignment.importing.import_file import import_file
from alignment.importing.options import Options
from alignment.models import Company, Observation, ScorePolicy
from tests.alignment.small_company import cast

pytestmark = [pytest.mark.shared_data, pytest.mark.django_db]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CREATE: dict[str, Any] = {
    "create_metrics": True, "category": "technical-performance", "unit": "count", "direction": "higher",
}  # fmt: skip
FILES = [
    ("series/insurance.csv", {}, 80),
    ("series/mta_ridership_daily.csv", {}, 23_870),
    ("series/unemployment_across_industries.csv", {"round_decimals": True}, 3_416),
    ("series/us_employment_2006_2015.csv", {}, 2_760),
    ("velocity/synapse_weekly.csv", {"prefix": "synapse."}, 4_880),
    ("velocity/synapse_monthly.csv", {"prefix": "synapse.monthly."}, 1_130),
]


@pytest.fixture
def client(db: None) -> Client:
    Company.objects.create(name="Real")
    assert ScorePolicy.objects.filter(is_active=True).exists()
    client = Client()
    client.force_login(cast()["executive"])
    return client


def take(name: str, content: bytes) -> tuple[int, int, int, int]:
    """(new, changed, unchanged, refused) of importing what was exported, without any choice made."""
    done = import_file(file=from_bytes(name, content), options=Options(), by="ada", now=NOW).result
    return done.new, done.changed, done.unchanged, done.refused


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_all_real_readings_come_back_from_one_export(client: Client, shared_data: Path, kind: str) -> None:
    for name, options, _ in FILES:
        import_file(
            file=from_path(shared_data / name), options=Options(**CREATE | options), by="ada", now=NOW
        )
    before, count = readings_digest(), Observation.objects.count()
    assert count == sum(file[2] for file in FILES)
    response: Any = client.get("/readings", {"format": kind})
    content = b"".join(response.streaming_content) if response.streaming else response.content
    name = re.findall(r'filename="([^"]+)"', response["Content-Disposition"])[0]
    assert take(name, content) == (0, 0, count, 0)
    assert readings_digest() == before
