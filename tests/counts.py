"""How many generated cases a test runs: few by default, many under `make test-long`."""

import os

LONG = os.environ.get("PLUMBLINE_LONG") == "1"


def count(*, small: int, long: int) -> int:
    """`small` in `make test`, `long` in `make test-long`."""
    return long if LONG else small
