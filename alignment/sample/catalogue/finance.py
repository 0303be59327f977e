"""Financial efficiency, monthly: margin, cost, return, budget, cash, burn and runway."""

from __future__ import annotations

from alignment.sample.catalogue.plan import CLOSE, Course, MetricPlan


def _finance(
    key: str,
    name: str,
    unit: str,
    course: Course | None,
    description: str,
    *,
    direction: str = "higher",
    decimals: int = 1,
    kind: str = "flow",
    role: str = "",
    low: float | None = 0,
    hard_minimum: str = "",
) -> MetricPlan:
    return MetricPlan(
        key,
        name,
        "financial-efficiency",
        unit,
        direction,
        CLOSE,
        decimals,
        "General ledger",
        description,
        course,
        kind=kind,
        role=role,
        owner="finance" if role else "w.kowalski",
        low=low,
        hard_minimum=hard_minimum,
    )


FINANCE_METRICS = (
    _finance(
        "finance.gross-margin",
        "Gross margin",
        "%",
        Course(69.8, 1.5, noise=0.35, phi=0.4, story=-1.6),
        "Revenue less hosting, AI inference and support, as a share of revenue.",
    ),
    _finance(
        "finance.cost-control",
        "Cost per dollar of revenue",
        "USD",
        Course(1.1, -0.028, noise=0.009, phi=0.4, story=0.075),
        "All operating cost of the month for each dollar of revenue.",
        direction="lower",
        decimals=3,
    ),
    _finance(
        "finance.roi",
        "Return on product investment",
        "%",
        Course(112, 7, noise=2.6, phi=0.5, story=-27),
        "Gross profit won in the last twelve months by each dollar spent on product and engineering the year before.",
        low=None,
    ),
    _finance(
        "finance.budget-adherence",
        "Budget adherence",
        "%",
        Course(96.2, 0.3, noise=0.8, phi=0.3, story=-8.5),
        "100 less the mean distance of the themes' spending from their plan, in percent of the plan.",
    ),
    _finance(
        "finance.cloud-cost-per-account",
        "Hosting cost per account",
        "USD",
        Course(342, -0.04, ratio=True, season=0.02, peak=50, noise=0.02, phi=0.4, story=0.24),
        "Hosting bill of the month for each account with a contract.",
        direction="lower",
        decimals=0,
    ),
    _finance(
        "finance.platform-cost",
        "Cost of the platform",
        "USD",
        Course(356_000, 0.05, ratio=True, noise=0.025, phi=0.4, story=0.95),
        "Pay, contractors and tools for work on the common base in the month.",
        direction="lower",
        decimals=0,
    ),
    _finance(
        "finance.cash",
        "Cash",
        "USD",
        None,
        "Cash and short deposits on the last day of the month.",
        decimals=0,
        kind="stock",
        role="cash",
    ),
    _finance(
        "finance.burn",
        "Net burn",
        "USD",
        Course(590_000, -0.13, ratio=True, season=0.06, peak=4, noise=0.05, phi=0.3, story=0.7),
        "Cash that went out in the month beyond what came in.",
        direction="lower",
        decimals=0,
        role="burn",
        low=None,
    ),
    _finance(
        "finance.runway",
        "Runway",
        "months",
        None,
        "Months until cash ends at the mean net burn of the last three months.",
        kind="stock",
        role="runway",
        hard_minimum="6",
    ),
)
