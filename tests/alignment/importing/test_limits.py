"""Limits that hold before anything costs memory or time."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest

from alignment.importing.files import from_bytes, from_path
from alignment.importing.options import Limits, Options
from alignment.importing.read import read
from alignment.importing.recognise import recognise
from alignment.importing.refusals import ImportRefused
from tests.alignment.importing.workbooks import HEADER, book, plain, with_part

SMALL = Limits(file_bytes=1000, workbook_bytes=2000, cells=5, columns=2, metrics=2)


def test_a_file_over_the_limit_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    """The file is sparse: were one byte of its 5 GB read, this test would take minutes."""
    path = tmp_path / "large.csv"
    with path.open("wb") as stream:
        stream.truncate(5 * 1024**3)
    started = time.perf_counter()
    with pytest.raises(ImportRefused, match="5,368,709,120 bytes"):
        from_path(path)
    assert time.perf_counter() - started < 1
    with pytest.raises(ImportRefused, match=r"1,001 bytes; at most 1,000"):
        from_bytes("x.csv", b"x" * 1001, SMALL)


def test_a_zip_bomb_is_refused_before_it_costs_memory() -> None:
    bomb = with_part(plain(), "xl/worksheets/sheet2.xml", b"<c/>" * 15_000_000)
    file = from_bytes("bomb.xlsx", bomb)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    with pytest.raises(ImportRefused, match="100 times its size"):
        read(file)
    assert time.process_time() - started < 0.2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (plain(), "a.xlsx", "bytes; at most 2,000"),
        (b"a,b,c\n1,2,3\n", "a.csv", "3 columns; at most 2"),
    ],
)
def test_smaller_limits_are_kept(content: bytes, name: str, words: str) -> None:
    with pytest.raises(ImportRefused, match=words):
        read(from_bytes(name, content), Options(), SMALL)


def test_too_many_cells_or_metrics_are_refused() -> None:
    limits = Limits(cells=5)
    with pytest.raises(ImportRefused, match="more than 5 cells"):
        read(from_bytes("a.xlsx", book(HEADER, (1, 2), (3, 4))), Options(), limits)
    text = "metric,date,value\n" + "".join(f"m{n},2026-01-05,1\n" for n in range(3))
    with pytest.raises(ImportRefused, match="more than 2 metrics"):
        recognise(read(from_bytes("a.csv", text.encode())), limits=SMALL)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="is not a file"):
        from_path(tmp_path)
    with pytest.raises(ImportRefused, match="cannot be read: No such file"):
        from_path(tmp_path / "missing.csv")
