"""Templates hold nothing that the content security policy would refuse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "templates").rglob("*.svg"))
FAULTS = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style[\s>]", re.IGNORECASE),
    "an on... attribute": re.compile(r"<[^>]*\s(?:on[a-z]+|hx-on[:\w-]*)\s*=", re.IGNORECASE),
    "a script without src or type=application/json": re.compile(
        r"<script(?![^>]*\ssrc=)(?![^>]*type=.application/json)[^>]*>", re.IGNORECASE
    ),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "text marked as safe": re.compile(r"\|\s*safe\b|autoescape\s+off"),
}


def faults(text: str) -> list[str]:
    return [name for name, pattern in FAULTS.items() if pattern.search(text)]


def test_there_are_templates() -> None:
    assert TEMPLATES


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_inline(template: Path) -> None:
    assert faults(template.read_text()) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('<p class="a"\n style="color: red">', "a style attribute"),
        ("<style>p {}</style>", "a style element"),
        ('<button type="button" onclick="x()">', "an on... attribute"),
        ('<button hx-on:click="x()">', "an on... attribute"),
        ("<script>x()</script>", "a script without src or type=application/json"),
        ('<a href="javascript:x()">', "a javascript: address"),
        ("{{ name|safe }}", "text marked as safe"),
    ],
)
def test_the_search_finds(text: str, fault: str) -> None:
    assert faults(text) == [fault]


def test_the_search_leaves_alone_what_is_allowed() -> None:
    assert (
        faults(
            '<script src="/static/app.js" defer></script><script id="x" type="application/json">{}</script>'
        )
        == []
    )
