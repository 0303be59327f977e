"""Objectives, their key results, and the policy lab."""

OF_THE_COMPANY = {
    "objectives": "/objectives",
    "objectives/<slug:slug>": "/objectives/objective-0",
    "policy-lab": "/policy-lab",
}
RESTRICTED: dict[str, str] = {
    "objectives/new": "/objectives/new",
    "objectives/<slug:slug>/edit": "/objectives/objective-0/edit",
    "objectives/<slug:slug>/remove": "/objectives/objective-0/remove",
    "objectives/<slug:slug>/end": "/objectives/objective-0/end",
    "objectives/removed/<int:number>/put-back": "/objectives/removed/1/put-back",
    "objectives/<slug:slug>/key-results/new": "/objectives/objective-0/key-results/new",
    "objectives/<slug:slug>/key-results/<int:number>/edit": "/objectives/objective-0/key-results/1/edit",
    "objectives/<slug:slug>/key-results/<int:number>/remove": "/objectives/objective-0/key-results/1/remove",
    "objectives/<slug:slug>/key-results/<int:number>/put-back": "/objectives/objective-0/key-results/1/put-back",
}
