"""The guardrails of the sample company: bounds on metrics that work must not break."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from alignment.sample.world import World


@dataclass(frozen=True)
class GuardrailPlan:
    """A bound on a metric, its kind and what it guards (nothing named: the whole company)."""

    slug: str
    name: str
    metric: str
    kind: str
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    importance: int = 1
    theme: str = ""
    epic: str = ""
    team: str = ""
    value_stream: str = ""


def _team_slo(team: str, name: str) -> GuardrailPlan:
    return GuardrailPlan(
        f"{team}-slo",
        f"{name}’s services answer 99.87 % of requests in time",
        f"team.{team}.availability",
        "slo",
        at_least=Decimal("99.87"),
        team=team,
    )


GUARDRAILS = (
    GuardrailPlan(
        "core-slo",
        "Core services answer 99.88 % of requests in time",
        "reliability.slo",
        "slo",
        at_least=Decimal("99.88"),
        importance=3,
        value_stream="run-the-service",
    ),
    GuardrailPlan(
        "latency",
        "95 % of requests within 450 ms",
        "reliability.latency-p95",
        "slo",
        at_most=Decimal(450),
        importance=2,
        value_stream="run-the-service",
    ),
    _team_slo("harbour", "Harbour"),
    _team_slo("keel", "Keel"),
    _team_slo("gatehouse", "Gatehouse"),
    _team_slo("skiff", "Skiff"),
    GuardrailPlan(
        "change-failure",
        "At most 15 % of releases fail",
        "delivery.change-failure-rate",
        "quality-gate",
        at_most=Decimal(15),
        importance=2,
    ),
    GuardrailPlan(
        "delivery-quality",
        "At least 92.5 % of items without a defect found by a customer",
        "delivery.quality",
        "quality-gate",
        at_least=Decimal("92.5"),
        importance=2,
    ),
    GuardrailPlan(
        "support-load",
        "At most 56 support hours a week per 100 accounts",
        "support.hours-per-100-accounts",
        "quality-gate",
        at_most=Decimal(56),
        importance=2,
        value_stream="serve-accounts",
    ),
    GuardrailPlan(
        "on-call-load",
        "At most 58 pages a week on call",
        "people.on-call-pages",
        "quality-gate",
        at_most=Decimal(58),
        theme="reliable-core",
    ),
    GuardrailPlan(
        "commitments",
        "At least 82 % of commitments kept",
        "enterprise.commitments-kept",
        "quality-gate",
        at_least=Decimal(82),
        importance=2,
        theme="enterprise-ready",
    ),
    GuardrailPlan(
        "runway",
        "At least 20 months of runway",
        "finance.runway",
        "quality-gate",
        at_least=Decimal(20),
        importance=3,
    ),
    GuardrailPlan(
        "hosting-cost",
        "Hosting under 300 USD per account and month",
        "finance.cloud-cost-per-account",
        "unit-cost",
        at_most=Decimal(300),
        theme="platform",
    ),
    GuardrailPlan(
        "assistant-unit-cost",
        "At most 0.60 USD per resolved question",
        "ai.unit-cost",
        "unit-cost",
        at_most=Decimal("0.60"),
        epic="assistant-languages",
    ),
    GuardrailPlan(
        "assistant-quality",
        "At least 88 % of answers pass the evaluation",
        "ai.quality",
        "ai-evaluation",
        at_least=Decimal(88),
        importance=2,
        epic="assistant-languages",
    ),
    GuardrailPlan(
        "trial-conversion",
        "At least 10.5 % of trials become paying",
        "growth.trial-conversion",
        "quality-gate",
        at_least=Decimal("10.5"),
        theme="new-growth",
    ),
)

# Kept by the healthy twin alone: the unit economics that the story's pilots lack.
PILOT_GUARDRAILS = (
    GuardrailPlan(
        "contract-reader-unit-cost",
        "At most 1.60 USD per contract read",
        "ai.contract-reader.unit-cost",
        "unit-cost",
        at_most=Decimal("1.60"),
        epic="contract-reader-pilot",
    ),
    GuardrailPlan(
        "contract-reader-quality",
        "At least 80 % of contracts read without a wrong clause",
        "ai.contract-reader.quality",
        "ai-evaluation",
        at_least=Decimal(80),
        epic="contract-reader-pilot",
    ),
    GuardrailPlan(
        "renewal-forecast-unit-cost",
        "At most 0.25 USD per forecast made",
        "ai.renewal-forecast.unit-cost",
        "unit-cost",
        at_most=Decimal("0.25"),
        epic="renewal-forecast-pilot",
    ),
    GuardrailPlan(
        "renewal-forecast-quality",
        "At least 80 % of forecasts within a tenth of the outcome",
        "ai.renewal-forecast.quality",
        "ai-evaluation",
        at_least=Decimal(80),
        epic="renewal-forecast-pilot",
    ),
)


def guardrails(world: World) -> tuple[GuardrailPlan, ...]:
    """The guardrails of this world."""
    return (*GUARDRAILS, *PILOT_GUARDRAILS) if world.healthy else GUARDRAILS
