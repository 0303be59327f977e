"""`manage.py import_metrics FILE...`: readings from CSV or XLSX files, each file one batch, all of it or nothing."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alignment.importing.digest import readings_digest
from alignment.importing.files import from_path
from alignment.importing.import_file import import_file
from alignment.importing.options import Options
from alignment.importing.refusals import ImportRefused
from alignment.importing.report import imported_json, imported_lines, refused_json, refused_lines
from alignment.importing.score_again import recompute_now
from alignment.management.reading_options import add_reading_options, reading_options
from alignment.models import Metric, User


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
        parser.add_argument("--source", metavar="NAME", help="the system that the file comes from")
        parser.add_argument(
            "--restate",
            action="store_true",
            help="the source corrected most of its readings: let them change",
        )
        parser.add_argument("--digest", action="store_true", help="also print one hash over all readings")
        reading = add_reading_options(parser)
        reading.add_argument(
            "--match",
            action="append",
            default=[],
            type=_match,
            metavar="NAME=KEY",
            help="send a name of the file to the existing metric of that key; may be repeated",
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
    names = ("source", "restate", "create_metrics", "category", "unit", "direction")
    return replace(
        reading_options(given), metrics=tuple(given["match"]), **{name: given[name] for name in names}
    )
