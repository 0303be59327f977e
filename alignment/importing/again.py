"""A file that was imported before: whether all its readings can still stand, or some were taken back since."""

from __future__ import annotations

from datetime import timedelta

from alignment.importing.files import SourceFile
from alignment.importing.matching import source_of
from alignment.importing.options import Options
from alignment.models import ImportBatch

_LONGEST_WAIT = timedelta(hours=1)
"""An undo notes when it was asked for; it waits at most half an hour for its turn."""


def fingerprint_of(file: SourceFile, options: Options) -> str:
    """The same for the same reading of the same bytes."""
    return options.fingerprint(source_of(options, file.family))


def earlier_batch(file: SourceFile, options: Options) -> ImportBatch | None:
    """The latest loaded batch of these bytes read in this way; an undone one does not count."""
    return (
        ImportBatch.objects.filter(
            file_sha256=file.sha256,
            options_fingerprint=fingerprint_of(file, options),
            state=ImportBatch.State.LOADED,
        )
        .order_by("-id")
        .first()
    )


def may_lack_readings(batch: ImportBatch) -> bool:
    """Whether readings of the batch's file can be gone: an import was undone since. A reading that the file only
    repeated belongs to the batch that brought it, and went with that batch's undo."""
    assert batch.imported_at is not None
    undone = ImportBatch.objects.filter(state=ImportBatch.State.UNDONE)
    return undone.filter(undone_at__gt=batch.imported_at - _LONGEST_WAIT).exists()


def standing_batch(file: SourceFile, options: Options) -> ImportBatch | None:
    """The batch that answers for this file without the file being read: no reading of it can be gone."""
    earlier = earlier_batch(file, options)
    return None if earlier is None or may_lack_readings(earlier) else earlier
