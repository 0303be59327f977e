"""Numbers, days and amounts in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from alignment.queries.words import (
    compact_money,
    counted,
    day_words,
    joined,
    measure,
    number_words,
    percent_words,
    points_words,
    short_day,
    signed,
)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Decimal("103.100"), "103.1"),
        (Decimal("8.20"), "8.2"),
        (Decimal("1234567.8"), "1 234 568"),
        (Decimal("-0.5"), "−0.5"),
        (0.00012, "0.0001"),
        (99.999, "100"),
        (0, "0"),
        (None, "no data"),
    ],
)
def test_a_reading_keeps_what_matters(value: Decimal | float | None, words: str) -> None:
    assert number_words(value).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("48250", "48.2 K USD"),
        ("1250000", "1.2 M USD"),
        ("999600", "1 M USD"),
        ("740000", "740 K USD"),
        ("12.40", "12 USD"),
        ("-3000000000", "−3 B USD"),
        ("0", "0 USD"),
    ],
)
def test_money_is_compact(amount: str, words: str) -> None:
    assert compact_money(Decimal(amount), "USD").replace("\u00a0", " ") == words


def test_signs_are_real_minus_signs_and_zero_has_none() -> None:
    assert (signed(-8.46), signed(0.94), signed(-0.04)) == ("−8.5", "+0.9", "0.0")
    assert (points_words(-1200), points_words(None)) == ("−1.2", "no number")


def test_shares_and_measures_carry_their_unit() -> None:
    assert percent_words(0.184) == "18\u00a0%"
    assert percent_words(-0.5) == "−50\u00a0%"
    assert percent_words(None) == "not known"
    assert measure(Decimal("8.2"), "days") == "8.2\u00a0days"
    assert measure(1_840_000.0, "USD") == "1.8\u00a0M USD"
    assert measure(None, "%") == "no data"


def test_a_day_of_this_year_is_short() -> None:
    assert short_day(date(2026, 9, 3), date(2026, 11, 20)) == "3 Sep"
    assert short_day(date(2025, 9, 3), date(2026, 11, 20)) == "3 Sep 2025"
    assert day_words(None) == "no date"


def test_lists_and_counts_read_like_sentences() -> None:
    assert joined([]) == ""
    assert joined(["a"]) == "a"
    assert joined(["a", "b", "c"]) == "a, b and c"
    assert [counted(n, "metric") for n in (0, 1, 2)] == ["no metrics", "1 metric", "2 metrics"]
