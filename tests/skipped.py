"""`.ci/run` asks here whether pytest left anything out: only tests on real data may be, where the folder is absent."""

from __future__ import annotations

import sys
from pathlib import Path

from defusedxml.ElementTree import parse

ALLOWED_REASON = "shared_data: "


def left_out(report: Path) -> list[str]:
    """The tests of this JUnit report that were skipped without leave, each with its reason."""
    found = []
    for case in parse(report).iter("testcase"):
        for skipped in case.iter("skipped"):
            reason = skipped.get("message") or ""
            if not reason.startswith(ALLOWED_REASON):
                found.append(f"{case.get('classname')}::{case.get('name')}: {reason}")
    return found


def main() -> int:
    """Print what was left out; 1 if anything was."""
    found = left_out(Path(sys.argv[1]))
    for line in found:
        print(f"SKIPPED {line}")
    if found:
        print(f"{len(found)} tests were skipped, and none may be. Mend or remove them.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
