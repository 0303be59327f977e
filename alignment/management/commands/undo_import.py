"""`manage.py undo_import BATCH`: take an import back; what it replaced stands again."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alignment.importing.digest import readings_digest
from alignment.importing.refusals import visible
from alignment.importing.score_again import recompute_now
from alignment.importing.undo import UndoRefused, undo_batch
from alignment.models import ImportBatch, User

_LISTED = 20


class Command(BaseCommand):
    """Exit codes: 0 undone, 1 refused, 2 wrong usage."""

    help = "Take an import back: readings that it replaced stand again, readings that it added are removed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The batch, who asks, and the form of the answer."""
        parser.add_argument("batch", type=int, nargs="?", help="the number that import_metrics printed")
        parser.add_argument("--list", action="store_true", help="only show the latest batches, newest first")
        parser.add_argument("--by", metavar="USERNAME", help="who undoes (default: system:undo_import)")
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")
        parser.add_argument("--digest", action="store_true", help="also print one hash over all readings")

    def handle(self, *args: Any, **given: Any) -> None:
        """Undo one batch and recompute what it touched, or list the latest."""
        if given["list"]:
            self._list(as_json=given["json"])
            return
        if given["batch"] is None:
            raise CommandError("Say which batch. manage.py undo_import --list shows them.", returncode=2)
        by = given["by"] or "system:undo_import"
        if given["by"] and not User.objects.filter(username=by).exists():
            raise CommandError(f"Nobody has the user name “{by}”.", returncode=2)
        try:
            result = undo_batch(batch_id=given["batch"], by=by, now=datetime.now(UTC))
        except UndoRefused as refused:
            raise CommandError(str(refused), returncode=1) from refused
        digest = readings_digest() if given["digest"] else None
        recomputed = recompute_now(result.batch_id) if result.touched else []
        if given["json"]:
            answer = {"batch": result.batch_id, "restored": result.restored, "removed": result.removed}
            self.stdout.write(json.dumps(answer | ({"digest": digest} if digest else {})))
            return
        self.stdout.write(
            f"Batch {result.batch_id} ({result.file_name}) is undone: {result.restored:,} readings restored, "
            f"{result.removed:,} removed. Metrics that it created are kept."
        )
        for line in recomputed:
            self.stdout.write(line)
        if digest:
            self.stdout.write(f"Hash of all readings: {digest}")

    def _list(self, *, as_json: bool) -> None:
        batches = [_described(batch) for batch in ImportBatch.objects.order_by("-id")[:_LISTED]]
        if as_json:
            self.stdout.write(json.dumps({"batches": batches}, ensure_ascii=False))
            return
        if not batches:
            self.stdout.write("Nothing was imported yet.")
        for batch in batches:
            self.stdout.write(
                f"{batch['batch']:>6}  {batch['started_at'][:16].replace('T', ' ')}  {batch['state']:<7} "
                f"{visible(batch['file'], 60)}  from {visible(batch['source'], 40)}, by {visible(batch['by'], 40)}: "
                f"{batch['new']:,} new, {batch['changed']:,} changed, {batch['refused']:,} refused"
            )


def _described(batch: ImportBatch) -> dict[str, Any]:
    return {
        "batch": batch.pk,
        "file": batch.file_name,
        "source": batch.source,
        "by": batch.by_name,
        "started_at": batch.started_at.isoformat(),
        "state": batch.state,
        "new": batch.rows_new,
        "changed": batch.rows_changed,
        "refused": batch.rows_refused,
    }
