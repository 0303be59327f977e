"""`manage.py import_metrics FILE...`: readings from CSV or XLSX files, each file one batch, all of it or nothing."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alignment.importing.delimited import DELIMITERS
from alignment.importing.digest import readings_digest
from alignment.importing.encodings import KNOWN_ENCODINGS
from alignment.importing.files import from_path
from alignment.importing.import_file import import_file
from alignment.importing.options import DateOrder, Options
from alignment.importing.refusals import ImportRefused
from alignment.importing.report import imported_json, imported_lines, refused_json, refused_lines
from alignment.importing.score_again import recompute_now
from alignment.models import Metric, User
from alignment.periods import Cadence

_CADENCE_WORDS = {cadence.label: cadence.value for cadence in Cadence} | {"yearly": Cadence.FISCAL_YEAR.value}


def _match(text: str) -> tuple[str, str]:
    """NAME=KEY as a pair. The last = parts them: a name may hold one, a key does not."""
    name, _, key = (part.strip() for part in text.rpartition("="))
    if not name or not key:
        raise ArgumentTypeError(f"“{text}” is not NAME=KEY, such as --match 'Visits=web.visits'")
    return name, key


class Command(BaseCommand):
    """Exit codes: 0 all files taken in, 1 at least one refused, 2 wrong usage."""

    help = "Import readings of metrics from CSV or XLSX files. Each file is one batch: all of it, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files, what to do, and each choice about reading them."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")
        parser.add_argument("--by", metavar="USERNAME", help="who imports (default: system:import_metrics)")
        parser.add_argument(
            "--good-rows-only", action="store_true", help="import the good rows of a faulty file"
        )
        parser.add_argument("--prefix", default="", metavar="NAME.", help="put before each metric's key")
        parser.add_argument("--source", metavar="NAME", help="the system that the file comes from")
        parser.add_argument(
            "--restate",
            action="store_true",
            help="the source corrected most of its readings: let them change",
        )
        parser.add_argument("--digest", action="store_true", help="also print one hash over all readings")
        reading = parser.add_argument_group(
            "reading (each is decided from the file and shown where not given)"
        )
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
            "--match",
            action="append",
            default=[],
            type=_match,
            metavar="NAME=KEY",
            help="send a name of the file to the existing metric of that key; may be repeated",
        )
        reading.add_argument(
            "--cadence",
            type=lambda word: _CADENCE_WORDS.get(word.lower(), word),
            choices=[cadence.value for cadence in Cadence],
            help="also as daily, weekly, monthly, quarterly, yearly",
        )
        reading.add_argument(
            "--round-decimals", action="store_true", help="round to 12 decimals what has more"
        )
        creating = parser.add_argument_group("metrics that do not exist yet")
        creating.add_argument("--create-metrics", action="store_true", help="create them instead of refusing")
        creating.add_argument("--category", choices=Metric.Category.values)
        creating.add_argument("--unit", help="such as %%, USD, days, count")
        creating.add_argument("--direction", choices=Metric.Direction.values)

    def handle(self, *args: Any, **given: Any) -> None:
        """Import the files in the order given; recompute what they touched."""
        user = _user(given["by"])
        by = user.get_username() if user else "system:import_metrics"
        options = _options(given)
        answers: list[dict[str, Any]] = []
        for path in given["files"]:
            started = time.perf_counter()
            try:
                file = from_path(path)
                now = datetime.now(UTC)
                done = import_file(
                    file=file, options=options, by=by, user=user, now=now, dry_run=given["dry_run"]
                )
            except ImportRefused as refused:
                answers.append(refused_json(path.name, refused, seconds=time.perf_counter() - started))
                self._say(given, refused_lines(path.name, refused))
                continue
            dry_run, parts = given["dry_run"], (done.file, done.recognition, done.result)
            seconds = time.perf_counter() - started
            answers.append(imported_json(*parts, dry_run=dry_run, seconds=seconds))
            self._say(given, imported_lines(*parts, dry_run=dry_run))
            if not dry_run and done.result.touched:
                self._say(given, recompute_now(done.result.batch_id))
        self._end(given, answers)

    def _say(self, given: dict[str, Any], lines: list[str]) -> None:
        if not given["json"]:
            self.stdout.write("\n".join(lines))

    def _end(self, given: dict[str, Any], answers: list[dict[str, Any]]) -> None:
        refused = sum(answer["state"] == "refused" for answer in answers)
        digest = readings_digest() if given["digest"] else None
        if given["json"]:
            answer: dict[str, Any] = {"files": answers}
            if digest:
                answer["digest"] = digest
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
        elif digest:
            self.stdout.write(f"Hash of all readings: {digest}")
        if refused:
            message = f"{refused} of {len(answers)} files refused. Nothing of a refused file was imported."
            raise CommandError(message, returncode=1)


def _user(name: str | None) -> User | None:
    if name is None:
        return None
    user = User.objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"Nobody has the user name “{name}”.", returncode=2)
    return user


def _options(given: dict[str, Any]) -> Options:
    prefix = given["prefix"]
    return Options(
        prefix=prefix if not prefix or prefix.endswith(".") else prefix + ".",
        source=given["source"],
        encoding=given["encoding"],
        delimiter="\t" if given["delimiter"] == "tab" else given["delimiter"],
        sheet=given["sheet"],
        decimal=given["decimal"],
        dates=DateOrder(given["dates"]) if given["dates"] else None,
        cadence=given["cadence"],
        date_column=given["date_column"],
        metric_column=given["metric_column"],
        ignored_columns=tuple(given["ignore_column"]),
        metrics=tuple(given["match"]),
        round_decimals=given["round_decimals"],
        good_rows_only=given["good_rows_only"],
        restate=given["restate"],
        create_metrics=given["create_metrics"],
        category=given["category"],
        unit=given["unit"],
        direction=given["direction"],
    )
