"""Forty hostile names through every page, chart, table and file: shown as typed, and nothing comes to life."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from python_calamine import CalamineWorkbook

from alignment.models import Epic, Guardrail, KeyResult, Metric, Objective, Theme
from tests.alignment.small_company import build, cast
from tests.counts import count
from tests.journeys.conftest import Visit
from tests.journeys.hostile_names import HOSTILE, PLACED, UNITS, naming
from tests.journeys.pages import KINDS, PHONE, client_of, furnished, on_the_day, pages_of, reading_pages

Come = Callable[..., Visit]

LONG_TEXT = "".join(HOSTILE)[:900] * 12
"""More than 10,000 characters for fields without an end."""
ALIVE = """() => ({
  ran: window.evil === undefined ? 0 : 1,
  marked: document.querySelectorAll(".evil").length,
  drawnLinks: document.querySelectorAll("svg a").length,
  handlers: [...document.querySelectorAll("*")].flatMap((node) => [...node.attributes])
    .filter((attribute) => attribute.name.startsWith("on")).length,
  strangers: [...document.querySelectorAll("a[href], area[href], form[action]")]
    .map((node) => new URL(node.getAttribute("href") ?? node.getAttribute("action"), location.href))
    .filter((url) => url.origin !== location.origin).map(String),
  frames: document.querySelectorAll("iframe, object, embed, base, main img[src]").length,
})"""
NOTHING: dict[str, Any] = {
    "ran": 0, "marked": 0, "drawnLinks": 0, "handlers": 0, "strangers": [], "frames": 0,
}  # fmt: skip
TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    if (!holder.closest("script, style")) found.push(walker.currentNode.data);
  }
  return found;
}"""
GUARDED = re.compile(r"'+[=+\-@\t\r]")
NUMBER = re.compile(r"-?\d+(\.\d+)?$")
_KEY = re.compile(r"(sales|speed)\.\d+")


@pytest.fixture(scope="module")
def imports(standing: str) -> dict[str, str]:
    """Forty of each kind of thing, each with a hostile name of its own, hostile units and endless descriptions; files
    and imports in every state, and their addresses."""
    build(len(HOSTILE) - 1, naming)
    cast()
    for number, metric in enumerate(Metric.objects.order_by("pk")):
        Metric.objects.filter(pk=metric.pk).update(unit=UNITS[number % len(UNITS)])
    for model in (Theme, Objective, Metric):
        model.objects.filter(name__contains=" 0").update(description=LONG_TEXT)
    return furnished()


def test_there_are_forty_names_and_each_fits_its_field() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) == 40
    assert len(naming("Theme 39")) == 200
    assert len(naming("Objective 39")) == len(naming("sales 39")) == 300
    assert max(map(len, UNITS)) <= 32
    assert len(LONG_TEXT) >= 10_000


def test_pages_charts_and_tables_show_names_as_typed(reader: Come, imports: dict[str, str]) -> None:
    names, seen = _names(), set[str]()
    visit = reader()
    visit.page.on("dialog", lambda dialog: visit.errors.append(dialog.message))
    visit.sign_in("technology-lead")
    pages = pages_of("technology-lead", imports)[: count(small=KINDS, long=1_000)]
    for address in [*pages, *_of_each_thing(count(small=20, long=1))]:
        visit.open(address)
        _nothing_lives(visit, address)
        seen |= _as_typed(visit.page.evaluate(TEXTS), names, address)
    assert all(_all_forty(seen, kind) for kind in ("Theme", "Objective", "sales"))
    phone = reader(**PHONE)
    phone.sign_in("executive")
    for address in reading_pages()[:: count(small=2, long=1)]:
        phone.open(address, charts=False)
        assert phone.overflow() <= 0, address
        _nothing_lives(phone, address)


def test_charts_say_names_as_typed_when_pointed_at(reader: Come, imports: dict[str, str]) -> None:
    names, wrong = _names(), []
    visit = reader()
    visit.sign_in("executive")
    for number in range(0, len(HOSTILE), count(small=7, long=1)):
        visit.open(on_the_day(f"/objectives/objective-{number}"))
        visit.page.locator(".chart-live .nsewdrag").first.hover()
        visit.page.wait_for_selector(".chart-live .hovertext")
        hovered = visit.page.locator(".hoverlayer").first.text_content() or ""
        if _spaced(names[f"sales {number}"]) not in _spaced(hovered):
            wrong.append((names[f"sales {number}"], hovered))
        _nothing_lives(visit, str(number))
    assert wrong == []


def test_each_kind_of_page_as_a_parser_reads_it_shows_names_as_typed(imports: dict[str, str]) -> None:
    """Without a browser more pages can be read: the text is exact, and no name becomes an element."""
    client, names, seen = client_of("technology-lead"), _names(), set[str]()
    pages = [*_of_each_thing(count(small=8, long=1)), *_searches(count(small=1, long=4))]
    for page in [*reading_pages(), *pages]:
        response = client.get(page)
        assert response.status_code == 200, page
        parsed = _Reader()
        parsed.feed(response.content.decode())
        assert not parsed.evil, page
        seen |= _as_typed(parsed.texts, names, page)
    assert all(_all_forty(seen, kind) for kind in ("Theme", "Objective", "sales"))


def test_files_hold_names_exactly_and_no_formula(imports: dict[str, str]) -> None:
    client, names, asked = client_of("technology-lead"), _names(), 0
    seen: dict[str, set[str]] = {"csv": set(), "xlsx": set()}
    pages = pages_of("technology-lead", imports)
    for page in [*pages[: count(small=KINDS, long=1_000)], "/imports"]:
        for form in ("csv", "xlsx"):
            response = client.get(f"{page}{'&' if '?' in page else '?'}format={form}")
            if response.status_code != 200 or response["Content-Type"].startswith("text/html"):
                break  # no list to take home, in either form
            asked += 1
            cells = _csv_cells(response) if form == "csv" else _xlsx_cells(response)
            seen[form] |= _as_typed(cells, names, f"{page} {form}")
    assert asked >= 8
    assert all(_all_forty(found, kind) for found in seen.values() for kind in ("Objective", "sales"))


def _spaced(text: str) -> str:
    """Drawn letters have single spaces."""
    return " ".join(text.split())


def _of_each_thing(stride: int) -> list[str]:
    """The page of every `stride`-th objective, metric and theme, and of forms; together they have every name."""
    patterns = (
        "/objectives/objective-{}", "/objectives/objective-{}/edit", "/metrics/sales.{}",
        "/metrics/speed.{}/edit", "/metrics/sales.{0}/against/speed.{0}", "/why/theme/theme-{}",
        "/why/objective/objective-{}",
    )  # fmt: skip
    return [
        on_the_day(pattern.format((number + shift) % len(HOSTILE)))
        for number in range(0, len(HOSTILE), stride)
        for shift, pattern in enumerate(patterns)
    ]


def _searches(places: int) -> list[str]:
    """Each name asked for at `places` of the four pages that take words in their address."""
    paths = ("/find", "/metrics", "/objectives", "/imports")
    return [
        on_the_day(f"{paths[(number + place) % 4]}?q={quote(name)}&file={quote(name)}&owner={quote(name)}")
        for number, name in enumerate(HOSTILE)
        for place in range(places)
    ]


def _nothing_lives(visit: Visit, address: str) -> None:
    assert visit.page.evaluate(ALIVE) == NOTHING, address
    assert visit.violations() == [], address
    assert visit.errors == [], address


def _names() -> dict[str, str]:
    """The stored name behind each usual one."""
    kinds: tuple[Any, ...] = (Theme, Objective, Epic, Guardrail, Metric, KeyResult)
    stored = [name for kind in kinds for name in kind.objects.values_list("name", flat=True)]
    return {placed[-1]: name for name in stored if (placed := PLACED.findall(name))}


def _as_typed(texts: list[str], names: dict[str, str], address: str) -> set[str]:
    """Wherever a usual name stands, the whole hostile one stands before it, letter by letter; those that stood."""
    found = set()
    for text in texts:
        for usual in PLACED.findall(text):
            if _KEY.fullmatch(usual):
                continue  # a metric's key, which is no name
            assert usual in names, (address, text)
            assert names[usual] in text, (address, usual, text)
            found.add(usual)
    return found


def _all_forty(seen: set[str], kind: str) -> bool:
    return {f"{kind} {number}" for number in range(len(HOSTILE))} <= seen


class _Reader(HTMLParser):
    """Texts of a page as parsed, and whether any name became an element."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.evil: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag if tag in ("script", "style") else ""
        for name, value in attrs:
            if name.startswith("on") or (name == "class" and "evil" in (value or "").split()):
                self.evil.append(f"<{tag} {name}={value}>")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.texts.append(data)


def _content(response: HttpResponse | StreamingHttpResponse) -> bytes:
    return b"".join(response) if response.streaming else response.content


def _csv_cells(response: Any) -> list[str]:
    """The texts, without their guard; no cell may begin a formula."""
    cells = []
    for row in csv.reader(io.StringIO(_content(response).decode("utf-8-sig"), newline="")):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) or NUMBER.match(cell), cell
            cells.append(cell[1:] if GUARDED.match(cell) else cell)
    return cells


def _xlsx_cells(response: Any) -> list[str]:
    """The texts as another program reads them; no formula and no link in any sheet."""
    content = _content(response)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                xml = archive.read(name).decode()
                assert "<f>" not in xml
                assert "<f " not in xml
                assert "hyperlink" not in xml
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = workbook.get_sheet_by_index(0).to_python()
    return [cell for row in rows for cell in row if isinstance(cell, str)]
