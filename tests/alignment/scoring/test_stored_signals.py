"""Stored signals: what a run says of each metric, what it costs where nothing changed, and what is shown as news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from alignment.models import Metric, Observation, Signal
from alignment.queries.signals import signals_of
from alignment.scoring import recompute as module
from alignment.scoring.signal_rows import TABLES, VERDICTS, Judged, verdict_rows
from alignment.scoring.storing import SignalRow
from alignment.signals.luck import luck_table
from alignment.signals.shift import shift_table
from tests.alignment.scoring.conftest import TODAY, Firm, noon

FIRST = date(2025, 6, 2)
NOISE = (0.4, -1.1, 0.7, -0.2, 1.3, -0.8, 0.1, -1.4, 0.9, 0.3, -0.6, 1.0, -0.3)


def _metric(key: str, values: Sequence[float | None], **fields: object) -> Metric:
    metric = Metric.objects.create(
        **{"key": key, "name": key, "category": "team-effectiveness", "unit": "days", "cadence": "week"}
        | fields
    )
    Observation.objects.bulk_create(
        Observation(
            metric=metric, period_start=FIRST + timedelta(weeks=at), value=Decimal(str(value)), known_at=noon(TODAY)
        )
        for at, value in enumerate(values)
        if value is not None
    )  # fmt: skip
    return metric


def _noise(at: int) -> float:
    return NOISE[(at * at + 3 * at) % 13]


def _stepped() -> list[float | None]:
    values: list[float | None] = [20 + _noise(at) + (10 if at >= 40 else 0) for at in range(60)]
    values[20:24] = [None] * 4
    return values


def _rising() -> list[float | None]:
    return [20 + _noise(at) + 0.2 * at for at in range(60)]


def _asked(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of metrics whose readings are judged from here on."""
    ids: list[int] = []

    def watched(asked: Sequence[Judged]) -> list[SignalRow]:
        ids.extend(one.metric.id for one in asked)
        return verdict_rows(asked)

    monkeypatch.setattr(module, "verdict_rows", watched)
    return ids


@pytest.fixture
def firm(scored_firm: Firm) -> Firm:
    """The firm after a full run; `new_firm` has had none."""
    return scored_firm


def test_a_step_is_stored_with_its_day_size_and_levels(firm: Firm) -> None:
    metric = _metric("stepped", _stepped())
    firm.recompute()
    rows = {row.kind: row for row in Signal.objects.filter(metric=metric)}
    step = FIRST + timedelta(weeks=40)
    assert rows["story"].verdict == "step"
    assert rows["story"].details["start"] == step.isoformat()
    assert rows["story"].details["size"] == pytest.approx(10, abs=1)
    [change] = rows["changes"].details["changes"]
    assert (change["start"], change["kind"]) == (step.isoformat(), "up")
    assert change["low"] < 10 < change["high"]
    before, after = rows["changes"].details["levels"]
    assert before["first"] == (FIRST + timedelta(days=6)).isoformat()
    assert before["last"] == (step - timedelta(days=1)).isoformat()  # gaps stay where they were
    assert (before["start"], after["start"]) == (pytest.approx(20, abs=1), pytest.approx(30, abs=1))
    assert rows["headline"].as_of == FIRST + timedelta(weeks=60) - timedelta(days=1)
    assert rows["headline"].sentence
    assert rows["trend"].details["n"] == 56
    stored = signals_of([metric.pk])[metric.pk]
    assert stored.story == "step"
    assert stored.changes == (step,)
    assert (stored.verdict, stored.sentence) == (rows["headline"].verdict, rows["headline"].sentence)


def test_a_metric_without_readings_has_all_rows_and_says_so(firm: Firm) -> None:
    metric = _metric("empty", [])
    firm.recompute()
    rows = {row.kind: row for row in Signal.objects.filter(metric=metric)}
    assert {rows[kind].verdict for kind in VERDICTS} == {"cannot tell", "0"}
    assert rows["headline"].as_of is None
    assert rows["headline"].sentence == "Too short to tell: 0 readings, 12 are needed."
    assert signals_of([metric.pk])[metric.pk].shown is False


def test_what_did_not_change_is_not_judged_again(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    metric = _metric("rising", _rising())
    firm.recompute()
    asked = _asked(firm, monkeypatch)
    result = firm.recompute()
    assert result.mode == "full"
    assert asked == []
    assert result.signals.written == 0
    assert result.signals.unchanged == Metric.objects.count() * len(Signal.Kind.values)
    Metric.objects.filter(pk=metric.pk).update(name="Renamed")
    firm.recompute()
    assert asked == []


@pytest.mark.parametrize(
    "change",
    [
        {"direction": "lower"},
        {"kind": ""},
        {"kind": "stock"},
        {"margin": Decimal(50)},
        {"unit": "%"},
        {"season": "none"},
    ],
)
def test_a_changed_definition_is_judged_anew(
    firm: Firm, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]
) -> None:
    metric = _metric("rising", _rising(), kind="flow")
    firm.recompute()
    asked = _asked(firm, monkeypatch)
    Metric.objects.filter(pk=metric.pk).update(**change)
    firm.recompute()
    assert asked == [metric.pk]


def test_an_undone_reading_brings_back_the_verdicts(firm: Firm) -> None:
    metric = _metric("rising", _rising())
    firm.recompute()
    rows = Signal.objects.filter(metric=metric, kind__in=VERDICTS).order_by("kind")
    before = list(rows.values_list("kind", "verdict", "sentence", "as_of", "details", "fingerprint"))
    extra = Observation.objects.create(
        metric=metric, period_start=FIRST + timedelta(weeks=60), value=Decimal(90), known_at=noon(TODAY)
    )
    firm.recompute({metric.pk}, TODAY)
    assert rows[0].as_of == FIRST + timedelta(weeks=61) - timedelta(days=1)
    extra.delete()
    firm.recompute({metric.pk}, TODAY)
    assert list(rows.values_list("kind", "verdict", "sentence", "as_of", "details", "fingerprint")) == before


def test_within_a_margin_it_is_flat_and_without_one_never(firm: Firm) -> None:
    still: list[float | None] = [20 + _noise(at) for at in range(60)]
    plain, margin = _metric("plain", still), _metric("margin", still, margin=Decimal(5))
    firm.recompute()
    told = signals_of([plain.pk, margin.pk])
    assert told[plain.pk].trend == "no clear change"
    assert told[margin.pk].trend == "flat"
    assert told[margin.pk].sentence.startswith(
        "Flat over the last 60 readings: any change is smaller than 5."
    )


def test_a_kind_left_open_is_taken_from_the_readings(firm: Firm) -> None:
    level = _metric("level", [20 + _noise(at) for at in range(60)], kind="")
    total = _metric("total", [100.0 + 3 * at + at % 2 for at in range(60)], kind="")
    firm.recompute()
    told = signals_of([level.pk, total.pk])
    assert told[level.pk].guess == "flow"
    assert told[level.pk].guess_reason.startswith("It comes back to a level or a line:")
    assert told[total.pk].guess == "stock"
    assert told[total.pk].guess_reason == "It has never fallen in 60 readings, as running totals do."
    assert told[total.pk].trend == "improving"
    assert told[level.pk].shift == told[total.pk].shift == "quiet"


def test_versions_of_the_tables_stand_in_the_mark() -> None:
    assert (luck_table().version, shift_table().version) == TABLES
