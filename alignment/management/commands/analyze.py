"""`manage.py analyze FILE`: every signal of every series of a file, without a database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from alignment.importing.files import SourceFile, from_path
from alignment.importing.refusals import ImportRefused, visible
from alignment.importing.report import problem_lines
from alignment.importing.series import FileSeries, read_series
from alignment.management.reading_options import add_reading_options, reading_options
from alignment.management.series_named import SeriesNamed, WrongName, parted, plain_day, target_of

if TYPE_CHECKING:  # loads numpy
    from alignment.signals.analysis import Analysis, Subject

DIRECTIONS = ("higher", "lower", "range")
KINDS = ("flow", "stock")
SEASONS = ("yearly", "none")


class Command(BaseCommand):
    """Exit codes: 0 analysed, 1 the file was refused, 2 wrong usage."""

    help = "Say what the series of a file show: trend, shift, changes, divergence, pace. Needs no database."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, what to say of it, and each choice about reading it."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--json", action="store_true", help="answer with one JSON object (docs/analyze.md)"
        )
        parser.add_argument(
            "--as-of", metavar="DATE", help="only periods that ended by this day (default: today)"
        )
        parser.add_argument(
            "--pairs",
            nargs="+",
            action="extend",
            default=[],
            metavar="A:B",
            help="say whether A and B part; names or keys",
        )
        parser.add_argument(
            "--lag", type=int, default=0, metavar="N", help="A leads B by so many periods (negative: B leads)"
        )
        parser.add_argument(
            "--target",
            action="append",
            default=[],
            metavar="NAME=VALUE@DATE",
            help="say how likely it is met",
        )
        about = parser.add_argument_group("about the series (NAME=WORD for one, the word alone for all)")
        for option, words in (("--kind", KINDS), ("--season", SEASONS), ("--direction", DIRECTIONS)):
            about.add_argument(option, action="append", default=[], metavar=f"[NAME=]{'|'.join(words)}")
        about.add_argument("--unit", action="append", default=[], metavar="[NAME=]UNIT")
        add_reading_options(parser)

    def handle(self, *args: Any, **given: Any) -> None:
        """Read the file, judge its series, print what is said."""
        day = datetime.now(UTC).date()
        try:
            if given["as_of"] is not None:
                day = plain_day("--as-of", given["as_of"])
            file = from_path(given["file"])
            read = read_series(file, reading_options(given), until=day)
            analysis = _analysed(read, given, day)
        except ImportRefused as refused:
            self._refused(given, refused)
        except WrongName as wrong:
            raise CommandError(str(wrong), returncode=2) from wrong
        else:
            self._say(file, read, analysis, day, as_json=given["json"])

    def _say(
        self, file: SourceFile, read: FileSeries, analysis: Analysis, day: date, *, as_json: bool
    ) -> None:
        from alignment.signals.analysis_report import analysis_json, analysis_lines  # these load numpy

        recognised = read.recognition.describe()
        if as_json:
            head = {
                "file": file.name,
                "sha256": file.sha256,
                "recognised": {what: said for what, said, _ in recognised},
                "notes": _notes(read),
                "refused": [refusal.as_json() for refusal in read.refusals],
            }
            answer = {**head, **analysis_json(analysis, day)}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1, allow_nan=False))
            return
        self.stdout.write(file.name)
        for what, said, option in recognised:
            self.stdout.write(f"  {what:<11} {said}    change with {option}")
        for note in _notes(read):
            self.stdout.write(f"  note        {note}")
        if read.refused:
            self.stdout.write("\n".join(["  Left out:", *problem_lines(read.refusals, read.refused)]))
        self.stdout.write("\n".join(analysis_lines(analysis, day)))

    def _refused(self, given: dict[str, Any], refused: ImportRefused) -> None:
        name = visible(given["file"].name, 200)
        if given["json"]:
            problems = [refusal.as_json() for refusal in refused.refusals]
            answer = {"file": name, "state": "refused", "problems": refused.total, "refusals": problems}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
        else:
            self.stdout.write("\n".join([name, *problem_lines(refused.refusals, refused.total)]))
        count = "one problem" if refused.total == 1 else f"{refused.total:,} problems"
        below_header = any((refusal.line or 0) > 1 for refusal in refused.refusals)
        mend = below_header and not given["good_rows_only"]
        rows = " --good-rows-only leaves faulty rows out." if mend else ""
        raise CommandError(f"The file cannot be read as it is: {count}.{rows}", returncode=1)


def _analysed(read: FileSeries, given: dict[str, Any], day: date) -> Analysis:
    from alignment.signals.analysis import NotComparable, PairAsked, TargetAsked, analyse  # loads numpy

    named = SeriesNamed([(one.key, one.name) for one in read.series])
    pairs = [PairAsked(*named.pair("--pairs", text), given["lag"]) for text in given["pairs"]]
    targets = [TargetAsked(*target_of(named, text)) for text in given["target"]]
    try:
        return analyse(_subjects(read, named, given), day=day, pairs=pairs, targets=targets)
    except NotComparable as wrong:
        raise WrongName(f"--pairs: {wrong}") from wrong


def _subjects(read: FileSeries, named: SeriesNamed, given: dict[str, Any]) -> list[Subject]:
    from alignment.signals.analysis import Subject  # these load numpy
    from alignment.signals.columns import columns, reach
    from alignment.signals.verdict import Series

    kinds = parted("--kind", given["kind"], named, KINDS)
    seasons = parted("--season", given["season"], named, SEASONS)
    directions = parted("--direction", given["direction"], named, DIRECTIONS)
    units = parted("--unit", given["unit"], named)
    subjects = []
    for at, one in enumerate(read.series):
        source = "declared" if at in kinds else "name" if one.kind else None
        series = Series(
            columns(one.readings, one.cadence, longest=reach(one.cadence)),
            directions.get(at, "higher"),
            kinds.get(at, one.kind),
            unit=units.get(at, ""),
            season=seasons.get(at, ""),
        )
        subjects.append(Subject(one.key, one.name, series, source, "" if at in kinds else one.kind_reason))
    return subjects


def _notes(read: FileSeries) -> list[str]:
    notes = list(read.recognition.notices)
    if read.repeated:
        notes.append(f"{read.repeated:,} exact repeats counted once.")
    if read.later:
        notes.append(f"{read.later:,} readings left out: their periods had not ended by that day.")
    if read.recognition.blanks:
        notes.append(f"{read.recognition.blanks:,} empty cells left out.")
    return notes
