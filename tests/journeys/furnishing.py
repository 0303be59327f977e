"""What the pages of imports and the forms need to show: files that wait, imports that were made and undone, and a
company that has next to nothing. Made as people make it, through the pages themselves."""

from __future__ import annotations

from datetime import date
from unittest.mock import patch

from django.test import Client

from alignment.importing import uploads
from alignment.models import Company, KeyResult, Metric, Objective, Team, Theme, User
from tests.alignment.importing.conftest import CREATE
from tests.alignment.views.importing import GOOD, confirm, hand_in, imported, look
from tests.journeys.conftest import work

FAULTY = "date,visits\n2026-02-02,1\n2026-02-09,many\nsoon,3\n"


def lowered(weeks: int = 4, by: int = 90) -> str:
    """A file: the first metric of the small company, restated far lower for its last weeks."""
    rows = Metric.objects.get(key="sales.0").observations.order_by("-period_start")[:weeks]
    return "metric,date,value\n" + "".join(
        f"sales.0,{row.period_start},{int(row.value) - by}\n" for row in rows
    )


def give_team() -> None:
    """The product manager joins the team that holds the objectives."""
    User.objects.filter(username="product-manager").update(team=Team.objects.get(slug="red"))


def furnish(client: Client) -> dict[str, str]:
    """Files and imports in every state, by what each shows; `client` is somebody's who may import. The small company
    stands when this is called, and its product manager gets a team."""
    give_team()
    loaded = imported(client, FAULTY, "faulty.csv", good_rows_only=True)
    undone = imported(client, GOOD.replace("visits", "calls"), "undone.csv")
    client.post(f"/imports/{undone.pk}/undo")
    made = hand_in(client, lowered(weeks=2, by=1), "restated.csv")
    confirm(client, made)
    work()
    made.refresh_from_db()
    assert made.batch is not None
    undone.refresh_from_db()
    assert (loaded.rows_refused, undone.state, made.batch.rows_changed) == (2, "undone", 2)
    found = {
        "a preview with what would move": hand_in(client, lowered(), "lower.csv"),
        "a file that was imported before": hand_in(client, lowered(weeks=2, by=1), "again.csv"),
        "a file whose columns are not known": hand_in(client, GOOD.replace("visits", "strangers"), "new.csv"),
        "a file with faults": look(
            client, hand_in(client, FAULTY, "faults.csv"), **CREATE | {"prefix": "f."}
        ),
    }
    with patch.object(uploads, "AT_ONCE_BYTES", 0):
        found["a file that waits for a worker"] = hand_in(client, GOOD, "waits.csv")
    return {what: f"/imports/uploads/{upload.token}" for what, upload in found.items()} | {
        "an import that restated readings": f"/imports/{made.batch.pk}",
        "an import with refused rows": f"/imports/{loaded.pk}",
        "an import that was undone": f"/imports/{undone.pk}",
    }


def bare_company() -> None:
    """A company with one of each thing, none of which has anything in it."""
    Company.objects.create(name="Bare", staff=1, yearly_revenue=1)
    theme = Theme.objects.create(slug="theme-0", name="Theme 0", weight=1)
    objective = Objective.objects.create(
        slug="objective-0", name="Objective 0", theme=theme,
        period_start=date(2026, 10, 1), period_end=date(2026, 12, 31),
    )  # fmt: skip
    Metric.objects.create(
        key="sales.0",
        name="sales 0",
        category=Metric.Category.BUSINESS_OUTCOMES,
        unit="deals",
        cadence="week",
    )
    KeyResult.objects.create(
        objective=objective, name="Nothing is measured", start=date(2026, 10, 1), due=date(2026, 12, 31)
    )
