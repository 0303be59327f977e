"""Why this number."""

OF_THE_COMPANY = {
    "why/company": "/why/company",
    "why/<str:kind>/<slug:slug>": "/why/theme/theme-0",
}
RESTRICTED = {"look": "/look"}
