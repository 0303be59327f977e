"""`manage.py load_sample`: the sample company into an empty database, or one loaded before up to today."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from alignment import queueing
from alignment.models import Score
from alignment.models.scores import SubjectKind
from alignment.sample.loading import BY, DEFAULT_SEED, LoadOutcome, SampleRefused, extend, is_empty, load


class Command(BaseCommand):
    """Load or extend the sample company, then bring the scores up to date."""

    help = (
        "Fills an empty database with the sample company: a software firm of 400 people with three years of metrics, "
        "and a story of drift that the seed decides. Changes nothing in a database that holds another company."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options."""
        parser.add_argument("--seed", type=int, help=f"which company (default {DEFAULT_SEED})")
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            metavar="DATE",
            help="load what was known at the end of this day, such as 2026-06-30 (default: now)",
        )
        parser.add_argument("--healthy", action="store_true", help="the same company without the story")
        parser.add_argument(
            "--extend",
            action="store_true",
            help="continue a company that this command loaded up to the day; load it where the database is empty; "
            "change nothing where it holds another",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load or extend, then recompute what that touched."""
        as_of: date | None = options["as_of"]
        now = timezone.now()
        if as_of and as_of > now.date():
            raise CommandError(f"--as-of {as_of} lies in the future. Give a day up to today, {now.date()}.")
        if as_of and as_of < now.date():
            now = datetime.combine(as_of, time(23, 59, 59), tzinfo=UTC)
        try:
            if options["extend"] and not is_empty():
                outcome = extend(by=BY, now=now, seed=options["seed"], healthy=options["healthy"])
            else:
                outcome = load(
                    by=BY, seed=options["seed"], healthy=options["healthy"], opened_on=now.date(), now=now
                )
        except SampleRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        if outcome is None:
            self.stdout.write("This database was not filled by load_sample; nothing was changed.")
            return
        self.stdout.write(_sentence(outcome))
        _bring_up_scores(outcome, today=timezone.now().date())


def _bring_up_scores(outcome: LoadOutcome, *, today: date) -> None:
    """Recompute, here and now, what the new rows touched; without any, only a day that has no scores yet."""
    since = outcome.since.isoformat() if outcome.since else None
    due: list[tuple[str, list[int] | None]] = []
    if outcome.is_first:
        due = [("all", None)]
    elif outcome.changed_anything:
        due = [("readings", sorted(outcome.metrics_touched))] if outcome.metrics_touched else []
        due += [("plan", [])] if outcome.plan_rows else []
    elif not Score.objects.filter(subject_kind=SubjectKind.COMPANY, day=today).exists():
        due = [("day", [])]
    for name, metrics in due:
        payload = {"touched_metrics": metrics, "since": None if metrics is None else since, "by": BY}
        key = f"load-sample:{name}:{since}:{today.isoformat()}"
        queueing.run_now(queueing.enqueue("recompute", payload=payload, deduplication_key=key, by=BY))


def _sentence(outcome: LoadOutcome) -> str:
    company = f"sample company, seed {outcome.seed}{' (healthy twin)' if outcome.healthy else ''}"
    if not outcome.changed_anything:
        return f"The {company}, opened on {outcome.opened_on}, is up to date; nothing was changed."
    verb = "Loaded" if outcome.is_first else "Extended"
    return (
        f"{verb} the {company}: {outcome.files} files with {outcome.readings} readings and {outcome.restated} "
        f"corrections, {outcome.plan_rows} rows of the plan around them."
    )
