"""Finding anything by its name, and the days that every page can be asked for."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alignment.models import ImportBatch
from tests.alignment.small_company import DAY, SmallCompany, build
from tests.alignment.views.conftest import SignedIn
from tests.alignment.views.test_pages import HOSTILE


def found(page: str) -> list[tuple[str, str]]:
    """Address and name of each hit of the page."""
    block = page[page.index('class="plain-list found"') :].split("</ul>")[0]
    return [
        (unescape(address), unescape(name))
        for address, name in re.findall(r'<a href="([^"]+)">(.*?)</a>', block)
    ]


@pytest.mark.parametrize(
    ("words", "address", "name"),
    [
        ("objective 1", "/objectives/objective-1", "Objective 1"),
        ("sales.0", "/metrics/sales.0", "sales 0"),
        ("SALES 0", "/metrics/sales.0", "sales 0"),
        ("epic 1", "/objectives/objective-1#epic-epic-1", "Epic 1"),
        ("metrics", "/metrics", "Metrics"),
        ("weekly.csv", "/imports/", "weekly.csv"),
        ("policy lab", "/policy-lab", "Policy lab"),
        ("other policies", "/policy-lab", "Policy lab"),
        ("components", "/components/", "Components"),
        ("imports", "/imports", "Imports"),
        ("method", "/method", "How signals are told from luck"),
    ],
)
def test_the_best_hit_is_what_is_called_so(
    small_company: SmallCompany, signed_in: SignedIn, words: str, address: str, name: str
) -> None:
    response = signed_in("executive").get("/find", {"q": words})
    first_address, first_name = found(response.content.decode())[0]
    assert first_address.startswith(address)
    assert first_name == name


@pytest.mark.parametrize(("role", "finds"), [("technology-lead", True), ("executive", False)])
def test_importing_a_file_is_found_by_those_who_may(
    small_company: SmallCompany, signed_in: SignedIn, role: str, finds: bool
) -> None:
    page = signed_in(role).get("/find", {"q": "import file"}).content.decode()
    assert ('href="/imports/new"' in page.split("<main")[1]) is finds


def test_imported_files_come_after_the_things_themselves(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    ImportBatch.objects.update(file_name="epic-report.csv")
    names = [name for _, name in found(signed_in("executive").get("/find", {"q": "epic"}).content.decode())]
    assert names[:2] == ["Epic 0", "Epic 1"]
    assert names[-1] == "epic-report.csv"


def test_a_key_result_is_found_at_its_place(small_company: SmallCompany, signed_in: SignedIn) -> None:
    result = small_company.key_results[0]
    response = signed_in("executive").get("/find", {"q": result.name})
    assert (f"/objectives/objective-0#key-result-{result.pk}", result.name) in found(
        response.content.decode()
    )


def test_hits_keep_the_day(small_company: SmallCompany, signed_in: SignedIn) -> None:
    response = signed_in("executive").get("/find", {"q": "epic 1", "as_of": "2026-11-01"})
    assert found(response.content.decode())[0][0] == "/objectives/objective-1?as_of=2026-11-01#epic-epic-1"


def test_the_palette_gets_the_bare_list(small_company: SmallCompany, signed_in: SignedIn) -> None:
    response = signed_in("executive").get(
        "/find", {"q": "objective"}, headers={"HX-Request": "true", "HX-Target": "palette-results"}
    )
    page = response.content.decode()
    assert page.count('role="option"') == 3  # the page of objectives, and both of them
    assert "<html" not in page


@pytest.mark.parametrize("words", ["", " ", "(a+)+$", "%", "_", "\\", "x" * 10_000, HOSTILE, "q " * 5_000])
def test_strange_words_find_nothing_and_break_nothing(
    small_company: SmallCompany, signed_in: SignedIn, words: str
) -> None:
    response = signed_in("executive").get("/find", {"q": words})
    assert response.status_code == 200
    assert 'class="plain-list found"' not in response.content.decode()
    assert "<svg onload" not in response.content.decode()


def test_somebody_without_a_role_finds_nothing(small_company: SmallCompany, signed_in: SignedIn) -> None:
    for words in ("objective", "sales", "weekly", "overview", "epic", "theme"):
        page = signed_in("outsider").get("/find", {"q": words}).content.decode()
        assert 'class="plain-list found"' not in page, words


@pytest.mark.parametrize("copies", [1, 3])
def test_finding_takes_as_many_queries_for_many_hits(signed_in: SignedIn, copies: int) -> None:
    build(copies=copies)
    client = signed_in("executive")
    client.get("/find")
    with CaptureQueriesContext(connection) as queries:
        client.get("/find", {"q": "e"})
    assert len(queries) == FIND_QUERIES


FIND_QUERIES = 12
"""Session, person, roles, the data version, company, the shell, and one for each of six kinds."""


def test_the_picker_offers_today_and_the_ends_of_months_and_quarters(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    response = signed_in("executive").get("/objectives", {"theme": "theme-0", "as_of": "2026-09-30"})
    shell = response.context["shell"]
    ends = [end.day for end in shell.period_ends]
    assert "2026-09-30" in ends
    assert ends == sorted(ends, reverse=True)
    assert [end.is_chosen for end in shell.period_ends].count(True) == 1
    page = unescape(response.content.decode())
    assert "?theme=theme-0&as_of=2026-06-30" in page
    assert '<input type="hidden" name="theme" value="theme-0">' in page
    assert "Back to today" in page


def test_the_rail_keeps_the_day(small_company: SmallCompany, signed_in: SignedIn) -> None:
    page = signed_in("executive").get("/objectives", {"as_of": "2026-11-01"}).content.decode()
    places = page[page.index('aria-label="Places"') : page.index("</nav>")]
    addresses = re.findall(r'href="([^"]+)"', places)
    assert len(addresses) >= 3
    assert all(address.endswith("?as_of=2026-11-01") for address in addresses)


def test_today_needs_no_day_in_the_address(small_company: SmallCompany, signed_in: SignedIn) -> None:
    page = signed_in("executive").get("/objectives").content.decode()
    assert "Back to today" not in page
    assert DAY.isoformat() not in page[page.index('aria-label="Places"') : page.index("</nav>")]
