"""Numbers and days are read in one form only; what has two meanings is refused with words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from alignment.forms.fields import as_typed, day_from, number_from


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", "0"), ("-3", "-3"), ("−3.50", "-3.50"), (" 1234.5 ", "1234.5"), ("+7", "7"),
     ("0.000000000001", "0.000000000001")],
)  # fmt: skip
def test_numbers_with_one_meaning_are_read(text: str, number: str) -> None:
    assert number_from(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["1,5", "1,234", "1 234,5", "1 234", "1'234", "1.234.567", "1e3", "NaN", "Infinity", "١٢",
     "12 %", ".5", "5.", "--1", "a"],
)  # fmt: skip
def test_numbers_that_need_a_guess_are_refused_and_the_form_is_said(text: str) -> None:
    with pytest.raises(ValidationError, match=r"cannot be read without guessing.*1234\.5"):
        number_from(text)


@pytest.mark.parametrize(
    "text", ["31.12.2026", "2026-02-30", "20261231", "2026-1-1", "12/31/2026", "1066-10-14", "x"]
)
def test_days_have_one_form(text: str) -> None:
    with pytest.raises(ValidationError):
        day_from(text)
    assert day_from(" 2026-12-31 ") == date(2026, 12, 31)


def test_equal_values_have_one_text() -> None:
    assert as_typed(Decimal("200.000000000000")) == as_typed(Decimal("2E2")) == "200"
    assert as_typed(Decimal("-0.00")) == "0"
    assert as_typed(Decimal("100")) == "100"
    assert (as_typed(None), as_typed(False), as_typed(True)) == ("", "", "on")
