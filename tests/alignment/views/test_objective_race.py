"""Two people at once cannot bring about together what neither could alone."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from alignment.models import Objective
from tests.alignment.small_company import build, cast
from tests.alignment.views.test_objective_edit import opened


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_cannot_put_two_objectives_under_each_other() -> None:
    company, person = build(), cast()["technology-lead"]
    left, right = company.objectives
    for _ in range(3):
        Objective.objects.update(parent=None)
        sendings = []
        for mine, other in ((left, right), (right, left)):
            client = Client()
            client.force_login(person)
            address = f"/objectives/{mine.slug}/edit"
            sendings.append((client, address, opened(client, address) | {"parent": str(other.pk)}))
        assert sorted(_all_at_once(sendings)) == [303, 422]
        assert Objective.objects.exclude(parent=None).count() == 1


def _all_at_once(sendings: list[tuple[Client, str, dict[str, Any]]]) -> list[int]:
    """Send the forms at the same moment; the status codes of the answers."""
    barrier, codes = threading.Barrier(len(sendings)), []

    def send(client: Client, address: str, data: dict[str, Any]) -> None:
        try:
            barrier.wait()
            codes.append(client.post(address, data).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=sending) for sending in sendings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return codes
