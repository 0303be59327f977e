"""Real files that nobody on this project made: read as they are, with the figures that they must give."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from alignment.importing.digest import readings_digest
from alignment.importing.files import from_bytes, from_path
from alignment.importing.import_file import Imported, import_file
from alignment.importing.options import Options
from alignment.importing.read import read
from alignment.importing.refusals import ImportRefused
from alignment.importing.undo import undo_batch
from alignment.models import Company, Metric, Observation
from tests.alignment.importing.conftest import CREATE, NOW

pytestmark = pytest.mark.shared_data
SPECTRUM = (
    "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "location_coordinates", "newlines",
    "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8",
)  # fmt: skip
# file, options, readings, metrics, cadence
FILES = [
    ("series/insurance.csv", {}, 80, 2, "month"),
    ("series/mta_ridership_daily.csv", {}, 23_870, 14, "day"),
    ("series/unemployment_across_industries.csv", {"round_decimals": True}, 3_416, 28, "month"),
    ("series/us_employment_2006_2015.csv", {}, 2_760, 23, "month"),
    ("velocity/synapse_weekly.csv", {"prefix": "synapse."}, 4_880, 10, "week"),
    ("velocity/synapse_monthly.csv", {"prefix": "synapse.monthly."}, 1_130, 10, "month"),
    ("velocity/dendrite_weekly.csv", {"prefix": "dendrite."}, 4_110, 10, "week"),
    ("velocity/dendrite_monthly.csv", {"prefix": "dendrite.monthly."}, 950, 10, "month"),
]


def _take(path: Path, **given: object) -> Imported:
    return import_file(file=from_path(path), options=Options(**(CREATE | given)), by="ada", now=NOW)


@pytest.mark.parametrize("name", SPECTRUM)
def test_csv_spectrum_reads_as_its_json_says(name: str, shared_data: Path) -> None:
    folder = shared_data / "csv_spectrum"
    table = read(from_path(folder / "csvs" / f"{name}.csv"))
    rows = [dict(zip(table.header, cells, strict=True)) for _, cells in table.rows()]
    text = (folder / "json" / f"{name}.json").read_bytes().decode("utf-8", errors="replace")
    expected = json.loads(text)
    expected = expected if isinstance(expected, list) else [expected]
    if (
        name == "location_coordinates"
    ):  # the JSON has another phone number than the CSV, in the collection itself
        assert rows[0].pop("Contact Phone Number") == "2095257564"
        assert expected[0].pop("Contact Phone Number") == "1234567890"
    assert rows == expected


@pytest.mark.parametrize(
    ("name", "given", "readings", "metrics", "cadence"), FILES, ids=[file[0] for file in FILES]
)
def test_a_real_file_gives_these_figures(
    name: str,
    given: dict[str, object],
    readings: int,
    metrics: int,
    cadence: str,
    shared_data: Path,
    company: Company,
) -> None:
    before = readings_digest()
    done = _take(shared_data / name, **given)
    assert (done.result.new, done.result.refused, done.recognition.readings) == (readings, 0, readings)
    assert len(done.result.created) == metrics
    assert set(Metric.objects.values_list("cadence", flat=True)) == {cadence}
    assert Observation.objects.count() == readings
    again = _take(shared_data / name, **given)
    assert again.result.already
    undo_batch(batch_id=done.result.batch_id or 0, by="ada", now=NOW)
    assert readings_digest() == before


def test_every_value_of_a_wide_file_arrives_exactly(shared_data: Path, company: Company) -> None:
    _take(shared_data / "series/mta_ridership_daily.csv")
    with (shared_data / "series/mta_ridership_daily.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    stored = {
        (name, day.strftime("%m/%d/%Y")): value
        for name, day, value in Observation.objects.values_list("metric__name", "period_start", "value")
    }
    assert len(stored) == sum(len(row) - 1 for row in rows)
    for row in rows:
        date = row.pop("Date")
        assert all(stored[name, date] == int(value) for name, value in row.items())


def test_months_by_name_and_measures_of_a_series(shared_data: Path, company: Company) -> None:
    _take(shared_data / "series/insurance.csv")
    quotes = Observation.objects.filter(metric__key="quotes").order_by("period_start")
    assert [str(quote.period_start) for quote in quotes[:2]] == ["2002-01-01", "2002-02-01"]
    assert str(quotes[0].value) == "12.970650000000"
    done = _take(shared_data / "series/unemployment_across_industries.csv", round_decimals=True)
    assert done.recognition.layout.form == "long-with-measures"
    assert Metric.objects.filter(key__in=["government.count", "government.rate"]).count() == 2
    assert Metric.objects.get(key="government.rate").name == "Government: rate"


def test_noise_of_binary_numbers_is_refused_unless_rounding_was_chosen(
    shared_data: Path, company: Company
) -> None:
    with pytest.raises(ImportRefused) as caught:
        _take(shared_data / "series/unemployment_across_industries.csv")
    assert [refusal.line for refusal in caught.value.refusals] == [99, 101, 193, 229, 1595, 1602, 1605]
    assert {refusal.column for refusal in caught.value.refusals} == {"rate"}
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    ("second", "given", "words"),
    [
        ("dendrite_weekly", {}, "comes from “synapse_weekly”, this file from “dendrite_weekly”"),
        ("synapse_monthly", {}, "is weekly, this file's readings are monthly"),
        ("synapse_monthly", {"source": "synapse_weekly"}, "is weekly, this file's readings are monthly"),
        ("dendrite_monthly", {}, "comes from “synapse_weekly”"),
    ],
)
def test_two_repositories_and_two_cadences_are_never_read_as_restatements(
    second: str, given: dict[str, object], words: str, shared_data: Path, company: Company
) -> None:
    _take(shared_data / "velocity/synapse_weekly.csv")
    before = readings_digest()
    with pytest.raises(ImportRefused) as caught:
        _take(shared_data / f"velocity/{second}.csv", **given)
    assert len(caught.value.refusals) == 10
    assert all(words in str(refusal) and refusal.line == 1 for refusal in caught.value.refusals)
    assert readings_digest() == before


def test_a_monthly_file_first_does_not_take_the_weekly_one_either(
    shared_data: Path, company: Company
) -> None:
    _take(shared_data / "velocity/synapse_monthly.csv", prefix="synapse.")
    with pytest.raises(ImportRefused, match="is monthly, this file's readings are weekly"):
        _take(shared_data / "velocity/synapse_weekly.csv", prefix="synapse.")


def test_the_next_export_of_the_same_source_is_a_restatement(shared_data: Path, company: Company) -> None:
    text = (shared_data / "velocity/synapse_weekly.csv").read_text()
    head = text.splitlines(keepends=True)
    options = Options(**CREATE)
    first = from_bytes("synapse_weekly-2023-11.csv", "".join(head[:-1]).encode())
    import_file(file=first, options=options, by="ada", now=NOW)
    corrected = io.StringIO(text.replace("2023-11-06,", "2023-11-06,9", 1)).read()
    second = from_bytes("synapse_weekly-2023-12 (1).csv", corrected.encode())
    done = import_file(file=second, options=options, by="ada", now=NOW).result
    assert (done.new, done.changed, done.unchanged) == (10, 1, 4_869)


def test_a_table_that_is_no_metric_file_is_refused_as_an_export_of_events(
    shared_data: Path, company: Company
) -> None:
    with pytest.raises(ImportRefused, match="export of events, not of readings"):
        _take(shared_data / "velocity/events.csv")
