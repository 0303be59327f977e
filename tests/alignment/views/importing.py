"""What the tests of imports share: handing a file in, choosing, confirming, reading what is shown."""

from __future__ import annotations

from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import strip_tags

from alignment.models import ImportBatch, ImportUpload
from tests.alignment.importing.conftest import CREATE

GOOD = "date,visits\n2026-01-05,1\n2026-01-12,2\n2026-01-19,3\n"
LEAD = "technology-lead"


def hand_in(client: Client, content: str | bytes, name: str = "visits.csv") -> ImportUpload:
    raw = content.encode() if isinstance(content, str) else content
    answer = client.post("/imports/new", {"files": SimpleUploadedFile(name, raw)})
    assert answer.status_code == 302, text_of(answer)
    upload = ImportUpload.objects.latest("id")
    assert answer["Location"] == f"/imports/uploads/{upload.token}"
    return upload


def choices(**given: Any) -> dict[str, Any]:
    form = {
        name: value
        for name, value in given.items()
        if value not in (None, False, ()) and name not in ("ignored_columns", "metrics", "prefix")
    }
    form["ignored_columns"] = "\n".join(given.get("ignored_columns", ()))
    form["key_prefix"] = given.get("prefix", "")
    form["match_name"] = [name for name, _ in given.get("metrics", ())]
    form["match_key"] = [key for _, key in given.get("metrics", ())]
    if form.get("delimiter") == "\t":
        form["delimiter"] = "tab"
    return {"act": "look", **form}


def look(client: Client, upload: ImportUpload, **given: Any) -> ImportUpload:
    answer = client.post(f"/imports/uploads/{upload.token}", choices(**given))
    assert answer.status_code == 302, text_of(answer)
    upload.refresh_from_db()
    return upload


def confirm(client: Client, upload: ImportUpload, seen: str | None = None) -> Any:
    upload.refresh_from_db()
    return client.post(
        f"/imports/uploads/{upload.token}", {"act": "import", "seen": upload.mark if seen is None else seen}
    )


def imported(client: Client, content: str | bytes, name: str = "visits.csv", **given: Any) -> ImportBatch:
    upload = look(client, hand_in(client, content, name), **(CREATE | given))
    assert confirm(client, upload).status_code == 302
    upload.refresh_from_db()
    assert upload.batch is not None, upload.preview
    return upload.batch


def text_of(answer: Any) -> str:
    """What a reader sees, elements apart by a space."""
    return " ".join(unescape(strip_tags(answer.content.decode().replace("<", " <"))).split())
