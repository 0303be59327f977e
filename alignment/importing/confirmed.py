"""The import of an upload that a person confirmed, and the undo that they asked for: what the jobs do."""

from __future__ import annotations

from datetime import datetime

from alignment import queueing
from alignment.importing.import_file import PASSES, import_file
from alignment.importing.options import Options
from alignment.importing.previewing import SHOWN_REFUSALS, Report
from alignment.importing.refusals import ImportRefused
from alignment.importing.staging import turn_is_free
from alignment.importing.undo import UndoRefused, undo_batch
from alignment.importing.uploads import bytes_of, look_again_if_changed
from alignment.models import ImportBatch, ImportUpload, Job, User
from alignment.scoring.loading import load_house

UNDO = "undo-import"
_AT_ONCE_READINGS = 5_000


def import_upload(*, upload_id: int, user_id: int, now: datetime, report: Report) -> None:
    """Import an upload that was confirmed. Safe to run twice: the same bytes read in the same way are one batch.

    Where the data changed since the preview that was confirmed, the preview is made anew instead. A file that is
    refused after all leaves a failed batch and says why.
    """
    upload = ImportUpload.objects.filter(pk=upload_id, state=ImportUpload.State.IMPORTING).first()
    if upload is None:
        return
    user = User.objects.get(pk=user_id)
    options = Options.from_json(upload.options)
    if look_again_if_changed(upload, options, load_house().day_of(now)):
        return
    total = PASSES * max(0, upload.lines - 1)
    with bytes_of(upload) as file:
        try:
            done = import_file(
                file=file,
                options=options,
                by=user.get_username(),
                user=user,
                now=now,
                progress=lambda rows: report(rows, max(rows, total) if total else 0),
            )
        except ImportRefused as refused:
            _refused(upload, refused)
            return
        assert done.result.batch_id is not None
        batch = ImportBatch.objects.get(pk=done.result.batch_id)
    upload.batch, upload.state = batch, ImportUpload.State.IMPORTED
    upload.said = "This file was imported before, read in the same way." if done.result.already else ""
    upload.save()
    upload.parts.all().delete()


def _refused(upload: ImportUpload, refused: ImportRefused) -> None:
    upload.state = ImportUpload.State.REFUSED
    upload.said = (
        "Nothing was imported: the data changed since the preview, and the file does not fit any more."
    )
    upload.preview = (upload.preview or {}) | {
        "outcome": "refused",
        "refusals_total": refused.total,
        "refusals": [refusal.as_json() for refusal in refused.refusals[:SHOWN_REFUSALS]],
    }
    upload.save()


def ask_undo(*, batch: ImportBatch, user: User) -> Job:
    """Ask for an import to be taken back: at once where it is small and nobody else imports, else by a worker."""
    job = queueing.enqueue(
        UNDO,
        payload={"batch": batch.pk, "by": user.get_username()},
        deduplication_key=f"{UNDO}:{batch.pk}",
        by=user.get_username(),
    )
    if batch.rows_new + batch.rows_changed > _AT_ONCE_READINGS or not turn_is_free():
        return job
    try:
        return queueing.run_now(job)
    except queueing.JobFailed:
        return Job.objects.get(pk=job.pk)


def undo_asked(*, batch_id: int, by: str, now: datetime) -> None:
    """Take the batch back. One that is undone already is left; JobFailed says why one cannot be."""
    if ImportBatch.objects.filter(pk=batch_id, state=ImportBatch.State.UNDONE).exists():
        return
    try:
        undo_batch(batch_id=batch_id, by=by, now=now)
    except UndoRefused as refused:
        raise queueing.JobFailed(str(refused)) from refused


def undo_job(batch: ImportBatch) -> Job | None:
    """The last job that was asked to undo the batch."""
    return Job.objects.filter(deduplication_key=f"{UNDO}:{batch.pk}").order_by("-id").first()
