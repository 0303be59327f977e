"""What the pages say, how many queries they take, and what they do with strange input."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alignment.models import KeyResultStatus, Objective, Score, User
from tests.alignment.small_company import AMOUNT, DAY, SmallCompany, build
from tests.alignment.views.conftest import SignedIn

HOSTILE = "<svg onload=x>&\"'</script><a href=//evil>"
PAGES = (
    "/",
    "/objectives",
    "/objectives/objective-0",
    "/why/company",
    "/why/theme/theme-0",
    "/why/objective/objective-0",
)
QUERIES = {"/": 19, "/objectives": 14, "/objectives/objective-0": 29, "/why/company": 15}


def text_of(client: Client, address: str, **asked: str) -> str:
    """The page's HTML with entities as letters; the page must have answered 200."""
    response = client.get(address, {"as_of": DAY.isoformat(), **asked})
    assert response.status_code == 200, address
    return unescape(response.content.decode())


def shown_score() -> float:
    score = Score.objects.get(subject_kind="company", day=DAY).value
    assert score is not None
    return score


def test_the_overview_begins_with_the_score_and_says_since_when(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    page = text_of(signed_in("executive"), "/")
    heading = re.sub(r"<[^>]+>", "", re.findall(r"<h1>(.*?)</h1>", page, re.S)[0])
    assert re.match(rf"Aligned at {shown_score():.0f}, (up|down) \d+\.\d since \d+ Oct: ", heading)
    assert "Key results: " in page


def test_the_rows_of_what_moved_it_add_up_to_what_is_shown(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    page = text_of(signed_in("executive"), "/")
    card = page[page.index('<ul class="contributions">') :]
    figures = re.findall(r'class="figure [^"]*">([+−]?[\d.]+)<', card[: card.index("</ul>")])
    numbers = [round(float(figure.replace("−", "-")) * 10) for figure in figures]
    assert len(numbers) >= 3
    assert sum(numbers[:-1]) == numbers[-1]


def test_the_losses_by_theme_add_up_to_what_the_score_lacks(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    page = text_of(signed_in("executive"), "/")
    card = page[page.index('class="contributions losses"') :]
    figures = [
        float(figure) for figure in re.findall(r'class="figure">([\d.]+)<', card[: card.index("</ul>")])
    ]
    assert sum(round(figure * 10) for figure in figures) == round(
        (100_000 - round(shown_score() * 1000)) / 100
    )


def test_reconstructed_history_is_drawn_apart_and_said(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    response = signed_in("executive").get("/", {"as_of": DAY.isoformat()})
    chart = response.context["page"].chart
    names = [trace["name"] for trace in chart.figure["data"]]
    stored = dict(Score.objects.filter(subject_kind="company").values_list("day", "reconstructed"))
    assert any(stored.values())
    assert ("Reconstructed" in names) == any(
        cell == "reconstructed" for row in chart.table.rows for cell in row
    )
    assert "econstructed" in response.context["page"].chart_note


@pytest.mark.parametrize("role", ["technology-lead", "finance", "executive"])
def test_amounts_are_shown_to_those_who_may_see_them(
    small_company: SmallCompany, signed_in: SignedIn, role: str
) -> None:
    client = signed_in(role)
    assert "988 K USD" in text_of(client, "/objectives/objective-0").replace("\u00a0", " ")
    assert "K USD" in text_of(client, "/").replace("\u00a0", " ")


@pytest.mark.parametrize(
    "role", ["product-manager", "engineering-lead", "go-to-market", "ai-specialist", "administrator"]
)
def test_amounts_are_restricted_for_the_others(
    small_company: SmallCompany, signed_in: SignedIn, role: str
) -> None:
    client = signed_in(role)
    for address in PAGES:
        page = text_of(client, address).replace("\u00a0", " ")
        assert "USD" not in page, address
        assert str(AMOUNT) not in page
    assert "restricted" in text_of(client, "/")
    assert "restricted" in text_of(client, "/objectives/objective-0")


def test_an_objective_leads_down_to_file_and_line(small_company: SmallCompany, signed_in: SignedIn) -> None:
    page = text_of(signed_in("executive"), "/objectives/objective-0")
    assert "weekly.csv, line 41, column value" in page
    row = KeyResultStatus.objects.filter(key_result=small_company.key_results[0]).order_by("-day").first()
    assert row is not None
    assert row.reason in page
    assert "Epic 0" in page


def test_why_leads_from_the_score_to_the_imported_row(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    page = text_of(signed_in("executive"), "/why/company", since="2026-09-01")
    assert f"{round(shown_score() * 1000) / 1000:.3f}" in page
    assert "weekly.csv, line 41, column value" in page
    assert "All parts together" in page


def test_as_of_shows_what_was_known_then(small_company: SmallCompany, signed_in: SignedIn) -> None:
    client = signed_in("executive")
    page = text_of(client, "/objectives/objective-0", as_of="2026-10-20")
    assert "as it was known on 20 Oct 2026" in page
    assert "line 37" in page
    assert "line 41" not in page


@pytest.mark.parametrize(
    "day", ["yesterday", "2026-13-01", "2999-01-01", "1066-10-14", "20261120", "2026-11-20x"]
)
@pytest.mark.parametrize("address", PAGES)
def test_a_day_that_cannot_be_read_is_a_clear_400(
    small_company: SmallCompany, signed_in: SignedIn, address: str, day: str
) -> None:
    response = signed_in("executive").get(address, {"as_of": day})
    assert response.status_code == 400
    assert re.search(r"as_of=20\d\d-|Ask for a day", response.content.decode())


@pytest.mark.parametrize("since", ["2026-11-20", "soon"])
def test_a_change_needs_an_earlier_day(small_company: SmallCompany, signed_in: SignedIn, since: str) -> None:
    response = signed_in("executive").get("/why/company", {"as_of": "2026-11-20", "since": since})
    assert response.status_code == 400


def test_the_list_narrows_by_theme_and_status(small_company: SmallCompany, signed_in: SignedIn) -> None:
    client = signed_in("executive")
    assert "1 of 2 shown" in text_of(client, "/objectives", theme="theme-1")
    assert "No objective has this theme" in text_of(client, "/objectives", theme="theme-1", status="achieved")
    assert "0 of 2 shown" in text_of(client, "/objectives", theme="<b>")


def test_an_objective_without_key_results_says_what_is_missing(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    theme = small_company.objectives[0].theme
    Objective.objects.create(
        slug="bare", name="Bare", theme=theme, period_start="2026-10-01", period_end="2026-12-31"
    )
    page = text_of(signed_in("executive"), "/objectives/bare")
    assert "no key results yet" in page
    assert "not measurable" in text_of(signed_in("executive"), "/objectives")


def test_without_a_company_the_pages_say_how_to_begin(signed_in: SignedIn) -> None:
    client = signed_in("executive")
    for address in ("/", "/objectives"):
        page = client.get(address).content.decode()
        assert "load_sample" in page
        assert "import_metrics" in page


def test_hostile_names_are_text_on_every_page(signed_in: SignedIn) -> None:
    build(naming=lambda name: f"{name} {HOSTILE}")
    client = signed_in("executive")
    for address in PAGES:
        raw = client.get(address, {"as_of": DAY.isoformat()}).content.decode()
        assert HOSTILE not in raw, address
        assert "<svg onload" not in raw
        assert "//evil>" not in raw
        assert HOSTILE in unescape(raw)


@pytest.mark.parametrize("address", QUERIES)
def test_queries_do_not_grow_with_the_data(people: dict[str, User], address: str) -> None:
    build(copies=1)
    assert _queries(people["executive"], address) == QUERIES[address]


@pytest.mark.parametrize("address", QUERIES)
def test_queries_are_the_same_with_three_times_as_much(people: dict[str, User], address: str) -> None:
    build(copies=3)
    assert _queries(people["executive"], address) == QUERIES[address]


def _queries(user: User, address: str) -> int:
    client = Client()
    client.force_login(user)
    client.get(address, {"as_of": DAY.isoformat()})  # the first visit marks the session
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address, {"as_of": DAY.isoformat()}).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "since", ["0001-01-01", "abc", "2026-W10-1", "20260101", DAY.isoformat(), "9999-12-31"]
)
@pytest.mark.parametrize("address", ["/why/company", "/why/theme/theme-0", "/why/objective/objective-0"])
def test_a_day_to_hold_against_that_cannot_be_meant_is_said(
    small_company: SmallCompany, signed_in: SignedIn, address: str, since: str
) -> None:
    response = signed_in("executive").get(address, {"as_of": DAY.isoformat(), "since": since})
    assert response.status_code == 400
    assert since in response.content.decode()
