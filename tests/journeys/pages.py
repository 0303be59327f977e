"""Which pages the journeys go through: every address of the registry that shows a page, on the small company's day."""

from __future__ import annotations

import re

from django.test import Client

from alignment.models import ImportBatch, KeyResult, User
from alignment.models.people import Role
from tests.alignment.small_company import DAY
from tests.alignment.views.addresses import OF_THE_COMPANY, RESTRICTED

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WIDE = {"viewport": {"width": 1440, "height": 900}}


def on_the_day(address: str) -> str:
    """The address as of the last day that the small company knows."""
    return f"{address}{'&' if '?' in address else '?'}as_of={DAY}"


def reading_pages() -> list[str]:
    """The pages that every role reads, as of the small company's day."""
    return [on_the_day(address) for address in OF_THE_COMPANY.values()]


def pages_of(role: str) -> list[str]:
    """What somebody of this role can open: the reading pages, and those of the registry's forms and lists that
    answer them with a page. The company and its people stand when this is called."""
    client = client_of(role)
    key_result, batch = KeyResult.objects.earliest("pk"), ImportBatch.objects.earliest("pk")
    found = reading_pages()
    for address in RESTRICTED.values():
        address = address.replace("key-results/1/", f"key-results/{key_result.pk}/")
        address = re.sub("^/imports/1(?=/|$)", f"/imports/{batch.pk}", address)
        response = client.get(on_the_day(address))
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            found.append(on_the_day(address))
    return found


def client_of(role: str) -> Client:
    """Django's own client, signed in as the person of this role."""
    client = Client()
    client.force_login(User.objects.filter(groups__name=Role(role).value)[0])
    return client
