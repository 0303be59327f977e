"""Imports through the pages: who may, what is previewed and written once, the list, and how one is taken back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from alignment import queueing
from alignment.importing import uploads
from alignment.importing.digest import readings_digest
from alignment.models import (
    ImportBatch,
    ImportUpload,
    Job,
    Metric,
    Observation,
)
from alignment.models.people import Role
from alignment.permissions import IMPORTS_METRICS
from tests.alignment.importing.conftest import CREATE
from tests.alignment.small_company import SmallCompany
from tests.alignment.views.conftest import SignedIn
from tests.alignment.views.importing import GOOD, LEAD, confirm, hand_in, imported, look, text_of

READERS = sorted(set(Role.values) - {role.value for role in IMPORTS_METRICS})


@pytest.mark.parametrize("role", READERS)
def test_those_who_may_not_import_are_told_who_may(lead: Client, signed_in: SignedIn, role: str) -> None:
    upload = hand_in(signed_in(LEAD), GOOD)
    batch = imported(signed_in(LEAD), GOOD)
    client = signed_in(role)
    page = f"/imports/uploads/{upload.token}"
    for answer in (
        client.get("/imports/new"),
        client.post("/imports/new", {"pasted": GOOD}),
        client.get(page),
        client.get(f"{page}/progress"),
        client.post(page, {"act": "import"}),
        client.post(f"/imports/{batch.pk}/undo"),
    ):
        assert answer.status_code == 403
        assert "Technology leads, engineering leads and finance import metrics" in text_of(answer)
    assert ImportUpload.objects.count() == 2
    assert ImportBatch.objects.get().state == "loaded"
    listed = client.get("/imports")
    assert listed.status_code == 200
    assert "Import metrics" not in text_of(listed)
    one = client.get(f"/imports/{batch.pk}")
    assert one.status_code == 200
    assert "visits.csv added 3 readings" in text_of(one)
    assert "Undo this import" not in text_of(one)


@pytest.mark.parametrize("role", sorted(IMPORTS_METRICS))
def test_those_who_may_import_do(lead: Client, signed_in: SignedIn, role: str) -> None:
    batch = imported(signed_in(role), GOOD)
    assert (batch.state, batch.by_name, batch.rows_new) == ("loaded", role, 3)
    assert "Import metrics" in text_of(signed_in(role).get("/imports"))


def test_outsiders_see_no_import(lead: Client, signed_in: SignedIn) -> None:
    batch = imported(signed_in(LEAD), GOOD)
    outsider = signed_in("outsider")
    assert outsider.get(f"/imports/{batch.pk}").status_code == 404
    assert outsider.get(f"/imports/{batch.pk}/refused.csv").status_code == 404
    assert "visits.csv" not in text_of(outsider.get("/imports"))


def test_what_is_not_there_is_a_404(lead: Client) -> None:
    for address in (
        "/imports/999",
        "/imports/999/refused.csv",
        "/imports/uploads/00000000-0000-4000-8000-000000000000",
    ):
        assert lead.get(address).status_code == 404


def test_a_preview_writes_nothing(lead: Client) -> None:
    before = readings_digest()
    upload = look(lead, hand_in(lead, GOOD), **CREATE)
    assert upload.state == "ready"
    assert readings_digest() == before
    assert not ImportBatch.objects.exists()
    assert not Metric.objects.exists()
    assert not Job.objects.filter(kind="recompute").exists()


def test_a_preview_of_the_same_file_again_says_which_import_it_was(lead: Client) -> None:
    batch = imported(lead, GOOD)
    upload = look(lead, hand_in(lead, GOOD), **CREATE)
    shown = text_of(lead.get(f"/imports/uploads/{upload.token}"))
    assert f"The same bytes were imported before, read in the same way: import {batch.pk} ." in shown
    assert '<button class="button" type="submit" name="act" value="import"' not in shown


class TestOfTheSmallCompany:
    """Readings of metrics that key results rest on."""

    @pytest.fixture
    def file(self, small_company: SmallCompany) -> str:
        """The last four weeks of the first metric, restated far lower, and a week that is new."""
        rows = small_company.metrics[0].observations.order_by("-period_start")[:4]
        lines = "".join(
            f"{small_company.metrics[0].key},{row.period_start},{int(row.value) - 60}\n" for row in rows
        )
        return f"metric,date,value\n{lines}"

    def test_the_preview_shows_changes_and_what_would_move(
        self, small_company: SmallCompany, signed_in: SignedIn, file: str
    ) -> None:
        lead = signed_in(LEAD)
        before = readings_digest()
        upload = look(lead, hand_in(lead, file), cadence="week")
        assert upload.preview is not None
        assert (upload.preview["new"], upload.preview["changed"]) == (0, 4)
        assert readings_digest() == before
        shown = text_of(lead.get(f"/imports/uploads/{upload.token}"))
        assert "visits.csv would change 4 readings" in shown
        assert re.search(r"sales 0 sales\.0 9.Nov.2026 139 79.deals", shown)
        promised = upload.preview["consequence"]
        assert promised["after"] < promised["before"]
        confirm(lead, upload)
        queueing.run_due()
        from alignment.importing.consequence import stand

        now = timezone.localdate()
        assert stand(now).company == promised["after"]
        for moved in promised["key_results"]:
            assert moved["before"] != moved["after"]

    def test_undo_brings_back_readings_and_scores(
        self, small_company: SmallCompany, signed_in: SignedIn, file: str
    ) -> None:
        from alignment.importing.consequence import catch_up, stand

        lead, today = signed_in(LEAD), timezone.localdate()
        catch_up(today, timezone.now())
        digest, before = readings_digest(), stand(today)
        batch = imported(lead, file, cadence="week")
        queueing.run_due()
        assert stand(today) != before
        page = text_of(lead.get(f"/imports/{batch.pk}"))
        assert "visits.csv changed 4 readings" in page
        assert (
            "Undo puts back the 4 readings that it replaced, of 1 metric, and computes the scores anew."
            in page
        )
        assert "are up to date with this import" in page
        assert "9 Nov 2026 139 deals 79 deals" in page.replace("\u00a0", " ")
        assert lead.post(f"/imports/{batch.pk}/undo")["Location"] == f"/imports/{batch.pk}"
        queueing.run_due()
        assert readings_digest() == digest
        assert stand(today) == before
        after = text_of(lead.get(f"/imports/{batch.pk}"))
        assert "and was undone" in after
        assert "Undo this import" not in after

    def test_a_later_import_of_the_same_readings_blocks_the_undo(
        self, small_company: SmallCompany, signed_in: SignedIn, file: str
    ) -> None:
        lead = signed_in(LEAD)
        first = imported(lead, file, cadence="week")
        second = imported(
            lead, re.sub(r",(\d+)\n", r",\g<1>5\n", file), "later.csv", cadence="week", source="visits"
        )
        page = text_of(lead.get(f"/imports/{first.pk}"))
        assert (
            f"cannot be undone: later imports restated readings of it: batch {second.pk} (later.csv" in page
        )
        assert "Undo this import" not in page
        lead.post(f"/imports/{first.pk}/undo")
        assert ImportBatch.objects.get(pk=first.pk).state == "loaded"
        assert "Not undone" in text_of(lead.get(f"/imports/{first.pk}"))


def test_a_double_click_is_one_import(lead: Client) -> None:
    upload = look(lead, hand_in(lead, GOOD), **CREATE)
    mark = upload.mark
    answers = [confirm(lead, upload, mark) for _ in range(3)]
    assert {answer["Location"] for answer in answers} == {f"/imports/uploads/{upload.token}"}
    assert ImportBatch.objects.count() == 1
    assert (
        lead.get(f"/imports/uploads/{upload.token}")["Location"] == f"/imports/{ImportBatch.objects.get().pk}"
    )


def test_the_same_file_handed_in_twice_is_one_import(lead: Client) -> None:
    one, two = (look(lead, hand_in(lead, GOOD), **CREATE) for _ in range(2))
    confirm(lead, one)
    confirm(lead, two)
    two.refresh_from_db()
    assert two.preview == {"outcome": "already", "batch": ImportBatch.objects.get().pk}


def test_a_job_that_runs_again_imports_nothing_twice(lead: Client) -> None:
    upload = look(lead, hand_in(lead, GOOD), **CREATE)
    confirm(lead, upload)
    from alignment.importing.confirmed import import_upload

    ImportUpload.objects.filter(pk=upload.pk).update(state="importing")
    import_upload(
        upload_id=upload.pk, user_id=upload.by_id or 0, now=timezone.now(), report=lambda a, b: None
    )
    assert ImportBatch.objects.count() == 1
    assert Observation.objects.count() == 3


def test_a_stale_preview_is_made_anew_and_said(lead: Client) -> None:
    upload = look(lead, hand_in(lead, GOOD), **CREATE)
    seen = upload.mark
    imported(lead, "date,visits\n2026-01-05,9\n2026-01-12,2\n2026-01-19,3\n", "other.csv", source="visits")
    confirm(lead, upload, seen)
    assert ImportBatch.objects.count() == 1
    upload.refresh_from_db()
    assert upload.state == "ready"
    assert upload.preview is not None
    assert (upload.preview["changed"], upload.preview["unchanged"]) == (1, 2)
    assert "Nothing was imported: since you saw the preview, data or choices" in text_of(
        lead.get(f"/imports/uploads/{upload.token}")
    )
    confirm(lead, upload)
    assert ImportBatch.objects.count() == 2


def test_choices_that_another_tab_changed_make_the_preview_stale(lead: Client) -> None:
    upload = look(lead, hand_in(lead, GOOD), **CREATE)
    seen = upload.mark
    look(lead, upload, prefix="other", **CREATE)
    confirm(lead, upload, seen)
    assert not ImportBatch.objects.exists()


def test_a_large_file_is_left_to_a_worker_with_its_progress(
    lead: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "AT_ONCE_BYTES", 10)
    upload = hand_in(lead, GOOD)
    page = lead.get(f"/imports/uploads/{upload.token}")
    assert "visits.csv is being looked at" in text_of(page)
    assert f'hx-get="/imports/uploads/{upload.token}/progress"' in page.content.decode()
    assert "Refresh" in text_of(page)
    Job.objects.filter(pk=upload.job_id).update(
        state="running", lease_until=timezone.now() + timedelta(minutes=1), progress_done=1_000_000,
        progress_total=2_000_000, lease_token="00000000-0000-4000-8000-000000000000",
    )  # fmt: skip
    bar = lead.get(f"/imports/uploads/{upload.token}/progress")
    assert 'max="1000000" value="500000"' in bar.content.decode()
    assert "500 000 of 1 000 000 rows" in text_of(bar)
    Job.objects.filter(pk=upload.job_id).update(state="queued", lease_until=None, lease_token=None)
    queueing.run_due()
    assert lead.get(f"/imports/uploads/{upload.token}/progress")["HX-Refresh"] == "true"


def test_work_that_was_given_up_is_said_and_can_be_asked_again(
    lead: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = look(lead, hand_in(lead, GOOD), **CREATE)
    monkeypatch.setattr(uploads, "AT_ONCE_BYTES", 10)
    confirm(lead, upload)
    upload.refresh_from_db()
    Job.objects.filter(pk=upload.job_id).update(state="dead", error="killed")
    page = lead.get(f"/imports/uploads/{upload.token}")
    assert "The work on this file ended with a fault; nothing was written." in text_of(page)
    monkeypatch.undo()
    confirm(lead, upload)
    assert ImportBatch.objects.get().state == "loaded"


def test_the_list_filters_pages_and_exports(lead: Client) -> None:
    imported(lead, GOOD, "visits.csv")
    imported(lead, GOOD.replace("visits", "orders"), "=orders.csv")
    assert text_of(lead.get("/imports")).index("=orders.csv") < text_of(lead.get("/imports")).index(
        "visits.csv"
    )
    narrowed = text_of(lead.get("/imports", {"file": "VISITS"}))
    assert "1 import" in narrowed
    assert "=orders.csv" not in narrowed
    assert "No import is like this" in text_of(lead.get("/imports", {"state": "undone"}))
    rows = lead.get("/imports", {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert rows[0] == "number,file,source,imported by,when,state,new,changed,unchanged,refused"
    assert "'=orders.csv" in rows[1]
    assert len(rows) == 3
    assert lead.get("/imports", {"format": "xlsx"}).content[:2] == b"PK"
    assert lead.get("/imports", {"format": "pdf"}).status_code == 400
    assert lead.get("/imports", {"page": "nonsense"}).status_code == 200


def test_the_list_obeys_the_day(lead: Client) -> None:
    imported(lead, GOOD)
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    assert "Nothing was imported up to this day" in text_of(lead.get("/imports", {"as_of": yesterday}))
    assert "visits.csv" in text_of(lead.get("/imports"))
    assert lead.get("/imports", {"as_of": "soon"}).status_code == 400


def test_an_empty_list_says_how_to_begin(lead: Client) -> None:
    assert "Nothing was imported yet. Import a first file" in text_of(lead.get("/imports"))


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(
    lead: Client, signed_in: SignedIn, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        imported(lead, GOOD.replace("visits", f"v{number}"), f"v{number}.csv")
        hand_in(lead, GOOD)
    batch, upload = ImportBatch.objects.latest("id"), ImportUpload.objects.latest("id")
    with django_assert_num_queries(QUERIES["list"]):
        lead.get("/imports")
    with django_assert_num_queries(QUERIES["new"]):
        lead.get("/imports/new")
    with django_assert_num_queries(QUERIES["upload"]):
        lead.get(f"/imports/uploads/{upload.token}")
    with django_assert_num_queries(QUERIES["batch"]):
        lead.get(f"/imports/{batch.pk}")


QUERIES = {"list": 10, "new": 8, "upload": 9, "batch": 13}


def test_hostile_names_stay_text(lead: Client) -> None:
    name = "<script>alert(1)</script>"
    batch = imported(lead, GOOD.replace("visits", f'"{name}"'), f"{name}.csv")
    for address in ("/imports", f"/imports/{batch.pk}"):
        page = lead.get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page or "script" in page


def test_what_was_confirmed_before_another_import_ran_is_shown_anew(
    lead: Client, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both saw “3 new”; the second would have restated two readings of the first."""
    finance = signed_in("finance")
    first = look(lead, hand_in(lead, GOOD), **CREATE)
    second = look(finance, hand_in(finance, GOOD.replace(",1\n", ",71\n").replace(",2\n", ",72\n")), **CREATE)
    assert [upload.preview["new"] for upload in (first, second) if upload.preview] == [3, 3]
    monkeypatch.setattr(uploads, "AT_ONCE_BYTES", 0)
    confirm(lead, first)
    confirm(finance, second)
    for upload in (first, second):
        upload.refresh_from_db()
        assert upload.job is not None
        queueing.run_now(upload.job)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.state == ImportUpload.State.IMPORTED
    assert second.batch is None
    assert second.said.startswith("Nothing was imported: since you saw the preview")
    assert second.state == ImportUpload.State.LOOKING
