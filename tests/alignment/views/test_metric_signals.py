"""What a metric's page says of its readings: a step is named, marked, drawn, explained, as of the day asked about."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import numpy as np
from django.test import Client

from alignment.models import Metric, Observation
from alignment.periods import Cadence, Period
from tests.alignment.small_company import SmallCompany
from tests.alignment.views.conftest import SignedIn
from tests.alignment.views.test_metrics import asked, last_week

KEY = "sales.0"
AFTER = 10
"""Readings of the new level."""


def _stepped() -> date:
    """Rewrite a year of the metric's readings: noise around 100, and 108 in the last ten weeks. The step's period."""
    week, chance = last_week(), np.random.default_rng(3)
    metric = Metric.objects.get(key=KEY)
    example = Observation.objects.filter(metric=metric).first()
    assert example is not None
    weeks = [week.previous(back) for back in range(51, -1, -1)]
    Observation.objects.filter(metric=metric).delete()
    values = 100 + chance.normal(size=52)
    values[-AFTER:] += 8
    Observation.objects.bulk_create(
        Observation(
            metric=metric, period_start=period.start, value=round(float(value), 4), known_at=example.known_at,
            batch=example.batch, source_line=example.source_line, source_column=example.source_column,
        )
        for period, value in zip(weeks, values, strict=True)
    )  # fmt: skip
    return week.previous(AFTER - 1).start


def _page(client: Client, **more: str) -> Any:
    return asked(client, f"/metrics/{KEY}", **more)


def _words(response: Any) -> str:
    return re.sub(r"<[^>]+>", " ", unescape(response.content.decode())).replace("\u00a0", " ")


def test_a_step_is_in_the_headline_the_marks_the_chart_and_the_answers(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    start = _stepped()
    response = _page(signed_in("executive"))
    page = response.context["page"]
    end = Period(start, Cadence.WEEK).end
    said = f"the week to {end.day} {end:%b %Y}"
    assert page.verdict in ("improving", "stepped up")
    assert said in page.sentence
    signals = [mark for mark in page.marks if any(h.kind == "signal" for h in mark.happenings)]
    assert [mark.day for mark in signals] == [end]
    levels = next(t for t in page.chart.chart.figure["data"] if t["name"] == "Level between changes")
    assert [None if y is None else round(y) for y in levels["y"]] == [100, 100, None, 108, 108]
    assert levels["x"][-1] == last_week().end.isoformat()
    table = page.chart.chart.table
    assert table.headings == ("Period to", "Reading", "Level between changes", "Known since")
    tabled = [row[2].split("\u00a0")[0].split(" ")[0] for row in table.rows]
    assert [round(float(cell)) for cell in tabled] == [108] * AFTER + [100] * (52 - AFTER)
    asked_of = {answer.question: answer for answer in page.answers}
    assert asked_of["Did it step or drift?"].answer == "a step"
    assert asked_of["Are the latest readings different?"].answer == "shifted"
    assert asked_of["When did it change for good?"].answer == "once"
    assert "52" in dict(asked_of["Flow or stock?"].figures)["Periods looked at"]
    words = _words(response)
    for answer in page.answers:
        assert answer.sentence in words
        assert all(
            term in words and figure.replace("\u00a0", " ") in words for term, figure in answer.figures
        )


def test_a_period_without_a_reading_is_a_gap_to_the_tests(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    _stepped()
    Observation.objects.filter(metric__key=KEY, period_start=last_week().previous(20).start).delete()
    answers = {a.question: dict(a.figures) for a in _page(signed_in("executive")).context["page"].answers}
    assert answers["Flow or stock?"] == answers["Flow or stock?"] | {
        "Periods looked at": "52", "Of them without a reading": "1",
    }  # fmt: skip
    assert answers["Is it improving or worsening?"]["Readings judged"] == "51"


def test_before_the_step_nothing_is_said_of_it(small_company: SmallCompany, signed_in: SignedIn) -> None:
    start = _stepped()
    response = _page(signed_in("executive"), as_of=start.isoformat())
    page = response.context["page"]
    assert page.verdict == "no clear change"
    assert not [mark for mark in page.marks if any(h.kind == "signal" for h in mark.happenings)]


def test_a_metric_with_few_readings_says_what_is_missing(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    Observation.objects.filter(metric__key=KEY, period_start__lt=last_week().previous(4).start).delete()
    answers = _page(signed_in("executive")).context["page"].answers
    assert answers[0].answer == "cannot tell"
    assert answers[0].sentence == "Too short to tell: 5 readings, 12 are needed."
    assert {a.answer for a in answers[1:3]} == {"cannot tell"}
