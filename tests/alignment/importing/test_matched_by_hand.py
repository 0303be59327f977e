"""Names of a file that a person matched to metrics: obeyed, part of how the file was read, undone like any other."""

from __future__ import annotations

from datetime import date

import pytest

from alignment.importing.digest import readings_digest
from alignment.importing.options import DateOrder, Options
from alignment.importing.refusals import ImportRefused
from alignment.importing.undo import undo_batch
from alignment.models import ImportBatch, Metric, Observation
from tests.alignment.importing.conftest import NOW, Import

FILE = "date,Umsatz,visits\n2026-01-05,1,7\n2026-01-12,2,8\n2026-01-19,3,9\n"


@pytest.fixture
def known(company: object) -> Metric:
    return Metric.objects.create(
        key="sales.total", name="Sales", category="business-outcomes", unit="USD", cadence="week"
    )


def test_a_column_goes_to_the_metric_that_was_chosen(take: Import, known: Metric) -> None:
    done = take(FILE, metrics=(("  umsatz ", "sales.total"),))
    assert done.result.new == 6
    assert [new.key for new in done.result.created] == ["visits"]
    assert list(known.observations.order_by("period_start").values_list("value", flat=True)) == [1, 2, 3]
    assert not Metric.objects.filter(key="umsatz").exists()


def test_a_metric_that_does_not_exist_is_refused_at_its_column(take: Import, known: Metric) -> None:
    with pytest.raises(ImportRefused) as caught:
        take(FILE, metrics=(("Umsatz", "sales.totals"),))
    (refusal,) = caught.value.refusals
    assert (refusal.line, refusal.column) == (1, "Umsatz")
    assert "was matched to metric sales.totals, which does not exist" in refusal.reason
    assert "The nearest are sales.total" in refusal.mend


def test_two_columns_for_one_metric_are_refused(take: Import, known: Metric) -> None:
    with pytest.raises(ImportRefused, match=r"means the same metric sales\.total as “Umsatz”"):
        take(FILE, metrics=(("Umsatz", "sales.total"), ("visits", "sales.total")))
    assert not Observation.objects.exists()


def test_a_measure_of_a_series_is_matched_by_the_name_that_is_shown(take: Import, known: Metric) -> None:
    text = "series,date,count,rate\na,2026-01-05,1,2\na,2026-01-12,3,4\na,2026-01-19,5,6\n"
    done = take(text, metrics=(("a: rate", "sales.total"),))
    assert sorted(known.observations.values_list("value", flat=True)) == [2, 4, 6]
    assert [new.key for new in done.result.created] == ["a.count"]


def test_matching_is_part_of_how_a_file_was_read(take: Import, known: Metric) -> None:
    first = take(FILE, metrics=(("Umsatz", "sales.total"),))
    again = take(FILE, metrics=(("Umsatz", "sales.total"),))
    assert again.result.already
    assert again.result.batch_id == first.result.batch_id
    assert not take(FILE, metrics=(("visits", "sales.total"),), restate=True).result.already


def test_the_order_of_pairs_does_not_count_and_no_pairs_are_as_before() -> None:
    pairs = (("a", "x"), ("b", "y"))
    assert Options(metrics=pairs).fingerprint("s") == Options(metrics=pairs[::-1]).fingerprint("s")
    # The fingerprint of imports that were made before names could be matched by hand.
    assert Options().fingerprint("s") == "383b957be79262c4fa51e5324233dd184442757ad5f4449cd75e929431021d82"


def test_undo_takes_back_what_was_matched_by_hand(take: Import, known: Metric) -> None:
    take("date,sales.total\n2026-01-05,10\n2026-01-12,20\n2026-01-19,30\n", source="ledger")
    before = readings_digest()
    done = take(FILE, metrics=(("Umsatz", "sales.total"),), source="ledger")
    assert (done.result.new, done.result.changed) == (3, 3)
    assert done.result.batch_id is not None
    undo_batch(batch_id=done.result.batch_id, by="ada", now=NOW)
    assert readings_digest() == before
    assert ImportBatch.objects.get(pk=done.result.batch_id).state == "undone"


def test_choices_survive_being_written_down() -> None:
    options = Options(
        prefix="a.",
        dates=DateOrder.MONTH_FIRST,
        ignored_columns=("x", "y"),
        metrics=(("a", "b"), ("c", "d")),
        good_rows_only=True,
    )
    assert Options.from_json(options.as_json()) == options
    assert Options.from_json({"prefix": "a.", "of a later release": date.max.isoformat()}) == Options(
        prefix="a."
    )
