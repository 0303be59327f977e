"""Imports on other days, and what an undo takes from later files."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from alignment.models import ImportBatch, ImportUpload, Observation
from tests.alignment.views.importing import GOOD, confirm, hand_in, imported, text_of


def made(batch: ImportBatch, days_ago: int) -> None:
    """As if the import had been made some days ago."""
    at = timezone.now() - timedelta(days=days_ago)
    ImportBatch.objects.filter(pk=batch.pk).update(started_at=at, imported_at=at)


def day(days_ago: int) -> str:
    return (timezone.localdate() - timedelta(days=days_ago)).isoformat()


def test_an_import_is_not_there_before_it_was_made(lead: Client) -> None:
    batch = imported(lead, GOOD)
    page = lead.get(f"/imports/{batch.pk}", {"as_of": day(1)})
    assert page.status_code == 200
    shown = text_of(page)
    assert "visits.csv was not imported by" in shown
    assert f"Import {batch.pk} was made later than this day. See it as it stands today" in shown
    assert "added 3 readings" not in shown
    assert "Undo this import" not in shown
    assert lead.get(f"/imports/{batch.pk}", {"as_of": "soon"}).status_code == 400


def test_an_undo_is_not_there_before_it_was_made(lead: Client) -> None:
    batch = imported(lead, GOOD)
    lead.post(f"/imports/{batch.pk}/undo")
    made(batch, 3)
    now = text_of(lead.get(f"/imports/{batch.pk}"))
    assert "visits.csv added 3 readings, and was undone" in now
    then = text_of(lead.get(f"/imports/{batch.pk}", {"as_of": day(2)}))
    assert "visits.csv added 3 readings" in then
    assert "undone" not in then.lower()
    assert "Loaded" in then
    assert "Undo this import" not in then
    before = text_of(lead.get(f"/imports/{batch.pk}", {"as_of": day(4)}))
    assert "was not imported by" in before


def test_the_list_has_the_states_of_the_day(lead: Client) -> None:
    batch = imported(lead, GOOD)
    lead.post(f"/imports/{batch.pk}/undo")
    made(batch, 3)

    def listed(state: str, days_ago: int) -> bool:
        page = lead.get("/imports", {"state": state, "as_of": day(days_ago)})
        return f"import {batch.pk}" in text_of(page)

    assert [listed(state, 2) for state in ("loaded", "undone", "")] == [True, False, True]
    assert [listed(state, 0) for state in ("loaded", "undone", "")] == [False, True, True]
    rows = lead.get("/imports", {"format": "csv", "as_of": day(2)}).content.decode().splitlines()
    assert ",Loaded,3,0,0,0" in rows[1]
    rows = lead.get("/imports", {"format": "csv"}).content.decode().splitlines()
    assert ",Undone,3,0,0,0" in rows[1]


def test_an_undo_says_which_later_files_it_takes_readings_from(lead: Client) -> None:
    first = imported(lead, GOOD)
    assert "later file" not in text_of(lead.get(f"/imports/{first.pk}"))
    second = imported(lead, GOOD + "2026-01-26,4\n", "visits-2.csv")
    words = f"A later file held readings that stood already, perhaps some of this import: import {second.pk}"
    shown = text_of(lead.get(f"/imports/{first.pk}"))
    assert words in shown
    assert "An undo removes those too" in shown
    lead.post(f"/imports/{first.pk}/undo")
    shown = text_of(lead.get(f"/imports/{first.pk}"))
    assert words in shown
    assert "The undo removed those too; to have them back, hand that file in again" in shown
    assert "later file" not in text_of(lead.get(f"/imports/{second.pk}"))
    imported(lead, GOOD + "2026-01-26,4\n", "visits-2.csv")
    assert "later file" not in text_of(lead.get(f"/imports/{first.pk}"))


def test_a_file_whose_readings_were_taken_back_is_imported_again(lead: Client) -> None:
    longer = GOOD + "2026-01-26,4\n"
    first, second = imported(lead, GOOD), imported(lead, longer, "visits-2.csv")
    lead.post(f"/imports/{first.pk}/undo")
    upload = hand_in(lead, longer, "visits-2.csv")
    assert upload.preview is not None
    assert (upload.state, upload.preview["new"], upload.preview["unchanged"]) == ("ready", 3, 1)
    shown = text_of(lead.get(f"/imports/uploads/{upload.token}"))
    assert "visits-2.csv would add 3 readings" in shown
    assert f"imported before, as import {second.pk} , and an undo took some of its readings back" in shown
    confirm(lead, upload)
    assert Observation.objects.count() == 4
    third = ImportBatch.objects.latest("id")
    assert f"brings back readings of import {second.pk}" in text_of(lead.get(f"/imports/{third.pk}"))
    known = hand_in(lead, longer, "visits-2.csv")
    assert known.preview is not None
    assert (known.preview["outcome"], known.preview["batch"]) == ("already", third.pk)
    assert ImportUpload.objects.latest("id").state == "ready"
