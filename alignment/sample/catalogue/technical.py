"""Technical performance, weekly: delivery, reliability, platform, debt and support; also by team."""

from __future__ import annotations

from alignment.sample.catalogue.plan import OPERATIONS, Course, MetricPlan
from alignment.sample.firm import TEAMS


def _technical(
    key: str,
    name: str,
    unit: str,
    course: Course | None,
    description: str,
    *,
    direction: str = "higher",
    decimals: int = 1,
    source: str = "Delivery board",
    kind: str = "flow",
    role: str = "",
    owner: str = "engineering-lead",
    team: str = "",
    low: float | None = 0,
    high: float | None = None,
    hard_minimum: str = "",
) -> MetricPlan:
    return MetricPlan(
        key,
        name,
        "technical-performance",
        unit,
        direction,
        OPERATIONS,
        decimals,
        source,
        description,
        course,
        kind=kind,
        role=role,
        owner=owner,
        team=team,
        low=low,
        high=high,
        hard_minimum=hard_minimum,
    )


_DELIVERY = (
    _technical(
        "delivery.velocity",
        "Delivery velocity",
        "points",
        Course(262, 0.035, ratio=True, season=0.03, peak=16, noise=0.05, phi=0.3, story=0.27),
        "Story points finished by all teams in the week.",
        decimals=0,
        role="velocity",
    ),
    _technical(
        "delivery.throughput",
        "Throughput",
        "items",
        Course(118, 0.03, ratio=True, season=0.03, peak=16, noise=0.06, phi=0.3, story=0.2),
        "Work items finished by all teams in the week, whatever their size.",
        decimals=0,
    ),
    _technical(
        "delivery.deploys",
        "Deployments",
        "deployments",
        Course(64, 0.12, ratio=True, season=0.02, peak=16, noise=0.07, phi=0.3, story=0.14),
        "Releases to production in the week.",
        decimals=0,
        source="Release pipeline",
    ),
    _technical(
        "delivery.lead-time",
        "Lead time for changes",
        "days",
        Course(6.4, -0.13, ratio=True, noise=0.04, phi=0.4, story=0.1),
        "Median days from first commit to production.",
        direction="lower",
        source="Release pipeline",
        owner="o.brandt",
    ),
    _technical(
        "delivery.change-failure-rate",
        "Change failure rate",
        "%",
        Course(13.2, -1.0, noise=0.8, phi=0.3, story=4.6),
        "Releases that had to be rolled back or repaired.",
        direction="lower",
        source="Release pipeline",
    ),
    _technical(
        "delivery.recovery-hours",
        "Time to recover",
        "hours",
        Course(3.4, -0.1, ratio=True, noise=0.12, phi=0.2, story=0.4),
        "Median hours from the start of an incident until service was normal.",
        direction="lower",
        source="Incident log",
    ),
    _technical(
        "delivery.quality",
        "Delivery quality",
        "%",
        Course(93.2, 0.8, noise=0.5, phi=0.3, story=-2.6),
        "Finished items without a defect found by a customer in the fortnight after release.",
        role="quality",
        high=100,
    ),
    _technical(
        "delivery.escaped-defects",
        "Escaped defects",
        "defects",
        Course(19, -0.06, ratio=True, noise=0.11, phi=0.2, story=0.7),
        "Defects first reported by a customer in the week.",
        direction="lower",
        decimals=0,
        source="Support desk",
    ),
)

_RELIABILITY = (
    _technical(
        "reliability.slo",
        "Reliability against SLO",
        "%",
        Course(99.925, 0.008, noise=0.018, phi=0.3, story=-0.05),
        "Requests to the core services that were answered correctly and within half a second.",
        decimals=3,
        source="Monitoring",
        role="reliability",
        high=100,
        hard_minimum="99.5",
    ),
    _technical(
        "reliability.incident-minutes",
        "Incident minutes",
        "minutes",
        Course(96, -0.1, ratio=True, season=0.08, peak=48, noise=0.16, phi=0.3, story=0.5),
        "Minutes in the week during which customers were affected by an open incident.",
        direction="lower",
        decimals=0,
        source="Incident log",
    ),
    _technical(
        "reliability.latency-p95",
        "Slowest twentieth of requests",
        "ms",
        Course(430, -0.05, ratio=True, season=0.03, peak=48, noise=0.035, phi=0.4, story=0.2),
        "Response time that 95 % of requests stay below.",
        direction="lower",
        decimals=0,
        source="Monitoring",
    ),
)

_PLATFORM = (
    _technical(
        "platform.effort-share",
        "Effort on the platform",
        "%",
        Course(14.5, 0.2, noise=0.9, phi=0.4, story=25.0),
        "Share of delivery effort that goes to the common base rather than to a product.",
        direction="range",
        role="platform-effort",
        owner="o.brandt",
        high=90,
    ),
    _technical(
        "platform.paved-road-adoption",
        "Services on the paved road",
        "%",
        Course(22, 13.5, noise=0.6, phi=0.5, story=-6.5),
        "Services that are built, tested and released by the common templates.",
        kind="stock",
        source="Service catalogue",
        owner="o.brandt",
        high=100,
    ),
    _technical(
        "platform.services-moved",
        "Services moved to the new platform",
        "services",
        Course(6, 17, noise=0.5, phi=0.5, story=-9.0),
        "Services that take all of their production traffic on the new platform.",
        kind="stock",
        decimals=0,
        source="Service catalogue",
        owner="o.brandt",
        high=96,
    ),
    _technical(
        "debt.effort-share",
        "Effort on technical debt",
        "%",
        Course(15.5, 0.3, noise=0.9, phi=0.4, story=-7.0),
        "Share of delivery effort that pays back technical debt.",
        direction="range",
        role="debt-share",
        high=60,
    ),
)

_SUPPORT = (
    _technical(
        "support.tickets",
        "Support tickets",
        "tickets",
        None,
        "Requests opened by customers in the week.",
        direction="lower",
        decimals=0,
        source="Support desk",
        role="support-load",
    ),
    _technical(
        "support.hours",
        "Support hours",
        "hours",
        None,
        "Hours that support and engineering booked on customers' requests in the week.",
        direction="lower",
        decimals=0,
        source="Support desk",
    ),
    _technical(
        "support.hours-per-100-accounts",
        "Support hours per 100 accounts",
        "hours",
        None,
        "Support hours of the week for each hundred accounts with a contract.",
        direction="lower",
        source="Support desk",
    ),
    _technical(
        "support.first-response-hours",
        "First response",
        "hours",
        Course(3.9, -0.05, ratio=True, season=0.05, peak=2, noise=0.07, phi=0.3, story=0.24),
        "Median hours until a person answered a new request.",
        direction="lower",
        source="Support desk",
    ),
)

_TEAM_THROUGHPUT = (16.5, 14.0, 13.0, 12.0, 18.0, 15.5, 11.0, 12.5)
_TEAM_STORY = (0.06, 0.04, -0.08, -0.1, 0.3, 0.6, 0.22, 0.02)


def _of_teams() -> tuple[MetricPlan, ...]:
    plans = []
    for team, base, story in zip(TEAMS, _TEAM_THROUGHPUT, _TEAM_STORY, strict=True):
        short = team.name.partition(" (")[0]
        plans.append(
            _technical(
                f"team.{team.slug}.throughput",
                f"Throughput of {short}",
                "items",
                Course(base, 0.03, ratio=True, noise=0.13, phi=0.2, story=story),
                f"Work items that {short} finished in the week.",
                decimals=0,
                team=team.slug,
            )
        )
        plans.append(
            _technical(
                f"team.{team.slug}.availability",
                f"Availability of {short}’s services",
                "%",
                Course(99.93, 0.006, noise=0.014, phi=0.3, story=-0.015 if story < 0.2 else -0.06),
                f"Requests to services owned by {short} that were answered correctly and in time.",
                decimals=3,
                source="Monitoring",
                team=team.slug,
                high=100,
            )
        )
    return tuple(plans)


TECHNICAL_METRICS = (*_DELIVERY, *_RELIABILITY, *_PLATFORM, *_SUPPORT, *_of_teams())
