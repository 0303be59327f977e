"""The choices about reading a file, as options of every command that reads one."""

from __future__ import annotations

from argparse import ArgumentParser, _ArgumentGroup
from typing import Any

from alignment.importing.delimited import DELIMITERS
from alignment.importing.encodings import KNOWN_ENCODINGS
from alignment.importing.options import DateOrder, Options
from alignment.periods import Cadence

_CADENCE_WORDS = {cadence.label: cadence.value for cadence in Cadence} | {"yearly": Cadence.FISCAL_YEAR.value}


def add_reading_options(parser: ArgumentParser) -> _ArgumentGroup:
    """Add each choice to the parser; returns their group, for more of them."""
    parser.add_argument("--good-rows-only", action="store_true", help="take the good rows of a faulty file")
    parser.add_argument("--prefix", default="", metavar="NAME.", help="put before each metric's key")
    reading = parser.add_argument_group("reading (each is decided from the file and shown where not given)")
    reading.add_argument("--encoding", choices=KNOWN_ENCODINGS)
    reading.add_argument(
        "--delimiter", choices=[*DELIMITERS, "tab"], metavar="CHARACTER", help=", ; | or tab"
    )
    reading.add_argument("--sheet", metavar="NAME", help="the sheet of a workbook")
    reading.add_argument("--decimal", choices=[".", ","], help="the decimal mark")
    reading.add_argument("--dates", choices=[order.value for order in DateOrder])
    reading.add_argument("--date-column", metavar="NAME")
    reading.add_argument("--metric-column", metavar="NAME")
    reading.add_argument("--ignore-column", action="append", default=[], metavar="NAME")
    reading.add_argument(
        "--cadence",
        type=lambda word: _CADENCE_WORDS.get(word.lower(), word),
        choices=[cadence.value for cadence in Cadence],
        help="also as daily, weekly, monthly, quarterly, yearly",
    )
    reading.add_argument("--round-decimals", action="store_true", help="round to 12 decimals what has more")
    return reading


def reading_options(given: dict[str, Any]) -> Options:
    """The choices that were given, the prefix with its dot."""
    prefix = given["prefix"]
    return Options(
        prefix=prefix if not prefix or prefix.endswith(".") else prefix + ".",
        encoding=given["encoding"],
        delimiter="\t" if given["delimiter"] == "tab" else given["delimiter"],
        sheet=given["sheet"],
        decimal=given["decimal"],
        dates=DateOrder(given["dates"]) if given["dates"] else None,
        cadence=given["cadence"],
        date_column=given["date_column"],
        metric_column=given["metric_column"],
        ignored_columns=tuple(given["ignore_column"]),
        round_decimals=given["round_decimals"],
        good_rows_only=given["good_rows_only"],
    )
