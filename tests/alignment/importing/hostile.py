# ruff: noqa: E501 - a case is a row of a table, and is read as one
"""The 45 hostile cases, each with its verdict: accepted exactly, refused with place and words, or proved elsewhere.

A case may have several files. `WEEKS` is a good rest of a file, so that only what a case is about can fail.
"""

from __future__ import annotations

import codecs
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.alignment.importing import workbooks
from tests.alignment.importing.workbooks import HEADER, SHEET, book, patched, plain, with_part

Content = str | bytes | Callable[[], bytes]
Readings = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Accepted:
    """Exactly these readings stand afterwards; `says` occurs in a notice or in what was recognised, and the metric
    is called `name`."""

    readings: Readings
    says: str = ""
    name: str = ""


@dataclass(frozen=True)
class Refused:
    """Nothing stands; a refusal has this line and column and these words."""

    words: str
    line: int | None = None
    column: str | None = None


@dataclass(frozen=True)
class Elsewhere:
    """Proved by another test of this suite, or ours only in part, as `why` says."""

    test: str
    why: str = ""


@dataclass(frozen=True)
class Case:
    """One hostile file and what must become of it."""

    number: int
    what: str
    content: Content
    verdict: Accepted | Refused | Elsewhere
    name: str = "file.csv"
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def bytes(self) -> bytes:
        """The file's content."""
        content = self.content() if callable(self.content) else self.content
        return content.encode() if isinstance(content, str) else content


LONG = "metric,date,value\n"
WEEKS = "2026-01-12,2\n2026-01-19,3\n"
GOOD: Readings = {("a", "2026-01-05"): "1", ("a", "2026-01-12"): "2", ("a", "2026-01-19"): "3"}


def long(value: str, when: str = "2026-01-05", metric: str = "a") -> str:
    """A long file of which the second line holds what is tried."""
    return f"{LONG}{metric},{when},{value}\na,2026-01-12,2\na,2026-01-19,3\n"


def with_first(value: str) -> Readings:
    """The readings of `long(value)`."""
    return GOOD | {("a", "2026-01-05"): value}


def named(name: str, key: str) -> Case:
    """A metric name that must be kept exactly; the apostrophe of a guarded export is taken off again."""
    return Case(
        0, f"name {name[:30]!r}", f'metric,date,value\n"{name.replace(chr(34), chr(34) * 2)}",2026-01-05,1\n',
        Accepted({(key, "2026-01-05"): "1"}, name=name[1:] if name.startswith("'=") else name), options={"cadence": "week"},
    )  # fmt: skip


def renumbered(number: int, *cases: Case) -> list[Case]:
    """The cases under this number."""
    return [Case(number, c.what, c.content, c.verdict, c.name, c.options) for c in cases]


def _bad_numbers(number: int, *texts: tuple[str, str]) -> list[Case]:
    return [
        Case(
            number, f"value {text!r}", long(f'"{text}"'), Refused(words, 2, "value"), options={"decimal": "."}
        )
        for text, words in texts
    ]


def _xlsx(number: int, what: str, content: Content, verdict: Accepted | Refused, **options: Any) -> Case:
    return Case(number, what, content, verdict, "file.xlsx", options)


def _zip_of(members: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for index in range(members):
            archive.writestr(f"{index}", b"")
    return stream.getvalue()


def _uncached(workbook: Any) -> None:
    workbook.active["B2"] = "=1+1"


def _far_cell(content: bytes) -> bytes:
    return content.replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )


def _hidden_sheet(workbook: Any) -> None:
    hidden = workbook.create_sheet("old")
    hidden.append(["date", "commits"])
    hidden.sheet_state = "hidden"


def _two_sheets(workbook: Any) -> None:
    workbook.create_sheet("other").append(["date", "merges"])


BOOK = {("commits", "2026-01-05"): "1", ("commits", "2026-01-12"): "2", ("commits", "2026-01-19"): "3"}
HUGE = "x" * 5_000_000
CASES: list[Case] = [
    Case(1, "UTF-8 with byte order mark", codecs.BOM_UTF8 + long("1").encode(), Accepted(GOOD, "byte order mark")),
    Case(2, "UTF-16 with mark, little end first", codecs.BOM_UTF16_LE + long("1").encode("utf-16-le"), Accepted(GOOD, "UTF-16")),
    Case(2, "UTF-16 with mark, big end first", codecs.BOM_UTF16_BE + long("1").encode("utf-16-be"), Accepted(GOOD)),
    Case(2, "UTF-16 without mark", long("1").encode("utf-16-le"), Refused("UTF-16 without its mark", 1)),
    Case(3, "cp1252 where all of it decodes", "metric,date,value\nCafé,2026-01-05,1\n".encode("cp1252"),
         Accepted({("cafe", "2026-01-05"): "1"}, "0xe9 at offset 21 (line 2)"), options={"cadence": "week"}),
    Case(3, "neither UTF-8 nor cp1252", b"metric,date,value\na,2026-01-05,1\n\x81,2026-01-12,2\n", Refused("0x81 at offset 33", 3)),
    Case(4, "NUL in a number", long("1\0xyz"), Refused("NUL", 2)),
    Case(5, "NUL in the header", "metric\0,date,value\na,2026-01-05,1\n", Refused("NUL", 1)),
    Case(5, "NUL in a name", long("1", metric="a\0b"), Refused("NUL", 2)),
    Case(6, "a cell of 5 MB", long(HUGE), Refused("longer than 131,072", 2)),
    Case(7, "rows longer than the header from the first on", "metric,value\nx,2026-01-05,5\ny,2026-01-12,6\n", Refused("")),
    Case(7, "the same with a date column", "metric,date,value\na,2026-01-05,1,9\na,2026-01-12,2,9\n", Refused("4 cells, the header 3", 2)),
    Case(8, "a longer row later", long("1") + "a,2026-01-26,4,4\n", Refused("4 cells, the header 3", 5)),
    Case(9, "a short row", long("1") + "a,2026-01-26\n", Refused("2 cells, the header 3", 5)),
    Case(10, "the same header twice", "date,a,a\n2026-01-05,1,2\n", Refused("Columns 2 and 3", 1, "a")),
    Case(10, "headers that differ in case and space", "date,My Metric,my  metric\n2026-01-05,1,2\n", Refused("Columns 2 and 3", 1)),
    Case(10, "composed and decomposed", "date,Caf\u00e9,Cafe\u0301\n2026-01-05,1,2\n", Refused("Columns 2 and 3", 1)),
    Case(10, "full width", "date,abc,\uff41\uff42\uff43\n2026-01-05,1,2\n", Refused("Columns 2 and 3", 1)),
    Case(11, "columns in another order", "value,metric,date\n1,a,2026-01-05\n2,a,2026-01-12\n3,a,2026-01-19\n", Accepted(GOOD)),
    Case(11, "the date column is missing", "metric,value\na,1\na,2\n", Refused("No column holds dates", 1)),
    Case(11, "the value column is missing", "metric,date\na,2026-01-05\na,2026-01-12\n", Refused("No column is left", 1)),
    Case(11, "a column of remarks", "metric,date,value,remark\na,2026-01-05,1,fine\na,2026-01-12,2,bad\n",
         Refused("neither metric, period nor value", 1, "remark")),
    Case(11, "a column of remarks, left out as chosen", "metric,date,value,remark\na,2026-01-05,1,fine\n",
         Accepted({("a", "2026-01-05"): "1"}, "remark"), options={"ignored_columns": ("remark",), "cadence": "week"}),
    Case(11, "a value in a column without name", "metric,date,value,\na,2026-01-05,1,\na,2026-01-12,2,9\n", Refused("has no name", 3, "4")),
    *_bad_numbers(12, ("=1+1", "is a formula"), ("=cmd|' /C calc'!A0", "is a formula"), ("@SUM(1)", "is a formula")),
    *renumbered(12, named("=1+1", "1-plus-1"), named("=cmd|' /C calc'!A0", "cmd-c-calc-a0"), named("'=1+1", "1-plus-1")),
    _xlsx(13, "a formula without saved value", lambda: book(HEADER, ("2026-01-05", 1), change=_uncached),
          Refused("Cell B2 holds a formula without a saved value", 2, "B")),
    _xlsx(13, "an error value", lambda: patched(plain(), SHEET, lambda x: x.replace(b'<c r="B2" t="n"><v>1</v>', b'<c r="B2" t="e"><v>#DIV/0!</v>')),
          Refused("#DIV/0!", 2, "B")),
    _xlsx(13, "a formula with its value", lambda: patched(plain(), SHEET, lambda x: x.replace(b'<c r="B2" t="n"><v>1</v>', b'<c r="B2" t="n"><f>0+1</f><v>1</v>')),
          Accepted(BOOK)),
    Case(14, "decimal comma told by the file", 'metric;date;value\na;2026-01-05;"1.234,56"\na;2026-01-12;2\na;2026-01-19;3\n',
         Accepted(with_first("1234.56"), "decimal comma (line 2 has 1.234,56)")),
    Case(14, "1,234 alone can be two numbers", long('"1,234"'), Refused("decimal mark or with a separator of thousands", 2)),
    Case(14, "1.234 alone can be two numbers", long("1.234"), Refused("decimal mark or with a separator of thousands", 2)),
    Case(14, "1.234 with the mark chosen", long("1.234"), Accepted(with_first("1.234")), options={"decimal": "."}),
    Case(14, "1.234 with the other mark chosen", long("1.234"), Accepted(with_first("1234")), options={"decimal": ","}),
    Case(14, "0.123 can only be one number", long("0.123"), Accepted(with_first("0.123"))),
    Case(14, "both marks in one file", long("1.5").replace(",3\n", ',"3,55"\n'), Refused("mixes decimal marks", 4)),
    Case(14, "thousands by space, no-break space and comma", LONG + 'a,2026-01-05,1 234\na,2026-01-12,2\u00a0345.5\na,2026-01-19,"3,456,789"\n',
         Accepted({("a", "2026-01-05"): "1234", ("a", "2026-01-12"): "2345.5", ("a", "2026-01-19"): "3456789"})),
    Case(14, "the minus U+2212", long("\u221212"), Accepted(with_first("-12"))),
    *_bad_numbers(14, ("(500)", "parentheses"), ("12%", "percent"), ("$1,000", "currency"), ("1,23", "is no number where"), ("1 23", "is not a number"), ("12 kg", "is not a number")),
    *_bad_numbers(15, ("NaN", "finite"), ("Infinity", "finite"), ("-inf", "finite"), ("sNaN", "finite"), ("None", "Leave the cell empty")),
    *_bad_numbers(16, ("1e400", "exponent"), ("1e-400", "exponent"), ("1" * 30, "18 digits"), ("0.1234567890123", "12 decimals")),
    Case(16, "12 decimals are kept", long("0.123456789012"), Accepted(with_first("0.123456789012"))),
    Case(16, "three decimals of a metric in dollars are kept, not rounded", long("0.125"), Accepted(with_first("0.125")), options={"unit": "USD"}),
    *_bad_numbers(17, ("1_000", "programming"), ("0x10", "programming"), ("\u0661\u0662", "not 0 to 9"), ("\uff11\uff12", "not 0 to 9"), ("\u00bd", "not 0 to 9")),
    *renumbered(18, named("007", "007"), named("1E5", "1e5"), named("MAR1", "mar1")),
    *renumbered(19, named("NA", "na"), named("None", "none"), named("null", "null"), named("TRUE", "true"), named("nan", "nan")),
    Case(20, "one date tells the order of all", LONG + "a,01/02/2026,1\na,13/02/2026,2\n",
         Accepted({("a", "2026-02-01"): "1", ("a", "2026-02-13"): "2"}, "d/m/y (line 3 has 13/02/2026)"), options={"cadence": "day"}),
    Case(20, "both orders fit", LONG + "a,01/02/2026,1\na,03/02/2026,2\n", Refused("can be day/month/year or month/day/year", 2)),
    Case(20, "both orders occur", LONG + "a,13/02/2026,1\na,02/13/2026,2\n", Refused("mixes orders", 3)),
    Case(20, "the order is chosen", LONG + "a,01/02/2026,1\n", Accepted({("a", "2026-01-02"): "1"}), options={"dates": "m/d/y", "cadence": "day"}),
    Case(20, "a year of two digits", long("1", "05/01/26"), Refused("is not a date", 2, "date")),
    _xlsx(21, "a workbook that counts from 1900", lambda: book(HEADER, (date(2026, 1, 5), 1), (date(2026, 1, 12), 2), (date(2026, 1, 19), 3)), Accepted(BOOK)),
    _xlsx(21, "a workbook that counts from 1904", lambda: book(HEADER, (date(2026, 1, 5), 1), (date(2026, 1, 12), 2), (date(2026, 1, 19), 3), epoch_1904=True), Accepted(BOOK)),
    _xlsx(21, "the first of March 1900", lambda: book(HEADER, (date(1900, 3, 1), 1)), Accepted({("commits", "1900-03-01"): "1"}), cadence="day"),
    *[Case(22, f"date {text}", long("1", text), Refused(words, 2, "date")) for text, words in (
        ("0001-01-01", "1900 to 2100"), ("9999-12-31", "1900 to 2100"), ("2026-02-30", "no day or period"), ("2026-13-01", "no day or period"),
        ("2026-W60", "no day or period"), ("now", "not a date"), ("today", "not a date"), ("45000", "spreadsheet's number"), ("30/02/2026", "no day of the calendar"))],
    Case(23, "offsets: the date counts as written", LONG + "a,2026-03-29T23:30:00-08:00,1\na,2026-03-30T00:30:00+14:00,2\n",
         Accepted({("a", "2026-03-29"): "1", ("a", "2026-03-30"): "2"}, "Times of day"), options={"cadence": "day"}),
    Case(23, "a time that the clocks leave out", LONG + "a,2026-03-29 02:30,1\n", Accepted({("a", "2026-03-29"): "1"}, "Times of day"), options={"cadence": "day"}),
    Case(23, "a time that no clock shows", long("1", "2026-03-29T25:30:00Z"), Refused("no real time", 2, "date")),
    Case(24, "a negative reading is a reading; bounds judge it later", long("-5"), Accepted(with_first("-5"))),
    Case(25, "an empty file", "", Refused("is empty")),
    Case(25, "only a header", LONG, Refused("a header and no rows", 1)),
    Case(25, "only a byte order mark", codecs.BOM_UTF8, Refused("no rows")),
    Case(25, "only blank lines", "\n\n\n", Refused("no rows")),
    Case(25, "rows without any value", LONG + "a,2026-01-05,\n", Refused("No row of the file can be imported")),
    Case(26, "a body of 5 GB is cut by the proxy; ours is the limit of a file", "",
         Elsewhere("test_limits.test_a_file_over_the_limit_is_refused_by_its_size_alone", "the proxy's 413 belongs to its own test")),
    Case(27, "only carriage returns", long("1").replace("\n", "\r"), Accepted(GOOD)),
    Case(27, "mixed line ends", LONG + "a,2026-01-05,1\r\na,2026-01-12,2\ra,2026-01-19,3", Accepted(GOOD)),
    Case(27, "a line break in quotes counts as a line", 'metric,date,value\n"a",2026-01-05,1\n"a","2026-01-12\n",2\na,2026-01-19,x\n', Refused("is not a number", 5, "value")),
    Case(27, "a quotation mark that is never closed", LONG + 'a,2026-01-05,1\n"a,2026-01-12,2\na,2026-01-19,3\n', Refused("never closed", 3)),
    Case(27, "text after a closing quotation mark", LONG + 'a,2026-01-05,"1"2\n', Refused("quoting of this row is broken", 2)),
    Case(28, "an exact repeat counts once", long("1") + "a,2026-01-12,2\n", Accepted(GOOD)),
    Case(28, "a repeat of the same number in other digits", long("1") + "a,2026-01-12,2.0\n", Accepted(GOOD)),
    Case(29, "two values for one period", long("1") + "a,2026-01-12,7\n", Refused("Lines 3 and 5 give a for 2026-01-12 the values", 5, "value")),
    Case(30, "the same file twice, and twenty at once", "", Elsewhere("test_turns.test_twenty_at_once_are_one_import")),
    Case(31, "an unknown metric", "metric,date,value\nknown.metrik,2026-01-05,1\n", Refused("There is no metric known.metrik", 2, "metric"), options={"create_metrics": False}),
    Case(31, "an unknown metric, its nearest name", "metric,date,value\nknown.metrik,2026-01-05,1\n", Refused("The nearest are known.metric", 2), options={"create_metrics": False}),
    Case(31, "a new metric without its description", long("1"), Refused("need --category, --unit, --direction"), options={"category": None, "unit": None, "direction": None}),
    Case(32, "rows in any order, and long past", LONG + "a,2026-01-19,3\na,2026-01-05,1\na,2026-01-12,2\n", Accepted(GOOD)),
    Case(33, "a Cyrillic letter in a known name", "metric,date,value\nKnown m\u0435tric,2026-01-05,1\n", Refused("looks like “Known metric”", 2)),
    Case(33, "a zero-width space in a name", "metric,date,value\nKnown\u200b metric,2026-01-05,1\n", Refused("U+200B", 2, "metric")),
    Case(33, "composed and decomposed are one metric", LONG + "Caf\u00e9,2026-01-05,1\nCafe\u0301,2026-01-12,2\n",
         Accepted({("cafe", "2026-01-05"): "1", ("cafe", "2026-01-12"): "2"}), options={"cadence": "week"}),
    Case(34, "an override of direction in a name", "metric,date,value\nabc\u202edef,2026-01-05,1\n", Refused("U+202E", 2, "metric")),
    Case(34, "the same in the file's name", long("1"), Accepted(GOOD), name="q\u202evsc.csv"),
    Case(35, "a name of 10,000 characters", "metric,date,value\n" + "n" * 10_000 + ",2026-01-05,1\n", Refused("at most 200", 2, "metric")),
    Case(35, "5,000 emoji", "metric,date,value\n" + "\U0001f600" * 5_000 + ",2026-01-05,1\n", Refused("at most 200", 2, "metric")),
    *renumbered(36, named("<img src=x onerror=alert(1)>", "img-src-x-onerror-alert-1"), named("</script><script>x", "script-script-x"),
                named('<a href="javascript:x">y', "a-href-javascript-x-y"), named("$\\href{javascript:x}{y}$", "usd-href-javascript-x-y-usd")),
    *renumbered(37, named("'; DROP TABLE alignment_metric; --", "drop-table-alignment_metric"), named("{{7*7}}", "7-7"),
                named("{0.__class__}", "0.class"), named("${jndi:ldap://x}", "usd-jndi-ldap-x")),
    *[Case(38, f"file name {name[:20]!r}", long("1"), Accepted(GOOD), name=name)
      for name in ("../../x.csv", "C:\\x.csv", "con.csv", "a\0b.csv", "n" * 300 + ".csv", "a\r\nSet-Cookie: x.csv")],
    _xlsx(39, "a zip bomb", lambda: with_part(plain(), "xl/worksheets/sheet2.xml", b"0" * 60_000_000), Refused("100 times its size")),
    _xlsx(39, "a part that declares less than it holds", workbooks.lying_about_size, Refused("far more than it declares")),
    _xlsx(39, "a container in the container", lambda: with_part(plain(), "xl/embeddings/inner.zip", plain()), Refused("another container")),
    _xlsx(39, "many members", lambda: _zip_of(5_000), Refused("more than 200 parts")),
    _xlsx(39, "an encrypted part", workbooks.encrypted_flag, Refused("encrypted")),
    _xlsx(39, "a link as a part", lambda: with_part(plain(), "xl/link.xml", b"/etc/passwd", 0o120777), Refused("a link instead of a file")),
    _xlsx(39, "a container cut short", lambda: plain()[:-200], Refused("its end is missing")),
    *[_xlsx(40, f"entities in {member}", lambda member=member: workbooks.with_doctype(member), Refused("document type or entities"))
      for member in (SHEET, "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels", "xl/workbook.xml")],
    _xlsx(40, "a part in UTF-16", lambda: patched(plain(), SHEET, lambda x: x.decode().encode("utf-16")), Refused("UTF-16")),
    _xlsx(41, "a dimension that lies", lambda: patched(plain(), SHEET, lambda x: x.replace(b'ref="A1:B4"', b'ref="A1:XFD1048576"')), Accepted(BOOK)),
    _xlsx(41, "one cell in the far corner", lambda: patched(plain(), SHEET, _far_cell), Refused("spans 1,048,576 rows by 16,384 columns")),
    _xlsx(41, "merged cells", lambda: book(HEADER, ("2026-01-05", 1), change=lambda w: w.active.merge_cells("B2:B3")), Refused("merged", 2, "B")),
    _xlsx(41, "a hidden sheet is left out and named", lambda: book(HEADER, ("2026-01-05", 1), ("2026-01-12", 2), ("2026-01-19", 3), change=_hidden_sheet), Accepted(BOOK, "Hidden sheets were left out: old")),
    _xlsx(41, "two filled sheets", lambda: book(HEADER, ("2026-01-05", 1), change=_two_sheets), Refused("several filled sheets")),
    _xlsx(41, "macros inside", lambda: with_part(plain(), "xl/vbaProject.bin", b"x"), Refused("macros")),
    Case(41, "a name that promises macros", plain, Refused("macros"), name="file.xlsm"),
    Case(42, "an old workbook named .csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Refused("old .xls workbook")),
    Case(42, "a workbook named .csv", plain, Refused("bytes are a workbook")),
    Case(42, "text named .xlsx", long("1"), Refused("bytes are no workbook"), name="file.xlsx"),
    Case(42, "a web page named .csv", "<html><table><tr><td>1</td></tr></table></html>", Refused("web page")),
    Case(42, "an OpenDocument sheet named .xlsx", lambda: with_part(_zip_of(1), "mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), Refused("OpenDocument"), name="file.xlsx"),
    Case(42, "SYLK", "ID;PWXL;N;E\nP;PGeneral\n", Refused("SYLK")),
    Case(42, "a table whose first header is ID", "ID,metric,date,value\n1,a,2026-01-05,1\n2,a,2026-01-12,2\n3,a,2026-01-19,3\n", Accepted(GOOD), options={"ignored_columns": ("ID",)}),
    Case(42, "a first line that declares the delimiter", "sep=;\nmetric;date;value\na;2026-01-05;1\na;2026-01-12;2\na;2026-01-19;3\n", Accepted(GOOD, "declared in the first line")),
    Case(43, "the process dies at row 50,000 of 100,000", "", Elsewhere("test_turns.test_killed_at_any_point_leaves_nothing_half_written")),
    Case(44, "two imports of overlapping periods at once", "", Elsewhere("test_turns.test_overlapping_imports_end_as_one_after_the_other")),
    Case(45, "disk full or worker killed", "", Elsewhere("test_turns.test_a_full_disk_fails_the_import_and_a_retry_works")),
]  # fmt: skip
