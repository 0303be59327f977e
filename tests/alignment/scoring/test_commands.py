"""`manage.py recompute` and `manage.py explain`, as a person uses them."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from alignment.models import KeyResult, ScorePolicy
from tests.alignment.scoring.conftest import TODAY, Firm


def _run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def firm(scored_firm: Firm) -> Firm:
    """The firm after a full run; `new_firm` has had none."""
    return scored_firm


def test_recompute_says_what_it_did(new_firm: Firm) -> None:
    first = json.loads(_run("recompute", "--json"))
    assert first["mode"] == "full"
    assert first["scores"]["written"] > 300
    assert "up to date" in _run("recompute")
    again = _run("recompute", "--full")
    assert "scores: 0 written" in again
    assert "everything" in again


def test_recompute_refuses_the_future_and_a_missing_policy(firm: Firm) -> None:
    with pytest.raises(CommandError, match="still to come"):
        _run("recompute", "--since", (TODAY + timedelta(days=2)).isoformat())
    ScorePolicy.objects.update(is_active=False)
    with pytest.raises(CommandError, match="migrate"):
        _run("recompute")


def test_explain_leads_to_the_line(firm: Firm) -> None:
    _run("recompute")
    text = _run("explain", "company", "--since", (TODAY - timedelta(days=40)).isoformat())
    assert text.startswith(f"Firm on {TODAY.isoformat()}")
    assert ".csv, line " in text
    assert "in all" in text
    for line in ("Outcomes: ", "Funding: ", "Focus: ", "Evidence: ", "Guardrails: "):
        assert line in text


@pytest.mark.parametrize("name", ["company", "theme:theme-2", "objective:objective-2"])
def test_explain_as_json_adds_up(firm: Firm, name: str) -> None:
    _run("recompute")
    made = json.loads(_run("explain", name, "--since", (TODAY - timedelta(days=30)).isoformat(), "--json"))
    level, change = made["level"], made["change"]
    if level["thousandths"] is not None:
        assert sum(c["contribution"] for c in level["components"]) == level["thousandths"]
    if change["change"] is not None:
        assert sum(part["thousandths"] for part in change["parts"]) == change["change"]


def test_explain_a_key_result(firm: Firm) -> None:
    _run("recompute")
    key_result = KeyResult.objects.exclude(metric=None).filter(kind="level").first()
    assert key_result is not None
    text = _run("explain", f"key-result:{key_result.pk}")
    assert "\nPace" in text
    assert "ServiceNow-like" in text
    assert "Readings, newest first:" in text
    earlier = _run(
        "explain", f"key-result:{key_result.pk}", "--as-of", (TODAY - timedelta(days=30)).isoformat()
    )
    assert earlier != text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("theme:theme-9", "Did you mean theme-"),
        ("objective:nothing", "There is no objective"),
        ("key-result:x", "There is no key result"),
        ("everything", "Write company, theme:SLUG"),
    ],
)
def test_explain_names_what_there_is(firm: Firm, name: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        _run("explain", name)


def test_explain_refuses_days_that_make_no_sense(firm: Firm) -> None:
    with pytest.raises(CommandError, match="still to come"):
        _run("explain", "company", "--as-of", (TODAY + timedelta(days=2)).isoformat())
    with pytest.raises(CommandError, match="not before"):
        _run("explain", "company", "--since", TODAY.isoformat())


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("0001-01-01", "is before anything that is kept here"),
        ("1900-01-01", "01 January 1900 is before anything that is kept here. Ask for a day from 1990 on"),
        ("abc", "“abc” is not a day. Write .* as year, month and day"),
        ("2026-W10-1", "is not a day"),
        ("", "is not a day"),
        ("2050-01-01", "is still to come. Ask for a day up to today"),
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        ("explain", "company", "--as-of"),
        ("explain", "company", "--since"),
        ("recompute", "--since"),
    ],
)
def test_days_have_the_bounds_and_words_of_the_pages(
    db: None, command: tuple[str, ...], day: str, words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        _run(*command, day)
