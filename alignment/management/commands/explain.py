"""`manage.py explain OBJECT`: why a score stands where it stands, and why it moved."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from alignment.management.asked_days import asked_day
from alignment.scoring.explain import explain_change, explain_key_result, explain_level
from alignment.scoring.explanation import SubjectKind
from alignment.scoring.loading import load_house
from alignment.scoring.plain import key_result_text, level_text
from alignment.scoring.subjects import SubjectNotFound, find_subject


class Command(BaseCommand):
    """Explain a score or a key result down to the line of the file that a reading came from."""

    help = "Say why a score stands where it stands, and with --since why it moved."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("object", help="company, theme:SLUG, objective:SLUG or key-result:ID")
        parser.add_argument("--since", metavar="DATE", help="explain the change since this day")
        parser.add_argument(
            "--as-of",
            metavar="DATE",
            help="as it stood, and was known, at the end of this day; today if left out",
        )
        parser.add_argument("--json", action="store_true", help="the whole explanation as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the object, explain it, print it."""
        today = load_house().day_of(timezone.now())
        day = today if options["as_of"] is None else asked_day("--as-of", options["as_of"], today)
        since = None if options["since"] is None else asked_day("--since", options["since"], today)
        if since is not None and since >= day:
            raise CommandError(f"--since {since} is not before {day}. Give an earlier day.")
        try:
            subject = find_subject(options["object"])
        except SubjectNotFound as error:
            raise CommandError(str(error)) from error
        if subject.kind is SubjectKind.KEY_RESULT:
            key_result = explain_key_result(subject, day)
            self.stdout.write(_json(asdict(key_result)) if options["json"] else key_result_text(key_result))
            return
        level = explain_level(subject, day)
        change = explain_change(subject, since, day) if since is not None else None
        if options["json"]:
            self.stdout.write(_json({"level": asdict(level), "change": asdict(change) if change else None}))
        else:
            self.stdout.write(level_text(level, change))


def _json(value: object) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)
