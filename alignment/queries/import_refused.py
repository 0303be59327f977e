"""What an import refused, as a file: the rows themselves to be mended and handed in again, or where they stand."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Func, IntegerField

from alignment.exporting.delimited import as_csv
from alignment.exporting.sheet import Column, Sheet
from alignment.importing.mended import written
from alignment.importing.refusals import KEPT_REFUSALS
from alignment.importing.refused_rows import file_name
from alignment.models import ImportBatch, ImportRefusedRows
from alignment.queries.import_upload import refused_rows
from alignment.queries.words import counted

_COLUMNS = (
    Column("line", "number"), Column("column"), Column("value"), Column("reason"), Column("how to mend it"),
)  # fmt: skip
_HOW = (
    "Mend them in that very file and hand it in: it is read with the choices of this import, and the two columns of "
    "notes at its end are left out."
)
_WHOLE = "Metrics that were refused with all their readings are not in it: hand in the source file again for those."
_MORE = "Further refused rows are not in it: mend those in the source file."


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """The link to the refused rows and what to do with them."""

    label: str
    note: str


def refused_file(batch: ImportBatch) -> RefusedFile:
    """What the file of refused rows holds. One query."""
    length = Func(F("rows"), function="jsonb_array_length", output_field=IntegerField())
    kept = ImportRefusedRows.objects.filter(batch=batch).values_list(length).first()
    if not kept or not kept[0]:
        note = "Each with its line, column and reason: mend them in the source file and hand that in again."
        return RefusedFile("What was refused, as a CSV file", note)
    own = {refusal.get("line") for refusal in batch.refusals if not refusal.get("whole")}
    notes = [_HOW]
    if any(refusal.get("whole") for refusal in batch.refusals):
        notes.append(_WHOLE)
    if len(own - {None}) > kept[0] or len(batch.refusals) >= KEPT_REFUSALS:
        notes.append(_MORE)
    return RefusedFile(f"{counted(kept[0], 'refused row')} as a CSV file", " ".join(notes))


def refused_as_csv(batch: ImportBatch) -> tuple[str, bytes]:
    """The file's name and bytes: rows as they were written with line and reason behind them; for an import that kept
    no row (a refused file, a metric refused as a whole) where each refusal stands."""
    kept = ImportRefusedRows.objects.filter(batch=batch).first()
    if kept is None or not kept.rows:
        rows = tuple(
            (None if row.line == "the file" else int(row.line), row.column, row.value, row.reason, row.mend)
            for row in refused_rows(batch.refusals)
        )
        return f"refused-in-import-{batch.pk}.csv", as_csv(Sheet("Refused", _COLUMNS, rows))
    reasons: dict[int, list[str]] = {}
    of_rows = [stored for stored in batch.refusals if stored.get("line") and not stored.get("whole")]
    for row in refused_rows(of_rows):
        place = f"{row.column}: " if row.column else ""
        reasons.setdefault(int(row.line), []).append(f"{place}{row.reason} {row.mend}")
    lines = ((line, cells, " ".join(reasons.get(line, ()))) for line, cells in kept.rows)
    return file_name(batch), written(kept.header, lines)
