"""Themes and how they compare."""

OF_THE_COMPANY: dict[str, str] = {
    "portfolio": "/portfolio",
    "portfolio/<slug:slug>": "/portfolio/theme-0",
}
RESTRICTED: dict[str, str] = {
    "portfolio/<slug:slug>/edit": "/portfolio/theme-0/edit",
}
