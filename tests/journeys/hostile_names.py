"""Forty names that try to be markup, script, links, formulas, templates or invisible; shown, they are text.

Every name is the start of a longer one (`naming` puts the usual name behind it), so that formulas stay at the
beginning and each place that shows a thing can be told from others. `evil` is the mark of whatever came to life.
"""

from __future__ import annotations

import re

_EVIL = "window.evil=1"
HOSTILE: tuple[str, ...] = (
    f"<script>{_EVIL}</script>",
    f"</script><script>{_EVIL}</script>",
    f"<img class=evil src=x onerror={_EVIL}>",
    f'"><svg class=evil onload={_EVIL}>',
    f"' onmouseover='{_EVIL}' class='evil",
    f"<!--><iframe class=evil srcdoc='<script>parent.{_EVIL}</script>'>",
    f"</title></textarea></style><p class=evil onclick={_EVIL}>",
    f"javascript:{_EVIL}",
    f"data:text/html,<script>{_EVIL}</script>",
    "https://evil.example/?a=1&b=2",
    '<a class=evil href="https://evil.example">x</a>',
    f'<a class=evil href="javascript:{_EVIL}">y</a>',
    "<b class=evil>bold</b><br><sup>1</sup>",
    "$latex$ $$\\frac{1}{2}$$",
    "%{y} %{customdata} %{x|%d}",
    "&lt;b&gt; &amp;amp; &#60;i&#62; &nbsp;",
    "\u202egnp.exe\u202c",
    "\u2066\u2067mirrored\u2069\u2069",
    "zero\u200bwidth\u200d\ufeffhere",
    "e\u0301\u0323 Z\u0351\u036b\u0343\u036a",
    "👩🏽‍💻🏳️‍🌈🇩🇪",
    "مرحبا שלום 日本語 ไทย",
    "=1+1",
    '=HYPERLINK("https://evil.example","x")',
    "+1-800",
    "-2+3",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "'=1+1",
    "%s %d %(name)s %n",
    "{0.__class__.__mro__} {name!r}",
    "{{7*7}} {{ request.user }}",
    "{% if True %}x{% endif %}{% load pages %}{# y #}",
    "\"double\" 'single' `back` “curly”",
    "back\\slash \\\\ \\u003cb\\u003e \\n",
    "'; DROP TABLE alignment_theme; --",
    "../../etc/passwd?format=csv#x;y",
    "_x0041_ ]]> <![CDATA[x]]>",
    "null undefined NaN",
    "long ",
)
UNITS: tuple[str, ...] = (
    "<b class=evil>x</b>",
    "%{x} %s",
    "=1+1",
    "{{7*7}}",
    "</script>",
    "&lt;i&gt;",
    "\u202eab",
)
"""Hostile units: at most 32 characters."""
_USUAL = re.compile(r"[A-Za-z]+[ .](\d+)")
_LENGTHS = {"Theme": 200, "Red": 200, "Small": 200, "weekly": 255}
PLACED = re.compile(r"(?:Theme|Objective|Epic|Guard|sales|speed)[ .]\d+(?: to \d+| at least \d+)?")
"""The usual name behind a hostile one."""


def naming(usual: str) -> str:
    """The usual name behind the hostile one of its number; the last one fills the field to its end."""
    found = _USUAL.match(usual)
    hostile = HOSTILE[int(found.group(1)) % len(HOSTILE) if found else 0]
    if hostile == HOSTILE[-1]:
        room = _LENGTHS.get(usual.split(" ")[0].split(".")[0], 300) - len(usual) - 1
        hostile = (hostile * 100)[: room - 1] + "g"
    return f"{hostile} {usual}"
