"""Which pages the journeys go through: every address of the registry that shows a page, and files and imports in
every state, on the small company's day.

Nothing is skipped silently: a pattern is a page, or an act that only answers POST, or stands in `NO_PAGES` with the
reason; who may not open a page stands in `CLOSED`; and how many kinds of page there are is said in `KINDS`.
"""

from __future__ import annotations

import re

from django.test import Client
from django.urls import resolve

from alignment.models import KeyResult, User
from alignment.models.people import Role
from tests.alignment.small_company import DAY
from tests.alignment.views.addresses import OF_THE_COMPANY, RESTRICTED
from tests.journeys.furnishing import furnish

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WIDE = {"viewport": {"width": 1440, "height": 900}}

NO_PAGES = {
    "imports/<int:number>/refused.csv": "a file",
    "imports/uploads/<uuid:token>/progress": "a part of the page of a file that waits",
    "readings": "a file",
}
"""What answers a GET with something else than a page. Acts, which answer 405, are known by that."""
_IMPORTING = {"imports/new", "imports/uploads/<uuid:token>"}
_GOALS = {
    "objectives/new", "objectives/<slug:slug>/edit", "objectives/<slug:slug>/key-results/new",
    "objectives/<slug:slug>/key-results/<int:number>/edit",
}  # fmt: skip
_THEMES, _METRICS = {"portfolio/<slug:slug>/edit"}, {"metrics/<str:key>/edit"}
CLOSED: dict[str, set[str]] = {
    "technology-lead": set(),
    "product-manager": _IMPORTING | _THEMES | _METRICS,
    "finance": _GOALS | _THEMES | _METRICS,
    "executive": _IMPORTING | _GOALS | _THEMES | _METRICS,
}
"""Pages that answer 403 to a role; the product manager is of the team that holds the objectives."""
_UPLOAD = RESTRICTED["imports/uploads/<uuid:token>"]
KINDS = 25
"""How many kinds of page there are behind the sign-in."""
MORE = (
    "/objectives?view=tree", "/objectives?status=achieved", "/why/objective/objective-0",
    "/why/company?since=2026-09-01", "/metrics?q=none-such", "/metrics/sales.0?range=26", "/find",
    "/find?q=none-such", "/policy-lab?from=2026-10-01&to=2026-11-20",
)  # fmt: skip
"""The same pages with other contents."""


def on_the_day(address: str) -> str:
    """The address as of the last day that the small company knows; imports, which are made today, as of today."""
    if re.fullmatch("/imports/[0-9]+", address):
        return address
    return f"{address}{'&' if '?' in address else '?'}as_of={DAY}"


def reading_pages() -> list[str]:
    """The pages that every role reads, as of the small company's day."""
    return [on_the_day(address) for address in OF_THE_COMPANY.values()]


def furnished() -> dict[str, str]:
    """What `furnish` makes, by the hands of the technology lead."""
    return furnish(client_of("technology-lead"))


def pages_of(role: str, imports: dict[str, str]) -> list[str]:
    """What somebody of this role opens: one of each kind of page that is not closed to them, the same with other
    contents, and the files and imports in `imports`. Fails where a closed page opens, and where what is no page answers
    to GET; that the pages open is said by whoever goes there (`Visit.open`)."""
    client, found, kinds = client_of(role), [], 0
    key_result = KeyResult.objects.earliest("pk")
    for pattern, address in (OF_THE_COMPANY | RESTRICTED).items():
        address = address.replace("key-results/1/", f"key-results/{key_result.pk}/")
        address = re.sub(f"^{_UPLOAD}$", imports["a preview with what would move"], address)
        address = re.sub("^/imports/1$", imports["an import that restated readings"], address)
        if pattern in NO_PAGES:
            continue
        if not getattr(resolve(address.split("?")[0]).func, "is_page", False):
            assert client.get(address).status_code == 405, address
            continue
        kinds += 1
        found += _if_open(client, address, is_closed=pattern in CLOSED[role])
    assert kinds == KINDS
    more = [*MORE, f"/why/key-result/{key_result.pk}"]
    for address in [*more, *(address for address in imports.values() if address not in found)]:
        is_closed = "/uploads/" in address and CLOSED[role] >= _IMPORTING
        found += _if_open(client, address, is_closed=is_closed)
    return [on_the_day(address) for address in found] + ["/imports"]


def _if_open(client: Client, address: str, *, is_closed: bool) -> list[str]:
    """The address, or nothing where it is closed; then it says so."""
    if not is_closed:
        return [address]
    response = client.get(on_the_day(address))
    assert response.status_code == 403, address
    assert response["Content-Type"].startswith("text/html"), address
    return []


def client_of(role: str) -> Client:
    """Django's own client, signed in as the person of this role."""
    client = Client()
    client.force_login(User.objects.filter(groups__name=Role(role).value)[0])
    return client
