"""Files that come in."""

OF_THE_COMPANY: dict[str, str] = {}
RESTRICTED: dict[str, str] = {}
