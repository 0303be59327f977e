"""Delimited text: which character parses its rows, and the rows with the line where each begins."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from alignment.importing.encodings import Encoding, decide
from alignment.importing.files import SourceFile
from alignment.importing.options import Limits, Options
from alignment.importing.refusals import ImportRefused, Refusal, visible
from alignment.importing.table import Row, Table

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_SAMPLE_ROWS = 200
_DECLARATION = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DelimitedSource:
    """The rows of a text file. A row's line is where it begins; quoted line breaks belong to their cell."""

    file: SourceFile
    encoding: Encoding
    delimiter: str
    declared: bool

    def rows(self) -> Iterator[Row]:
        """All rows, blank lines left out. Raises ImportRefused where quoting is broken or a cell is huge."""
        line = 1
        with io.TextIOWrapper(self.file.open(), encoding=self.encoding.codec, newline="") as text:
            if self.declared:
                text.readline()
                line = 2
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            first = line
            try:
                for cells in reader:
                    if cells:
                        yield line, cells
                    line = first + reader.line_num
            except csv.Error as error:
                raise ImportRefused(_broken(error, line)) from error


def _broken(error: csv.Error, line: int) -> Refusal:
    message = str(error)
    if "field limit" in message:
        limit = csv.field_size_limit()
        return Refusal(
            f"One cell of the row that begins here is longer than {limit:,} characters.",
            "Shorten it; perhaps a quotation mark was never closed.",
            line=line,
        )
    if "unexpected end of data" in message:
        return Refusal(
            "A quotation mark opened in the row that begins here is never closed.",
            'Close it, or write a mark inside a cell twice ("").',
            line=line,
        )
    return Refusal(
        f"The quoting of this row is broken ({message}).",
        'Put the whole cell in quotation marks and write marks inside it twice ("").',
        line=line,
    )


def read_delimited(file: SourceFile, options: Options, limits: Limits) -> Table:
    """The table in a delimited text file, with encoding and delimiter decided and shown."""
    encoding = decide(file, options.encoding)
    declared = _declared_delimiter(file, encoding)
    delimiter, why = _decide_delimiter(file, encoding, options.delimiter or declared, declared)
    source = DelimitedSource(file, encoding, delimiter, declared is not None)
    first = next(source.rows(), None)
    if first is None:
        raise ImportRefused(Refusal("The file has no rows.", "Export it again, with a header and its rows."))
    line, header = first
    if len(header) > limits.columns:
        raise ImportRefused(
            Refusal(
                f"The header has {len(header):,} columns; at most {limits.columns:,} are read.", "Split it."
            )
        )
    facts = {"encoding": encoding.shown, "delimiter": f"{DELIMITERS.get(delimiter, delimiter)} ({why})"}
    notices = (encoding.notice,) if encoding.notice else ()
    return Table(tuple(header), line, source, "csv", facts, notices)


def _declared_delimiter(file: SourceFile, encoding: Encoding) -> str | None:
    with io.TextIOWrapper(file.open(), encoding=encoding.codec, newline="") as text:
        match = _DECLARATION.fullmatch(text.readline(64))
    return match.group(1) if match else None


def _decide_delimiter(
    file: SourceFile, encoding: Encoding, wanted: str | None, declared: str | None
) -> tuple[str, str]:
    if wanted is not None:
        if wanted not in DELIMITERS:
            raise ImportRefused(
                Refusal(f"“{visible(wanted)}” is no delimiter.", "Use a comma, semicolon, tab or pipe.")
            )
        return wanted, "declared in the first line" if wanted == declared else "as chosen"
    fits = {mark: _fit(DelimitedSource(file, encoding, mark, declared=False)) for mark in DELIMITERS}
    possible = {mark: fit for mark, fit in fits.items() if fit[0] > 1}
    if not possible:
        return ",", "one column only"
    whole = [mark for mark, fit in possible.items() if fit[1] == 1.0]
    best = whole or [mark for mark, fit in possible.items() if fit[1] == max(f for _, f in possible.values())]
    if len(best) > 1:
        names = " or ".join(f"{DELIMITERS[mark]} ({possible[mark][0]} columns)" for mark in best)
        raise ImportRefused(
            Refusal(
                f"Rows can be cut by {names}.",
                "Choose with --delimiter, for example --delimiter ';'.",
                line=1,
            )
        )
    return best[0], f"{possible[best[0]][0]} columns in the header"


def _fit(source: DelimitedSource) -> tuple[int, float]:
    """(columns of the header, share of the first 200 rows that have as many)."""
    width, rows, fitting = 0, 0, 0
    try:
        for _, cells in source.rows():
            width = width or len(cells)
            rows += 1
            fitting += len(cells) == width
            if rows >= _SAMPLE_ROWS:
                break
    except ImportRefused:
        return width, fitting / (rows + 1)
    return width, fitting / max(rows, 1)
