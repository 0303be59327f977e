"""Refused rows go out as a file of the same shape, are mended in it, and come home with the choices of their import."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from alignment.importing.profiles import save_profile
from alignment.models import ImportBatch, ImportUpload, Metric, Observation, User
from alignment.permissions import IMPORTS_METRICS
from tests.alignment.importing.conftest import CREATE, NOW
from tests.alignment.views.conftest import SignedIn
from tests.alignment.views.importing import LEAD, confirm, hand_in, imported, look, text_of

FAULTY = (
    'metric;date;value\na;05.01.2026;=1+1\na;12.01.2026;2,5\n"-b";19.01.2026;x\na;19.01.2026;-4,5\n'
    "a;26.01.2026\n-b;12.01.2026;7,5;8\na;02.02.2026;3,5\n"
)
CHOICES = CREATE | {
    "cadence": "week",
    "decimal": ",",
    "dates": "d/m/y",
    "delimiter": ";",
    "encoding": "utf-8",
}


def download(client: Client, batch: ImportBatch) -> tuple[str, list[list[str]], bytes]:
    """The name, the rows and the bytes of the file of refused rows."""
    answer = client.get(f"/imports/{batch.pk}/refused.csv")
    assert answer["Content-Type"].startswith("text/csv")
    name = answer["Content-Disposition"].partition('filename="')[2].rstrip('"')
    return name, list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))), answer.content


def rewritten(rows: list[list[str]], **dialect: Any) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, **dialect).writerows(rows)
    return stream.getvalue()


@pytest.fixture
def batch(lead: Client) -> ImportBatch:
    return imported(lead, FAULTY, "shop-2026-02.csv", good_rows_only=True, **CHOICES)


def test_rows_go_out_as_they_were_written(lead: Client, batch: ImportBatch) -> None:
    assert (batch.rows_new, batch.rows_refused) == (3, 4)
    name, rows, raw = download(lead, batch)
    assert name == f"shop-2026-02-refused-rows-{batch.pk}.csv"
    assert raw.startswith(b"\xef\xbb\xbfmetric,date,value,Plumbline line,Plumbline refused because\r\n")
    assert [row[:-1] for row in rows[1:]] == [
        ["a", "05.01.2026", "'=1+1", "2"],
        ["'-b", "19.01.2026", "x", "4"],
        ["a", "26.01.2026", "?", "6"],
        ["'-b", "12.01.2026", "7,5", "8", "7"],
    ]
    assert rows[2][-1] == "Refused: value: is not a number. " + rows[2][-1].partition("number. ")[2]
    assert rows[3][-1].startswith("Refused: The row has 2 cells, the header 3.")
    shown = text_of(lead.get(f"/imports/{batch.pk}"))
    assert "4 refused rows as a CSV file . Mend them in that very file and hand it in" in shown


def test_unmended_rows_are_refused_again_each_for_the_same_reason(lead: Client, batch: ImportBatch) -> None:
    name, _, raw = download(lead, batch)
    upload = hand_in(lead, raw, name)
    assert upload.preview is not None
    assert (upload.preview["outcome"], upload.preview["refusals_total"]) == ("refused", 4)
    assert [row["line"] for row in upload.preview["refusals"]] == [2, 3, 4, 5]
    assert Observation.objects.count() == 3


def mended(rows: list[list[str]]) -> list[list[str]]:
    rows[1][2], rows[2][2], rows[3][2] = "1,5", "9,5", "4,5"
    rows[4] = ["'-b", "12.01.2026", "7,5", *rows[4][4:]]
    return rows


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_mended_rows_come_home_with_the_choices_of_their_import(
    lead: Client, batch: ImportBatch, delimiter: str
) -> None:
    name, rows, _ = download(lead, batch)
    upload = hand_in(lead, rewritten(mended(rows), delimiter=delimiter), name)
    assert upload.options["dates"] == "d/m/y"
    assert upload.preview is not None
    assert (upload.state, upload.preview["new"], upload.preview["refused"]) == ("ready", 4, 0), upload.preview
    assert "Plumbline's notes on refused rows; they are left out." in text_of(
        lead.get(f"/imports/uploads/{upload.token}")
    )
    confirm(lead, upload)
    stored = {
        (row.metric.name, f"{row.period_start:%m-%d}"): str(row.value.normalize())
        for row in Observation.objects.select_related("metric")
    }
    assert stored == {
        ("a", "01-05"): "1.5", ("a", "01-12"): "2.5", ("a", "01-19"): "-4.5", ("a", "01-26"): "4.5",
        ("a", "02-02"): "3.5", ("-b", "01-12"): "7.5", ("-b", "01-19"): "9.5",
    }  # fmt: skip
    assert set(Metric.objects.values_list("source", flat=True)) == {"shop"}


def test_the_profile_of_the_source_reads_the_mended_file_too(lead: Client, batch: ImportBatch) -> None:
    options = ImportUpload.objects.latest("id").options
    from alignment.importing.options import Options

    save_profile(name="Shop", options=Options.from_json(options), by=LEAD, now=NOW)
    name, rows, _ = download(lead, batch)
    lead.post(
        "/imports/new",
        {"files": SimpleUploadedFile(name, rewritten(mended(rows)).encode()), "profile": "Shop"},
    )
    upload = ImportUpload.objects.latest("id")
    assert (upload.options["delimiter"], upload.options["encoding"]) == (";", "utf-8")
    assert upload.preview is not None
    assert (upload.state, upload.preview["new"]) == ("ready", 4)


def test_a_spreadsheet_that_fills_rows_up_shifts_nothing(lead: Client, batch: ImportBatch) -> None:
    """Spreadsheets write as many cells in each row as the widest one has."""
    name, rows, _ = download(lead, batch)
    upload = hand_in(lead, rewritten([row + [""] * (6 - len(row)) for row in rows], delimiter=";"), name)
    assert upload.preview is not None
    assert upload.preview["refusals_total"] == 4
    assert [row["line"] for row in upload.preview["refusals"]] == [2, 3, 4, 5]


def test_a_wide_file_comes_home_too(lead: Client) -> None:
    text = "metric,2026-01-05,2026-01-12,2026-01-19\nvisits,1,two,3\norders,4,5,6\n"
    batch = imported(lead, text, "wide.csv", good_rows_only=True, cadence="week")
    assert (batch.rows_new, batch.rows_refused) == (5, 1)
    name, rows, _ = download(lead, batch)
    assert rows[1][:-1] == ["visits", "1", "two", "3", "2"]
    rows[1][2] = "2"
    upload = hand_in(lead, rewritten(rows), name)
    assert upload.preview is not None
    assert (upload.preview["new"], upload.preview["unchanged"]) == (1, 2)


def test_metrics_refused_as_a_whole_are_not_in_the_file_and_that_is_said(lead: Client) -> None:
    Metric.objects.create(
        key="a", name="a", category="business-outcomes", unit="count", cadence="week", source="shop"
    )
    text = "metric,date,value\na,2026-01-05,1\na,2026-01-12,x\nz,2026-01-05,1\nz,2026-01-12,2\n"
    upload = look(lead, hand_in(lead, text, "shop.csv"), good_rows_only=True, decimal=".")
    confirm(lead, upload)
    batch = ImportBatch.objects.get()
    assert batch.rows_refused == 3
    _, rows, _ = download(lead, batch)
    assert [row[:4] for row in rows[1:]] == [["a", "2026-01-12", "x", "3"]]
    shown = text_of(lead.get(f"/imports/{batch.pk}"))
    assert "1 refused row as a CSV file" in shown
    assert "Metrics that were refused with all their readings are not in it" in shown


def test_where_no_row_was_kept_the_places_are_handed_out(lead: Client, batch: ImportBatch) -> None:
    batch.refused_rows.delete()
    _, rows, _ = download(lead, batch)
    assert rows[0] == ["line", "column", "value", "reason", "how to mend it"]
    assert rows[1][:3] == ["2", "value", "'=1+1"]
    assert "mend them in the source file" in text_of(lead.get(f"/imports/{batch.pk}"))


def test_a_name_alone_takes_no_choices(lead: Client) -> None:
    for name in ("x-refused-rows-999999999999.csv", "x-refused-rows-1.csv", "refused-rows-.csv"):
        assert hand_in(lead, "date,visits\n2026-01-05,1\n", name).options["cadence"] is None


def test_finance_may_mend_what_a_lead_imported(lead: Client, batch: ImportBatch, signed_in: SignedIn) -> None:
    assert "finance" in IMPORTS_METRICS
    finance = signed_in("finance")
    name, rows, _ = download(finance, batch)
    confirm(finance, hand_in(finance, rewritten(mended(rows)), name))
    assert ImportBatch.objects.latest("id").by == User.objects.get(username="finance")


def test_a_row_of_many_readings_is_refused_once_in_words(lead: Client) -> None:
    text = "date,a,b,c\n2026-01-05,1,1,1\nsoon,2,2,2\n2026-01-19,3,3,3\n2026-01-26,4,4,4\n"
    upload = look(lead, hand_in(lead, text), good_rows_only=True, **CREATE)
    assert (
        text_of(lead.get(f"/imports/uploads/{upload.token}")).count("is not a date or period. (3 readings)")
        == 1
    )
    confirm(lead, upload)
    batch = ImportBatch.objects.get()
    assert (batch.rows_new, batch.rows_refused) == (9, 3)
    assert text_of(lead.get(f"/imports/{batch.pk}")).count("is not a date or period. (3 readings)") == 1
    _, rows, _ = download(lead, batch)
    assert len(rows) == 2
    assert rows[1][-1].count("is not a date") == 1
