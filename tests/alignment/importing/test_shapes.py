"""Shapes, cadences and names that are recognised, and what is asked where two readings are possible."""

from __future__ import annotations

from decimal import Decimal

import pytest

from alignment.importing.files import from_bytes
from alignment.importing.kinds import proposed_kind
from alignment.importing.names import fold, key_of, skeleton, slug
from alignment.importing.options import Options
from alignment.importing.read import read
from alignment.importing.recognise import Recognition, recognise
from alignment.importing.refusals import ImportRefused, Refusal, visible
from alignment.models import Company, Metric, Observation
from alignment.periods import Calendar
from tests.alignment.importing.conftest import Import


def _recognised(text: str, **given: object) -> Recognition:
    return recognise(read(from_bytes("file.csv", text.encode()), Options(**given)), Options(**given))


def test_periods_across_as_finance_keeps_them(take: Import) -> None:
    done = take("KPI;Jan 2026;Feb 2026;Mar 2026\nNet revenue;1.234,5;1.300,25;\nChurn;2;3;4\n")
    assert done.recognition.layout.form == "periods-across"
    assert (done.result.new, done.recognition.blanks) == (5, 1)
    assert Observation.objects.get(metric__key="net-revenue", period_start="2026-02-01").value == Decimal(
        "1300.25"
    )
    reading = Observation.objects.get(metric__key="churn", period_start="2026-03-01")
    assert (reading.source_line, reading.source_column) == (3, "Mar 2026")


@pytest.mark.parametrize(
    ("headers", "cadence"),
    [
        ("2026-W01,2026-W02,2026-W03", "week"),
        ("2026-Q1,2026-Q2", "quarter"),
        ("2024,2025", "fiscal-year"),
        ("2026-01-31,2026-02-28,2026-03-31", "month"),
        ("31/01/2026,28/02/2026,31/03/2026", "month"),
        ("2026-01-05,2026-01-12,2026-01-19", "week"),
    ],
)
def test_headers_that_are_periods(headers: str, cadence: str, take: Import) -> None:
    values = ",".join(str(number) for number in range(1, headers.count(",") + 2))
    take(f"metric,{headers}\na,{values}\n")
    assert Metric.objects.get(key="a").cadence == cadence
    assert Observation.objects.count() == headers.count(",") + 1


@pytest.mark.parametrize(
    ("dates", "cadence"),
    [
        ("2026-01-01 2026-04-01 2026-07-01", "quarter"),
        ("2026-03-31 2026-06-30 2026-09-30", "quarter"),
        ("2024-01-01 2025-01-01 2026-01-01", "fiscal-year"),
        ("2026-02-01 2026-05-01 2026-08-01", "month"),
        ("2026-01-01 2026-02-01 2026-04-01", "month"),
        ("2026-01-07 2026-01-14 2026-01-28", "week"),
        ("2026-01-07 2026-01-08 2026-01-28", "day"),
        ("1991W06 1991W07 1991W08", "week"),
        ("1970 Q1", "quarter"),
    ],
)
def test_the_cadence_is_told_by_the_dates(dates: str, cadence: str) -> None:
    text = "date,a\n" + "".join(f"{date},1\n" for date in dates.replace(" Q", "_Q").split()).replace(
        "_Q", " Q"
    )
    rhythm = _recognised(text).rhythm
    assert rhythm is not None
    assert rhythm.cadence == cadence


def test_a_fiscal_year_that_starts_in_april_moves_the_quarters() -> None:
    table = read(from_bytes("file.csv", b"date,a\n2026-02-01,1\n2026-05-01,2\n2026-08-01,3\n"))
    rhythm = recognise(table, calendar=Calendar(fiscal_year_start_month=2)).rhythm
    assert rhythm is not None
    assert rhythm.cadence == "quarter"


def test_too_few_dates_ask_for_the_cadence(take: Import) -> None:
    with pytest.raises(ImportRefused, match="--cadence"):
        take("date,a\n2026-01-01,1\n")
    assert take("date,a\n2026-01-01,1\n", cadence="quarter").result.new == 1


def test_a_known_metric_takes_single_dates_at_the_edge_of_a_period_alone(take: Import) -> None:
    take("date,a\n2026-01,1\n2026-02,2\n")
    assert take("date,a\n2026-03-31,3\n").result.new == 1
    with pytest.raises(ImportRefused, match=r"names a day, but metric a is monthly.*--cadence month"):
        take("date,a\n2026-04-15,3\n")
    assert take("date,a\n2026-04-15,3\n", cadence="month").result.new == 1


def test_metrics_of_different_cadence_in_one_long_file(take: Import) -> None:
    weeks = "".join(f"w,2026-01-{day:02d},1\n" for day in (5, 12, 19, 26))
    months = "".join(f"m,2026-{month:02d}-01,1\n" for month in (1, 2, 3))
    take("metric,date,value\n" + weeks + months)
    assert dict(Metric.objects.values_list("key", "cadence")) == {"w": "week", "m": "month"}


def test_weeks_that_start_on_sunday_follow_the_company(take: Import, company: Company) -> None:
    company.first_day_of_week = 6
    company.save()
    take("date,a\n2026-01-05,1\n2026-01-12,2\n2026-01-19,3\n")
    starts = Observation.objects.order_by("period_start").values_list("period_start", flat=True)
    assert [str(start) for start in starts] == ["2026-01-04", "2026-01-11", "2026-01-18"]


def test_columns_that_repeat_the_date_are_checked(take: Import) -> None:
    text = "series,year,month,count,rate,date\nGov,2026,1,4,2.1,2026-01-01\nGov,2026,2,5,2.2,2026-02-01\n"
    done = take(text, cadence="month")
    assert {metric.key for metric in done.result.created} == {"gov.count", "gov.rate"}
    with pytest.raises(ImportRefused) as caught:
        take(text.replace("Gov,2026,2", "Gov,2025,2"), cadence="month", source="other")
    assert any(refusal.line == 3 and refusal.column == "year" for refusal in caught.value.refusals)


def test_both_delimiters_fit() -> None:
    with pytest.raises(ImportRefused, match=r"comma \(2 columns\) or semicolon \(2 columns\)"):
        _recognised("date;a,b\n2026-01-05;1,5\n2026-01-12;2,5\n")
    layout = _recognised("date;a,b\n2026-01-05;1,5\n2026-01-12;2,5\n", delimiter=";").layout
    assert layout.width == 2


def test_the_mark_of_a_workbook_is_that_of_its_text(take: Import) -> None:
    from tests.alignment.importing.workbooks import book

    content = book(
        ("date", "a", "b"), ("2026-01-05", 1.234, "1,5"), ("2026-01-12", 2.5, "2,25"), ("2026-01-19", 3, "3")
    )
    take(content, "file.xlsx")
    assert Observation.objects.get(metric__key="a", period_start="2026-01-05").value == Decimal("1.234")
    assert Observation.objects.get(metric__key="b", period_start="2026-01-12").value == Decimal("2.25")


def test_numbers_of_a_workbook_are_what_was_typed(take: Import) -> None:
    from tests.alignment.importing.workbooks import book

    values = (0.1 + 0.2, 1 / 3, 123456789012345, 1e-7, -2.5)
    done = take(
        book(("date", "a"), *((f"2026-0{n}-01", value) for n, value in enumerate(values, 1))), "file.xlsx"
    )
    stored = list(Observation.objects.order_by("period_start").values_list("value", flat=True))
    assert stored == [Decimal(x) for x in ("0.3", "0.333333333333", "123456789012345", "0.0000001", "-2.5")]
    assert "with more than 12 decimals were read at 12: 1" in " ".join(done.recognition.notices)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("new customers", "flow"),
        ("customers", "stock"),
        ("Monthly ARR", "stock"),
        ("bot_commits", "flow"),
        ("x", ""),
    ],
)
def test_flow_or_stock_is_told_by_the_name(name: str, words: str) -> None:
    assert proposed_kind(name, [])[0] == words


def test_a_kind_that_the_name_leaves_open_is_not_declared() -> None:
    still, words = proposed_kind("x", [1000.0 + n for n in range(20)])
    assert still == ""
    assert words.endswith("; probably a stock, as successive values differ by 0.1% of their size")
    assert proposed_kind("x", [float(n * 37 % 11) for n in range(20)]) == (
        "",
        "nothing in its name speaks of either, so the readings decide where they settle it",
    )


def test_names_are_compared_by_what_a_reader_sees() -> None:
    assert fold("  Net\u00a0 Revenue ") == fold("net revenue") == fold("ＮＥＴ revenue")
    assert skeleton("Grоwth") == skeleton("Growth")
    assert slug("Subways: % of Day") == "subways-percent-of-day"
    assert slug("売上") == "u58f2-u4e0a"
    assert key_of("revenue.nrr", "x.") == "x.revenue.nrr"


def test_two_names_with_one_key_are_refused(take: Import) -> None:
    with pytest.raises(ImportRefused, match="makes the same key a-b as “a b”"):
        take("date,a b,a-b\n2026-01-05,1,2\n2026-01-12,1,2\n2026-01-19,1,2\n")


@pytest.mark.parametrize("prefix", ["Synapse.", "a b.", "-x.", "é."])
def test_a_prefix_that_begins_no_key_is_refused(prefix: str, take: Import) -> None:
    with pytest.raises(ImportRefused, match="cannot begin a metric's key"):
        take("date,a\n2026-01-05,1\n", prefix=prefix)


def test_refusals_show_what_cannot_be_seen() -> None:
    refusal = Refusal("is odd.", "Mend it.", 3, "a\u202eb", "x\u200by" + "z" * 100)
    assert str(refusal).startswith("line 3, column “a\\u202eb”: “x\\u200by")
    assert len(str(refusal)) < 200
    assert visible("plain") == "plain"
