"""Pages under axe as they are when something is missing or went wrong: forms with errors, both versions of what two
people saved, refused files, closed and unknown pages, and a company that has next to nothing, or is not there yet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from alignment.models import KeyResult, Objective
from tests.counts import LONG
from tests.journeys.axe import VARIANTS, examined
from tests.journeys.conftest import Visit
from tests.journeys.furnishing import bare_company
from tests.journeys.pages import client_of, on_the_day

Come = Callable[..., Visit]
Make = Callable[..., None]

LISTS = ("/", "/objectives", "/objectives?view=tree", "/portfolio", "/metrics", "/imports", "/imports/new",
         "/find?q=0", "/policy-lab", "/components/")  # fmt: skip
COMPANY_ALONE = dict.fromkeys(LISTS, 200) | {"/objectives/new": 404, "/why/company": 404}
"""What each page answers while there is no company."""
_OF_EACH = (
    "/objectives/new", "/objectives/objective-0", "/objectives/objective-0/edit", "/portfolio/theme-0",
    "/objectives/objective-0/key-results/new", "/portfolio/theme-0/edit", "/metrics/sales.0", "/why/company",
    "/metrics/sales.0/edit", "/metrics/sales.0/against", "/why/theme/theme-0", "/why/objective/objective-0",
)  # fmt: skip
BARE = dict.fromkeys((*LISTS, *_OF_EACH), 200)
"""What each page answers where there is one of each thing with nothing in it."""
IN_SHORT = ["wide-light"]


def answered(visit: Visit, address: str, status: int) -> None:
    """Go there; the page answers with this status."""
    response = visit.page.goto(visit.address + address)
    assert response is not None
    assert response.status == status, address
    if status >= 400:
        visit.answered(status)


@pytest.mark.parametrize("variant", VARIANTS if LONG else IN_SHORT)
@pytest.mark.parametrize("pages", [COMPANY_ALONE, BARE], ids=["no company", "one of each"])
def test_axe_finds_nothing_where_there_is_nothing(
    visitor: Come, company: Make, pages: dict[str, int], variant: str
) -> None:
    company(build_nothing=True)
    if pages is BARE:
        bare_company()
    visit = visitor(**VARIANTS[variant])
    visit.is_signed_in("technology-lead")
    faults = []
    for address, status in pages.items():
        answered(visit, address, status)
        faults += examined(visit, f"empty {address}")
    assert faults == []


@pytest.mark.parametrize("variant", VARIANTS if LONG else IN_SHORT)
def test_axe_finds_nothing_in_forms_that_were_not_saved(visitor: Come, company: Make, variant: str) -> None:
    company()
    number = KeyResult.objects.earliest("pk").pk
    visit = visitor(**VARIANTS[variant])
    visit.sign_in("technology-lead")
    faults = []
    for address, field, typed in (
        ("/objectives/new", "name", ""),
        ("/objectives/objective-0/edit", "period_end", ""),
        (f"/objectives/objective-0/key-results/{number}/edit", "target", "1,5"),
        ("/metrics/sales.0/edit", "name", ""),
        ("/portfolio/theme-0/edit", "weight", "much"),
    ):
        visit.open(address)
        visit.page.fill(f"#id_{field}", typed)
        visit.page.click("form[data-edit] button[type=submit]")
        visit.page.wait_for_selector("[data-summary]")
        assert visit.page.locator(f"#id_{field}[aria-invalid=true]").count() == 1, address
        visit.answered(422)
        faults += examined(visit, f"{address} with an error")
    assert faults == []


@pytest.mark.parametrize("variant", VARIANTS if LONG else IN_SHORT)
def test_axe_finds_nothing_in_both_versions_of_a_form(visitor: Come, company: Make, variant: str) -> None:
    company()
    visit = visitor(**VARIANTS[variant])
    visit.sign_in("technology-lead")
    visit.open("/objectives/objective-0/edit")
    Objective.objects.filter(slug="objective-0").update(name="Theirs", description="written meanwhile")
    visit.page.fill("#id_name", "Mine")
    visit.page.click("form[data-edit] button[type=submit]")
    visit.page.wait_for_selector(".stale")
    assert "Theirs" in visit.page.inner_text(".stale")
    visit.answered(409)
    assert examined(visit, "both versions") == []


def test_axe_finds_nothing_where_files_are_not_taken(visitor: Come, company: Make) -> None:
    company()
    visit = visitor()
    visit.sign_in("finance")
    visit.open("/imports/new")
    visit.page.click("text=Look at what it holds")
    visit.page.wait_for_selector("text=Not handed in")
    visit.answered(422)
    faults = examined(visit, "nothing handed in")
    visit.page.fill("#pasted", "date,visits\n2026-01-05,1\n")
    visit.page.click("text=Look at what it holds")
    visit.page.wait_for_url("**/imports/uploads/*")
    visit.page.fill("[name=profile_name]", "")
    visit.page.click('button[value="save"]')
    visit.page.wait_for_selector("[role=alert]")
    visit.answered(422)
    assert faults + examined(visit, "a profile without a name") == []


def test_axe_finds_nothing_on_closed_and_unknown_pages(visitor: Come, company: Make) -> None:
    company()
    visit = visitor()
    visit.page.goto(f"{visit.address}/sign-in")
    faults = examined(visit, "/sign-in")
    visit.page.click("#own-heading ~ * button[type=submit], form.form button[type=submit]")
    visit.page.wait_for_selector("[role=alert]")
    faults += examined(visit, "/sign-in with nothing typed")
    visit.errors.clear()
    visit.sign_in("executive")
    for address, status in (
        ("/imports/new", 403), ("/objectives/none-such", 404), ("/objectives?as_of=soon", 400), ("/none-such", 404),
    ):  # fmt: skip
        assert client_of("executive").get(address).status_code == status
        answered(visit, address, status)
        faults += examined(visit, address)
    objective = on_the_day("/objectives/objective-0")
    visit.open(objective)
    visit.page.click("#find-anything")
    visit.page.fill("#palette-words", "objective")
    visit.page.wait_for_selector("#palette [role=option]")
    faults += examined(visit, "the palette")
    visit.open(objective)
    visit.page.click("details.picker > summary")
    for behind in visit.page.locator("details.table-behind > summary").all():
        behind.click()
    faults += examined(visit, "the picker and every table behind a chart")
    assert faults == []
