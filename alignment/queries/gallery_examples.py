"""Invented words and figures for the gallery of components, the same on every day. No query, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from alignment.charts.rows import dumbbell, progress_bar, signed_bars, sparkline
from alignment.charts.text import Markup
from alignment.charts.time_plot import Band, Line, Moment, TimePlot
from alignment.editing import Difference, Stale
from alignment.forms.example import ExampleForm
from alignment.palette import Ink
from alignment.queries.breakdown import FundingRow
from alignment.queries.charted import Chart, ScorePoint, Table, charted, score_chart
from alignment.queries.freshness import WORDS, Freshness
from alignment.queries.moves import Move, Moves
from alignment.queries.objective import StatusChange
from alignment.queries.objectives import ObjectiveRow
from alignment.queries.shell import PeriodEnd, Shell
from alignment.queries.spending import Number
from alignment.queries.standings import StatusWord
from alignment.scoring.status import Status
from alignment.searching import Hit

DAY = date(2026, 11, 20)
PAST = date(2026, 9, 30)
RISING = (41.0, 44.0, 43.0, None, 47.0, 52.0, 55.0, 54.0, 59.0)
MESSAGES = ("Example saved. Scores follow within a minute.", "Example file taken in: 12 readings new.")
FACTS = (
    ("Baseline", "40 % on 1 Oct 2026"),
    ("Target", "60 % by 31 Dec 2026"),
    ("Owner", "nobody named"),
    ("Source", "example.csv, line 12, column value"),
)


def numbers() -> tuple[tuple[str, Number], ...]:
    """A number in each of its states."""
    rising = sparkline(RISING, title="Example figure, last 9 weeks")
    falling = sparkline(RISING[::-1], title="Example figure, last 9 weeks", ink=Ink.WORSE)
    up, down, since = ("4.1 higher", "tone-better"), ("4.1 lower", "tone-worse"), "than on 28 Aug"
    return (
        ("Better", Number("Example score", "59", "of 100", *up, since, "#number", rising)),
        ("Worse", Number("Example score", "41", "of 100", *down, since, "#number", falling)),
        ("With a warning", Number("Examples off track", "2", "of 9", "1 at risk", "tone-warn", "beside them")),
        ("Restricted", Number("Example spend", "restricted", note="amounts are not shown to your role")),
        ("No number", Number("Example score", "no number", note="no earlier number")),
    )  # fmt: skip


def statuses() -> tuple[StatusWord, ...]:
    """Every status."""
    return tuple(StatusWord.of(status) for status in Status)


def freshness() -> tuple[Freshness, ...]:
    """Every answer about freshness."""
    since = {"stale": DAY - timedelta(days=6), "late": DAY - timedelta(days=1)}
    return tuple(Freshness(slug, word, since.get(slug), "") for slug, word in WORDS.items())


def charts() -> tuple[tuple[str, Chart], ...]:
    """A score with reconstructed history and a gap; readings against a path; readings that are to stay in a band."""
    points = tuple(
        ScorePoint(DAY - timedelta(weeks=8 - index), value, 0.82, index < 4)
        for index, value in enumerate(RISING)
    )
    readings = tuple((point.day, point.value) for point in points if point.value is not None)
    path = Line("Path to the target", ((points[0].day, 40.0), (DAY, 62.0)), Ink.PATH, dashed=True, quiet=True)
    line = Line("Example metric", readings, dots=True, last_label="59")
    words = table()
    return (
        (
            "A score, partly reconstructed, with a gap",
            score_chart(
                "example-score", "Example score by week", points, (Moment(points[3].day, "compared"),)
            ),
        ),
        (
            "Readings against their path",
            charted(
                "example-path", TimePlot("Example metric in %", (path, line), unit="%", height=224), words
            ),
        ),
        (
            "Readings that are to stay in a band",
            charted(
                "example-band",
                TimePlot(
                    "Example metric in %",
                    (line,),
                    unit="%",
                    bands=(Band(45.0, 56.0, "meant to stay in here"),),
                    height=224,
                ),
                words,
            ),
        ),
    )


def table() -> Table:
    """A few rows."""
    rows = tuple((f"{day} Nov 2026", f"{50 + day} %", "as recorded") for day in (20, 13, 6))
    return Table("Example readings", ("Period to", "Reading", "History"), rows)


def empty_table() -> Table:
    """A table whose rows have not come yet."""
    return Table("Example readings, none yet", ("Period to", "Reading", "History"), ())


def progress() -> tuple[tuple[str, str, Markup], ...]:
    """(label, words, bar): ahead of the path, behind it, at the target, unknown."""
    return (
        ("Ahead of its path", "64 %", progress_bar(0.64, 0.5)),
        ("Behind its path", "22 %", progress_bar(0.22, 0.5)),
        ("Beyond its target", "130 %", progress_bar(1.3, 0.5)),
        ("Below its baseline", "−12 %", progress_bar(-0.12, 0.5)),
        ("Not known", "not known", progress_bar(None, None)),
    )


def gaps() -> tuple[FundingRow, ...]:
    """Shares of weight and spend of three themes."""
    shares = (("Example theme A", 40, 55), ("Example theme B", 35, 32), ("Example theme C", 25, 13))
    return tuple(
        FundingRow(
            name,
            f"{aim} %",
            f"{actual} %",
            f"{actual - aim:+d} pts".replace("-", "−"),
            abs(actual - aim) > 5,
            dumbbell(aim / 100, actual / 100, longest=0.6, is_notable=abs(actual - aim) > 5),
        )
        for name, aim, actual in shares
    )


def moves() -> Moves:
    """Three reasons that add up."""
    bars = signed_bars([31.0, -12.0, 6.0])
    rows = (
        Move("Outcomes, example theme A", "two examples met their path", 31, bars[0]),
        Move("Money", "spend moved away from weight", -12, bars[1]),
        Move("3 smaller movements", "", 6, bars[2]),
    )
    total = Move("All together", "", 25, Markup(""))
    return Moves(rows, total, "By reason: new readings +3.1, edits −0.6.", "#moves")


def no_moves() -> Moves:
    """A change of nothing."""
    return Moves((), Move("All together", "", 0, Markup("")), "", "")


def objective_rows() -> tuple[ObjectiveRow, ...]:
    """One row for each status."""
    shape = sparkline(RISING, title="Example metric, 26 weeks")
    bare = sparkline((), title="Example metric, 26 weeks")
    return tuple(
        ObjectiveRow(
            slug=f"example-{index}",
            name=f"Example objective {index}",
            theme_slug="example",
            theme="Example theme",
            key_result="Example key result",
            others="and 2 more" if index % 2 else "",
            status=status,
            reason="",
            progress="64 %" if index > 2 else "–",
            bar=progress_bar(0.64, 0.5) if index > 2 else progress_bar(None, None),
            shape=shape if index > 1 else bare,
            latest="59 %" if index > 1 else "no reading",
            latest_note="16 Nov" if index > 1 else "never reported",
            share=None,
            value=None,
            unit="%",
            chance=("–", "cannot tell", "under 5 %", "about 65 %")[index % 4],
        )
        for index, status in enumerate(statuses(), start=1)
    )


def history() -> tuple[StatusChange, ...]:
    """Three changes of a status, latest first."""
    return (
        StatusChange(DAY, StatusWord.of("on-track"), "59 % is 4 points above the path."),
        StatusChange(PAST, StatusWord.of("at-risk"), "47 % is 3 points under the path, twice in a row."),
        StatusChange(date(2026, 7, 1), StatusWord.of("not-started"), "Its period began."),
    )


def list_pages() -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """The first, a middle and the last of four pages."""
    return tuple(
        (label, {"pages": 4, "number": at, "before": at - 1, "after": at + 1, "label": f"{label} of four"})
        for label, at in (("First page", 1), ("Second page", 2), ("Last page", 4))
    )


def found(shell: Shell) -> Mapping[str, Any]:
    """Hits of four kinds; they lead nowhere."""
    kinds = (("Objective", "Example objective", "Example theme"), ("Metric", "Example metric", "example.key"))
    more = (("Import", "example.csv", "active, 20 Nov 2026"), ("Page", "Example page", ""))
    return {"hits": tuple(Hit(*said, "#found") for said in (*kinds, *more)), "words": "example", "chosen": 1}


def open_form() -> ExampleForm:
    """A form as it opens."""
    return ExampleForm(
        initial={
            "name": "Example",
            "target": Decimal("60"),
            "due": date(2026, 12, 31),
            "source": "example.csv",
            "reason": "Invented, to be looked at.",
            "targets": "2026-10-31=45;2026-11-30=52",
        }
    )


def refused_form() -> ExampleForm:
    """A form that came back with errors."""
    typed = QueryDict(mutable=True)
    typed.update({"name": "", "target": "sixty", "due": "1066-10-14", "policy": "path", "is_paused": "on"})
    form = ExampleForm(typed)
    form.add_error("is_paused", "An example with readings cannot be paused.")
    return form


def target_rows(*, is_invalid: bool) -> Mapping[str, Any]:
    """What the rows' template is given."""
    rows = [("2026-10-31", "45"), ("2026-11-30", "fifty" if is_invalid else "52")]
    return {
        "rows": rows,
        "name": "example-targets",
        "attrs": {"id": "example-targets"},
        "is_invalid": is_invalid,
    }


def stale() -> Stale:
    """Two fields that another person changed meanwhile."""
    at = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    return Stale(
        (
            Difference(
                "name", "Name", "Example", "Example, mine", "Example, theirs", "Another person", at, True
            ),
            Difference("target", "Target", "60", "60", "65", "Another person", at, False),
        )
    )


def gone() -> Stale:
    """The row was removed."""
    return Stale((), is_gone=True)


def shell() -> Shell:
    """The frame of a page about today."""
    return _shell(DAY)


def past_shell() -> Shell:
    """The frame of a page about the past."""
    return _shell(PAST)


def _shell(day: date) -> Shell:
    ends = ((date(2026, 10, 31), "end of October 2026"), (PAST, "end of September 2026, Q3 2026"))
    return Shell(
        period="Q4 2026" if day == DAY else "Q3 2026",
        freshness="",
        role="",
        is_sample=False,
        metrics=0,
        stale=0,
        day=day,
        is_today=day == DAY,
        today=DAY,
        period_ends=tuple(PeriodEnd(label, end.isoformat(), end == day) for end, label in ends),
    )
