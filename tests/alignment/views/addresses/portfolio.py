"""Themes and how they compare."""

OF_THE_COMPANY: dict[str, str] = {}
RESTRICTED: dict[str, str] = {}
