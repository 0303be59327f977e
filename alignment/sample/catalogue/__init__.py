"""The metrics of the sample company, by category."""

from __future__ import annotations

from alignment.sample.catalogue.artificial_intelligence import AI_METRICS
from alignment.sample.catalogue.business import BUSINESS_METRICS
from alignment.sample.catalogue.finance import FINANCE_METRICS
from alignment.sample.catalogue.people import PEOPLE_METRICS, STRATEGY_METRICS
from alignment.sample.catalogue.plan import MetricPlan
from alignment.sample.catalogue.technical import TECHNICAL_METRICS

ALL_METRICS = (
    *BUSINESS_METRICS,
    *TECHNICAL_METRICS,
    *STRATEGY_METRICS,
    *FINANCE_METRICS,
    *PEOPLE_METRICS,
    *AI_METRICS,
)


def metrics(healthy: bool) -> tuple[MetricPlan, ...]:
    """The metrics that the company keeps; some of an AI pilot's are kept by the healthy twin alone."""
    return tuple(plan for plan in ALL_METRICS if healthy or not plan.only_healthy)
