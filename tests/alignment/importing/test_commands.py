"""The two commands as a person or a program meets them."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from alignment import queueing
from alignment.importing.digest import readings_digest
from alignment.models import AuditEvent, Company, ImportBatch, Job, Metric, Observation, User

GOOD = "date,commits,merges\n2026-01-05,10,1\n2026-01-12,20,2\n2026-01-19,30,3\n"
NEW = ["--create-metrics", "--category", "technical-performance", "--unit", "count", "--direction", "higher"]


@pytest.fixture
def file(tmp_path: Path, company: Company) -> Path:
    """A good file on disk."""
    path = tmp_path / "git.csv"
    path.write_text(GOOD)
    return path


def _run(*arguments: object) -> str:
    out = io.StringIO()
    call_command(*(str(argument) for argument in arguments), stdout=out)
    return out.getvalue()


def test_an_import_says_what_it_recognised_and_how_to_undo_it(file: Path) -> None:
    said = _run("import_metrics", file, *NEW)
    batch = ImportBatch.objects.get()
    for words in (
        "comma (3 columns in the header)",
        "wide: periods down in “date”, 2 metric column(s)",
        "decimal point (no number has decimals)",
        "weekly (all dates are a Monday)",
        "created     commits (weekly, count, flow: “commits” is counted over a period)",
        "6 new, 0 changed, 0 unchanged, 0 refused",
        f"manage.py undo_import {batch.pk}",
    ):
        assert words in said


def test_the_same_as_json(file: Path) -> None:
    answer = json.loads(_run("import_metrics", file, "--json", "--digest", *NEW))
    (one,) = answer["files"]
    assert (one["state"], one["new"], one["rows_read"], one["metrics"]) == ("loaded", 6, 6, 2)
    assert one["batch"] == ImportBatch.objects.get().pk
    assert answer["digest"] == readings_digest()
    (again,) = json.loads(_run("import_metrics", file, "--json", *NEW))["files"]
    assert (again["state"], again["batch"]) == ("already", one["batch"])


def test_a_dry_run_writes_nothing(file: Path) -> None:
    said = _run("import_metrics", file, "--dry-run", *NEW)
    assert "6 would be new" in said
    assert "nothing was written" in said
    assert not Observation.objects.exists()
    (answer,) = json.loads(_run("import_metrics", file, "--dry-run", "--json", *NEW))["files"]
    assert (answer["state"], answer["batch"], answer["new"]) == ("previewed", None, 6)


def test_a_refused_file_does_not_stop_the_next_and_the_exit_code_says_so(file: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("date,commits\n2026-01-05,ten\n2026-01-12,1\n2026-01-19,1\n")
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 of 2 files refused") as caught:
        call_command("import_metrics", str(bad), str(file), *NEW, "--source", "git", stdout=out)
    assert caught.value.returncode == 1
    assert "line 2, column “commits”: “ten” is not a number." in out.getvalue()
    assert Observation.objects.count() == 6


def test_refusals_as_json_hold_place_value_reason_and_mend(tmp_path: Path, company: Company) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("date,commits\n2026-01-05,1e4\n2026-01-12,1\n2026-01-19,1\n")
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_metrics", str(bad), "--json", *NEW, stdout=out)
    (answer,) = json.loads(out.getvalue())["files"]
    assert answer["refusals"] == [
        {
            "line": 2,
            "column": "commits",
            "value": "1e4",
            "reason": "is written with an exponent.",
            "mend": "Write out all digits.",
            "whole": False,
        }
    ]


def test_neighbouring_refusals_with_one_mend_say_it_once(file: Path) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_metrics", str(file), *NEW[:3], stdout=out)
    assert out.getvalue().count("--unit, --direction") == 1


def test_a_cadence_may_be_given_as_the_word_that_is_printed(file: Path) -> None:
    _run("import_metrics", file, "--cadence", "weekly", *NEW)
    assert set(Metric.objects.values_list("cadence", flat=True)) == {"week"}


def test_a_period_that_has_not_ended_is_noted(file: Path) -> None:
    today = datetime.now(UTC).date()
    file.write_text(f"date,visits\n2026-01-05,1\n{today},2\n")
    arguments = ["import_metrics", file, *NEW, "--cadence", "month"]
    assert "1 reading is of a period that has not ended" in _run(*arguments)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Job.State.DONE, "Scores are recomputed (job"),
        (Job.State.QUEUED, "Scores are not recomputed yet: job"),
        (Job.State.RUNNING, "Scores are being recomputed by a worker"),
        (Job.State.FAILED, "failed. Run manage.py recompute."),
        (Job.State.DEAD, "was given up. Run manage.py recompute."),
    ],
)
def test_each_state_of_the_recompute_has_its_sentence(
    state: Job.State, words: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(job: Job) -> Job:
        job.state = state
        return job

    monkeypatch.setattr(queueing, "run_now", end)
    assert words in _run("import_metrics", file, *NEW)


def test_the_latest_batches_are_listed(file: Path) -> None:
    assert "Nothing was imported yet" in _run("undo_import", "--list")
    _run("import_metrics", file, *NEW)
    batch = ImportBatch.objects.get()
    said = _run("undo_import", "--list")
    assert said.strip().startswith(f"{batch.pk}  ")
    assert "loaded  git.csv  from git, by system:import_metrics: 6 new, 0 changed, 0 refused" in said
    (listed,) = json.loads(_run("undo_import", "--list", "--json"))["batches"]
    assert (listed["batch"], listed["state"], listed["new"]) == (batch.pk, "loaded", 6)
    with pytest.raises(CommandError, match="undo_import --list shows them"):
        _run("undo_import")


def test_the_person_is_written_down(file: Path) -> None:
    User.objects.create_user("ada")
    _run("import_metrics", file, "--by", "ada", *NEW)
    batch = ImportBatch.objects.get()
    assert (batch.by_name, batch.by) == ("ada", User.objects.get(username="ada"))
    created = AuditEvent.objects.filter(table_name=Metric._meta.db_table, operation="insert")
    assert set(created.values_list("actor", flat=True)) == {"ada"}
    with pytest.raises(CommandError, match="Nobody has the user name “bob”") as caught:
        _run("import_metrics", file, "--by", "bob")
    assert caught.value.returncode == 2


def test_undo_takes_it_back_and_says_so(file: Path) -> None:
    before = readings_digest()
    _run("import_metrics", file, *NEW)
    batch = ImportBatch.objects.get().pk
    said = _run("undo_import", batch, "--digest")
    assert f"Batch {batch} (git.csv) is undone: 0 readings restored, 6 removed." in said
    assert before in said
    with pytest.raises(CommandError, match="is undone; there is nothing to undo") as caught:
        _run("undo_import", batch)
    assert caught.value.returncode == 1


def test_undo_as_json(file: Path) -> None:
    _run("import_metrics", file, *NEW)
    batch = ImportBatch.objects.get().pk
    answer: dict[str, Any] = json.loads(_run("undo_import", batch, "--json"))
    assert answer == {"batch": batch, "restored": 0, "removed": 6}


def test_choices_reach_the_reading(tmp_path: Path, company: Company) -> None:
    path = tmp_path / "x.csv"
    path.write_text("kpi\tday\twert\tnote\nRevenue\t01/02/2026\t1,234\tx\nRevenue\t02/02/2026\t2,5\ty\n")
    _run(
        "import_metrics", path, "--prefix", "eu", "--dates", "m/d/y", "--decimal", ",", "--cadence", "day",
        "--ignore-column", "note", "--delimiter", "tab", "--encoding", "utf-8", "--source", "SAP", *NEW,
    )  # fmt: skip
    stored = {str(day): str(value) for day, value in Observation.objects.values_list("period_start", "value")}
    assert stored == {"2026-01-02": "1.234000000000", "2026-02-02": "2.500000000000"}
    assert Metric.objects.get().key == "eu.revenue"
    assert ImportBatch.objects.get().options["dates"] == "m/d/y"
    assert ImportBatch.objects.get().source == "SAP"


def test_names_are_matched_to_metrics_on_the_command_line(tmp_path: Path, company: Company) -> None:
    for key in ("web.visits", "shop.orders"):
        Metric.objects.create(key=key, name=key, category="business-outcomes", unit="count", cadence="week")
    path = tmp_path / "odd.csv"
    path.write_text("date,a=b,Bestellungen\n2026-01-05,1,7\n2026-01-12,2,8\n2026-01-19,3,9\n")
    _run("import_metrics", path, "--match", "a=b=web.visits", "--match", " Bestellungen = shop.orders ")
    for key, expected in (("web.visits", [1, 2, 3]), ("shop.orders", [7, 8, 9])):
        readings = Observation.objects.filter(metric__key=key).in_order()
        assert list(readings.values_list("value", flat=True)) == expected
    assert Metric.objects.count() == 2
    assert ImportBatch.objects.get().options["metrics"] == [
        ["Bestellungen", "shop.orders"],
        ["a=b", "web.visits"],
    ]


@pytest.mark.parametrize("match", ["visits", "=web.visits", "visits=", " = "])
def test_a_match_that_is_no_pair_is_wrong_usage(file: Path, match: str) -> None:
    with pytest.raises(CommandError, match="is not NAME=KEY"):
        _run("import_metrics", file, f"--match={match}")
    assert not ImportBatch.objects.exists()


def test_bringing_back_what_an_undo_took_is_said(file: Path, tmp_path: Path) -> None:
    _run("import_metrics", file, *NEW)
    later = tmp_path / "git-2.csv"
    later.write_text(GOOD + "2026-01-26,40,4\n")
    _run("import_metrics", later)
    first, second = ImportBatch.objects.order_by("pk")
    _run("undo_import", first.pk)
    said = _run("import_metrics", later)
    assert f"Imported before as batch {second.pk}; what an undo took back since is imported again." in said
    assert "6 new, 0 changed, 2 unchanged, 0 refused" in said
    assert "Imported before as batch" in _run("import_metrics", later)
    assert Observation.objects.count() == 8
