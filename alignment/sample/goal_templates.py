"""What the sample company writes down as objectives, year after year and quarter after quarter."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class KeyResultTemplate:
    """A key result without its numbers.

    `step_a_year` is the planned change in a year: an amount in the metric's unit, with `is_ratio` a share of the
    baseline; for a cumulative one the planned growth of the level. `{target}` in the name is filled in.
    """

    name: str
    metric: str | None = None
    kind: str = "level"
    step_a_year: Decimal = Decimal(0)
    is_ratio: bool = False
    lower_bound: Decimal | None = None
    upper_bound: Decimal | None = None
    periods_a_year: int = 12
    round_to: int = 0
    weight: str = "1"
    path_shares: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class ObjectiveTemplate:
    """An objective that returns each period; `when_drifting` replaces its key results once the story has begun."""

    stem: str
    theme: str
    name: str
    description: str
    owner: str
    team: str | None
    key_results: tuple[KeyResultTemplate, ...]
    parent: str | None = None
    weight: str = "1"
    when_drifting: tuple[KeyResultTemplate, ...] = ()
    not_in_first_quarter: bool = False


def _level(name: str, metric: str, step: str, *, ratio: bool = False, weight: str = "1") -> KeyResultTemplate:
    return KeyResultTemplate(name, metric, "level", Decimal(step), ratio, weight=weight)


def _at_least(name: str, metric: str, bound: str) -> KeyResultTemplate:
    return KeyResultTemplate(name, metric, "band", lower_bound=Decimal(bound))


def _at_most(name: str, metric: str, bound: str) -> KeyResultTemplate:
    return KeyResultTemplate(name, metric, "band", upper_bound=Decimal(bound))


YEARLY = (
    ObjectiveTemplate(
        "paved-road",
        "platform",
        "Every team releases on a paved road",
        "A team takes a change from idea to production with common templates and without asking another team.",
        "o.brandt",
        "foundry",
        (
            _level("{target} % of services on the paved road", "platform.paved-road-adoption", "13.5"),
            _level("Lead time for changes down to {target} days", "delivery.lead-time", "-0.12", ratio=True),
        ),
    ),
    ObjectiveTemplate(
        "grow-inside-accounts",
        "expand-accounts",
        "Existing customers pay more each year because they use more",
        "Growth from seats and second products in accounts that stay, rather than from replacing those that leave.",
        "product-manager",
        "harbour",
        (
            _level("Net revenue retention at {target} %", "revenue.nrr", "3.1", weight="2"),
            _level("{target} % of accounts with a second product", "customers.second-product", "4.9"),
            _level("Customer retention at {target} %", "customers.retention", "0.75"),
        ),
    ),
    ObjectiveTemplate(
        "quiet-core",
        "reliable-core",
        "A service that customers do not have to write to us about",
        "Up when it is needed, repaired before most notice, and understandable without help.",
        "engineering-lead",
        "keel",
        (
            _at_least("At least 99.87 % of requests within the SLO", "reliability.slo", "99.87"),
            _at_most(
                "At most 50 support hours a week per 100 accounts", "support.hours-per-100-accounts", "50"
            ),
            _at_most("At most 13 % of releases fail", "delivery.change-failure-rate", "13"),
        ),
    ),
    ObjectiveTemplate(
        "pass-the-audit",
        "enterprise-ready",
        "Regulated buyers find what their auditors ask for",
        "Identity, audit trail and residency in place, with evidence, before a contract is signed and not after.",
        "r.castellano",
        "gatehouse",
        (
            KeyResultTemplate(
                "{target} % of security controls with evidence",
                "enterprise.controls-evidenced",
                step_a_year=Decimal("17"),
                path_shares=(Decimal("0.15"), Decimal("0.4"), Decimal("0.7"), Decimal(1)),
            ),
            _at_least("At least 84 % of commitments kept by their date", "enterprise.commitments-kept", "84"),
            KeyResultTemplate(
                "{target} regulated customers won in the year", "sales.enterprise-wins", "cumulative"
            ),
        ),
    ),
    ObjectiveTemplate(
        "ai-that-pays",
        "efficient-ai",
        "AI features that are worth what they cost",
        "Better answers at a lower cost for each, and a margin that shows it.",
        "ai-specialist",
        "sextant",
        (
            _level("Gross margin at {target} %", "finance.gross-margin", "1.45"),
            _level("Cost per resolved question down to {target} USD", "ai.unit-cost", "-0.15", ratio=True),
            _at_least("At least 89 % of answers pass the evaluation", "ai.quality", "89"),
        ),
    ),
    ObjectiveTemplate(
        "self-serve",
        "new-growth",
        "Small teams find us, try us and pay without a call",
        "A way in for teams of five to fifty that needs no salesperson.",
        "y.petrov",
        "skiff",
        (
            KeyResultTemplate(
                "{target} USD of self-serve revenue in the year",
                "growth.self-serve-revenue",
                "cumulative",
                step_a_year=Decimal("0.2"),
                periods_a_year=52,
                round_to=-4,
            ),
            _level("{target} sign-ups a week", "growth.sign-ups", "0.2", ratio=True),
        ),
    ),
)

QUARTERLY = (
    ObjectiveTemplate(
        "second-product",
        "expand-accounts",
        "More of our customers use the second product",
        "Reporting offered where customers already work, and a price for both together.",
        "a.lindqvist",
        "lantern",
        (
            _level("Net revenue retention at {target} %", "revenue.nrr", "3.1"),
            _level("{target} % of accounts with a second product", "customers.second-product", "4.9"),
        ),
        parent="grow-inside-accounts",
    ),
    ObjectiveTemplate(
        "calm-weeks",
        "reliable-core",
        "Quick answers and calm weeks on call",
        "Customers hear from a person within the working day, and nobody dreads the week on call.",
        "h.nakagawa",
        "keel",
        (
            _at_most("First response within 4.3 hours", "support.first-response-hours", "4.3"),
            _at_most("At most 110 incident minutes a week", "reliability.incident-minutes", "110"),
            _at_most("At most 48 on-call pages a week", "people.on-call-pages", "48"),
        ),
    ),
    ObjectiveTemplate(
        "win-regulated",
        "enterprise-ready",
        "Win regulated customers",
        "Close the deals that wait for a requirement, and lose none for the lack of one.",
        "go-to-market",
        "gatehouse",
        (
            KeyResultTemplate(
                "{target} regulated customers won in the quarter",
                "sales.enterprise-wins",
                "cumulative",
                path_shares=(Decimal("0.1"), Decimal("0.4"), Decimal(1)),
            ),
            _at_most("At most 2 deals a month lost on a missing requirement", "sales.enterprise-lost", "2"),
        ),
    ),
    ObjectiveTemplate(
        "first-value",
        "new-growth",
        "Customers reach their first result sooner",
        "From signature to half of the seats in use, with fewer hands involved.",
        "d.mensah",
        "compass",
        (
            _level("Onboarding in {target} days", "growth.onboarding-days", "-0.18", ratio=True),
            _at_least("At least 11 % of trials become paying", "growth.trial-conversion", "11"),
        ),
    ),
    ObjectiveTemplate(
        "move-services",
        "platform",
        "Services run on the new platform and their teams are glad of it",
        "Moved one by one, each with its traffic, each with its team’s consent.",
        "o.brandt",
        "foundry",
        (_level("{target} services moved with all of their traffic", "platform.services-moved", "17"),),
        parent="paved-road",
        when_drifting=(
            KeyResultTemplate("The new platform is the place where teams want to build"),
            KeyResultTemplate("Migration tooling released"),
        ),
        not_in_first_quarter=True,
    ),
)
