"""The gallery of components: every part, in every state, in both themes, without a figure of the company."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alignment.queries.gallery import gallery
from alignment.queries.gallery_examples import statuses
from tests.alignment.small_company import SmallCompany, build
from tests.alignment.views.conftest import SignedIn

ROOT = Path(__file__).resolve().parents[3]
TOKENS = ROOT / "static" / "css" / "tokens.css"
AROUND = {"_styles.html", "_live_charts.html", "_edit_script.html", "_shapes.html", "_status_change.html"}
"""What is in every page's head, or is drawn within another component's specimen."""
GALLERY_QUERIES = 6
"""Session, person, roles, the data version, company, the shell."""


class Ids(HTMLParser):
    """Collects ids and what refers to them."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in {
                "for",
                "aria-labelledby",
                "aria-describedby",
                "aria-controls",
                "aria-activedescendant",
            }:
                self.references += (value or "").split()


@pytest.fixture
def page(small_company: SmallCompany, signed_in: SignedIn) -> str:
    response = signed_in("go-to-market").get("/components/")
    assert response.status_code == 200
    return response.content.decode()


def test_every_component_has_a_place_in_the_gallery() -> None:
    drawn = {specimen.template for section in gallery().sections for specimen in section.specimens}
    shown = {path.name for path in (ROOT / "templates" / "components").glob("*.html")} - AROUND
    assert shown - {Path(name).name for name in drawn} == set()


def test_each_state_stands_in_both_themes(page: str) -> None:
    specimens = sum(len(section.specimens) for section in gallery().sections)
    assert specimens > 50
    parts = re.split(r'class="specimens-theme[^"]*" data-theme="(\w+)"', page)[1:]
    themes = Counter({"light": 0, "dark": 0})
    for theme, part in zip(parts[::2], parts[1::2], strict=True):
        themes[theme] += part.count('class="specimen"')
    assert themes == {"light": specimens, "dark": specimens}
    for status in statuses():
        assert page.count(f'class="status status-{status.slug}"') >= 2


def test_the_index_leads_to_every_section(page: str) -> None:
    index = page[page.index('class="gallery-index"') :].partition("</nav>")[0]
    sections = gallery().sections
    assert re.findall(r'href="#([^"]+)"', index) == [section.slug for section in sections]
    assert re.findall(r"<h2>([^<]+)</h2>", index) == [group.title for group in gallery().groups]
    assert all(f'<section class="gallery-section" id="{section.slug}"' in page for section in sections)


def test_the_names_of_parts_are_their_own_and_lead_somewhere(page: str) -> None:
    found = Ids()
    found.feed(page)
    assert [name for name, count in Counter(found.ids).items() if count > 1] == []
    assert set(found.references) - set(found.ids) == set()


def test_everything_shown_is_invented(page: str) -> None:
    main = page[page.index("<main") : page.index("</main>")]
    for name in ("Objective 0", "Theme 0", "sales 0", "weekly.csv", "Small"):
        assert name not in main
    assert "invented" in main


@pytest.mark.parametrize("copies", [1, 3])
def test_the_gallery_reads_nothing_but_its_frame(signed_in: SignedIn, copies: int) -> None:
    build(copies=copies)
    client = signed_in("executive")
    client.get("/components/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/components/")
    assert len(queries) == GALLERY_QUERIES


def test_what_an_example_sends_changes_nothing(small_company: SmallCompany, signed_in: SignedIn) -> None:
    response = signed_in("technology-lead").post("/components/", {"name": "x"})
    assert response.status_code == 302
    assert response["Location"] == "/components/"


def test_somebody_without_a_role_has_no_gallery(small_company: SmallCompany, signed_in: SignedIn) -> None:
    assert signed_in("outsider").get("/components/").status_code == 404


def test_a_part_in_another_theme_has_the_colours_of_that_theme() -> None:
    text = TOKENS.read_text()

    def colours(start: str) -> dict[str, str]:
        block = text[text.index(start) :].split("}")[0]
        return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6}|none|0 1px.*?);", block))

    assert colours("  :root {") == colours('[data-theme="light"]')
    dark = text[text.index("prefers-color-scheme: dark") :]
    nested = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6}|none);", dark.split("    }")[0]))
    assert nested == colours('[data-theme="dark"]')
    assert len(nested) > 20
