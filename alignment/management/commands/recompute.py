"""`manage.py recompute`: bring signals, statuses and scores up to today."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from alignment.management.asked_days import asked_day
from alignment.models import ScorePolicy
from alignment.scoring.loading import load_house
from alignment.scoring.recompute import RecomputeResult, recompute


class Command(BaseCommand):
    """Recompute scores; only days that have none yet, unless told otherwise."""

    help = "Bring signals, statuses and scores up to today. Running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--full", action="store_true", help="every day from the first, not only new days")
        parser.add_argument("--since", metavar="DATE", help="all days from this one on")
        parser.add_argument("--json", action="store_true", help="the figures as one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it and say what was read and written."""
        now = timezone.now()
        today = load_house().day_of(now)
        since = None if options["since"] is None else asked_day("--since", options["since"], today)
        try:
            result = recompute(
                touched_metrics=None if options["full"] else (),
                since=since,
                until=today,
                by="system:recompute",
                now=now,
            )
        except ScorePolicy.DoesNotExist as error:
            raise CommandError(
                "No scoring policy is active. Run `manage.py migrate` to get the first."
            ) from error
        self.stdout.write(_as_json(result) if options["json"] else _as_text(result))


def _as_json(result: RecomputeResult) -> str:
    return json.dumps(asdict(result), default=str)


def _as_text(result: RecomputeResult) -> str:
    if result.first is None:
        return (
            f"Scores are up to date: every day to {result.last} has them. (--full computes all of them anew.)"
        )
    lines = [
        f"Computed {result.first} to {result.last} in {result.seconds:.2f} s ({_MODES[result.mode]}), "
        f"from {result.rows_read:,} readings."
    ]
    for name, written in (
        ("scores", result.scores),
        ("status changes", result.statuses),
        ("chances", result.paces),
        ("signals", result.signals),
    ):
        lines.append(
            f"  {name}: {written.written:,} written, {written.unchanged:,} unchanged, {written.deleted:,} removed"
        )
    return "\n".join(lines)


_MODES = {"full": "everything", "days": "whole days", "metrics": "what rests on changed metrics"}
