"""Files that are handed in through the pages: kept, read with choices, refused with words, saved as profiles."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from alignment import queueing
from alignment.importing import uploads
from alignment.importing.uploads import forget_old_uploads
from alignment.models import (
    AuditEvent,
    ImportBatch,
    ImportProfile,
    ImportUpload,
    ImportUploadPart,
    Job,
    Metric,
    Observation,
)
from tests.alignment.importing.conftest import CREATE
from tests.alignment.importing.hostile import CASES, Accepted, Case, Elsewhere, Refused
from tests.alignment.views.importing import GOOD, LEAD, choices, confirm, hand_in, look, text_of


def test_nothing_handed_in_is_said_beside_the_form(lead: Client) -> None:
    answer = lead.post("/imports/new", {})
    assert answer.status_code == 422
    assert "Choose a file, drop one here, or paste rows with their header." in text_of(answer)


def test_pasted_rows_are_a_file(lead: Client) -> None:
    lead.post("/imports/new", {"pasted": GOOD.replace(",", "\t")})
    upload = ImportUpload.objects.get()
    assert (upload.file_name, upload.by_name) == ("pasted.csv", LEAD)
    look(lead, upload, **CREATE)
    assert upload.preview is not None
    assert upload.preview["new"] == 3


def test_several_files_wait_for_a_decision_each(lead: Client) -> None:
    files = [SimpleUploadedFile(f"file-{n}.csv", GOOD.encode()) for n in range(3)]
    answer = lead.post("/imports/new", {"files": files})
    assert answer["Location"] == "/imports/new"
    shown = text_of(lead.get("/imports/new"))
    assert all(f"file-{n}.csv" in shown for n in range(3))
    assert ImportUpload.objects.count() == 3


def test_an_empty_file_is_not_kept(lead: Client) -> None:
    answer = lead.post("/imports/new", {"files": SimpleUploadedFile("empty.csv", b"x")})
    assert answer.status_code == 302
    pieces = [b""]
    with pytest.raises(uploads.ImportRefused, match="The file is empty"):
        uploads.keep_upload(
            name="empty.csv",
            pieces=pieces,
            options=uploads.Options(),
            user=ImportUpload.objects.get().by,  # type: ignore[arg-type]
            now=timezone.now(),
        )


def test_a_file_beyond_the_limit_is_not_kept(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads.Limits, "__init__", lambda self: object.__setattr__(self, "file_bytes", 20))
    answer = lead.post("/imports/new", {"files": SimpleUploadedFile("large.csv", GOOD.encode())})
    assert answer.status_code == 422
    assert "more than 20 bytes" in text_of(answer)
    assert not ImportUpload.objects.exists()
    assert not ImportUploadPart.objects.exists()


def test_bytes_come_back_as_they_were(lead: Client) -> None:
    content = b"".join(bytes([n % 251]) for n in range(2_500_000))
    upload = hand_in(lead, b"date,visits\n" + content, "odd.csv")
    assert upload.parts.count() == 3
    with uploads.bytes_of(upload) as file, file.open() as stream:
        assert stream.read() == b"date,visits\n" + content
        assert file.size == upload.size == len(content) + 12


def test_old_uploads_are_forgotten_with_their_bytes(lead: Client) -> None:
    upload = hand_in(lead, GOOD)
    assert forget_old_uploads(now=upload.uploaded_at + timedelta(days=6)) == 0
    assert forget_old_uploads(now=upload.uploaded_at + timedelta(days=8)) == 1
    assert not ImportUploadPart.objects.exists()
    assert lead.get(f"/imports/uploads/{upload.token}").status_code == 404


def _gone_wrong(upload: ImportUpload, state: str) -> None:
    """The worker ended while it was at the upload."""
    ImportUpload.objects.filter(pk=upload.pk).update(state=state)
    Job.objects.filter(pk=upload.job_id).update(state="dead", error="killed")


def test_trying_again_keeps_the_choices(lead: Client) -> None:
    upload = look(lead, hand_in(lead, GOOD), prefix="web", **CREATE)
    _gone_wrong(upload, "looking")
    page = lead.get(f"/imports/uploads/{upload.token}").content.decode()
    assert 'name="act" value="again"' in page
    assert 'name="act" value="discard"' in page
    lead.post(f"/imports/uploads/{upload.token}", {"act": "again"})
    upload.refresh_from_db()
    assert (upload.state, upload.options["prefix"]) == ("ready", "web.")
    assert upload.preview is not None
    assert upload.preview["new"] == 3


@pytest.mark.parametrize("state", ["looking", "importing"])
def test_what_no_worker_does_any_more_can_be_discarded_and_is_forgotten(lead: Client, state: str) -> None:
    discarded, forgotten = (look(lead, hand_in(lead, GOOD), **CREATE) for _ in range(2))
    for upload in (discarded, forgotten):
        _gone_wrong(upload, state)
    assert 'value="discard"' in lead.get(f"/imports/uploads/{discarded.token}").content.decode()
    lead.post(f"/imports/uploads/{discarded.token}", {"act": "discard"})
    assert not ImportUpload.objects.filter(pk=discarded.pk).exists()
    assert forget_old_uploads(now=forgotten.uploaded_at + timedelta(days=8)) == 1
    assert not ImportUploadPart.objects.exists()


@pytest.mark.parametrize("job", ["queued", "running"])
def test_what_a_worker_imports_is_neither_discarded_nor_forgotten(
    lead: Client, monkeypatch: pytest.MonkeyPatch, job: str
) -> None:
    upload = look(lead, hand_in(lead, GOOD), **CREATE)
    monkeypatch.setattr(uploads, "AT_ONCE_BYTES", 0)
    confirm(lead, upload)
    upload.refresh_from_db()
    if job == "running":
        Job.objects.filter(pk=upload.job_id).update(
            state=job, lease_until=timezone.now() + timedelta(minutes=1), lease_token=uuid4()
        )
    lead.post(f"/imports/uploads/{upload.token}", {"act": "discard"})
    assert forget_old_uploads(now=upload.uploaded_at + timedelta(days=8)) == 0
    assert ImportUpload.objects.filter(pk=upload.pk, state="importing").exists()


def test_a_file_can_be_discarded(lead: Client) -> None:
    upload = hand_in(lead, GOOD)
    assert lead.post(f"/imports/uploads/{upload.token}", {"act": "discard"})["Location"] == "/imports"
    assert not ImportUpload.objects.exists()


def test_refusals_have_their_line_column_reason_and_fix(lead: Client) -> None:
    upload = look(
        lead,
        hand_in(lead, "metric,date,value\na,2026-01-05,(500)\na,2026-01-12,2\na,2026-01-19,12%\n"),
        decimal=".",
        **CREATE,
    )
    assert upload.state == "refused"
    page = lead.get(f"/imports/uploads/{upload.token}")
    shown = text_of(page)
    assert "visits.csv cannot be imported yet: 2 problems" in shown
    assert "Line 2 value (500)" in shown
    assert "Line 4 value 12%" in shown
    assert "parentheses" in shown
    assert "Leave the faulty rows out and look again" in shown
    assert "First rows of the file" in shown
    assert not Observation.objects.exists()


def test_choices_are_called_as_on_the_page(lead: Client) -> None:
    upload = hand_in(lead, GOOD)
    shown = text_of(lead.get(f"/imports/uploads/{upload.token}"))
    assert "There is no metric visits." in shown
    assert "Or create it with “Create metrics that do not exist yet”." in shown
    assert "--" not in shown


def test_every_choice_is_on_the_page_and_obeyed(lead: Client) -> None:
    text = "when;what;note;total\n03/04/2026;a;x;1,5\n04/04/2026;a;y;2,5\n05/04/2026;a;z;3,5\n"
    upload = look(
        lead, hand_in(lead, text), delimiter=";", decimal=",", dates="d/m/y", cadence="day", date_column="when",
        metric_column="what", ignored_columns=("note",), prefix="shop", source="till", encoding="utf-8", **CREATE,
    )  # fmt: skip
    assert upload.state == "ready", upload.preview
    assert upload.preview is not None
    assert [row[2:] for row in upload.preview["readings"]] == [
        ["shop.a.total", "2026-04-03", "1.5"],
        ["shop.a.total", "2026-04-04", "2.5"],
        ["shop.a.total", "2026-04-05", "3.5"],
    ]
    page = lead.get(f"/imports/uploads/{upload.token}").content.decode()
    for name, value in {
        "delimiter": ";", "decimal": ",", "dates": "d/m/y", "cadence": "day", "date_column": "when",
        "metric_column": "what", "encoding": "utf-8", "category": "technical-performance", "direction": "higher",
    }.items():  # fmt: skip
        select = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)
        assert select is not None, name
        assert re.search(rf'value="{re.escape(value)}" selected', select.group()), name
    assert 'name="key_prefix" value="shop."' in page
    assert 'name="source" value="till"' in page
    confirm(lead, upload)
    assert ImportBatch.objects.get().source == "till"


def test_a_choice_that_is_none_is_a_422_with_everything_typed(lead: Client) -> None:
    upload = hand_in(lead, GOOD)
    answer = lead.post(
        f"/imports/uploads/{upload.token}", choices(decimal="!", prefix="kept") | {"source": "kept too"}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="kept"' in page
    assert 'value="kept too"' in page
    assert "Select a valid choice" in page


def test_a_column_is_sent_to_an_existing_metric(lead: Client) -> None:
    metric = Metric.objects.create(
        key="web.visits",
        name="Visits to the site",
        category="business-outcomes",
        unit="visits",
        cadence="week",
    )
    upload = look(lead, hand_in(lead, GOOD), metrics=(("visits", "web.visits"),))
    shown = text_of(lead.get(f"/imports/uploads/{upload.token}"))
    assert "web.visits existing" in shown
    confirm(lead, upload)
    assert metric.observations.count() == 3
    assert "“visits” is web.visits" in text_of(lead.get(f"/imports/{ImportBatch.objects.get().pk}"))


@pytest.mark.parametrize("case", CASES, ids=[f"{case.number:02d} {case.what}" for case in CASES])
def test_hostile_files_through_the_page(case: Case, lead: Client) -> None:
    if isinstance(case.verdict, Elsewhere):
        return
    Metric.objects.create(
        key="known.metric", name="Known metric", category="business-outcomes", unit="count", cadence="week"
    )
    answer = lead.post("/imports/new", {"files": SimpleUploadedFile(case.name, case.bytes)})
    if answer.status_code == 422:
        assert isinstance(case.verdict, Refused)
        assert case.verdict.words in text_of(answer)
        return
    assert answer.status_code == 302
    upload = look(lead, ImportUpload.objects.get(), **(CREATE | case.options))
    if upload.state == "looking":  # too large to be looked at in a request
        queueing.run_due()
        upload.refresh_from_db()
    page = lead.get(f"/imports/uploads/{upload.token}")
    assert page.status_code == 200
    if isinstance(case.verdict, Refused):
        assert upload.state == "refused"
        assert upload.preview is not None
        fitting = [
            row
            for row in upload.preview["refusals"]
            if case.verdict.words in f"{row['reason']} {row['mend']}"
        ]
        assert fitting, upload.preview["refusals"]
        assert case.verdict.line in (None, fitting[0]["line"])
        assert case.verdict.column in (None, fitting[0]["column"])
        shown = text_of(page)
        if case.verdict.line is not None:
            assert f"Line {case.verdict.line}" in shown
        confirm(lead, upload)
        assert not Observation.objects.exists()
        assert not ImportBatch.objects.exists()
        return
    assert isinstance(case.verdict, Accepted)
    assert confirm(lead, upload).status_code == 302
    queueing.run_due()
    assert Observation.objects.count() == len(case.verdict.readings)


def test_choices_are_saved_under_a_name_and_applied(lead: Client) -> None:
    upload = hand_in(lead, GOOD)
    form = choices(prefix="web", restate=True, good_rows_only=True, **CREATE)
    lead.post(f"/imports/uploads/{upload.token}", form | {"act": "save", "profile_name": "  Web  analytics "})
    profile = ImportProfile.objects.get()
    assert (profile.name, profile.by_name) == ("Web analytics", LEAD)
    assert profile.options["prefix"] == "web."
    assert (profile.options["restate"], profile.options["good_rows_only"]) == (False, False)
    event = AuditEvent.objects.get(table_name="alignment_importprofile")
    assert (event.operation, event.actor) == ("insert", LEAD)
    second = hand_in(lead, GOOD.replace("3\n", "4\n"))
    assert "Web analytics" in text_of(lead.get(f"/imports/uploads/{second.token}"))
    lead.post(f"/imports/uploads/{second.token}", {"act": "apply", "profile": "Web analytics"})
    second.refresh_from_db()
    assert second.options["prefix"] == "web."
    assert second.state == "ready"
    lead.post("/imports/new", {"pasted": GOOD, "profile": "Web analytics"})
    assert ImportUpload.objects.latest("id").options["prefix"] == "web."


def test_a_profile_that_is_not_there_is_said(lead: Client) -> None:
    upload = hand_in(lead, GOOD)
    for name in ("none such", "\0"):
        answer = lead.post("/imports/new", {"pasted": GOOD, "profile": name})
        assert answer.status_code == 422
        assert "There is no profile “" in text_of(answer)
        assert "date,visits" in text_of(answer)
        answer = lead.post(f"/imports/uploads/{upload.token}", {"act": "apply", "profile": name})
        assert answer.status_code == 422
        assert "Choose one of the list, or none." in text_of(answer)
    assert ImportUpload.objects.count() == 1


@pytest.mark.parametrize("field", ["match_name", "match_key"])
@pytest.mark.parametrize("act", ["look", "save"])
def test_a_nul_beside_a_name_is_refused_with_what_was_typed(lead: Client, field: str, act: str) -> None:
    upload = hand_in(lead, GOOD)
    form = choices(metrics=(("visits", "typed.key"),), prefix="kept") | {"act": act, "profile_name": "mine"}
    form[field] = [f"{form[field][0]}\0"]
    answer = lead.post(f"/imports/uploads/{upload.token}", form)
    assert answer.status_code == 422
    assert "holds a character (NUL) that no name has" in text_of(answer)
    page = answer.content.decode()
    assert 'value="kept"' in page
    assert 'value="typed.key' in page
    assert not ImportProfile.objects.exists()


FIELDS = (
    "act", "sheet", "encoding", "delimiter", "decimal", "dates", "cadence", "date_column", "metric_column",
    "ignored_columns", "key_prefix", "source", "create_metrics", "category", "unit", "direction", "round_decimals",
    "good_rows_only", "restate", "profile", "profile_name", "seen", "match_name", "match_key", "pasted",
)  # fmt: skip


@pytest.mark.parametrize("act", ["look", "save", "apply", "again", "good-rows", "import", "none such"])
def test_no_field_fails_for_a_character_that_cannot_be_stored(
    lead: Client, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    upload = hand_in(lead, GOOD)
    monkeypatch.setattr(uploads, "AT_ONCE_BYTES", 0)
    for field in FIELDS:
        form = choices(**CREATE) | {"act": act, "profile_name": "mine"} | {field: "a\0b"}
        if field in ("match_name", "match_key"):
            form["match_name"] = form["match_key"] = ["a\0b"]
        answer = lead.post(f"/imports/uploads/{upload.token}", form)
        assert answer.status_code in (302, 422), (field, text_of(answer))
    for field in ("profile", "pasted"):
        assert lead.post("/imports/new", {field: "a\0b"}).status_code in (302, 422), field


@pytest.mark.parametrize(
    ("name", "words"),
    [(" ", "Give the profile a name"), ("x" * 101, "at most 100"), ("a\u200bb", "invisible")],
)
def test_a_profile_needs_a_name_that_can_be_read(lead: Client, name: str, words: str) -> None:
    upload = hand_in(lead, GOOD)
    answer = lead.post(
        f"/imports/uploads/{upload.token}", choices(prefix="kept") | {"act": "save", "profile_name": name}
    )
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert 'value="kept"' in answer.content.decode()
    assert not ImportProfile.objects.exists()
