"""Every address of the registry that answers a GET takes as many queries with three of each thing as with one.

An address that only answers POST is known by its 405; each other one has its count here.
"""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alignment.models import ImportUpload, KeyResult, Metric, User
from tests.alignment.small_company import DAY, build
from tests.alignment.views.addresses import ADDRESSES, OPEN
from tests.alignment.views.conftest import SignedIn
from tests.alignment.views.importing import hand_in, imported

QUERIES: dict[str, int] = {
    "": 19,
    "find": 12,
    "objectives": 15,
    "objectives/<slug:slug>": 31,
    "policy-lab": 17,
    "portfolio": 14,
    "portfolio/<slug:slug>": 21,
    "metrics": 12,
    "metrics/<str:key>": 20,
    "metrics/<str:key>/against": 8,
    "metrics/<str:key>/against/<str:other>": 11,
    "method": 6,
    "why/company": 15,
    "why/<str:kind>/<slug:slug>": 16,
    "components/": 6,
    "objectives/new": 11,
    "objectives/<slug:slug>/edit": 18,
    "objectives/<slug:slug>/key-results/new": 8,
    "objectives/<slug:slug>/key-results/<int:number>/edit": 10,
    "portfolio/<slug:slug>/edit": 10,
    "readings": 14,
    "metrics/<str:key>/edit": 16,
    "imports": 10,
    "imports/new": 8,
    "imports/uploads/<uuid:token>": 9,
    "imports/uploads/<uuid:token>/progress": 4,
    "imports/<int:number>": 11,
    "imports/<int:number>/refused.csv": 5,
    "sign-in": 0,
    "health/live": 0,
    "health/ready": 1,
}
MORE = {
    "/objectives?view=tree": 15,
    "/why/objective/objective-0": 16,
    "/why/key-result/{number}": 16,
    "/policy-lab?objective=objective-0": 18,
    "/metrics/sales.0?range=26": 20,
}
"""By pattern, and by address for other contents of the same pages.

As the technology lead, who sees every part of a page; nothing is kept from one page to the next.
"""


def things(client: Client, copies: int) -> dict[str, str]:
    """The company `copies` + 1 times over, `copies` imports that restated and refused something, and as many files
    that wait; what stands in the registry's addresses, and what it is here."""
    build(copies=copies)
    metrics = list(Metric.objects.order_by("pk")[:copies])
    rows = "".join(f"{metric.key},2026-11-{day:02},{99 + day}\n" for metric in metrics for day in (2, 9))
    faults = "".join(f"{metric.key},2026-11-02,many\n" for metric in metrics)
    for number in range(copies):
        held = f"metric,date,value\n{rows}sales.0,2026-10-26,{number}\n{faults}"
        batch = imported(client, held, f"file-{number}.csv", good_rows_only=True)
        hand_in(client, f"metric,date,value\n{rows.replace(',10', ',77')}", f"later-{number}.csv")
    assert (batch.rows_refused, batch.rows_new, batch.rows_changed > 0) == (copies, 0, True)
    upload = ImportUpload.objects.filter(batch=None).latest("pk")
    return {
        "key-results/1/": f"key-results/{KeyResult.objects.earliest('pk').pk}/",
        "00000000-0000-4000-8000-000000000000": str(upload.token),
        "imports/1": f"imports/{batch.pk}",
    }


@pytest.mark.parametrize("copies", [1, 3])
def test_no_page_takes_more_queries_for_more(
    people: dict[str, User], signed_in: SignedIn, copies: int
) -> None:
    client = signed_in("technology-lead")
    here = things(client, copies)
    client.get("/objectives")  # the session's own write of its first minute
    counted = {}
    number = KeyResult.objects.earliest("pk").pk
    for pattern, address in (ADDRESSES | {more: more.format(number=number) for more in MORE}).items():
        for there, is_here in here.items():
            address = re.sub(f"{there}(?!\\d)", is_here, address)
        with CaptureQueriesContext(connection) as queries:
            on_the_day = f"{address}{'&' if '?' in address else '?'}as_of={DAY}"
            response = Client().get(address) if pattern in OPEN else client.get(on_the_day)
            b"".join(response) if response.streaming else response.content
        if response.status_code != 405:
            assert response.status_code == 200, address
            counted[pattern] = len(queries)
    assert counted == QUERIES | MORE
