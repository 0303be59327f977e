"""What people wrote, made safe for figures."""

from __future__ import annotations

import html

import pytest

from alignment.charts.text import plain


@pytest.mark.parametrize("typed", ["<a href='x'>y</a>", "&lt;", "%{y} %{x|%d}", "100 %", "50 %&{", "$x$", ""])
def test_nothing_that_plotly_reads_is_left_and_the_text_comes_back(typed: str) -> None:
    safe = plain(typed)
    assert not {"<", ">"} & set(safe)
    assert "%{" not in safe
    assert html.unescape(safe) == typed
