"""One table-driven test over the 45 hostile cases of an import."""

from __future__ import annotations

import importlib
from decimal import Decimal

import pytest

from alignment.importing.refusals import ImportRefused
from alignment.models import ImportBatch, Metric, Observation
from tests.alignment.importing.conftest import Import
from tests.alignment.importing.hostile import CASES, Accepted, Case, Elsewhere, Refused


def test_every_case_has_a_verdict() -> None:
    assert {case.number for case in CASES} == set(range(1, 46))


@pytest.mark.parametrize("case", CASES, ids=[f"{case.number:02d} {case.what}" for case in CASES])
def test_hostile(case: Case, take: Import) -> None:
    if isinstance(case.verdict, Elsewhere):
        module, _, name = case.verdict.test.partition(".")
        assert callable(getattr(importlib.import_module(f"tests.alignment.importing.{module}"), name))
        return
    Metric.objects.create(
        key="known.metric", name="Known metric", category="business-outcomes", unit="count", cadence="week"
    )
    if isinstance(case.verdict, Refused):
        _refused(case, case.verdict, take)
    else:
        _accepted(case, case.verdict, take)


def _refused(case: Case, verdict: Refused, take: Import) -> None:
    with pytest.raises(ImportRefused) as caught:
        take(case.bytes, case.name, **case.options)
    texts = [str(refusal) for refusal in caught.value.refusals]
    fitting = [
        refusal for refusal, text in zip(caught.value.refusals, texts, strict=True) if verdict.words in text
    ]
    assert fitting, texts
    assert verdict.line in (None, fitting[0].line), texts
    assert verdict.column in (None, fitting[0].column), texts
    assert all(refusal.reason and refusal.mend for refusal in caught.value.refusals)
    assert not Observation.objects.exists()
    assert list(Metric.objects.values_list("key", flat=True)) == ["known.metric"]
    assert not ImportBatch.objects.exclude(state="failed").exists()


def _accepted(case: Case, verdict: Accepted, take: Import) -> None:
    done = take(case.bytes, case.name, **case.options)
    stored = {
        (reading.metric.key, reading.period_start.isoformat()): reading.value
        for reading in Observation.objects.select_related("metric")
    }
    assert stored == {place: Decimal(value) for place, value in verdict.readings.items()}
    said = [*done.recognition.notices, *(text for _, text, _ in done.recognition.describe())]
    assert verdict.says in " ".join(said)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.rows_new) == ("loaded", len(verdict.readings))
    assert batch.file_name.isprintable()
    assert len(batch.file_name) <= 200
    assert not set(batch.file_name) & set("/\\:") or "\\u" in batch.file_name
    if verdict.name:
        assert Metric.objects.exclude(key="known.metric").get().name == verdict.name
