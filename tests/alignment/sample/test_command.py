"""`manage.py load_sample` from the command line, with the scores that follow."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from alignment.models import Company, Job, Score

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("load_sample", *arguments, stdout=out)
    return out.getvalue()


def company_scores() -> dict[object, float | None]:
    return dict(Score.objects.filter(subject_kind="company").values_list("day", "value"))


def test_a_load_is_scored_to_today_and_a_day_without_scores_is_caught_up_at_the_next_start() -> None:
    assert run("--seed", "7").startswith("Loaded the sample company, seed 7: ")
    today = timezone.now().date()
    scores = company_scores()
    assert scores[today] is not None
    assert len(scores) > 180
    assert not Job.objects.exclude(state="done").exists()
    Score.objects.filter(day=today).delete()
    assert "nothing was changed" in run("--extend")
    assert company_scores() == scores


def test_extend_loads_an_empty_database_and_continues_its_own() -> None:
    earlier = timezone.now().date() - timedelta(days=10)
    assert run("--extend", "--as-of", earlier.isoformat()).startswith("Loaded the sample company")
    assert run("--extend").startswith("Extended the sample company")
    assert "is up to date; nothing was changed" in run("--extend")
    assert "is up to date; nothing was changed" in run()
    with pytest.raises(CommandError, match="To begin anew"):
        run("--seed", "99")
    with pytest.raises(
        CommandError, match="holds the sample company of seed 7, not of seed 7 without the story"
    ):
        run("--extend", "--healthy")
    tomorrow = timezone.now().date() + timedelta(days=1)
    with pytest.raises(CommandError, match="lies in the future"):
        run("--extend", "--as-of", tomorrow.isoformat())


def test_extend_says_that_it_leaves_another_company_alone() -> None:
    Company.objects.create(name="Acme")
    assert "was not filled by load_sample; nothing was changed" in run("--extend")
    with pytest.raises(CommandError, match="holds the company “Acme”"):
        run()
