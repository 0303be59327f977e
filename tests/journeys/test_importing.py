"""A file is handed in, a score moves, the import is undone, the score is back: with script and without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from django.db import connections

from alignment import queueing
from alignment.importing import uploads
from alignment.models import Metric
from tests.journeys.conftest import Visit

Come = Callable[..., Visit]
Make = Callable[..., None]
DROP = """([name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, {type: "text/csv"}));
  const zone = document.querySelector(".drop-zone");
  for (const kind of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(kind, {dataTransfer: carried, bubbles: true, cancelable: true}));
  }
}"""


def work() -> None:
    """What a worker does: everything that is due."""

    def run() -> None:
        queueing.run_due()
        connections.close_all()

    worker = Thread(target=run)
    worker.start()
    worker.join(60)
    assert not worker.is_alive()


def lower_sales() -> str:
    """The first metric of the small company, restated far lower for its last four weeks."""
    found: list[str] = []

    def read() -> None:
        metric = Metric.objects.get(key="sales.0")
        rows = metric.observations.order_by("-period_start")[:4]
        found.append("".join(f"sales.0,{row.period_start},{int(row.value) - 90}\n" for row in rows))
        connections.close_all()

    reader = Thread(target=read)
    reader.start()
    reader.join()
    return f"metric,date,value\n{found[0]}"


def score(visit: Visit) -> str:
    """The first number of the overview."""
    visit.open("/")
    return visit.page.inner_text(".number-value >> nth=0")


def test_a_score_moves_with_a_file_and_comes_back_with_its_undo(
    visitor: Come, company: Make, tmp_path: Path
) -> None:
    company()
    work()
    file = tmp_path / "sales.csv"
    file.write_text(lower_sales())
    visit = visitor()
    visit.sign_in("technology-lead")
    page = visit.page
    before = score(visit)
    visit.open("/imports/new")
    page.set_input_files("#files", file)
    page.click("text=Look at what it holds")
    page.wait_for_url("**/imports/uploads/*")
    assert page.inner_text("h1") == "sales.csv would change 4 readings"
    promised = page.inner_text(".consequence-score")
    assert "points" in promised
    assert visit.violations() == []
    assert visit.overflow() <= 0
    page.click('button[value="import"]')
    page.wait_for_url("**/imports/*")
    assert page.inner_text("h1") == "sales.csv changed 4 readings"
    work()
    during = score(visit)
    assert during != before
    visit.open("/imports")
    page.click("text=sales.csv")
    page.click("text=Undo this import")
    page.wait_for_selector("text=sales.csv changed 4 readings, and was undone")
    work()
    assert score(visit) == before
    assert visit.violations() == []


def test_a_dropped_file_is_handed_in(visitor: Come, company: Make) -> None:
    company()
    visit = visitor()
    visit.sign_in("finance")
    visit.open("/imports/new")
    page = visit.page
    page.wait_for_selector(".drop-hint:visible")
    page.evaluate(DROP, ["dropped.csv", "date,visits\n2026-01-05,1\n"])
    assert page.evaluate("() => document.querySelector('#files').files[0].name") == "dropped.csv"
    page.click("text=Look at what it holds")
    page.wait_for_selector("h1:has-text('dropped.csv')")


def test_the_bar_moves_on_by_itself(visitor: Come, company: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    company()
    monkeypatch.setattr(uploads, "AT_ONCE_BYTES", 1)
    visit = visitor()
    visit.sign_in("technology-lead")
    visit.open("/imports/new")
    page = visit.page
    page.fill("#pasted", lower_sales())
    page.click("text=Look at what it holds")
    page.wait_for_selector("h1:has-text('pasted.csv is being looked at')")
    assert "Waits for a worker" in page.inner_text("#import-progress")
    work()
    page.wait_for_selector("h1:has-text('pasted.csv would change 4 readings')")
    assert visit.violations() == []


def test_without_script_rows_are_pasted_imported_and_undone(
    visitor: Come, company: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    company()
    monkeypatch.setattr(uploads, "AT_ONCE_BYTES", 1)
    visit = visitor(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = visit.page
    visit.sign_in("engineering-lead")
    page.goto(f"{visit.address}/imports/new")
    page.fill("#pasted", lower_sales())
    page.click("text=Look at what it holds")
    page.wait_for_selector("h1:has-text('is being looked at')")
    work()
    page.click("text=Refresh")
    page.select_option("#id_cadence", "week")
    page.click("text=Look again with these choices")
    work()
    page.click("text=Refresh")
    page.click('button[value="import"]')
    page.wait_for_selector("h1:has-text('is being imported')")
    work()
    page.click("text=Refresh")
    assert page.inner_text("h1") == "pasted.csv changed 4 readings"
    page.click("text=Undo this import")
    page.wait_for_selector("h1:has-text('and was undone')")
