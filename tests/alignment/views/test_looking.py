"""What changed since a person last looked: told by POST alone, held against an earlier visit, amounts for some."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alignment.audit import acting_as
from alignment.looking import VISIT, earlier_look, record_look, seen_on
from alignment.models import (
    BudgetLine,
    ImportBatch,
    KeyResult,
    KeyResultStatus,
    PersonalLook,
    Score,
    ScorePolicy,
    Signal,
    User,
)
from tests.alignment.small_company import AMOUNT, DAY, SmallCompany, build

NOON = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
SignedIn = Callable[[str], Client]


def look(user: User, after: timedelta, as_read: bool = False) -> None:
    record_look(by=user, now=NOON + after, today=DAY, as_read=as_read)


def since(user: User, after: timedelta) -> datetime | None:
    found = earlier_look(user, NOON + after)
    return found and found.at


@pytest.mark.django_db
def test_looks_within_half_an_hour_are_one_visit(small_company: SmallCompany) -> None:
    kim = User.objects.create_user("kim")
    minutes = [timedelta(minutes=n) for n in range(0, 200, 20)]
    assert since(kim, minutes[0]) is None
    for after in minutes[:4]:  # an hour, never half an hour apart
        look(kim, after)
        assert since(kim, after) is None
    later = minutes[3] + VISIT + timedelta(minutes=1)
    assert since(kim, later) == NOON + minutes[3]  # a new visit, before anything told of it
    look(kim, later)
    look(kim, later + timedelta(minutes=20))
    assert since(kim, later + timedelta(minutes=25)) == NOON + minutes[3]
    look(kim, later + timedelta(minutes=26), as_read=True)
    assert since(kim, later + timedelta(minutes=27)) == NOON + later + timedelta(minutes=26)


@pytest.mark.django_db
def test_nobody_compares_with_a_later_look(small_company: SmallCompany) -> None:
    kim = User.objects.create_user("kim")
    look(kim, timedelta())
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonalLook.objects.update(compared_at=NOON + timedelta(days=1), compared={})


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The company's today is the small company's last day."""
    monkeypatch.setattr("alignment.views.asking.timezone.localdate", lambda timezone=None: DAY)


def news_of(client: Client) -> str:
    page = unescape(client.get("/").content.decode())
    begin = page.index('id="news"')
    return page[begin : page.index("</section>", begin)]


def visited(user: User) -> None:
    """Two hours ago, when all was as it is."""
    record_look(by=user, now=datetime.now(UTC) - timedelta(hours=2), today=DAY)


@pytest.mark.usefixtures("today")
def test_a_first_visit_says_so_and_a_get_records_nothing(
    small_company: SmallCompany,
    signed_in: SignedIn,
) -> None:
    client = signed_in("executive")
    assert "This is your first visit" in news_of(client)
    assert not PersonalLook.objects.exists()
    assert client.post("/look").status_code == 204
    assert PersonalLook.objects.count() == 1
    assert "This is your first visit" in news_of(client)
    assert client.post("/look", {"read": "yes"})["Location"] == "/"
    assert "Nothing: no score" in news_of(client)
    assert signed_in("outsider").post("/look").status_code == 404
    assert Client(enforce_csrf_checks=True).post("/look").status_code in {302, 403}


@pytest.mark.usefixtures("today")
def test_news_tell_score_status_files_and_stale_metrics(
    small_company: SmallCompany,
    signed_in: SignedIn,
    people: dict[str, User],
) -> None:
    visited(people["executive"])
    Score.objects.filter(subject_kind="company", day=DAY).update(value=12.3)
    result = small_company.key_results[0]
    before = seen_on(DAY).statuses[result.pk]
    KeyResultStatus.objects.filter(key_result=result).delete()
    KeyResultStatus.objects.create(
        key_result=result, day=DAY, policy=ScorePolicy.objects.get(), status="achieved", reason="r",
        computed_at=NOON,
    )  # fmt: skip
    now = datetime.now(UTC)
    ImportBatch.objects.create(
        file_name="new.csv", file_sha256="1" * 64, options_fingerprint="1" * 64, by_name="robin",
        started_at=now, imported_at=now, state="loaded", rows_new=3, rows_changed=2,
    )  # fmt: skip
    ImportBatch.objects.filter(file_name="weekly.csv").update(
        state="undone", undone_at=now, undone_by_name="robin"
    )
    Signal.objects.filter(metric=small_company.metrics[0], kind="staleness").update(verdict="stale")
    told = news_of(signed_in("executive"))
    assert "became 12.3" in told
    assert f"#shape-{before}" in told
    assert told.index(f"#shape-{before}") < told.index("#shape-achieved")
    assert "new.csv: 3 new readings and 2 readings restated, by robin" in told
    assert "weekly.csv taken back by robin" in told
    assert "sales 0 has not reported in time" in told


@pytest.mark.usefixtures("today")
def test_edits_of_others_are_told_and_amounts_only_to_some(
    small_company: SmallCompany,
    signed_in: SignedIn,
    people: dict[str, User],
) -> None:
    for role in ("executive", "go-to-market", "finance"):
        visited(people[role])
    line = BudgetLine.objects.filter(theme__slug="theme-0").order_by("month")[0]
    with acting_as("finance"):
        BudgetLine.objects.filter(pk=line.pk).update(revised=Decimal("4321987.00"))
        KeyResult.objects.filter(pk=small_company.key_results[0].pk).update(target=Decimal(250))
    with acting_as("system:loader"):
        KeyResult.objects.filter(pk=small_company.key_results[0].pk).update(weight=Decimal(3))
    seen = {role: news_of(signed_in(role)) for role in ("executive", "go-to-market", "finance")}
    for role in ("executive", "go-to-market"):
        assert "The finance changed the key result “sales.0 to 200”: target from 200 to 250" in seen[role]
        assert "The finance changed the budget of Theme 0 for May 2026" in seen[role]
        assert "weight" not in seen[role]
    assert "4\u00a0321\u00a0987 USD" in seen["executive"]
    assert "revised (amounts are restricted)" in seen["go-to-market"]
    assert "4\u00a0321" not in seen["go-to-market"]
    assert str(AMOUNT)[:6] not in seen["go-to-market"]
    assert "changed the" not in seen["finance"]


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("copies", [1, 3])
def test_news_take_as_many_queries_whatever_changed(copies: int, people: dict[str, User]) -> None:
    built = build(copies=copies)
    visited(people["executive"])
    with acting_as("robin"):
        for result in built.key_results:
            KeyResult.objects.filter(pk=result.pk).update(name="Renamed")
    Signal.objects.filter(kind="staleness").update(verdict="stale")
    client = Client()
    client.force_login(people["executive"])
    client.get("/objectives")
    with CaptureQueriesContext(connection) as queries:
        page: Any = client.get("/")
    assert "Renamed" in page.content.decode()
    assert len(queries) == 29


def test_a_past_day_has_no_news(small_company: SmallCompany, signed_in: SignedIn) -> None:
    page = signed_in("executive").get("/", {"as_of": "2026-11-01"}).content.decode()
    assert "since you last looked" not in page
