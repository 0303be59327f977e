"""A file looked at with its choices: what was recognised, what an import would write, and what that would move.

The import is really made, in a transaction that is taken back: what the preview says is what will happen.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from alignment.importing import staging
from alignment.importing.again import standing_batch
from alignment.importing.choices import check_choices
from alignment.importing.consequence import catch_up, consequence_of, stand
from alignment.importing.files import SourceFile
from alignment.importing.import_file import PASSES, company_calendar, read_counted
from alignment.importing.load import LoadResult, known_metrics, load_rows
from alignment.importing.matching import Plan, checked_prefix, make_plan, source_of
from alignment.importing.options import Options
from alignment.importing.recognise import Recognition, recognise
from alignment.importing.refusals import ImportRefused, visible
from alignment.importing.table import Table
from alignment.importing.uploads import bytes_of, mark_of
from alignment.models import Company, ImportUpload, ScorePolicy

Report = Callable[[int, int], None]
"""Takes the rows gone through, over all passes, and how many there are in all (0 where that is not known)."""

SHOWN_REFUSALS = 100
SHOWN_METRICS = 200
_SHOWN_ROWS, _SHOWN_COLUMNS, _SHOWN_CHANGES = 5, 12, 12


def preview_upload(*, upload_id: int, now: datetime, report: Report) -> None:
    """Look at an upload with its choices and store what was found. Does nothing for one that is gone or decided."""
    upload = ImportUpload.objects.filter(pk=upload_id, state=ImportUpload.State.LOOKING).first()
    if upload is None:
        return
    options = Options.from_json(upload.options)
    company = Company.objects.first()
    today = now.astimezone(ZoneInfo(company.time_zone if company else "UTC")).date()
    mark = mark_of(options, today)
    look = _Look(upload, options, now, report)
    with bytes_of(upload) as file:
        found = look.at(file)
    states = ImportUpload.State
    # Choices that changed meanwhile have a job of their own; what was found here is not about them.
    ImportUpload.objects.filter(pk=upload.pk, state=states.LOOKING, options=upload.options).update(
        preview=found,
        mark=mark,
        state=states.REFUSED if found["outcome"] == "refused" else states.READY,
    )


class _Look:
    def __init__(self, upload: ImportUpload, options: Options, now: datetime, report: Report) -> None:
        self.upload, self.options, self.now, self.report = upload, options, now, report
        self.found: dict[str, Any] = {"outcome": "ready"}

    def at(self, file: SourceFile) -> dict[str, Any]:
        """All that can be said, as far as it went."""
        try:
            self._whole(file)
        except ImportRefused as refused:
            self.found["outcome"] = "refused"
            self.found["refusals_total"] = refused.total
            self.found["refusals"] = [refusal.as_json() for refusal in refused.refusals[:SHOWN_REFUSALS]]
        return self.found

    def _whole(self, file: SourceFile) -> None:
        check_choices(self.options)
        checked_prefix(self.options.prefix)
        if earlier := standing_batch(file, self.options):
            self.found |= {"outcome": "already", "batch": earlier.pk}
            return
        total = PASSES * max(0, self.upload.lines - 1)
        table = read_counted(
            file, self.options, lambda done: self.report(done, max(done, total) if total else 0)
        )
        self.found |= _raw(table)
        recognition = recognise(table, self.options, company_calendar())
        self.found |= _recognised(recognition)
        source = source_of(self.options, file.family)
        plan = make_plan(recognition, self.options, known_metrics(), source)
        self.found |= {"source": source, **_matched(recognition, plan)}
        with transaction.atomic():
            try:
                self._try(file, recognition)
            finally:
                transaction.set_rollback(True)

    def _try(self, file: SourceFile, recognition: Recognition) -> None:
        """Import, look, and leave it to the caller to take everything back."""
        company = Company.objects.first()
        scored = company is not None and ScorePolicy.objects.filter(is_active=True).exists()
        day = self.now.astimezone(ZoneInfo(company.time_zone if company else "UTC")).date()
        staging.take_turn()
        if scored:
            catch_up(day, self.now)
        before = stand(day) if scored else None
        result = load_rows(
            recognition=recognition, file=file, options=self.options, by="system:import-preview", now=self.now
        )
        if result.already:
            self.found |= {"outcome": "already", "batch": result.batch_id}
            return
        self.found |= _loaded(result, recognition)
        if before is not None:
            self.found["consequence"] = consequence_of(before, result.touched, day, self.now).as_json()


def _raw(table: Table) -> dict[str, Any]:
    rows = list(islice(table.rows(), _SHOWN_ROWS))
    return {
        "header": [visible(name, 200) for name in table.header],
        "raw": [[line, [visible(cell, 40) for cell in cells[:_SHOWN_COLUMNS]]] for line, cells in rows],
        "kind": table.kind,
    }


def _recognised(recognition: Recognition) -> dict[str, Any]:
    return {
        "recognised": [list(entry) for entry in recognition.describe()],
        "notices": list(recognition.notices),
        "rows": recognition.readings,
        "blanks": recognition.blanks,
        "form": recognition.layout.form.value,
    }


def _matched(recognition: Recognition, plan: Plan) -> dict[str, Any]:
    """Which name of the file becomes which metric."""
    new = {metric.key: metric for metric in plan.new}
    rows = []
    for seen in recognition.metrics[:SHOWN_METRICS]:
        target = plan.targets.get(seen.label)
        created = new.get(target.key) if target else None
        rows.append(
            {
                "name": visible(seen.name, 200),
                "readings": seen.readings,
                "key": target.key if target else "",
                "becomes": "refused" if target is None else "new" if created else "existing",
                "note": created.kind_words if created else "",
            }
        )
    return {"metrics": rows, "metrics_total": len(recognition.metrics)}


def _loaded(result: LoadResult, recognition: Recognition) -> dict[str, Any]:
    assert result.batch_id is not None
    return {
        "new": result.new,
        "changed": result.changed,
        "unchanged": result.unchanged,
        "refused": result.refused,
        "repeated": result.repeated,
        "unended": result.unended,
        "again": result.again,
        "kept": result.kept,
        "refusals_total": result.refused,
        "refusals": [refusal.as_json() for refusal in result.refusals[:SHOWN_REFUSALS]],
        "touched": len(result.touched),
        "since": min((day for _, day in result.touched)).isoformat() if result.touched else None,
        "readings": [
            [line, column, key, period.isoformat(), _digits(value)]
            for line, column, key, period, value in staging.staged_sample(8)
        ],
        "changes": [
            [key, name, unit, period.isoformat(), _digits(old), _digits(new)]
            for key, name, unit, period, old, new in staging.replaced_sample(result.batch_id, _SHOWN_CHANGES)
        ],
    }


def _digits(value: Decimal) -> str:
    """All digits that say something, no exponent."""
    return format(value.normalize(), "f")
