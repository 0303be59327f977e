"""Filters of the pages that cut somebody's text."""

from __future__ import annotations

import pytest
from django.conf import settings

from alignment.templatetags.pages import at_most

COMPOSED = "e\u0301\u0323 \u0343"
"""Letters that normalising would change."""


@pytest.mark.parametrize(
    ("text", "length", "shown"),
    [
        ("", 5, ""),
        ("abcde", 5, "abcde"),
        ("abcdef", 5, "abcd…"),
        (COMPOSED, 9, COMPOSED),
        ("<b>&", 4, "<b>&"),
    ],
)
def test_text_is_cut_and_otherwise_as_typed(text: str, length: int, shown: str) -> None:
    assert at_most(text, length) == shown


def test_no_page_cuts_with_a_filter_that_normalises() -> None:
    folder = settings.BASE_DIR / "templates"
    users = [path for path in folder.rglob("*.html") if "truncatechars" in path.read_text()]
    assert users == []
