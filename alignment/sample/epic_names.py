"""The epics of the sample company by name: ten a theme at the opening, two more a theme for each quarter after it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EpicName:
    """What an epic is called, its kind, and the team that works on it."""

    slug: str
    name: str
    kind: str
    team: str


def _epics(team: str, kind: str, *pairs: tuple[str, str]) -> tuple[EpicName, ...]:
    return tuple(EpicName(slug, name, kind, team) for slug, name in pairs)


# In each theme the first four are past at the opening, the next four under way, the last two proposed.
EPICS: dict[str, tuple[EpicName, ...]] = {
    "platform": (
        *_epics("foundry", "platform", ("build-farm", "One build farm for all repositories")),
        *_epics("foundry", "debt", ("retire-batch-host", "Retire the old batch host")),
        *_epics(
            "foundry",
            "platform",
            ("service-template", "Service template with logging, alerts and release built in"),
            ("secrets-store", "Secrets in one store with rotation"),
            ("core-rebuild", "Rebuild the core services on the new runtime"),
            ("data-layer-rebuild", "Replace the data layer under all products"),
            ("event-backbone", "Event backbone between all services"),
        ),
        *_epics("keel", "platform", ("release-trains", "One release line for every service")),
        *_epics("foundry", "platform", ("developer-portal", "Developer portal with a catalogue of services")),
        *_epics("keel", "debt", ("drop-second-queue", "Drop the second message queue")),
    ),
    "expand-accounts": (
        *_epics(
            "harbour",
            "feature",
            ("seat-requests", "Seat requests from inside the product"),
            ("usage-statement", "Monthly usage statement for account owners"),
        ),
        *_epics(
            "lantern",
            "feature",
            ("shared-dashboards", "Dashboards that can be shared outside the team"),
            ("scheduled-reports", "Reports that arrive by mail on Monday"),
            ("reporting-in-context", "Reporting where the work is, not in its own tab"),
        ),
        *_epics(
            "harbour",
            "feature",
            ("bundle-pricing", "One price for both products"),
            ("renewal-workspace", "Renewal workspace for account managers"),
        ),
        *_epics("harbour", "debt", ("billing-rounding", "Billing without correction runs")),
        *_epics("lantern", "feature", ("benchmarks", "Benchmarks against similar customers")),
        *_epics("harbour", "feature", ("seat-forecast", "Seat forecast in the renewal talk")),
    ),
    "reliable-core": (
        *_epics(
            "keel",
            "debt",
            ("query-budget", "A time budget for every database query"),
            ("second-region", "Standby in a second region"),
        ),
        *_epics(
            "harbour", "feature", ("status-page", "Status page that tells the truth within five minutes")
        ),
        *_epics("keel", "debt", ("alert-diet", "Half as many alerts, each with a runbook")),
        *_epics("keel", "debt", ("queue-backpressure", "Queues that slow down instead of falling over")),
        *_epics(
            "compass", "feature", ("guided-setup", "Guided setup for the ten commonest support questions")
        ),
        *_epics("keel", "debt", ("import-limits", "Imports that cannot starve others")),
        *_epics("harbour", "feature", ("self-repair", "Customers can repair a broken sync themselves")),
        *_epics("keel", "debt", ("chaos-hours", "Failure drills once a month")),
        *_epics("lantern", "debt", ("report-cache", "Report cache that is never wrong for long")),
    ),
    "enterprise-ready": (
        *_epics(
            "gatehouse",
            "compliance",
            ("single-sign-on", "Single sign-on for all plans"),
            ("audit-log", "Audit log that customers can export"),
            ("access-reviews", "Access reviews each quarter"),
        ),
        *_epics("compass", "feature", ("sandbox", "Sandbox for enterprise trials")),
        *_epics(
            "gatehouse",
            "compliance",
            ("data-residency", "Data residency in the EU and Canada"),
            ("user-provisioning", "User provisioning from the customer’s directory"),
            ("evidence-collection", "Evidence for controls collected by itself"),
        ),
        *_epics("compass", "feature", ("security-answers", "Security questionnaire answered in two days")),
        *_epics("gatehouse", "compliance", ("customer-keys", "Encryption with the customer’s own keys")),
        *_epics("compass", "feature", ("admin-delegation", "Administration delegated by department")),
    ),
    "efficient-ai": (
        *_epics(
            "sextant",
            "ai",
            ("assistant-launch", "Assistant that answers from the customer’s own content"),
            ("evaluation-suite", "Evaluation suite of 600 questions"),
            ("model-routing", "Small model first, large model when unsure"),
            ("meeting-notes", "Meeting notes written by themselves"),
            ("contract-reader-pilot", "Contract Reader pilot"),
            ("renewal-forecast-pilot", "Renewal Forecast pilot"),
            ("answer-caching", "Answers to repeated questions from a cache"),
            ("assistant-languages", "Assistant in five more languages"),
            ("assistant-actions", "Assistant that may act with permission"),
            ("own-embeddings", "Embeddings computed in our own region"),
        ),
    ),
    "new-growth": (
        *_epics(
            "skiff",
            "feature",
            ("card-payments", "Payment by card without an invoice"),
            ("template-gallery", "Gallery of ready-made workspaces"),
            ("invite-loop", "Invitations that bring the whole team"),
        ),
        *_epics("compass", "feature", ("migration-wizard", "Wizard that brings data from three rivals")),
        *_epics(
            "skiff",
            "feature",
            ("first-hour", "The first hour in the product, led by hand"),
            ("small-team-plan", "A plan for teams under ten"),
            ("pricing-page", "A pricing page that answers the price"),
        ),
        *_epics("compass", "feature", ("seat-activation", "Seats that wake up by themselves")),
        *_epics(
            "skiff",
            "feature",
            ("partner-directory", "Directory of partners who set it up"),
            ("mobile-sign-up", "Sign-up from a phone"),
        ),
    ),
}

FOLLOWING: dict[str, tuple[EpicName, ...]] = {
    "platform": _epics(
        "foundry",
        "platform",
        ("migration-wave", "Next wave of services to the new runtime"),
        ("template-upgrade", "Upgrade of the service template"),
    ),
    "expand-accounts": _epics(
        "harbour",
        "feature",
        ("account-plan", "Plans for the fifty largest accounts"),
        ("product-tour", "Second product tried inside the first"),
    ),
    "reliable-core": _epics(
        "keel",
        "debt",
        ("incident-lessons", "Repairs from the quarter’s incidents"),
        ("ticket-causes", "The five commonest causes of tickets"),
    ),
    "enterprise-ready": _epics(
        "gatehouse",
        "compliance",
        ("requirement-batch", "Requirements named in open deals"),
        ("control-tests", "Tests for controls without evidence"),
    ),
    "efficient-ai": _epics(
        "sextant",
        "ai",
        ("answer-gaps", "Questions that the assistant still fails"),
        ("cost-round", "Cost per answer, next round"),
    ),
    "new-growth": _epics(
        "skiff",
        "feature",
        ("trial-experiments", "Trial experiments of the quarter"),
        ("activation-mails", "Mails that bring people back"),
    ),
}

# What a theme's epics are expected to move: metric and planned relative change.
IMPACTS: dict[str, tuple[tuple[str, str], ...]] = {
    "platform": (
        ("delivery.lead-time", "-0.10"),
        ("platform.paved-road-adoption", "0.12"),
        ("delivery.deploys", "0.10"),
    ),
    "expand-accounts": (
        ("revenue.nrr", "0.012"),
        ("customers.second-product", "0.10"),
        ("revenue.expansion-arr", "0.12"),
    ),
    "reliable-core": (
        ("support.hours-per-100-accounts", "-0.10"),
        ("reliability.incident-minutes", "-0.20"),
        ("people.on-call-pages", "-0.20"),
    ),
    "enterprise-ready": (
        ("enterprise.controls-evidenced", "0.10"),
        ("sales.win-rate", "0.06"),
        ("enterprise.commitments-kept", "0.04"),
    ),
    "efficient-ai": (
        ("ai.unit-cost", "-0.12"),
        ("ai.quality", "0.02"),
        ("finance.gross-margin", "0.01"),
    ),
    "new-growth": (
        ("growth.onboarding-days", "-0.10"),
        ("growth.sign-ups", "0.12"),
        ("growth.trial-conversion", "0.08"),
    ),
}

# The objective of the year that a theme's epics serve.
SERVED = {
    "platform": "paved-road",
    "expand-accounts": "grow-inside-accounts",
    "reliable-core": "quiet-core",
    "enterprise-ready": "pass-the-audit",
    "efficient-ai": "ai-that-pays",
    "new-growth": "self-serve",
}
