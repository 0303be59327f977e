"""Who and what the sample company consists of: people, teams, value streams, strategic themes."""

from __future__ import annotations

from dataclasses import dataclass

COMPANY_NAME = "Northbeam Software"
CURRENCY = "USD"
TIME_ZONE = "UTC"
STAFF = 400


@dataclass(frozen=True)
class Person:
    """Someone who signs in or owns something; `role` is the name of their group."""

    username: str
    name: str
    role: str
    team: str = ""


@dataclass(frozen=True)
class TeamPlan:
    """A delivery team and the value stream it works in."""

    slug: str
    name: str
    value_stream: str


@dataclass(frozen=True)
class ThemePlan:
    """A strategic theme; weights add up to 100."""

    slug: str
    name: str
    description: str
    weight: int
    owner: str
    value_stream: str


VALUE_STREAMS = (
    ("win-customers", "Win customers"),
    ("serve-accounts", "Serve accounts"),
    ("run-the-service", "Run the service"),
    ("build-new", "Build the next product"),
)

TEAMS = (
    TeamPlan("harbour", "Harbour (accounts and billing)", "serve-accounts"),
    TeamPlan("lantern", "Lantern (reporting)", "serve-accounts"),
    TeamPlan("compass", "Compass (onboarding)", "win-customers"),
    TeamPlan("gatehouse", "Gatehouse (identity and audit)", "win-customers"),
    TeamPlan("keel", "Keel (core services)", "run-the-service"),
    TeamPlan("foundry", "Foundry (developer platform)", "run-the-service"),
    TeamPlan("sextant", "Sextant (applied AI)", "build-new"),
    TeamPlan("skiff", "Skiff (self-serve)", "build-new"),
)

# One person per role, who is called as the role is, so that each can be tried with one click.
ROLE_PEOPLE = (
    Person("technology-lead", "Ines Halvorsen", "technology-lead"),
    Person("product-manager", "Tomás Ferreira", "product-manager", "harbour"),
    Person("engineering-lead", "Priya Raman", "engineering-lead", "keel"),
    Person("finance", "Gordon Achterberg", "finance"),
    Person("go-to-market", "Leila Haddad", "go-to-market"),
    Person("ai-specialist", "Kenji Moriyama", "ai-specialist", "sextant"),
    Person("executive", "Margaret Olufemi", "executive"),
    Person("administrator", "Sam Whitlock", "administrator"),
)

OTHER_PEOPLE = (
    Person("a.lindqvist", "Astrid Lindqvist", "product-manager", "lantern"),
    Person("d.mensah", "Daniel Mensah", "product-manager", "compass"),
    Person("r.castellano", "Rosa Castellano", "product-manager", "gatehouse"),
    Person("y.petrov", "Yuri Petrov", "product-manager", "skiff"),
    Person("h.nakagawa", "Hana Nakagawa", "engineering-lead", "harbour"),
    Person("o.brandt", "Oskar Brandt", "engineering-lead", "foundry"),
    Person("c.dubois", "Camille Dubois", "engineering-lead", "gatehouse"),
    Person("n.adeyemi", "Ngozi Adeyemi", "engineering-lead", "lantern"),
    Person("w.kowalski", "Wanda Kowalski", "finance"),
    Person("j.oconnell", "Jack O’Connell", "go-to-market"),
    Person("m.sundaram", "Meera Sundaram", "ai-specialist", "sextant"),
)
PEOPLE = ROLE_PEOPLE + OTHER_PEOPLE

THEMES = (
    ThemePlan(
        "platform",
        "Platform",
        "A common base on which teams ship alone: paved roads, service templates, one way to release.",
        15,
        "o.brandt",
        "run-the-service",
    ),
    ThemePlan(
        "expand-accounts",
        "Expand accounts",
        "Grow inside the accounts that are already won: second product, more seats, fewer departures.",
        28,
        "product-manager",
        "serve-accounts",
    ),
    ThemePlan(
        "reliable-core",
        "Reliable core",
        "A service that stays up and asks for little: fewer incidents, fewer tickets, quicker answers.",
        18,
        "engineering-lead",
        "run-the-service",
    ),
    ThemePlan(
        "enterprise-ready",
        "Enterprise ready",
        "What regulated buyers ask for before they sign: identity, audit, residency, evidence.",
        17,
        "r.castellano",
        "win-customers",
    ),
    ThemePlan(
        "efficient-ai",
        "Efficient AI",
        "AI features whose answers are good enough and whose cost per answer is known and falling.",
        12,
        "ai-specialist",
        "build-new",
    ),
    ThemePlan(
        "new-growth",
        "New growth",
        "A self-serve way in for small teams, from sign-up to first invoice without a call.",
        10,
        "y.petrov",
        "build-new",
    ),
)
