"""`manage.py load_sample` from the command line, with the scores that follow."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from alignment.models import Company, Job, KeyResultStatus, Score

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("load_sample", *arguments, stdout=out)
    return out.getvalue()


def company_scores() -> dict[object, float | None]:
    return dict(Score.objects.filter(subject_kind="company").values_list("day", "value"))


def test_a_load_is_scored_and_the_drift_shows() -> None:
    said = run("--seed", "7")
    assert said.startswith("Loaded the sample company, seed 7: ")
    today = timezone.now().date()
    scores = company_scores()
    now, before = scores[today], scores[today - timedelta(weeks=12)]
    assert now is not None
    assert before is not None
    assert 45 < now < 70
    assert now < before - 3
    last = {row.key_result_id: row.status for row in KeyResultStatus.objects.order_by("day")}
    assert len(set(last.values())) >= 5
    assert not Job.objects.exclude(state="done").exists()
    Score.objects.filter(day=today).delete()
    assert "nothing was changed" in run("--extend")
    assert company_scores() == scores, "a day without scores is caught up at the next start"


def test_the_healthy_twin_is_scored_well() -> None:
    run("--seed", "7", "--healthy")
    now = company_scores()[timezone.now().date()]
    assert now is not None
    assert 78 < now < 95


def test_extend_loads_an_empty_database_and_continues_its_own() -> None:
    earlier = timezone.now().date() - timedelta(days=10)
    assert run("--extend", "--as-of", earlier.isoformat()).startswith("Loaded the sample company")
    assert run("--extend").startswith("Extended the sample company")
    assert "is up to date; nothing was changed" in run("--extend")
    assert "is up to date; nothing was changed" in run()
    with pytest.raises(CommandError, match="To begin anew"):
        run("--seed", "99")


def test_extend_says_that_it_leaves_another_company_alone() -> None:
    Company.objects.create(name="Acme")
    assert "was not filled by load_sample; nothing was changed" in run("--extend")
    with pytest.raises(CommandError, match="holds the company “Acme”"):
        run()
