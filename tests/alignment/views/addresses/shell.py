"""The overview, signing in and out, health, and what stands around every page."""

OPEN = {
    "sign-in": "/sign-in",
    "sign-in/sample": "/sign-in/sample",
    "health/live": "/health/live",
    "health/ready": "/health/ready",
}
OF_THE_COMPANY = {"": "/", "find": "/find?q=0"}
RESTRICTED = {"sign-out": "/sign-out", "components/": "/components/"}
