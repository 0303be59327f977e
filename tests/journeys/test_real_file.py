"""A real file, untouched, through the pages: a score moves, “why” leads down to a row of the file, and the undo brings
the score back.

No figure of such a file can move a score by itself: a key result has to rest on it, and the file ends in 2024. So the
readings of the file's first year are there before; with the forms a person says how late the metric reports, and makes
an objective and a key result of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.utils import timezone

from alignment.importing.files import from_bytes
from alignment.importing.import_file import import_file
from alignment.importing.options import Options
from alignment.models import Metric, Theme
from tests.alignment.importing.conftest import CREATE
from tests.journeys.conftest import Visit, work

Come = Callable[..., Visit]
Make = Callable[..., None]
FILE = "velocity/dendrite_weekly.csv"
WEEKS, FIRST_WEEKS = 411, 47
LAG = "4000"
"""Days that the source may take: what it says of 2024 counts today."""


def _before(real: Path) -> None:
    """The readings of the first weeks of the file, by name of metric as the whole file has them."""
    head = b"".join(real.read_bytes().splitlines(keepends=True)[: FIRST_WEEKS + 1])
    options = Options(**CREATE | {"prefix": "dendrite.", "source": "dendrite"})
    import_file(file=from_bytes("first_year.csv", head), options=options, by="ada", now=timezone.now())


def _make_key_result(visit: Visit) -> None:
    """An objective over all the years, and the key result that rests on the commits of a week."""
    page, due = visit.page, (timezone.now().date() + timedelta(days=60)).isoformat()
    visit.open("/metrics/dendrite.commits/edit")
    page.fill("#id_reporting_lag_days", LAG)
    page.click("form[data-edit] button[type=submit]")
    page.wait_for_url("**/metrics/dendrite.commits")
    visit.open("/objectives/new")
    page.fill("#id_name", "The rewrite lives")
    page.select_option("#id_theme", str(Theme.objects.get(slug="theme-0").pk))
    page.fill("#id_period_start", "2017-01-01")
    page.fill("#id_period_end", due)
    page.click("form[data-edit] button[type=submit]")
    page.wait_for_url("**/objectives/the-rewrite-lives")
    page.click("text=New key result")
    page.fill("#id_name", "Ten commits a week")
    page.select_option("#id_metric", str(Metric.objects.get(key="dendrite.commits").pk))
    page.select_option("#id_kind", "level")
    for field, value in (("baseline", "0"), ("target", "10"), ("start", "2017-01-01"), ("due", due)):
        page.fill(f"#id_{field}", value)
    page.click("form[data-edit] button[type=submit]")
    page.wait_for_url("**/objectives/the-rewrite-lives*")


def _shown(visit: Visit) -> tuple[str, str]:
    """The score on the overview, and what the objective's page says of the key result."""
    work()
    visit.open("/")
    score = visit.page.inner_text(".number-value >> nth=0")
    visit.open("/objectives/the-rewrite-lives")
    return score, visit.page.inner_text("[id^=key-result-] .status >> nth=0")


@pytest.mark.shared_data
def test_a_real_file_moves_a_score_and_its_undo_brings_it_back(
    visitor: Come, company: Make, shared_data: Path
) -> None:
    company()
    real = shared_data / FILE
    _before(real)
    visit = visitor()
    visit.sign_in("technology-lead")
    page = visit.page
    _make_key_result(visit)
    before = _shown(visit)
    assert before[1] == "on track"

    visit.open("/imports/new")
    page.set_input_files("#files", real)
    page.click("text=Look at what it holds")
    page.wait_for_url("**/imports/uploads/*")
    page.fill("[name=key_prefix]", "dendrite.")
    page.fill("[name=source]", "dendrite")
    page.click("text=Look again with these choices")
    page.wait_for_selector("h1:has-text('would')")
    assert " ".join(page.inner_text("h1").split()) == "dendrite_weekly.csv would add 3 640 readings"
    promised = page.inner_text(".consequence-score")
    assert "Ten commits a week" in page.inner_text("main section:has(.consequence-score)")
    page.click('button[value="import"]')
    page.wait_for_selector("h1:has-text('added')")
    during = _shown(visit)
    assert during[1] == "off track"
    assert float(before[0].split()[0]) > float(during[0].split()[0])
    assert [f"{float(figure):.0f}" for figure in re.findall(r"\d+\.\d", promised)[:2]] == [
        shown.split()[0] for shown in (before[0], during[0])
    ]

    visit.open("/")
    page.click(".components a:has-text('Outcomes')")
    page.wait_for_url("**/why/company**")
    assert page.inner_text("h1").endswith(f"of 100 on {timezone.now():%-d %b %Y}")
    page.click("#outcomes a:has-text('Ten commits a week')")
    page.wait_for_url("**/why/key-result/**")
    assert "off track" in page.inner_text("h1")
    last = real.read_text().splitlines()[WEEKS].split(",")
    assert (last[0], last[1]) == ("2024-11-25", "1")
    row = page.locator(f"tr:has-text('dendrite_weekly.csv, line {WEEKS + 1}, column commits')")
    assert "1 count for the period to 1 Dec 2024" in " ".join(row.inner_text().split())
    row.locator("a:has-text('line')").click()
    page.wait_for_url("**/imports/*")
    assert page.inner_text("h1").startswith("dendrite_weekly.csv added")
    assert sha256(real.read_bytes()).hexdigest() in page.inner_text("main")

    page.click("text=Undo this import")
    page.wait_for_selector("h1:has-text('and was undone')")
    assert _shown(visit) == before
    assert visit.violations() == []
