"""What stands in the head of the pages: each script and each style sheet once."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.alignment.small_company import DAY, SmallCompany
from tests.alignment.views.addresses import OF_THE_COMPANY, RESTRICTED
from tests.alignment.views.conftest import SignedIn
from tests.alignment.views.importing import GOOD, LEAD, hand_in, imported

_LOADED = re.compile(r"<(?:script|link)[^>]*\s(?:src|href)=\"([^\"]+\.(?:js|css))\"")
_IMPORTING = "imports/uploads/<uuid:token>"


def twice(page: str) -> list[str]:
    """The scripts and style sheets that a page loads more than once."""
    return [name for name, count in Counter(_LOADED.findall(page)).items() if count > 1]


@pytest.mark.parametrize("pattern", sorted({**OF_THE_COMPANY, **RESTRICTED}))
def test_nothing_is_loaded_twice(small_company: SmallCompany, signed_in: SignedIn, pattern: str) -> None:
    lead = signed_in(LEAD)
    address = (OF_THE_COMPANY | RESTRICTED)[pattern]
    if pattern == _IMPORTING:
        address = f"/imports/uploads/{hand_in(lead, GOOD).token}"
    elif pattern == "imports/<int:number>":
        address = f"/imports/{imported(lead, GOOD).pk}"
    else:
        address += f"{'&' if '?' in address else '?'}as_of={DAY.isoformat()}"
    response = lead.get(address)
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return
    page = response.content.decode()
    if "<head" not in page:
        return
    assert _LOADED.findall(page), address
    assert twice(page) == [], address


def test_the_check_sees_what_is_loaded_twice() -> None:
    line = '<script src="/static/vendor/htmx.js" defer></script>'
    assert twice(line) == []
    assert twice(line * 2) == ["/static/vendor/htmx.js"]
