"""Editing in a real browser: by keyboard, by two people at once, and without script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Thread

from django.db import connections
from django.utils import timezone

from alignment import queueing
from alignment.models import KeyResult, KeyResultStatus, Objective, Team, User
from alignment.scoring.recompute import recompute
from tests.journeys.conftest import Visit

Come = Callable[..., Visit]
Make = Callable[..., None]
EDIT = "/objectives/objective-0/edit"


def do_the_work() -> None:
    """What a worker does: everything that is due."""

    def run() -> None:
        queueing.run_due()
        connections.close_all()

    worker = Thread(target=run)
    worker.start()
    worker.join(60)
    assert not worker.is_alive()


def level(company: Make) -> KeyResult:
    """The small company brought up to today, and the key result that is off track in it."""
    company()
    now = timezone.now()
    KeyResult.objects.update(due=now.date() + timedelta(days=60))
    Objective.objects.update(period_end=now.date() + timedelta(days=60))
    recompute(touched_metrics=None, since=None, until=now.date(), by="system:test", now=now)
    found = KeyResult.objects.get(name="sales.0 to 200")
    assert _status(found) in ("off-track", "at-risk")
    return found


def _status(key_result: KeyResult) -> str:
    return str(KeyResultStatus.objects.filter(key_result=key_result).latest("day").status)


def test_a_target_is_changed_by_keyboard_and_the_status_follows(visitor: Come, company: Make) -> None:
    key_result = level(company)
    visit = visitor()
    visit.sign_in("technology-lead")
    page = visit.page
    visit.open("/objectives/objective-0")
    page.focus(f"#key-result-{key_result.pk} a.head-act")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit")
    page.focus("#id_target")
    page.keyboard.press("Control+a")
    page.keyboard.type("131")
    page.keyboard.press("Control+s")
    page.wait_for_url(f"**/objectives/objective-0#key-result-{key_result.pk}")
    assert "Your change is saved" in page.inner_text("main")
    do_the_work()
    assert _status(key_result) == "achieved"
    visit.open("/objectives/objective-0")
    assert "achieved" in page.inner_text(f"#key-result-{key_result.pk} .status >> nth=0")
    assert visit.violations() == []


def test_enter_sends_escape_goes_back_and_unsaved_text_is_asked_about(visitor: Come, company: Make) -> None:
    company()
    visit = visitor()
    visit.sign_in("technology-lead")
    page = visit.page
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(visit.address + EDIT)
    page.keyboard.press("Escape")
    page.wait_for_url("**/objectives/objective-0")
    assert asked == []
    page.goto(visit.address + EDIT)
    page.fill("#id_name", "Half typed")
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert page.input_value("#id_name") == "Half typed"
    page.focus("#id_name")
    page.keyboard.press("Enter")
    page.wait_for_url("**/objectives/objective-0")
    assert asked == ["beforeunload"]
    assert Objective.objects.get(slug="objective-0").name == "Half typed"


def test_two_people_edit_one_objective_and_neither_loses_a_word(visitor: Come, company: Make) -> None:
    company()
    User.objects.filter(username="product-manager").update(team=Team.objects.get(slug="red"))
    one, two = visitor(), visitor()
    one.sign_in("technology-lead")
    two.sign_in("product-manager")
    for visit in (one, two):
        visit.page.goto(visit.address + EDIT)
    one.page.fill("#id_name", "Theirs")
    one.page.click("form[data-edit] button[type=submit]")
    one.page.wait_for_url("**/objectives/objective-0")
    two.page.fill("#id_name", "Mine")
    two.page.fill("#id_description", "typed for an hour")
    two.page.click("form[data-edit] button[type=submit]")
    stale = two.page.wait_for_selector(".stale")
    assert stale is not None
    text = stale.inner_text()
    for said in ("Mine", "Theirs", "Objective 0", "The technology-lead"):
        assert said in text
    assert two.page.evaluate("() => document.activeElement.matches('.stale')")
    assert two.page.input_value("#id_description") == "typed for an hour"
    two.page.check('input[name="take-name"][value="theirs"]')
    two.page.click("form[data-edit] button[type=submit]")
    two.page.wait_for_url("**/objectives/objective-0")
    objective = Objective.objects.get(slug="objective-0")
    assert (objective.name, objective.description) == ("Theirs", "typed for an hour")
    two.answered(409)


def test_forms_work_without_script(visitor: Come, company: Make) -> None:
    key_result = level(company)
    visit = visitor(java_script_enabled=False)
    visit.sign_in("technology-lead")
    page = visit.page
    page.goto(f"{visit.address}/objectives/objective-0/key-results/{key_result.pk}/edit")
    page.fill("#id_target", "1,5")
    page.click("form[data-edit] button[type=submit]")
    assert "without guessing" in page.inner_text(".notice")
    assert page.input_value("#id_target") == "1,5"
    page.fill("#id_target", "250")
    page.click("form[data-edit] button[type=submit]")
    page.wait_for_url(f"**/objectives/objective-0#key-result-{key_result.pk}")
    assert KeyResult.objects.get(pk=key_result.pk).target == 250
    page.goto(f"{visit.address}/objectives/objective-0/key-results/{key_result.pk}/edit")
    page.click("text=Remove this key result")
    page.click("text=Put it back")
    assert KeyResult.objects.get(pk=key_result.pk).target == 250
    visit.answered(422)


def test_forms_fit_a_phone_and_keep_to_the_security_policy(visitor: Come, company: Make) -> None:
    company()
    number = KeyResult.objects.earliest("pk").pk
    visit = visitor(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visit.sign_in("technology-lead")
    for path in (EDIT, "/objectives/new", f"/objectives/objective-0/key-results/{number}/edit", "/policy-lab",
                 "/objectives?view=tree"):  # fmt: skip
        visit.open(path)
        assert visit.violations() == [], path
        assert visit.overflow() <= 0, path
