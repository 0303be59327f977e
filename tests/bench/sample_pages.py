"""Every page of the sample company, a preview and an import among them, and who opens it."""

from __future__ import annotations

from typing import Any

READER, EDITOR = "executive", "technology-lead"


def prepare_pages() -> dict[str, str]:
    """Address to role, in the order of the registry: pages that all may read as an executive, forms and files as the
    technology lead. The sample company stands when this is called; it brings a file that waits with its preview."""
    from alignment.models import ImportBatch, KeyResult, Metric, Objective, Theme
    from tests.alignment.views.addresses import OF_THE_COMPANY, RESTRICTED

    objective = Objective.objects.order_by("-period_end", "id")[0]
    key_result = KeyResult.objects.filter(objective=objective).order_by("id")[0]
    metric = Metric.objects.filter(key_results__objective=objective).order_by("id")[0]
    lead = client_of(EDITOR)
    names = {
        "key-results/1/": f"key-results/{key_result.pk}/",
        "objective-0": objective.slug,
        "theme-0": Theme.objects.order_by("id")[0].slug,
        "sales.0": metric.key,
        "imports/1": f"imports/{ImportBatch.objects.latest('id').pk}",
        "uploads/00000000-0000-4000-8000-000000000000": f"uploads/{_preview(lead, metric)}",
    }
    found = {}
    for address in [*OF_THE_COMPANY.values(), *RESTRICTED.values()]:
        role = READER if address in OF_THE_COMPANY.values() else EDITOR
        for small, sample in names.items():
            address = address.replace(small, sample)
        answer = lead.get(address)
        if answer.status_code != 405 and "attachment" not in answer.get("Content-Disposition", ""):
            found[address] = role
    return {address: found[address] for address in found if not address.endswith("/progress")} | {
        f"/why/key-result/{key_result.pk}": READER
    }


def client_of(role: str) -> Any:
    """Django's own client, signed in as the first person of the role; it has the secret of forms."""
    from django.test import Client

    from alignment.models import User

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.filter(groups__name=role)[0])
    client.get("/")
    return client


def _preview(client: Any, metric: Any) -> str:
    """The token of a file that restates a metric's last four readings a little higher."""
    from tests.alignment.views.importing import hand_in

    rows = metric.observations.order_by("-period_start")[:4]
    text = "".join(f"{metric.key},{row.period_start},{row.value + 1:f}\n" for row in rows)
    return str(hand_in(client, f"metric,date,value\n{text}", "restated.csv").token)
