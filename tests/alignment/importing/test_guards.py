"""What is refused although every cell can be read: the future, another source, choices that cannot be meant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from alignment.importing.refusals import ImportRefused
from alignment.models import ImportBatch, Observation
from tests.alignment.importing.conftest import NOW, Import
from tests.alignment.importing.workbooks import plain


def _weeks(value: int, *, weeks: int = 12, changed: int = 12, column: str = "commits") -> str:
    start = date(2026, 1, 5)
    rows = [f"{start + timedelta(weeks=n)},{n if n >= changed else n + value}\n" for n in range(weeks)]
    return f"date,{column}\n" + "".join(rows)


def _refusal(take: Import, content: str | bytes, name: str = "file.csv", **given: Any) -> str:
    with pytest.raises(ImportRefused) as caught:
        take(content, name, **given)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "cadence"),
    [
        ("2026-11-23", "day"),
        ("2027-01-04", "week"),
        ("2026-12", "month"),
        ("2027-Q1", "quarter"),
        ("FY2030", None),
    ],
)
def test_a_period_that_has_not_begun_is_refused(take: Import, text: str, cadence: str | None) -> None:
    said = _refusal(take, f"date,visits\n{text},1\n", cadence=cadence or "fiscal-year")
    assert "line 2" in said
    assert "lies in the future: today is 2026-11-22. Correct the date, or leave forecasts out" in said
    assert not Observation.objects.exists()


def test_the_period_that_has_begun_is_taken_and_counted_as_unended(take: Import) -> None:
    done = take("date,visits\n2026-09,3\n2026-10,1\n2026-11,2\n")
    assert (done.result.new, done.result.unended) == (3, 1)


def test_today_is_the_companys(take: Import, company: Any) -> None:
    text, late = "date,visits\n2026-11-23,1\n", datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert "future" in _refusal(take, text, cadence="day", now=late)
    company.time_zone = "Europe/Berlin"
    company.save()
    assert take(text, cadence="day", now=late).result.new == 1


def test_good_rows_are_taken_beside_future_ones(take: Import) -> None:
    text = "date,visits\n2026-10,1\n2026-11,2\n2026-12,3\n"
    done = take(text, cadence="month", good_rows_only=True)
    assert (done.result.new, done.result.refused) == (2, 1)


def test_another_repository_under_the_same_prefix_is_refused(take: Import) -> None:
    take(_weeks(0), "synapse.csv", prefix="syn.")
    said = _refusal(take, _weeks(100, changed=7), "dendrite.csv", prefix="syn.")
    assert "looks like another source: 7 of the 12 stored readings of syn.commits" in said
    assert "--restate" in said
    assert Observation.objects.filter(value__gte=100).count() == 0


def test_half_or_fewer_than_twelve_are_a_correction(take: Import) -> None:
    take(_weeks(0), "a.csv", prefix="one.")
    assert take(_weeks(100, changed=6), "b.csv", prefix="one.").result.changed == 6
    take(_weeks(0, weeks=11), "a.csv", prefix="two.")
    assert take(_weeks(100, weeks=11), "b.csv", prefix="two.").result.changed == 11


def test_a_restatement_that_is_meant_is_taken(take: Import) -> None:
    take(_weeks(0), "a.csv", prefix="syn.")
    done = take(_weeks(100), "b.csv", prefix="syn.", restate=True)
    assert done.result.changed == 12
    assert take(_weeks(100), "b.csv", prefix="syn.").result.already
    assert take(_weeks(200), "c.csv", prefix="syn.", source="syn").result.changed == 12


def test_good_rows_only_leaves_the_rewritten_metric_out(take: Import) -> None:
    take(_weeks(0), "a.csv", prefix="syn.")
    both = _weeks(100, column="commits,merges").replace("\n2", ",1\n2").rstrip() + ",1\n"
    both = both.replace("commits,merges,1", "commits,merges")
    done = take(both, "b.csv", prefix="syn.", good_rows_only=True)
    assert (done.result.new, done.result.changed, done.result.refused) == (12, 0, 12)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"source": "s" * 301}, "--source has 301 characters; it may have at most 300."),
        ({"unit": "u" * 33}, "--unit has 33 characters; it may have at most 32."),
        ({"prefix": "p" * 151}, "--prefix has 151 characters"),
        ({"source": "a\0b"}, "holds a control character"),
        ({"unit": "\0"}, "holds a control character"),
        ({"category": "x" * 40}, "--category “"),
        ({"direction": "sideways"}, "Choose one of: higher, lower, range."),
    ],
)
def test_choices_that_cannot_be_stored_are_refused(take: Import, given: dict[str, str], words: str) -> None:
    assert words in _refusal(take, _weeks(0), **given)
    assert not ImportBatch.objects.exists()


def test_the_longest_choices_are_taken(take: Import) -> None:
    assert take(_weeks(0), source="s" * 300, unit="u" * 32).result.new == 12


def test_choices_that_do_not_suit_the_kind_of_file_are_refused(take: Import) -> None:
    said = _refusal(take, plain(), "a.xlsx", delimiter=";", encoding="utf-8")
    assert "--encoding and --delimiter cannot be applied to a workbook." in said
    assert "--sheet cannot be applied to a text file." in _refusal(take, _weeks(0), sheet="One")


def test_an_export_of_events_is_called_that(take: Import) -> None:
    rows = "".join(f"JIRA-{n},Bug,Open,2026-01-{n:02d} 10:00:00,a,b\n" for n in range(1, 9))
    events = "looks like an export of events, not of readings: “Issue key” is different on every row."
    assert events in _refusal(take, "Issue key,Type,Status,Created,Who,Where\n" + rows)
    said = _refusal(take, "Issue key,Labels,Labels,Created,Labels,Where\n" + rows)
    assert events in said
    assert said.count("are all called") == 1
    assert "Columns 2, 3 and 5 are all called “Labels”." in said


def test_a_fiscal_year_of_two_digits_is_told_its_form(take: Import) -> None:
    said = _refusal(take, "date,visits\nFY09,1\n", cadence="fiscal-year")
    assert "Write all four, such as FY2009 or FY1909." in said
    assert take("date,visits\nFY2009,1\n", cadence="fiscal-year", now=NOW).result.new == 1
