"""The security policy stands on every page, and what it stops is seen: the check that every journey ends with."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.journeys.conftest import Visit
from tests.journeys.pages import client_of, furnished, pages_of

Come = Callable[..., Visit]
Make = Callable[..., None]
FORBIDDEN = """
  <script>window.evil = 1</script>
  <style>h1 { color: red }</style>
  <p style="color: red" onclick="window.evil = 1">styled</p>
  <img src="https://evil.example/x.png" alt="">
  <iframe src="https://evil.example/"></iframe>
"""
STOPPED = ("script-src-elem", "style-src-elem", "style-src-attr", "script-src-attr", "img-src", "frame-src")


def _spoilt(visit: Visit) -> None:
    """The overview, with its own headers, and with what must not be there."""

    def answer(route: object) -> None:
        real = route.fetch()  # type: ignore[attr-defined]
        spoilt = real.text().replace("</main>", f"{FORBIDDEN}</main>")
        route.fulfill(response=real, body=spoilt)  # type: ignore[attr-defined]

    visit.page.route("**/?spoilt", answer)
    visit.page.goto(f"{visit.address}/?spoilt")
    visit.page.wait_for_load_state("load")


def test_what_a_page_must_not_hold_is_stopped_and_seen(visitor: Come, company: Make) -> None:
    company()
    visit = visitor()
    visit.sign_in("executive")
    assert visit.violations() == []
    _spoilt(visit)
    told = visit.violations()
    for directive in STOPPED:
        assert any(f" {directive} " in line for line in told), (directive, told)
    assert visit.page.evaluate("() => window.evil") is None
    assert (
        visit.page.evaluate("() => getComputedStyle(document.querySelector('h1')).color") != "rgb(255, 0, 0)"
    )
    assert any("Content Security Policy" in error for error in visit.errors)
    visit.page.goto(f"{visit.address}/objectives")
    assert visit.stopped == told, "it is kept when the page is left"
    visit.stopped.clear()
    visit.errors.clear()


def test_a_figure_that_would_need_more_is_stopped_and_seen(visitor: Come, company: Make) -> None:
    """A chart's picture of a stranger is asked for by the bundle itself, long after the page was read."""
    company()
    visit = visitor()
    visit.sign_in("executive")
    visit.open("/components/")
    assert visit.violations() == []
    visit.page.evaluate(
        """() => Plotly.relayout(document.querySelector('.chart-live'), { images: [{
          source: 'https://evil.example/x.png', xref: 'paper', yref: 'paper', x: 0, y: 1, sizex: 1, sizey: 1 }] })
        .then(() => 0, () => 0)"""
    )
    visit.page.wait_for_timeout(300)
    assert any(" img-src " in line and "evil.example" in line for line in visit.violations())
    visit.stopped.clear()
    visit.errors.clear()


@pytest.mark.django_db(transaction=True)
def test_every_page_has_the_same_strict_policy(address: str, company: Make) -> None:
    """Nothing is only reported, so there is no address for reports that could be asked."""
    company()
    client = client_of("technology-lead")
    answers = [client.get(page) for page in pages_of("technology-lead", furnished())]
    answers += [client.get("/none-such"), client.get("/objectives?as_of=soon"), Client().get("/sign-in")]
    for answer in answers:
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "report" not in policy
        assert "Content-Security-Policy-Report-Only" not in answer
