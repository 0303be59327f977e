"""`manage.py analyze`: what it says of a file, without a database, and how it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parent.parent.parent
MONDAY = date(2024, 1, 1)
WEEKS = 60

# No test here is marked for the database: pytest-django fails any that would connect.


def _write(path: Path, columns: dict[str, np.ndarray], extra: str = "") -> Path:
    lines = [",".join(["week", *columns])]
    for i in range(len(next(iter(columns.values())))):
        day = MONDAY + timedelta(days=7 * i)
        cells = ["" if np.isnan(series[i]) else f"{series[i]:.4f}" for series in columns.values()]
        lines.append(",".join([day.isoformat(), *cells]))
    path.write_text("\n".join(lines) + "\n" + extra)
    return path


@pytest.fixture
def weeks(tmp_path: Path) -> Path:
    chance = np.random.default_rng(3)
    flat, step = 50 + chance.normal(size=WEEKS), 20 + chance.normal(size=WEEKS)
    step[40:] += 5
    flat[7] = np.nan
    walk = 100 + np.cumsum(chance.normal(size=WEEKS))
    rising = 50 + chance.normal(size=WEEKS) + np.arange(WEEKS) * 0.2
    return _write(tmp_path / "kpis.csv", {"Visits": flat, "Lead time": step, "Users": walk, "Sales": rising})


def _asked(path: Path, *given: str) -> dict[str, Any]:
    out = StringIO()
    call_command("analyze", str(path), "--json", "--as-of", "2025-03-01", *given, stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue(), parse_constant=lambda word: pytest.fail(word))
    return answer


def _said(path: Path, *given: str) -> str:
    out = StringIO()
    call_command("analyze", str(path), "--as-of", "2025-03-01", *given, stdout=out)
    return out.getvalue()


def test_every_series_is_told_in_the_order_of_the_file(weeks: Path) -> None:
    found = _asked(weeks, "--direction", "lead time=lower")
    assert [one["key"] for one in found["series"]] == ["visits", "lead-time", "users", "sales"]
    visits, lead, users, sales = found["series"]
    assert (visits["headline"]["verdict"], visits["readings"], visits["gaps"]) == ("no clear change", 59, 1)
    assert lead["story"]["word"] == "step"
    assert lead["story"]["start"] == (MONDAY + timedelta(days=280)).isoformat()
    assert (lead["headline"]["tone"], lead["direction"]) == ("worse", "lower")
    assert lead["changes"][0]["low"] < 5 < lead["changes"][0]["high"]
    assert users["kind"] == {"judged": "stock", "source": "name", "reason": "“users” is a level"}
    assert (sales["headline"]["verdict"], sales["story"]["word"]) == ("improving", "drift")
    assert sales["trend"]["low"] < 0.2 < sales["trend"]["high"]
    assert (found["schema"], found["as_of"], found["run"]["shown"]) == (
        1,
        "2025-03-01",
        ["lead-time", "sales"],
    )
    assert found["run"]["sentence"].startswith("Of 4 metrics, 2 move more than luck would explain")
    assert (visits["first"], visits["last"]) == ("2024-01-01", "2025-02-23")
    assert visits["staleness"]["verdict"] == "fresh"


def test_people_read_the_same(weeks: Path) -> None:
    words = _said(weeks, "--direction", "Lead time=lower", "--unit", "Lead time=days")
    assert "Lead time [lead-time] (weekly, 60 readings, the week to 7 Jan 2024 to" in words
    assert "Worsening, in one step: it stepped up by about 5" in words
    assert " days in the week to 13 Oct 2024" in words
    assert "Visits [visits] (weekly, 59 readings, 1 missing" in words
    assert "kind      stock, by its name: “users” is a level" in words
    assert words.rstrip().splitlines()[-1].startswith("The run: Of 4 metrics, 2 move")
    assert _said(weeks) == _said(weeks), "the same words each time"


def test_pairs_tell_when_they_part_and_how_wide(weeks: Path) -> None:
    pair = _asked(weeks, "--pairs", "Sales:visits")["pairs"][0]
    assert (pair["first"], pair["second"], pair["verdict"]) == ("sales", "visits", "first outgrows")
    assert pair["low_percent"] < pair["gained_percent"] < pair["high_percent"]
    assert 10 < pair["gained_percent"] < 35
    assert date.fromisoformat(pair["began"]["earliest"]) <= date.fromisoformat(pair["began"]["start"])
    assert (len(pair["path"]), pair["readings"]) == (60, 59)
    words = _said(weeks, "--pairs", "sales:visits", "--pairs", "visits:users")
    assert "Sales against Visits\n  Sales outgrows Visits: it gained" in words
    assert words.index("Sales against Visits") < words.index("Visits against Users")


def test_a_lag_holds_later_readings_against_earlier_ones(tmp_path: Path) -> None:
    leads = np.exp(0.03 * np.arange(WEEKS) * (np.arange(WEEKS) < 30) + 0.9 * (np.arange(WEEKS) >= 30))
    follows = np.concatenate([np.ones(6), leads[:-6]])
    noise = np.random.default_rng(9).normal(size=(2, WEEKS)) * 0.01
    path = _write(tmp_path / "lag.csv", {"A": leads * np.exp(noise[0]), "B": follows * np.exp(noise[1])})
    held = _asked(path, "--pairs", "a:b", "--lag", "6", "--kind", "flow")["pairs"][0]
    assert (held["verdict"], held["lag"], held["readings"]) == ("no clear divergence", 6, 54)
    assert "A moved by +6 weeks" in _said(path, "--pairs", "a:b", "--lag", "6")


def test_a_target_gets_its_chance(weeks: Path) -> None:
    easy, hard = _asked(weeks, "--target", "sales=55@2025-06-30", "--target", "Sales=90@2025-06-30")[
        "targets"
    ]
    assert easy["probability"] > 0.95
    assert hard["probability"] < 0.05
    assert (easy["due"], easy["path"][-1]["start"], len(easy["path"])) == ("2025-06-30", "2025-06-23", 18)
    assert easy["low"] < easy["expected"] < easy["high"]
    assert "Sales: 55 by 30 Jun 2025\n  Very likely" in _said(weeks, "--target", "sales=55@2025-06-30")


def test_a_season_may_be_declared(weeks: Path) -> None:
    target = ("--target", "sales=55@2025-06-30")
    waiting = _asked(weeks, *target, "--season", "sales=yearly")
    sales, visits = (
        next(one for one in waiting["series"] if one["key"] == key) for key in ("sales", "visits")
    )
    assert (sales["season"], sales["trend"]["verdict"]) == ("yearly", "cannot tell")
    assert (visits["season"], waiting["targets"][0]["probability"]) == (None, None)
    free = _asked(weeks, *target, "--season", "none")
    assert {one["season"] for one in free["series"]} == {"none"}
    assert "the range allows for one" in _asked(weeks, *target)["targets"][0]["sentence"]
    assert "the range allows for one" not in free["targets"][0]["sentence"]


def test_later_periods_are_left_out(weeks: Path) -> None:
    early = _asked(weeks, "--as-of", "2024-09-26")
    assert {one["last"] for one in early["series"]} == {"2024-09-22"}
    assert early["notes"][0] == "88 readings left out: their periods had not ended by that day."
    assert early["series"][1]["story"]["word"] == "none", "the step had not come yet"
    empty = _asked(
        weeks, "--as-of", "2020-01-01", "--pairs", "sales:visits", "--target", "sales=1@2021-01-01"
    )
    assert {one["headline"]["verdict"] for one in empty["series"]} == {"cannot tell"}
    assert (empty["pairs"][0]["verdict"], empty["targets"][0]["probability"]) == ("cannot tell", None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--pairs", "sales:vists"], "no series is called “vists”. The nearest are: visits."),
        (["--pairs", "sales"], "“sales” is not A:B"),
        (["--pairs", "sales:Sales"], "names one series twice"),
        (["--season", "lunar"], "--season: “lunar” is unknown. Choose one of: yearly, none."),
        (["--kind", "users=stok"], "--kind: “stok” is unknown. Choose one of: flow, stock."),
        (["--direction", "nobody=lower"], "--direction: no series is called “nobody”."),
        (["--target", "sales=many@2025-06-30"], "is not NAME=VALUE@DATE"),
        (["--target", "sales=nan@2025-06-30"], "is not NAME=VALUE@DATE"),
        (["--target", "sales=5@30/06/2025"], "--target: “30/06/2025” is not a day."),
        (["--as-of", "2025-02-30"], "--as-of: “2025-02-30” is not a day."),
    ],
)
def test_wrong_usage_says_what_would_do(weeks: Path, given: list[str], said: str) -> None:
    with pytest.raises(CommandError) as raised:
        _said(weeks, *given)
    assert said in str(raised.value)
    assert raised.value.returncode == 2


def test_files_that_cannot_be_read_are_refused(tmp_path: Path, weeks: Path) -> None:
    out = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("analyze", str(tmp_path / "none.csv"), stdout=out)
    assert raised.value.returncode == 1
    assert "cannot be read: No such file or directory." in out.getvalue()
    faulty = tmp_path / "faulty.csv"
    faulty.write_text(weeks.read_text() + "2025-02-24,n/a,1,2,3\n2025-02-24,4,5,6,7\n")
    with pytest.raises(CommandError, match="--good-rows-only"):
        _said(faulty)
    found = _asked(faulty, "--good-rows-only", "--as-of", "2025-03-08")
    reasons = [refusal["reason"] for refusal in found["refused"]]
    assert reasons[0] == "is not a number."
    assert reasons[1] == "lead-time has the values 1 and 5 for 2025-02-24."
    assert [one["readings"] for one in found["series"]] == [60, 60, 60, 60], "neither of two values is taken"


def test_names_with_colons_can_be_paired(tmp_path: Path) -> None:
    rows = [
        f"{name},{MONDAY + timedelta(days=7 * i)},{i + 10},{20 + i % 3}"
        for name in ("Bus", "Rail")
        for i in range(20)
    ]
    path = tmp_path / "long.csv"
    path.write_text("line,date,riders,load\n" + "\n".join(rows) + "\n")
    pair = _asked(path, "--pairs", "Bus: riders:Rail: load")["pairs"][0]
    assert (pair["first"], pair["second"]) == ("bus.riders", "rail.load")


def test_series_of_different_cadence_are_not_paired(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    rows = [f"a,2024-{month:02d},1" for month in range(1, 5)] + [
        f"b,2024-W{week:02d},1" for week in range(1, 5)
    ]
    path.write_text("metric,date,value\n" + "\n".join(rows) + "\n")
    with pytest.raises(CommandError, match="a is monthly and b weekly: pair series of one cadence"):
        _said(path, "--pairs", "a:b")


def test_it_works_where_no_database_can_be_reached(weeks: Path) -> None:
    settings = (
        "from config.settings import *\nDATABASES = {'default': {'ENGINE': 'django.db.backends.dummy'}}\n"
    )
    (weeks.parent / "nowhere.py").write_text(settings)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "nowhere",
        "PYTHONPATH": f"{weeks.parent}{os.pathsep}{ROOT}",
    }
    command = [sys.executable, "manage.py", "analyze", str(weeks), "--as-of", "2025-03-01"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "The run: Of 4 metrics" in done.stdout
    missing = subprocess.run(
        [*command[:3], "none.csv"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert missing.returncode == 1
