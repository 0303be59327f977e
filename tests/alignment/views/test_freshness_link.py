"""The words on freshness at the top of every page lead to the metrics that they speak of."""

from __future__ import annotations

from html.parser import HTMLParser

from django.test import Client

from alignment.models import Metric, Signal
from tests.alignment.small_company import DAY, SmallCompany
from tests.alignment.views.conftest import SignedIn


class _Link(HTMLParser):
    """The address and the words of the link on freshness."""

    def __init__(self) -> None:
        super().__init__()
        self.address, self.words, self.depth = "", "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "a" and named.get("class") == "freshness":
            self.address, self.depth = named["href"] or "", 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.depth = 0

    def handle_data(self, data: str) -> None:
        self.words += data if self.depth else ""


def _link(client: Client, address: str) -> tuple[str, str]:
    found = _Link()
    found.feed(client.get(address).content.decode())
    return found.address, found.words


def test_what_is_stale_is_one_click_away(small_company: SmallCompany, signed_in: SignedIn) -> None:
    client = signed_in("executive")
    Signal.objects.filter(kind="staleness").update(verdict="fresh")
    address, words = _link(client, "/objectives")
    assert (address, words.endswith("all 4 metrics fresh: see the metrics")) == ("/metrics", True)
    Signal.objects.filter(kind="staleness", metric=small_company.metrics[0]).update(verdict="stale")
    address, words = _link(client, "/why/company")
    assert address == "/metrics?freshness=stale"
    assert words.endswith("1 of 4 metrics stale: see the stale metrics")


def test_the_day_is_kept(small_company: SmallCompany, signed_in: SignedIn) -> None:
    client = signed_in("executive")
    late = small_company.metrics[0]
    late.observations.filter(period_start__gte="2026-10-01").delete()
    address, words = _link(client, f"/objectives?as_of={DAY}")
    assert address == f"/metrics?freshness=stale&as_of={DAY}"
    assert words == "as it was known on 20 Nov 2026: see which metrics were stale then"
    page = client.get(address).content.decode()
    assert f'href="/metrics/{late.key}' in page
    for other in Metric.objects.exclude(pk=late.pk):
        assert f'href="/metrics/{other.key}' not in page
