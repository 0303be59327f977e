"""AI performance, weekly: one grown product with its unit economics, and two pilots.

With the story the pilots are measured by what they cost and how much they are used, never by what one result
costs or how good it is. The healthy twin measures both.
"""

from __future__ import annotations

from alignment.sample.catalogue.plan import GATEWAY, Course, MetricPlan


def _ai(
    key: str,
    name: str,
    unit: str,
    course: Course | None,
    description: str,
    *,
    direction: str = "higher",
    decimals: int = 1,
    role: str = "",
    owner: str = "ai-specialist",
    epic: str = "",
    low: float | None = 0,
    high: float | None = None,
    weeks_before_opening: int | None = None,
    only_healthy: bool = False,
    source: str = "AI gateway",
) -> MetricPlan:
    return MetricPlan(
        key,
        name,
        "ai-performance",
        unit,
        direction,
        GATEWAY,
        decimals,
        source,
        description,
        course,
        role=role,
        owner=owner,
        epic=epic,
        low=low,
        high=high,
        weeks_before_opening=weeks_before_opening,
        only_healthy=only_healthy,
    )


_ANSWERS = (
    _ai(
        "ai.quality",
        "Answer quality",
        "%",
        Course(86.0, 2.2, noise=0.6, phi=0.3, story=-2.6),
        "Answers of the assistant that pass the weekly evaluation suite.",
        role="ai-quality",
        high=100,
        source="Evaluation suite",
    ),
    _ai(
        "ai.unit-cost",
        "Cost per resolved question",
        "USD",
        Course(0.71, -0.16, ratio=True, noise=0.025, phi=0.4, story=0.06),
        "Inference and retrieval cost for each question that the assistant resolved without a person.",
        direction="lower",
        decimals=3,
        role="ai-unit-cost",
    ),
    _ai(
        "ai.resolved-questions",
        "Questions resolved by the assistant",
        "questions",
        Course(5_200, 0.42, ratio=True, season=0.04, peak=12, noise=0.05, phi=0.3),
        "Questions that ended in the week without being handed to a person.",
        decimals=0,
    ),
    _ai(
        "ai.spend",
        "AI spend on the assistant",
        "USD",
        None,
        "Inference and retrieval bill of the assistant in the week.",
        direction="lower",
        decimals=0,
    ),
    _ai(
        "ai.user-satisfaction",
        "AI user satisfaction",
        "%",
        Course(71, 3.1, noise=1.1, phi=0.3, story=-4),
        "Rated answers that were rated helpful.",
        high=100,
        source="Product analytics",
    ),
)


def _pilot(
    slug: str, epic: str, name: str, what: str, weeks: int, spend: float, cost: float
) -> tuple[MetricPlan, ...]:
    return (
        _ai(
            f"ai.{slug}.spend",
            f"AI spend on {name}",
            "USD",
            Course(spend, 0.25, ratio=True, noise=0.07, phi=0.4, story=0.7),
            f"Inference bill of the pilot {name} in the week.",
            direction="lower",
            decimals=0,
            epic=epic,
            weeks_before_opening=weeks,
        ),
        _ai(
            f"ai.{slug}.users",
            f"Weekly users of {name}",
            "people",
            Course(spend / 55, 0.35, ratio=True, noise=0.08, phi=0.4),
            f"People who used the pilot {name} at least once in the week.",
            decimals=0,
            epic=epic,
            owner="m.sundaram",
            weeks_before_opening=weeks,
        ),
        _ai(
            f"ai.{slug}.unit-cost",
            f"Cost per {what}",
            "USD",
            Course(cost, -0.2, ratio=True, noise=0.04, phi=0.4),
            f"Inference cost of the pilot {name} for each {what}.",
            direction="lower",
            decimals=3,
            role="ai-unit-cost",
            epic=epic,
            weeks_before_opening=weeks,
            only_healthy=True,
        ),
        _ai(
            f"ai.{slug}.quality",
            f"Quality of {name}",
            "%",
            Course(81, 3.0, noise=0.8, phi=0.3),
            f"Results of the pilot {name} that pass its evaluation suite.",
            role="ai-quality",
            epic=epic,
            high=100,
            weeks_before_opening=weeks,
            only_healthy=True,
            source="Evaluation suite",
        ),
    )


AI_METRICS = (
    *_ANSWERS,
    *_pilot("contract-reader", "contract-reader-pilot", "Contract Reader", "contract read", 52, 2_900, 1.42),
    *_pilot(
        "renewal-forecast", "renewal-forecast-pilot", "Renewal Forecast", "forecast made", 44, 1_900, 0.21
    ),
)
