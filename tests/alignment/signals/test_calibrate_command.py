"""`manage.py calibrate_signals`: writes all tables, or only compares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from alignment.signals import calibration, luck, parting, parting_calibration, shift, shift_calibration


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Few lengths, and tables beside the real ones."""
    for module in (calibration, shift_calibration, parting_calibration):
        monkeypatch.setattr(module, "LENGTHS", (12, 26))
    monkeypatch.setattr(shift_calibration, "YEAR", 2)
    for module in (luck, calibration):
        monkeypatch.setattr(module, "TABLE", tmp_path / "luck_table.json")
    monkeypatch.setattr(shift, "TABLE", tmp_path / "shift_table.json")
    monkeypatch.setattr(parting, "TABLE", tmp_path / "pair_table.json")
    yield
    luck.luck_table.cache_clear()
    shift.shift_table.cache_clear()
    parting.pair_table.cache_clear()


def test_it_writes_all_tables_and_with_check_none(tmp_path: Path) -> None:
    said = StringIO()
    call_command("calibrate_signals", "--runs", "200", stdout=said)
    written = (tmp_path / "luck_table.json").read_text()
    trends = json.loads(written)
    assert len(trends["rows"]["line-6"]) == 2
    assert trends["runs"] == 200
    year = json.loads((tmp_path / "shift_table.json").read_text())["year"]
    assert len(year) == len(shift_calibration.CHANCES)
    pairs = json.loads((tmp_path / "pair_table.json").read_text())
    assert [len(pairs["rows"][kind]) for kind in ("line-6", "mean-0")] == [2, 2]
    assert pairs["known"]["line-0"] == pytest.approx([10.5, 23], abs=1)
    assert "Wrote version 1, " in said.getvalue()
    call_command("calibrate_signals", "--runs", "200", "--seed", "5", "--check", stdout=said)
    assert "off those of this run." in said.getvalue()
    assert (tmp_path / "luck_table.json").read_text() == written


def test_a_table_of_a_handful_is_refused() -> None:
    with pytest.raises(CommandError, match="at least 200"):
        call_command("calibrate_signals", "--runs", "10")
