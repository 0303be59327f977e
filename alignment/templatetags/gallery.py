"""Draws the specimens of the gallery: the same component several times on one page, each with ids of its own."""

from __future__ import annotations

import re

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from alignment.queries.gallery import Specimen

register = template.Library()

_OWN = re.compile(r'(?<=\sid=")[^"]+(?=")')
_LABEL = re.compile(r'(\saria-label="[^"]*)"')
_REFERENCES = re.compile(
    r'(\s(?:id|for|data-figure|aria-(?:controls|describedby|labelledby|activedescendant))="|\shref="#)([^"]+)"'
)


@register.simple_tag(takes_context=True)
def drawn(context: Context, specimen: Specimen, slug: str, number: int, theme: str) -> SafeString:
    """The specimen's template with what it is given; its ids and what points to them begin with theme and place."""
    if context.template is None:
        raise template.TemplateSyntaxError("a specimen is drawn within a page")
    with context.push(**specimen.names):
        html = context.template.engine.get_template(specimen.template).render(context)
    return set_apart(html, f"{theme}-{slug}-{number}")


def set_apart(html: SafeString, prefix: str) -> SafeString:
    """The same HTML as rendered, with a prefix before its own ids and after its labels' words."""
    own = frozenset(_OWN.findall(html))

    def renamed(found: re.Match[str]) -> str:
        ids = " ".join(f"{prefix}-{part}" if part in own else part for part in found[2].split(" "))
        return f'{found[1]}{ids}"'

    words = prefix.replace("-", " ")
    apart = _LABEL.sub(rf'\1, {words}"', _REFERENCES.sub(renamed, html))
    return mark_safe(apart)  # noqa: S308 - the template's own output, in which ids alone were renamed
