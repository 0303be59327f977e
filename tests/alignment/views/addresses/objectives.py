"""Objectives, their key results, and the policy lab."""

OF_THE_COMPANY = {
    "objectives": "/objectives",
    "objectives/<slug:slug>": "/objectives/objective-0",
}
RESTRICTED: dict[str, str] = {}
