"""Rows that an import left out: kept as they were written, and the choices to read them again with once mended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from alignment.audit import acting_as
from alignment.importing.options import Options
from alignment.importing.recognise import Recognition
from alignment.importing.refusals import Refusal
from alignment.models import ImportBatch, ImportRefusedRows

_MOST_CHARACTERS = 1_000_000
_NAMED = re.compile(
    r"-refused-rows-([0-9]{1,12})(?: ?\([0-9]+\)| copy)*\.(?:csv|txt|tsv|xlsx)", re.IGNORECASE
)


def keep_refused_rows(
    *, batch_id: int, recognition: Recognition, refusals: Sequence[Refusal], by: str
) -> None:
    """Keep the rows that were refused for themselves, at most a million characters of them. Metrics that were
    refused with all their readings have theirs in the file alone."""
    lines = {refusal.line for refusal in refusals if refusal.line and not refusal.whole}
    if not lines:
        return
    last, kept, length = max(lines), [], 0
    for line, cells in recognition.table.rows():
        if line in lines:
            length += sum(map(len, cells))
            if length > _MOST_CHARACTERS:
                break
            kept.append([line, [cell.replace("\0", "") for cell in cells]])
        if line >= last:
            break
    with acting_as(by):
        ImportRefusedRows.objects.create(batch_id=batch_id, header=list(recognition.table.header), rows=kept)


def file_name(batch: ImportBatch) -> str:
    """The refused rows' file name: of the same source as the file that they come from."""
    stem = batch.file_name.rpartition(".")[0] or batch.file_name
    return f"{stem}-refused-rows-{batch.pk}.csv"


def choices_for(name: str) -> Options | None:
    """The choices of the import that a file of refused rows comes from, told by the file's name; None for others.

    What was about the file as a whole is left out: how its bytes were read, and what was let through.
    """
    named = _NAMED.search(name)
    batch = (
        ImportBatch.objects.filter(pk=int(named.group(1)), refused_rows__isnull=False).first()
        if named
        else None
    )
    if batch is None:
        return None
    chosen = Options.from_json(batch.options)
    return replace(chosen, encoding=None, delimiter=None, sheet=None, good_rows_only=False, restate=False)
