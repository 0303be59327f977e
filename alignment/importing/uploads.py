"""Files that were handed in: kept in pieces, looked at, imported once, forgotten. The work itself is done by jobs.

keep -> [job: preview] -> choose -> [job: preview] -> ask_import -> [job: import]
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Q

from alignment import queueing
from alignment.audit import acting_as
from alignment.importing.files import SourceFile, safe_name
from alignment.importing.options import Limits, Options
from alignment.importing.refusals import ImportRefused, Refusal
from alignment.importing.staging import turn_is_free
from alignment.models import AuditEvent, ImportBatch, ImportUpload, ImportUploadPart, Job, User

PREVIEW, IMPORT = "import-preview", "import-upload"
KEPT_FOR = timedelta(days=7)
AT_ONCE_BYTES = 256 * 1024
"""Files up to this size are looked at while the person waits; larger ones by a worker."""
_PIECE = 1024 * 1024
_PACKING = 1  # the fastest: a CSV file shrinks to a sixth, and storing it takes a third of the time
_OPEN = (ImportUpload.State.LOOKING, ImportUpload.State.READY, ImportUpload.State.REFUSED)
_UNDER_WAY = Q(state=ImportUpload.State.IMPORTING, job__state__in=(Job.State.QUEUED, Job.State.RUNNING))
_RESTS_ON = (
    "alignment_company",
    "alignment_epic",
    "alignment_guardrail",
    "alignment_importbatch",
    "alignment_keyresult",
    "alignment_keyresulttarget",
    "alignment_metric",
    "alignment_objective",
    "alignment_scorepolicy",
    "alignment_theme",
)


def keep_upload(
    *,
    name: str,
    pieces: Iterable[bytes],
    options: Options,
    user: User,
    now: datetime,
    limits: Limits | None = None,
) -> ImportUpload:
    """Keep a file that was handed in and ask for its preview. Never holds more than a piece of it.

    Raises ImportRefused where it is empty or too large.
    """
    with acting_as(user.get_username()):
        upload = ImportUpload.objects.create(
            file_name=safe_name(name),
            size=0,
            sha256="",
            by=user,
            by_name=user.get_username(),
            uploaded_at=now,
            options=options.as_json(),
        )
        _store(upload, pieces, limits or Limits())
        upload.job = _preview_job(upload)
        upload.save()
    return upload


def _store(upload: ImportUpload, pieces: Iterable[bytes], limits: Limits) -> None:
    digest = hashlib.sha256()
    for number, piece in enumerate(_evened(pieces)):
        upload.size += len(piece)
        if upload.size > limits.file_bytes:
            reason = f"The file has more than {limits.file_bytes:,} bytes, which is the most that is read."
            raise ImportRefused(Refusal(reason, "Split it by period or by metric."))
        digest.update(piece)
        upload.lines += piece.count(b"\n")
        packed = zlib.compress(piece, _PACKING)
        ImportUploadPart.objects.create(upload=upload, number=number, content=packed)
    if not upload.size:
        raise ImportRefused(Refusal("The file is empty.", "Export it again, with a header and its rows."))
    upload.sha256 = digest.hexdigest()
    is_workbook = upload.file_name.lower().endswith((".xlsx", ".xls", ".ods"))
    upload.lines = 0 if is_workbook else upload.lines


def _evened(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one size."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= _PIECE:
            yield bytes(held[:_PIECE])
            del held[:_PIECE]
    if held:
        yield bytes(held)


@contextmanager
def bytes_of(upload: ImportUpload) -> Iterator[SourceFile]:
    """The upload as a file on a disk of ours while the block runs, under a name of ours."""
    with tempfile.TemporaryDirectory(prefix="plumbline-import-") as folder:
        path = Path(folder) / "bytes"
        with path.open("wb") as stream:
            for content in upload.parts.values_list("content", flat=True).iterator(chunk_size=4):
                stream.write(zlib.decompress(content))
        yield SourceFile(upload.file_name, lambda: path.open("rb"), upload.size, upload.sha256)


def choose(*, upload_id: int, options: Options, by: str) -> ImportUpload:
    """Change the choices and ask for the preview anew. Without effect on an upload that is imported already."""
    with acting_as(by):
        upload = ImportUpload.objects.select_for_update().get(pk=upload_id)
        if upload.state in _OPEN:
            _look_again(upload, options, said="")
    return upload


def ask_import(*, upload_id: int, seen: str, user: User, today: date) -> ImportUpload:
    """Ask for the import that the person saw a preview of: once, however often it is asked.

    `seen` is the mark of the preview that they confirmed. Where the data or the choices changed since, nothing is
    imported; the preview is made anew and `said` says why.
    """
    with acting_as(user.get_username()):
        upload = ImportUpload.objects.select_for_update().get(pk=upload_id)
        options = Options.from_json(upload.options)
        gone_wrong = upload.job is not None and upload.job.state in (Job.State.FAILED, Job.State.DEAD)
        if upload.state == ImportUpload.State.IMPORTED or (
            upload.state == ImportUpload.State.IMPORTING and not gone_wrong
        ):
            return upload
        if upload.state in _OPEN and (seen != upload.mark or mark_of(options, today) != upload.mark):
            _look_again(upload, options, said=_CHANGED)
            return upload
        if upload.state not in (ImportUpload.State.READY, ImportUpload.State.IMPORTING):
            return upload
        upload.state, upload.said = ImportUpload.State.IMPORTING, ""
        upload.job = queueing.enqueue(
            IMPORT,
            payload={"upload": upload.pk, "by": user.pk},
            deduplication_key=f"{IMPORT}:{upload.pk}",
            by=user.get_username(),
        )
        upload.save()
    return upload


_CHANGED = (
    "Nothing was imported: since you saw the preview, data or choices that it rests on changed. "
    "This is the preview as things stand now; look at it and confirm again."
)


def look_again_if_changed(upload: ImportUpload, options: Options, today: date) -> bool:
    """Whether what was confirmed rests on data that changed while the import waited; then the preview is made anew.

    A batch of these very bytes is no such change: an attempt whose worker ended after it had committed.
    """
    loaded = ImportBatch.objects.filter(file_sha256=upload.sha256, state=ImportBatch.State.LOADED)
    if mark_of(options, today) == upload.mark or loaded.exists():
        return False
    _look_again(upload, options, said=_CHANGED)
    return True


def discard(*, upload_id: int, by: str) -> None:
    """Forget an upload, unless a worker imports it or is about to."""
    with acting_as(by):
        ImportUpload.objects.filter(pk=upload_id).exclude(_UNDER_WAY).delete()


def forget_old_uploads(*, now: datetime) -> int:
    """Forget what was handed in more than seven days ago and no worker imports; returns how many."""
    old = ImportUpload.objects.filter(uploaded_at__lt=now - KEPT_FOR)
    return old.exclude(_UNDER_WAY).delete()[1].get("alignment.ImportUpload", 0)


def mark_of(options: Options, today: date) -> str:
    """What a preview rests on: the choices, the day, and the last change of anything that it read."""
    last = AuditEvent.objects.filter(table_name__in=_RESTS_ON).order_by("-id").values_list("id", flat=True)
    resting = [options.as_json(), today.isoformat(), last.first()]
    return hashlib.sha256(json.dumps(resting, sort_keys=True).encode()).hexdigest()


def run_small(upload: ImportUpload) -> None:
    """Do the waiting work on a small file here, so that its page comes complete; a worker does what is left."""
    if upload.size > AT_ONCE_BYTES or upload.job is None or not turn_is_free():
        return
    try:
        queueing.run_now(upload.job)
    except Exception:
        if connection.needs_rollback:
            raise


def _look_again(upload: ImportUpload, options: Options, *, said: str) -> None:
    upload.options, upload.said = options.as_json(), said
    upload.state, upload.preview, upload.mark = ImportUpload.State.LOOKING, None, ""
    upload.job = _preview_job(upload)
    upload.save()


def _preview_job(upload: ImportUpload) -> Job:
    with transaction.atomic():
        return queueing.enqueue(
            PREVIEW,
            payload={"upload": upload.pk},
            deduplication_key=f"{PREVIEW}:{upload.pk}",
            by=upload.by_name,
        )
