"""A company of a few rows, made by hand: what pages are tested on. Its days end on `DAY`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from django.contrib.auth.models import Group

from alignment.models import (
    BudgetLine,
    Company,
    Epic,
    Guardrail,
    ImportBatch,
    KeyResult,
    Metric,
    Objective,
    Observation,
    Team,
    Theme,
    User,
)
from alignment.models.people import Role
from alignment.periods import Cadence, Period
from alignment.scoring.recompute import recompute
from config.state import State
from tests.kept_rows import Kept, keep

DAY = date(2026, 11, 20)
WEEKS = 40
IMPORTED = date(2026, 10, 26)
"""Readings of weeks that ended before this day are history from before the first import."""
AMOUNT = Decimal("987654.32")
"""A month's spend of the first theme: seen by those who may see money, and by nobody else."""

Naming = Callable[[str], str]


@dataclass(frozen=True)
class SmallCompany:
    """What was made, for tests to point at."""

    company: Company
    objectives: tuple[Objective, ...]
    key_results: tuple[KeyResult, ...]
    metrics: tuple[Metric, ...]


_KEPT: list[Kept] = []


def keep_usual(state: State) -> None:
    """From now on `build` copies the usual company instead of making it."""
    _KEPT.append(keep(state, "small_company", make))


def _usual(name: str) -> str:
    return name


def build(copies: int = 1, naming: Naming = _usual) -> SmallCompany:
    """`copies` + 1 themes, each with an objective, two key results, their metrics, an epic, a guardrail and money.

    The first theme has had no success since the beginning of October, and has spent. Where the session keeps the usual
    company (the fixture `kept_company`), that is a copy of its rows.
    """
    if _KEPT and (copies, naming) == (1, _usual):
        found: SmallCompany = _KEPT[0].bring()
        return found
    return make(copies, naming)


def make(copies: int = 1, naming: Naming = _usual) -> SmallCompany:
    """What `build` answers, made by saving one thing after another and computing."""
    company = Company.objects.create(name=naming("Small"), sample_seed=1, staff=10, yearly_revenue=1_000_000)
    batch = _batch(naming)
    team = Team.objects.create(slug="red", name=naming("Red"))
    objectives, key_results, metrics = [], [], []
    for number in range(copies + 1):
        theme = Theme.objects.create(
            slug=f"theme-{number}", name=naming(f"Theme {number}"), weight=2 + number
        )
        objective = Objective.objects.create(
            slug=f"objective-{number}", name=naming(f"Objective {number}"), theme=theme, team=team,
            period_start=date(2026, 10, 1), period_end=date(2026, 12, 31),
        )  # fmt: skip
        pair = [_metric(f"{kind}.{number}", naming(f"{kind} {number}"), batch) for kind in ("sales", "speed")]
        objectives.append(objective)
        metrics += pair
        key_results += [
            _level(objective, pair[0], naming),
            _band(objective, pair[1], 500 if number == 0 else 90, naming),
        ]
        _around(theme, objective, team, pair[1], number, naming)
    _compute()
    return SmallCompany(company, tuple(objectives), tuple(key_results), tuple(metrics))


def cast() -> dict[str, User]:
    """One person for each role, and an outsider who holds none."""
    people = {"outsider": User.objects.create_user("outsider", password="a long enough password")}
    for role in Role.values:
        people[role] = User.objects.create_user(
            role, password="a long enough password", display_name=f"The {role}"
        )
        people[role].groups.add(Group.objects.get(name=role))
    return people


def _batch(naming: Naming) -> ImportBatch:
    return ImportBatch.objects.create(
        file_name=naming("weekly.csv"), file_sha256="0" * 64, options_fingerprint="0" * 64, by_name="test",
        started_at=_evening(IMPORTED), imported_at=_evening(IMPORTED), state=ImportBatch.State.LOADED,
    )  # fmt: skip


def _metric(key: str, name: str, batch: ImportBatch) -> Metric:
    """Readings of 40 weeks that rise by one a week from 100."""
    metric = Metric.objects.create(
        key=key, name=name, category=Metric.Category.BUSINESS_OUTCOMES, unit="deals", cadence="week",
        first_imported_at=_evening(IMPORTED),
    )  # fmt: skip
    last = Period.containing(DAY, Cadence.WEEK).previous()
    rows = []
    for number in range(WEEKS):
        period = last.previous(WEEKS - 1 - number)
        rows.append(
            Observation(
                metric=metric,
                period_start=period.start,
                value=100 + number,
                known_at=_evening(period.end),
                reconstructed=period.end < IMPORTED,
                batch=batch,
                source_line=number + 2,
                source_column="value",
            )
        )
    Observation.objects.bulk_create(rows)
    return metric


def _level(objective: Objective, metric: Metric, naming: Naming) -> KeyResult:
    return KeyResult.objects.create(
        objective=objective, name=naming(f"{metric.key} to 200"), metric=metric, kind="level",
        baseline=130, target=200, start=date(2026, 10, 1), due=date(2026, 12, 31),
    )  # fmt: skip


def _band(objective: Objective, metric: Metric, bound: int, naming: Naming) -> KeyResult:
    return KeyResult.objects.create(
        objective=objective, name=naming(f"{metric.key} at least {bound}"), metric=metric, kind="band",
        lower_bound=bound, start=date(2026, 10, 1), due=date(2026, 12, 31),
    )  # fmt: skip


def _around(
    theme: Theme, objective: Objective, team: Team, metric: Metric, number: int, naming: Naming
) -> None:
    Epic.objects.create(
        slug=f"epic-{number}", name=naming(f"Epic {number}"), theme=theme, objective=objective, team=team,
        effort=4, money=AMOUNT, state="active", started_on=date(2026, 6, 1), impact_metric=metric,
        impact_from=100, impact_to=150, impact_by=date(2026, 12, 31),
    )  # fmt: skip
    Guardrail.objects.create(
        slug=f"guard-{number}", name=naming(f"Guard {number}"), metric=metric, upper_bound=120, kind="slo",
        theme=theme,
    )  # fmt: skip
    for month in range(5, 11):
        amount = AMOUNT if number == 0 else Decimal("100000.00")
        BudgetLine.objects.create(theme=theme, month=date(2026, month, 1), planned=amount, actual=amount)


def _compute() -> None:
    recompute(touched_metrics=None, since=None, until=DAY, by="test", now=_evening(DAY))


def _evening(day: date) -> datetime:
    return datetime.combine(day, time(18), tzinfo=UTC)
