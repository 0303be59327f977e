"""axe-core on the page that is open: no rule and no part of a page left out."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.journeys.conftest import Visit
from tests.journeys.pages import PHONE, WIDE

VARIANTS: dict[str, dict[str, Any]] = {
    "wide-light": {**WIDE, "color_scheme": "light"},
    "wide-dark": {**WIDE, "color_scheme": "dark"},
    "phone-light": {**PHONE, "color_scheme": "light"},
    "phone-dark": {**PHONE, "color_scheme": "dark"},
}
_FOUND = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"], selectors: false });
  return {
    rules: found.passes.length,
    violations: found.violations.flatMap((rule) => rule.nodes.map((node) =>
      `${rule.id}: ${node.html.slice(0, 240)} ${node.failureSummary.slice(0, 240)}`)),
  };
}"""


@cache
def _axe() -> str:
    """The text of axe-core, which build_assets installs beside what is served and never into it."""
    return (Path(settings.ASSETS).parent / "npm/node_modules/axe-core/axe.min.js").read_text()


def examined(visit: Visit, what: str) -> list[str]:
    """What axe finds wrong on the page that is open, each fault after `what`."""
    visit.page.evaluate(f"() => {{ {_axe()} }}")
    found = visit.page.evaluate(_FOUND)
    assert found["rules"] > 5, what
    return [f"{what} {fault}" for fault in found["violations"]]
