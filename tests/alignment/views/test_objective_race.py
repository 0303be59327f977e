"""Two people at once cannot bring about together what neither could alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from alignment.forms.goals import unmeasurable
from alignment.models import Objective
from alignment.removing import remove_key_result
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


@pytest.mark.django_db(transaction=True)
def test_ready_and_the_last_key_result_gone_do_not_pass_each_other() -> None:
    """One person removes the key results while the other's form, checked before, waits to be saved."""
    company, person = build(), cast()["technology-lead"]
    objective = company.objectives[0]
    client, address = Client(), f"/objectives/{objective.slug}/edit"
    client.force_login(person)
    data = opened(client, address) | {"is_ready": "on"}
    with _sent_behind(client, address, data) as codes:
        for key_result in objective.key_results.all():
            remove_key_result(key_result=key_result, by=person, now=timezone.now())
    assert codes == [422]
    objective.refresh_from_db()
    assert not objective.is_ready


@pytest.mark.django_db(transaction=True)
def test_ready_and_a_target_taken_out_do_not_pass_each_other() -> None:
    """One person marks the objective ready while the other's form without a target waits to be saved."""
    company, person = build(), cast()["technology-lead"]
    objective, key_result = company.objectives[0], company.key_results[0]
    for address, typed in (
        (f"/objectives/{objective.slug}/key-results/{key_result.pk}/edit", {"target": ""}),
        (f"/objectives/{objective.slug}/key-results/new", {"name": "Unmeasured"}),
    ):
        Objective.objects.update(is_ready=False)
        client = Client()
        client.force_login(person)
        with _sent_behind(client, address, opened(client, address) | typed) as codes:
            held = Objective.objects.select_for_update(no_key=True).get(pk=objective.pk)
            held.is_ready = True
            held.save()
        assert codes == [422]
        objective.refresh_from_db()
        assert objective.is_ready
        assert not unmeasurable(objective)


@contextmanager
def _sent_behind(client: Client, address: str, data: dict[str, Any]) -> Iterator[list[int]]:
    """What is done within is committed once the form, sent after it, waits for it or is answered."""
    codes: list[int] = []

    def send() -> None:
        try:
            codes.append(client.post(address, data).status_code)
        finally:
            connections.close_all()

    thread = threading.Thread(target=send)
    with transaction.atomic():
        yield codes
        thread.start()
        for _ in range(400):
            if codes or _somebody_waits():
                break
            time.sleep(0.01)
    thread.join()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
