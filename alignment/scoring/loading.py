"""Reads all that scores rest on, in a few set-based queries, into the plain inputs of `alignment.scoring.inputs`.

Definitions come as they stood on each day: the rows of today, taken back in time along the audit trail. What a
person adds counts from that day on. What the program loaded (`system:...`), and what came without a name, is taken to
have been always what it was before its first recorded change.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from alignment.models import Company, ScorePolicy
from alignment.periods import Cadence, Calendar
from alignment.scoring.days import Dated
from alignment.scoring.history import MetricHistory, Version
from alignment.scoring.inputs import (
    BudgetInput,
    Definitions,
    EpicInput,
    GuardrailInput,
    KeyResultInput,
    MetricInput,
    ObjectiveInput,
    ThemeInput,
)
from alignment.scoring.policy import Policy, parameters_from

Row = dict[str, Any]
Tables = dict[str, dict[int, Row]]

TABLES = (
    "theme",
    "objective",
    "keyresult",
    "keyresulttarget",
    "epic",
    "guardrail",
    "budgetline",
)


@dataclass(frozen=True, slots=True)
class House:
    """The company's conventions that scores need."""

    calendar: Calendar
    zone: ZoneInfo

    def day_of(self, moment: datetime) -> date:
        """The day of a moment in the company's time zone."""
        return moment.astimezone(self.zone).date()


def load_house() -> House:
    """The company's calendar and time zone; UTC and plain conventions before there is a company."""
    company = Company.objects.first()
    if company is None:
        return House(Calendar(), ZoneInfo("UTC"))
    return House(company.calendar, ZoneInfo(company.time_zone))


def policy_from(row: ScorePolicy) -> Policy:
    """A stored policy as the rules want it."""
    weights = (
        row.outcomes_weight,
        row.funding_weight,
        row.focus_weight,
        row.evidence_weight,
        row.guardrails_weight,
    )
    return Policy(row.version, row.preset, weights, parameters_from(row.parameters))


def active_policy() -> ScorePolicy:
    """The policy that scores are computed by. Raises `ScorePolicy.DoesNotExist` when none is active."""
    return ScorePolicy.objects.get(is_active=True)


# -- metrics and readings ------------------------------------------------------------------------------------


def load_metrics(house: House, ids: Collection[int] | None = None) -> tuple[MetricInput, ...]:
    """Metrics in order of id; all where `ids` is None."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, key, name, unit, cadence, reporting_lag_days, direction, kind,
                   hard_minimum::float8, hard_maximum::float8, (first_imported_at AT TIME ZONE %(zone)s)::date,
                   theme_id, value_stream_id, team_id, epic_id, margin::float8, season
            FROM alignment_metric
            WHERE %(all)s OR id = ANY(%(ids)s)
            ORDER BY id
            """,
            {"zone": house.zone.key, "all": ids is None, "ids": sorted(ids or ())},
        )
        return tuple(_metric(house, *row) for row in cursor.fetchall())


def _metric(
    house: House, metric_id: int, key: str, name: str, unit: str, cadence: str, *rest: Any
) -> MetricInput:
    fields = dict(zip(_METRIC_FIELDS, rest, strict=True))
    return MetricInput(metric_id, key, name, unit, Cadence(cadence), calendar=house.calendar, **fields)


_METRIC_FIELDS = (
    "lag_days", "direction", "kind", "hard_minimum", "hard_maximum", "first_import", "theme_id", "value_stream_id",
    "team_id", "epic_id", "margin", "season",
)  # fmt: skip


def load_histories(
    house: House, metrics: Iterable[MetricInput], since: dict[int, date] | None = None
) -> tuple[dict[int, MetricHistory], int]:
    """All versions of the metrics' readings, and the number of rows read.

    `since` gives a first period start for metrics of which only the latest readings are wanted.
    """
    wanted = {metric.id: metric for metric in metrics}
    versions: dict[int, list[Version]] = {metric_id: [] for metric_id in wanted}
    ids = sorted(wanted)
    firsts = [max((since or {}).get(metric_id, date.min), date(1, 1, 1)) for metric_id in ids]
    with connection.cursor() as cursor:
        cursor.execute(_READINGS, {"zone": house.zone.key, "ids": ids, "firsts": firsts})
        rows = cursor.fetchall()
    for row in rows:
        versions[row[0]].append(Version(*row[1:]))
    histories = {i: MetricHistory(wanted[i], tuple(found)) for i, found in versions.items()}
    return histories, len(rows)


_READINGS = """
    WITH wanted AS (SELECT * FROM unnest(%(ids)s::bigint[], %(firsts)s::date[]) w (metric_id, first))
    SELECT metric_id, period_start, value::float8, known_at, (known_at AT TIME ZONE %(zone)s)::date,
           NULL::date, reconstructed
    FROM wanted JOIN alignment_observation USING (metric_id) WHERE period_start >= first
    UNION ALL
    SELECT metric_id, period_start, value::float8, known_at, (known_at AT TIME ZONE %(zone)s)::date,
           (replaced_at AT TIME ZONE %(zone)s)::date, reconstructed
    FROM wanted JOIN alignment_observationrevision USING (metric_id) WHERE period_start >= first
    ORDER BY 1, 2, 4, 6
"""


# -- definitions, taken back in time -------------------------------------------------------------------------


def load_timeline(house: House, metrics: Iterable[MetricInput]) -> tuple[Dated, ...]:
    """The definitions of each day on which one changed, oldest first; the first holds for all days before
    too.
    """
    known = {metric.id: metric for metric in metrics}
    tables = _current_rows()
    changes = _changes(house)
    dated = []
    parse = _Parser(house, known)
    for day in sorted(changes, reverse=True):
        dated.append(Dated(day, parse.definitions(tables)))
        for table, row_id, before in reversed(changes[day]):
            if before is None:
                tables[table].pop(row_id, None)
            else:
                tables[table][row_id] = before
    dated.append(Dated(date.min, parse.definitions(tables)))
    return tuple(reversed(dated))


def used_metric_ids() -> set[int]:
    """Metrics that a key result or guardrail rests on now or did once."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT metric_id FROM alignment_keyresult WHERE metric_id IS NOT NULL
            UNION SELECT metric_id FROM alignment_guardrail
            UNION SELECT (before ->> 'metric_id')::bigint FROM alignment_auditevent
            WHERE table_name IN ('alignment_keyresult', 'alignment_guardrail')
              AND operation <> 'insert' AND before ->> 'metric_id' IS NOT NULL
            """
        )
        return {row[0] for row in cursor.fetchall()}


def _current_rows() -> Tables:
    tables: Tables = {table: {} for table in TABLES}
    with connection.cursor() as cursor:
        cursor.execute(_ROWS)
        for table, text in cursor.fetchall():
            row = _read(text)
            tables[table][row["id"]] = row
    return tables


_ROWS = " UNION ALL ".join(
    f"SELECT '{table}', to_jsonb({table})::text FROM alignment_{table} {table}"  # noqa: S608 own names
    for table in TABLES
)


def _changes(house: House) -> dict[date, list[tuple[str, int, Row | None]]]:
    """What updates and deletions replaced, None for what a person added, by day, in the order of happening."""
    changes: dict[date, list[tuple[str, int, Row | None]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT table_name, row_id::bigint, before::text, at FROM alignment_auditevent
            WHERE (operation <> 'insert' OR actor !~ '^(system|database):') AND table_name = ANY(%s) ORDER BY id
            """,
            [[f"alignment_{table}" for table in TABLES]],
        )
        for table, row_id, before, at in cursor.fetchall():
            row = None if before is None else _read(before)
            changes[house.day_of(at)].append((table.removeprefix("alignment_"), row_id, row))
    return changes


def _read(text: str) -> Row:
    row: Row = json.loads(text, parse_float=Decimal)
    return row


class _Parser:
    """Rows as PostgreSQL writes them in JSON, made into inputs."""

    def __init__(self, house: House, metrics: dict[int, MetricInput]) -> None:
        self._house, self._metrics = house, metrics

    def definitions(self, tables: Tables) -> Definitions:
        objectives = _in_order(tables["objective"])
        targets: dict[int, list[tuple[date, float]]] = defaultdict(list)
        for row in _in_order(tables["keyresulttarget"]):
            targets[row["key_result_id"]].append((_date(row["period_end"]), float(row["value"])))
        alive = {row["id"] for row in objectives}
        return Definitions(
            themes=tuple(
                ThemeInput(r["id"], r["slug"], r["name"], float(r["weight"]), r["value_stream_id"])
                for r in _in_order(tables["theme"])
            ),
            objectives=tuple(map(_objective, objectives)),
            key_results=tuple(
                self._key_result(row, tuple(sorted(targets.get(row["id"], ()))))
                for row in _in_order(tables["keyresult"])
                if row["objective_id"] in alive
            ),
            epics=tuple(self._epic(row) for row in _in_order(tables["epic"])),
            guardrails=tuple(
                self._guardrail(row)
                for row in _in_order(tables["guardrail"])
                if row["metric_id"] in self._metrics
            ),
            metrics=tuple(self._metrics[i] for i in sorted(self._metrics)),
            budget=tuple(map(_budget, _in_order(tables["budgetline"]))),
        )

    def _key_result(self, row: Row, targets: tuple[tuple[date, float], ...]) -> KeyResultInput:
        return KeyResultInput(
            id=row["id"],
            name=row["name"],
            objective_id=row["objective_id"],
            start=_date(row["start"]),
            due=_date(row["due"]),
            metric=self._metrics.get(row["metric_id"]) if row["metric_id"] else None,
            kind=row["kind"],
            baseline=_float(row["baseline"]),
            target=_float(row["target"]),
            lower_bound=_float(row["lower_bound"]),
            upper_bound=_float(row["upper_bound"]),
            targets=targets if row["path"] == "targets" else (),
            weight=float(row["weight"]),
            override_status=row["override_status"],
            override_reason=row["override_reason"],
            override_by=row["override_by_name"],
            overridden_on=self._day(row["overridden_at"]),
        )

    def _epic(self, row: Row) -> EpicInput:
        start, end = row["impact_from"], row["impact_to"]
        return EpicInput(
            id=row["id"],
            slug=row["slug"],
            name=row["name"],
            theme_id=row["theme_id"],
            kind=row["kind"],
            state=row["state"],
            started_on=_date_or_none(row["started_on"]),
            finished_on=_date_or_none(row["finished_on"]),
            objective_id=row["objective_id"],
            team_id=row["team_id"],
            guardrail_id=row["guardrail_served_id"],
            effort=_float(row["effort"]),
            money=_float(row["money"]),
            has_hypothesis=row["impact_metric_id"] is not None
            and None not in (start, end, row["impact_by"])
            and start != end,
            approved_on=self._day(row["hypothesis_approved_at"]),
            promised=_date_or_none(row["first_signal_promised"]),
            seen=_date_or_none(row["first_signal_seen"]),
        )

    def _guardrail(self, row: Row) -> GuardrailInput:
        return GuardrailInput(
            row["id"], row["slug"], row["name"], self._metrics[row["metric_id"]],
            _float(row["lower_bound"]), _float(row["upper_bound"]), float(row["importance"]),
            row["theme_id"], row["epic_id"], row["team_id"], row["value_stream_id"],
        )  # fmt: skip

    def _day(self, text: str | None) -> date | None:
        if text is None:
            return None
        moment = datetime.fromisoformat(text)
        return self._house.day_of(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _in_order(rows: dict[int, Row]) -> list[Row]:
    return [rows[row_id] for row_id in sorted(rows)]


def _objective(row: Row) -> ObjectiveInput:
    return ObjectiveInput(
        row["id"], row["slug"], row["name"], row["theme_id"], _date(row["period_start"]),
        _date(row["period_end"]), row["parent_id"], float(row["weight"]),
    )  # fmt: skip


def _budget(row: Row) -> BudgetInput:
    return BudgetInput(
        row["theme_id"], _date(row["month"]), Decimal(row["planned"]), _decimal(row["revised"]),
        _decimal(row["actual"]),
    )  # fmt: skip


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _date_or_none(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _float(value: Decimal | int | None) -> float | None:
    return None if value is None else float(value)


def _decimal(value: Decimal | int | None) -> Decimal | None:
    return None if value is None else Decimal(value)
