"""What is written as CSV or XLSX and imported is exactly what was written: no shift, no loss, no guess."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.importing.files import from_bytes
from alignment.importing.matching import Target
from alignment.importing.options import Options
from alignment.importing.read import read
from alignment.importing.recognise import recognise
from alignment.importing.refusals import ImportRefused, Refusal, Refusals
from alignment.importing.rows import copy_lines
from alignment.periods import Cadence
from tests.alignment.importing.workbooks import book
from tests.counts import count

TRIED = count(small=60, long=2_000)  # for each of six tests
Table = dict[str, dict[date, Decimal]]

_LETTERS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"), exclude_characters="\ufeff'"
)
_WORDS = st.sampled_from(
    ["NA", "None", "null", "TRUE", "007", "1E5", "MAR1", "=1+1", "nan", "a,b", 'say "x"', "a;b|c"]
)
NAMES = st.lists(_WORDS | st.text(_LETTERS, min_size=1, max_size=12), min_size=1, max_size=4)
DAYS = st.integers(0, 20_000).map(lambda offset: date(1990, 1, 1) + timedelta(days=offset))
VALUES = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.integers(0, 12),
)
MARKS = st.sampled_from([".", ","])


@st.composite
def tables(draw: st.DrawFn, values: st.SearchStrategy[Decimal] = VALUES) -> Table:
    """Up to four metrics with readings by day."""
    names = [name.strip() for name in draw(NAMES)]
    return {
        name: draw(st.dictionaries(DAYS, values, min_size=1, max_size=6))
        for name in dict.fromkeys(names)
        if name
    } or {"a": {date(2026, 1, 5): Decimal(1)}}


def _read_back(content: bytes, name: str, **choices: Any) -> Table:
    """Import up to the database's door: the rows that COPY would take."""
    options = Options(**choices)
    recognition = recognise(read(from_bytes(name, content), options), options)
    labels = [metric.label for metric in recognition.metrics]
    targets = {label: Target(f"key-{n}", Cadence.DAY, chosen=True) for n, label in enumerate(labels)}
    refusals = Refusals()
    found: Table = {}
    for line in copy_lines(
        recognition, targets, {f"key-{n}": n for n in range(len(labels))}, refusals, today=date.max
    ):
        number, day, value, _, _ = line.split("\t")
        found.setdefault(labels[int(number)].strip(), {})[date.fromisoformat(day)] = Decimal(value)
    assert refusals.kept == []
    return found


def _text(value: Decimal, mark: str) -> str:
    return f"{value:f}".replace(".", mark)


def _written(rows: Iterator[list[str]], delimiter: str, ending: str, encoding: str) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=ending).writerows(rows)
    return stream.getvalue().encode(encoding)


@settings(max_examples=TRIED, deadline=None)
@given(
    table=tables(),
    mark=MARKS,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_long_csv(table: Table, mark: str, delimiter: str, ending: str, encoding: str) -> None:
    def rows() -> Iterator[list[str]]:
        yield ["metric", "date", "value"]
        for name, readings in table.items():
            for day, value in readings.items():
                yield [name, day.isoformat(), _text(value, mark)]

    content = _written(rows(), delimiter, ending, encoding)
    assert _read_back(content, "file.csv", decimal=mark, delimiter=delimiter) == table


@settings(max_examples=TRIED, deadline=None)
@given(values=st.dictionaries(DAYS, st.tuples(VALUES, VALUES), min_size=1, max_size=8), mark=MARKS)
def test_dates_down_csv(values: dict[date, tuple[Decimal, Decimal]], mark: str) -> None:
    rows = [
        ["date", "one", "two"],
        *([f"{day:%d/%m/%Y}", *(_text(v, mark) for v in pair)] for day, pair in values.items()),
    ]
    found = _read_back(
        _written(iter(rows), ";", "\n", "utf-8"), "file.csv", decimal=mark, dates="d/m/y", delimiter=";"
    )
    assert found == {
        "one": {day: pair[0] for day, pair in values.items()},
        "two": {day: pair[1] for day, pair in values.items()},
    }


@settings(max_examples=TRIED, deadline=None)
@given(days=st.lists(DAYS, min_size=2, max_size=6, unique=True), data=st.data())
def test_periods_across_csv(days: list[date], data: st.DataObject) -> None:
    table = {name: {day: data.draw(VALUES) for day in days} for name in ("x", "NA", "007")}
    rows = [["metric", *(day.isoformat() for day in days)]]
    rows += [[name, *(_text(readings[day], ".") for day in days)] for name, readings in table.items()]
    assert _read_back(_written(iter(rows), ",", "\n", "utf-8"), "file.csv", decimal=".") == table


@settings(max_examples=TRIED, deadline=None)
@given(table=tables(st.integers(-(10**14), 10**14).map(lambda n: Decimal(n).scaleb(-6))))
def test_long_workbook(table: Table) -> None:
    rows: list[tuple[Any, ...]] = [("metric", "date", "value")]
    for name, readings in table.items():
        shown = "'" + name if name[0] in "=+-@" else name  # as a guarded export writes it
        rows += [(shown, day, float(value)) for day, value in readings.items()]
    found = _read_back(book(*rows), "file.xlsx")
    assert {name.removeprefix("'") if name[1:2] in "=+-@" else name: r for name, r in found.items()} == table


@settings(max_examples=TRIED, deadline=None)
@given(content=st.binary(max_size=300), name=st.sampled_from(["a.csv", "a.xlsx", "a.txt"]))
def test_any_bytes_are_read_or_refused_never_an_error(content: bytes, name: str) -> None:
    _tried(content, name)


@settings(max_examples=TRIED, deadline=None)
@given(text=st.text(st.sampled_from('metric,date;value\n\r"\t|a=12.5-/ 2026-01W3Q€\u202e'), max_size=200))
def test_any_text_is_read_or_refused_never_an_error(text: str) -> None:
    _tried(text.encode(), "a.csv")
    _tried(("metric,date,value\n" + text).encode(), "a.csv")


def _tried(content: bytes, name: str) -> None:
    refusals: Sequence[Refusal]
    try:
        recognition = recognise(read(from_bytes(name, content)))
    except ImportRefused as refused:
        refusals = refused.refusals
    else:
        targets = {metric.label: Target("k", Cadence.DAY, chosen=True) for metric in recognition.metrics}
        collected = Refusals()
        for line in copy_lines(recognition, targets, {"k": 1}, collected, today=date.max):
            assert line.endswith("\n")
        refusals = collected.kept
    assert all(refusal.reason and refusal.mend for refusal in refusals)
