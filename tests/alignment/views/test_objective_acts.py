"""Objectives and key results taken away, ended and put back: what is said, what stays, and what nobody may."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from alignment.models import AuditEvent, Epic, Job, KeyResult, KeyResultStatus, Objective, Score, Team, User
from alignment.removing_objectives import seen_of
from tests.alignment.small_company import DAY, SmallCompany
from tests.alignment.views.conftest import SignedIn
from tests.alignment.views.test_objective_edit import opened

BASE = "/objectives/objective-0"
HOSTILE = "<svg onload=x>&\"'"


@pytest.fixture
def lead(small_company: SmallCompany, signed_in: SignedIn) -> Client:
    return signed_in("technology-lead")


@pytest.fixture
def fresh(lead: Client) -> Objective:
    """An objective that was added today, with a key result, as a person adds them."""
    theme = Objective.objects.get(slug="objective-0").theme_id
    data = opened(lead, "/objectives/new") | {"name": HOSTILE, "theme": str(theme)}
    page = lead.post("/objectives/new", data)["Location"]
    objective = Objective.objects.get(slug=page.rpartition("/")[2])
    address = f"{page}/key-results/new"
    lead.post(address, opened(lead, address) | {"name": "More", "baseline": "1", "target": "2"})
    return objective


def words(response: object) -> str:
    content = getattr(response, "content", b"").decode()
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", content)))


def seen(client: Client, base: str) -> str:
    """What the forms of both acts carry."""
    found = re.findall(r'name="seen" value="([0-9a-f]+)"', client.get(f"{base}/edit").content.decode())
    assert len(set(found)) == 1
    return str(found[0])


# -- the past of a key result that was removed -------------------------------------------------------------------


def test_a_removed_key_result_is_explained_on_the_days_on_which_it_stood(
    lead: Client, small_company: SmallCompany
) -> None:
    result = small_company.key_results[0]
    address, before = f"/why/key-result/{result.pk}", timezone.localdate() - timedelta(days=1)
    told = lead.get(address, {"as_of": DAY}).content
    said = KeyResultStatus.objects.filter(key_result=result).count()
    lead.post(f"{BASE}/key-results/{result.pk}/remove")
    assert KeyResultStatus.objects.filter(key_result_id=result.pk).count() == said > 0
    response = lead.get(address, {"as_of": DAY})
    csrf = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')
    notice = re.compile(rb'<div class="notice".*?</div>\s*', re.DOTALL)
    assert csrf.sub(b"", notice.sub(b"", response.content)).split() == csrf.sub(b"", told).split()
    assert lead.get(address, {"as_of": before}).status_code == 200
    assert lead.get(address).status_code == 404
    assert lead.get("/why/key-result/987654").status_code == 404


def test_a_past_page_offers_no_change_of_what_is_gone(lead: Client, small_company: SmallCompany) -> None:
    gone, left = small_company.key_results[:2]
    lead.post(f"{BASE}/key-results/{gone.pk}/remove")
    page = lead.get(BASE, {"as_of": DAY}).content.decode()
    assert f'href="/why/key-result/{gone.pk}?as_of={DAY}"' in page
    assert f"{BASE}/key-results/{gone.pk}/edit" not in page
    assert f"{BASE}/key-results/{left.pk}/edit" in page


def test_outsiders_learn_nothing_of_what_was_removed(
    lead: Client, small_company: SmallCompany, signed_in: SignedIn
) -> None:
    number = small_company.key_results[0].pk
    lead.post(f"{BASE}/key-results/{number}/remove")
    address = f"/why/key-result/{number}"
    assert signed_in("outsider").get(address, {"as_of": DAY}).status_code == 404
    assert signed_in("executive").get(address, {"as_of": DAY}).status_code == 200


# -- the ready mark ----------------------------------------------------------------------------------------------


def test_it_is_said_when_the_ready_mark_goes_and_why(lead: Client, small_company: SmallCompany) -> None:
    Objective.objects.filter(slug="objective-0").update(is_ready=True)
    first, last = (row.pk for row in small_company.objectives[0].key_results.all())
    page = words(lead.post(f"{BASE}/key-results/{first}/remove", follow=True))
    assert "is removed from today on" in page
    assert "no longer marked ready" not in page
    page = words(lead.post(f"{BASE}/key-results/{last}/remove", follow=True))
    assert "“Objective 0” is no longer marked ready, because it has no key result." in page


def test_what_is_put_back_unmeasurable_takes_the_mark_off(lead: Client, small_company: SmallCompany) -> None:
    first = small_company.key_results[0]
    KeyResult.objects.filter(pk=first.pk).update(target=None)
    lead.post(f"{BASE}/key-results/{first.pk}/remove")
    Objective.objects.filter(slug="objective-0").update(is_ready=True)
    page = words(lead.post(f"{BASE}/key-results/{first.pk}/put-back", follow=True))
    assert "is no longer marked ready, because “sales.0 to 200” has no target." in page
    assert not Objective.objects.get(slug="objective-0").is_ready


# -- taking an objective away ------------------------------------------------------------------------------------


def test_an_objective_of_today_is_removed_and_put_back_as_it_was(lead: Client, fresh: Objective) -> None:
    base = f"/objectives/{fresh.slug}"
    row, results = Objective.objects.filter(pk=fresh.pk).values().get(), list(fresh.key_results.values())
    response = lead.post(f"{base}/remove", {"seen": seen(lead, base)}, follow=True)
    assert response.redirect_chain == [("/objectives#removed", 303)]
    assert "is removed with its key results" in words(response)
    assert HOSTILE not in response.content.decode()
    assert not Objective.objects.filter(pk=fresh.pk).exists()
    assert not KeyResult.objects.filter(pk=results[0]["id"]).exists()
    assert lead.get(base).status_code == 404
    event = AuditEvent.objects.filter(table_name="alignment_objective").latest("id")
    assert (event.operation, event.actor) == ("delete", "technology-lead")
    job = Job.objects.get(deduplication_key__startswith=f"edit:objective:{fresh.pk}:")
    assert job.payload["since"] == timezone.localdate().isoformat()
    back = f"/objectives/removed/{fresh.pk}/put-back"
    assert f'action="{back}"' in response.content.decode()
    assert [lead.post(back)["Location"] for _ in range(2)] == [base, base]
    assert Objective.objects.filter(pk=fresh.pk).values().get() == row
    assert list(KeyResult.objects.filter(objective_id=fresh.pk).values()) == results
    assert 'id="removed"' not in lead.get("/objectives").content.decode()


def test_put_back_beside_one_that_took_its_address(lead: Client, fresh: Objective) -> None:
    base = f"/objectives/{fresh.slug}"
    lead.post(f"{base}/remove", {"seen": seen(lead, base)})
    Objective.objects.create(
        slug=fresh.slug, name="Other", theme_id=fresh.theme_id, period_start=DAY, period_end=DAY
    )
    location = lead.post(f"/objectives/removed/{fresh.pk}/put-back")["Location"]
    assert location not in ("", base)
    assert Objective.objects.get(pk=fresh.pk).slug == location.rpartition("/")[2]


def test_what_counted_is_not_removed_but_ended(lead: Client) -> None:
    Objective.objects.filter(slug="objective-0").update(period_end=date(2199, 1, 1))
    page = words(lead.get(f"{BASE}/edit"))
    first = Score.objects.filter(subject_kind="objective").earliest("day").day
    assert f"It cannot be removed. It has counted since {first.day} {first:%b %Y}" in page
    assert "Remove this objective" not in page
    response = lead.post(f"{BASE}/remove", {"seen": seen(lead, BASE)}, follow=True)
    assert response.redirect_chain == [(f"{BASE}/edit", 303)]
    assert "Nothing was changed. It has counted since" in words(response)
    response = lead.post(f"{BASE}/end", {"seen": seen(lead, BASE)}, follow=True)
    assert response.redirect_chain == [(BASE, 303)]
    assert "Today is its last day" in words(response)
    assert Objective.objects.get(slug="objective-0").period_end == timezone.localdate()
    assert Job.objects.filter(deduplication_key__startswith="edit:objective:").count() == 1
    assert "It cannot be ended today. Its last day is" in words(lead.get(f"{BASE}/edit"))


@pytest.mark.parametrize("act", ["remove", "end"])
def test_nobody_acts_on_what_they_have_not_seen(lead: Client, fresh: Objective, act: str) -> None:
    base = f"/objectives/{fresh.slug}"
    token = seen(lead, base)
    KeyResult.objects.filter(objective=fresh).update(target=3)
    trail = AuditEvent.objects.count()
    for sent in (token, "", "x" * 5000):
        response = lead.post(f"{base}/{act}", {"seen": sent}, follow=True)
        assert "Somebody changed it, or one of its key results" in words(response)
        assert 'role="alert"' in response.content.decode()
    assert AuditEvent.objects.count() == trail


def test_what_others_rest_on_is_not_removed(lead: Client, fresh: Objective) -> None:
    def refused(act: str) -> str:
        token = seen_of(fresh)
        return words(lead.post(f"/objectives/{fresh.slug}/{act}", {"seen": token}, follow=True))

    child = Objective.objects.get(slug="objective-1")
    Objective.objects.filter(pk=fresh.pk).update(period_end=date(2199, 1, 1))
    Objective.objects.filter(pk=child.pk).update(parent=fresh, period_end=date(2199, 1, 1))
    assert "1 objective stands under it. Move or remove it first." in refused("remove")
    assert "1 objective under it still runs. End or move it first." in refused("end")
    Objective.objects.filter(pk=child.pk).update(parent=None)
    Epic.objects.filter(slug="epic-0").update(objective=fresh)
    assert "It is served by “Epic 0”. Let it serve another objective first." in refused("remove")
    assert Objective.objects.get(pk=fresh.pk).period_end == date(2199, 1, 1)


def test_acts_are_posts_of_those_who_may(
    lead: Client, small_company: SmallCompany, fresh: Objective, signed_in: SignedIn
) -> None:
    base = f"/objectives/{fresh.slug}"
    token = seen(lead, base)
    User.objects.filter(username="product-manager").update(team=Team.objects.create(slug="blue", name="Blue"))
    for role in ("executive", "finance", "engineering-lead", "administrator", "product-manager"):
        client = signed_in(role)
        for act in ("remove", "end"):
            assert client.get(f"{base}/{act}").status_code == 405
            assert client.post(f"{base}/{act}", {"seen": token}).status_code == 403
    lead.post(f"{base}/remove", {"seen": token})
    back = f"/objectives/removed/{fresh.pk}/put-back"
    assert lead.get(back).status_code == 405
    assert signed_in("executive").post(back).status_code == 403
    assert signed_in("product-manager").post(back).status_code == 404  # of another team
    assert 'id="removed"' not in signed_in("product-manager").get("/objectives").content.decode()
    assert lead.post("/objectives/removed/987654/put-back").status_code == 404


# -- what is said of which day -----------------------------------------------------------------------------------


def test_a_status_says_of_which_day_its_figures_are(lead: Client, small_company: SmallCompany) -> None:
    result = small_company.key_results[0]
    row = KeyResultStatus.objects.filter(key_result=result, day__lte=DAY).latest("day")
    later = row.day + timedelta(days=1)
    page = words(lead.get(BASE, {"as_of": later}))
    began = f"Said on {row.day.day} {row.day:%b %Y}: {row.reason}"
    assert began in page
    assert f"On {later.day} {later:%b %Y}: " in page
    assert began in words(lead.get(f"/why/key-result/{result.pk}", {"as_of": later}))
    on_the_day = words(lead.get(BASE, {"as_of": row.day}))
    assert row.reason in on_the_day
    assert began not in on_the_day
