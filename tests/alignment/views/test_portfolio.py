"""The portfolio and the page of a theme: figures, who sees amounts, order, files, edits."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alignment.models import AuditEvent, BudgetLine, Job, Score, Theme
from alignment.models.people import Role
from alignment.permissions import SEES_MONEY
from alignment.scoring.recompute import recompute
from tests.alignment.small_company import AMOUNT, DAY, SmallCompany, build
from tests.alignment.views.conftest import SignedIn

ON_DAY = {"as_of": DAY.isoformat()}
PORTFOLIO_QUERIES, THEME_QUERIES = 14, 21


def test_the_sentence_says_how_much_would_have_to_move(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    page = signed_in("executive").get("/portfolio", ON_DAY).context["page"]
    # weights 2 and 3, spend 987,654.32 and 100,000.00 a month
    spent = float(AMOUNT) / (float(AMOUNT) + 100_000)
    assert page.sentence == (
        f"{100 * (spent - 0.4):.0f} points of spend would have to move: "
        "Theme 0 takes more than planned, Theme 1 gets less"
    )
    assert [row.weight for row in page.rows] == [0.4, 0.6]
    assert page.rows[0].spent == pytest.approx(spent)
    assert page.rows[0].difference_words == f"+{100 * (spent - 0.4):.0f} pts"


def test_money_outside_themes_counts_as_on_the_overview(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    for month in (8, 9, 10):
        BudgetLine.objects.create(theme=None, month=date(2026, month, 1), planned=200_000, actual=200_000)
    recompute(touched_metrics=None, since=None, until=DAY, by="test", now=datetime(2026, 11, 22, tzinfo=UTC))
    client = signed_in("executive")
    page = client.get("/portfolio", ON_DAY).context["page"]
    whole = float(AMOUNT) + 300_000
    assert page.outside.share == pytest.approx(200_000 / whole)
    assert page.outside.spend == 600_000
    over = sum(
        max(0.0, spent - weight) for spent, weight in ((float(AMOUNT) / whole, 0.4), (1e5 / whole, 0.6))
    )
    moving = round(100 * (over + 200_000 / whole))
    assert page.sentence.startswith(f"{moving} points of spend would have to move: ")
    assert page.sentence.endswith(f"{100 * 200_000 / whole:.0f} % is spent outside themes")
    funding = client.get("/", ON_DAY).context["page"].funding
    assert funding.sentence.startswith(f"{moving} points of spend would have to move")
    rows = list(
        csv.reader(io.StringIO(client.get("/portfolio", {**ON_DAY, "format": "csv"}).content.decode()))
    )
    assert rows[-1][0] == "Money outside themes"
    shares = [float(row[2].rstrip("%")) for row in rows[1:]]
    assert sum(shares) == pytest.approx(1.0)
    assert signed_in("product-manager").get("/portfolio", ON_DAY).context["page"].outside.spend is None


def test_scores_and_components_are_the_stored_ones(small_company: SmallCompany, signed_in: SignedIn) -> None:
    rows = signed_in("executive").get("/portfolio", ON_DAY).context["page"].rows
    for row in rows:
        stored = Score.objects.get(
            subject_kind="theme", subject_id=Theme.objects.get(slug=row.slug).pk, day=DAY
        )
        assert row.score == stored.value
        assert [level.value for level in row.levels] == [part["value"] for part in stored.components]


def test_the_chart_has_a_dot_for_each_theme_in_its_quadrant(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    page = signed_in("executive").get("/portfolio", ON_DAY).context["page"]
    (trace,) = page.chart.figure["data"]
    assert (trace["type"], trace["text"]) == ("scatter", ["1", "2"])
    assert trace["x"] == [round(100 * row.difference, 2) for row in page.rows]
    assert trace["y"] == [round(100 * row.levels[0].value, 1) for row in page.rows]
    right = page.rows[0].levels[0].value >= 0.7
    assert page.rows[0].quadrant == ("protect" if right else "stop")
    assert [row[-1] for row in page.chart.table.rows] == [row.quadrant for row in page.rows]


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("address", ["/portfolio", "/portfolio/theme-0"])
def test_amounts_are_for_those_who_may_see_money(
    small_company: SmallCompany, signed_in: SignedIn, address: str, role: str
) -> None:
    client = signed_in(role)
    shown = unescape(client.get(address, ON_DAY).content.decode())
    exported = client.get("/portfolio", {**ON_DAY, "format": "csv"}).content.decode()
    seen = [text in shown for text in ("987,654", "3\u00a0M USD", "987654")]
    if role in SEES_MONEY:
        assert any(seen)
        assert "2962962.96" in exported  # three months
    else:
        assert not any(seen)
        assert "restricted" in shown
        assert "2962962.96" not in exported


@pytest.mark.parametrize(
    ("sort", "first"), [("plan", "theme-0"), ("difference", "theme-0"), ("name", "theme-0")]
)
def test_the_order_is_in_the_address(
    small_company: SmallCompany, signed_in: SignedIn, sort: str, first: str
) -> None:
    response = signed_in("executive").get("/portfolio", {**ON_DAY, "sort": sort})
    assert response.context["page"].rows[0].slug == first
    assert f'<option value="{sort}" selected>' in response.content.decode()


def test_lowest_score_first(small_company: SmallCompany, signed_in: SignedIn) -> None:
    rows = signed_in("executive").get("/portfolio", {**ON_DAY, "sort": "score"}).context["page"].rows
    assert [row.score for row in rows] == sorted(row.score for row in rows)


@pytest.mark.parametrize(("asked", "words"), [({"sort": "x"}, "no order"), ({"format": "pdf"}, "no format")])
def test_what_cannot_be_read_is_said(
    small_company: SmallCompany, signed_in: SignedIn, asked: dict[str, str], words: str
) -> None:
    response = signed_in("executive").get("/portfolio", asked)
    assert response.status_code == 400
    assert words in response.content.decode()


def test_the_file_holds_figures(small_company: SmallCompany, signed_in: SignedIn) -> None:
    response = signed_in("finance").get("/portfolio", {**ON_DAY, "format": "csv"})
    heading, *rows = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert heading[:4] == ["Theme", "Strategic weight", "Share of spend", "Spend"]
    assert rows[0][:2] == ["Theme 0", "0.4"]
    assert float(rows[0][3]) == 3 * float(AMOUNT)
    assert response["Content-Type"].startswith("text/csv")


def test_a_theme_begins_with_its_score(small_company: SmallCompany, signed_in: SignedIn) -> None:
    page = unescape(signed_in("executive").get("/portfolio/theme-0", ON_DAY).content.decode())
    stored = Score.objects.get(subject_kind="theme", subject_id=Theme.objects.get(slug="theme-0").pk, day=DAY)
    heading = re.sub(r"<[^>]+>", "", re.findall(r"<h1>(.*?)</h1>", page, re.S)[0])
    assert heading.startswith(f"Theme 0 stands at {stored.value:.0f} of 100")
    assert "Objective 0" in page
    assert "Objective 1" not in page
    assert 'id="epic-epic-0"' in page


def test_money_by_month_is_drawn_with_all_its_months(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    chart = signed_in("finance").get("/portfolio/theme-0", ON_DAY).context["page"].money.chart
    assert [(trace["type"], trace["name"], len(trace["y"])) for trace in chart.figure["data"]] == [
        ("bar", "Planned", 6),
        ("bar", "Actual", 6),
    ]
    assert chart.table.rows[0] == ("Oct 2026", "987,654.32", "–", "987,654.32")
    restricted = signed_in("product-manager").get("/portfolio/theme-0", ON_DAY).context["page"].money.chart
    assert [trace["y"] for trace in restricted.figure["data"]] == [[100.0] * 6]


@pytest.mark.parametrize("copies", [1, 3])
def test_queries_do_not_grow_with_themes(signed_in: SignedIn, copies: int) -> None:
    build(copies=copies)
    client = signed_in("executive")
    for address, expected in (("/portfolio", PORTFOLIO_QUERIES), ("/portfolio/theme-0", THEME_QUERIES)):
        client.get(address)  # the session is touched
        Theme.objects.filter(slug="theme-0").update(description=f"{address} anew")  # nothing is kept
        with CaptureQueriesContext(connection) as queries:
            client.get(address, ON_DAY)
        assert len(queries) == expected, address


def test_a_theme_that_is_not_there_is_a_404(small_company: SmallCompany, signed_in: SignedIn) -> None:
    assert signed_in("executive").get("/portfolio/none-such").status_code == 404
    assert signed_in("outsider").get("/portfolio/theme-0").status_code == 404


@pytest.mark.parametrize("role", Role.values)
def test_the_technology_lead_alone_changes_themes(
    small_company: SmallCompany, signed_in: SignedIn, role: str
) -> None:
    allowed = role == Role.TECHNOLOGY_LEAD
    assert signed_in(role).get("/portfolio/theme-0/edit").status_code == (200 if allowed else 403)
    assert (
        "/portfolio/theme-0/edit" in signed_in(role).get("/portfolio/theme-0").content.decode()
    ) == allowed


def test_a_new_weight_is_saved_under_the_persons_name_and_scores_follow(
    small_company: SmallCompany, signed_in: SignedIn
) -> None:
    client = signed_in("technology-lead")
    form = client.get("/portfolio/theme-0/edit").context["form"]
    assert "40" in form.fields["weight"].help_text
    sent = {"name": "Theme 0", "description": "", "weight": "7", "opened_with": form["opened_with"].value()}
    response = client.post("/portfolio/theme-0/edit", sent)
    assert (response.status_code, response["Location"]) == (303, "/portfolio/theme-0")
    theme = Theme.objects.get(slug="theme-0")
    assert theme.weight == 7
    event = AuditEvent.objects.filter(table_name="alignment_theme", row_id=str(theme.pk)).latest("id")
    assert event.actor == "technology-lead"
    assert Job.objects.filter(kind="recompute").count() == 1


@pytest.mark.parametrize("weight", ["-1", "nan", "1e9", "", "1,5,0"])
def test_a_weight_that_cannot_be_meant_is_refused_and_kept_as_typed(
    small_company: SmallCompany, signed_in: SignedIn, weight: str
) -> None:
    client = signed_in("technology-lead")
    form = client.get("/portfolio/theme-0/edit").context["form"]
    sent = {"name": "Another", "weight": weight, "opened_with": form["opened_with"].value()}
    response = client.post("/portfolio/theme-0/edit", sent)
    assert response.status_code == 422
    assert 'value="Another"' in response.content.decode()
    assert Theme.objects.get(slug="theme-0").weight == 2
