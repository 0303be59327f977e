"""Budget lines: what each theme was to get each month, what it was given instead, what it spent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from alignment.periods import Cadence, Period
from alignment.sample.chance import between, normal
from alignment.sample.firm import THEMES
from alignment.sample.world import CALENDAR, World

_MONTHLY_TOTAL = 1_620_000
_GROWTH_A_YEAR = 1.12
_DAYS_UNTIL_CLOSED = 8
_OUTSIDE = 0.045
# How much of all money moves to the platform at full drift, and how much outside the themes.
_TO_PLATFORM = 0.22
_TO_OUTSIDE = 0.035


@dataclass(frozen=True)
class BudgetPlan:
    """Money of one theme (None: outside the themes) in one month; `actual` counts from `closed_on` on."""

    theme: str | None
    month: Period
    planned: Decimal
    revised: Decimal | None
    actual: Decimal
    closed_on: date


def budget_lines(world: World, until: date) -> Iterator[BudgetPlan]:
    """The lines of all months from the epoch to the end of the fiscal year that holds `until`."""
    last = Period.containing(
        Period.containing(until, Cadence.FISCAL_YEAR, CALENDAR).end, Cadence.MONTH, CALENDAR
    )
    month = world.first_period(Cadence.MONTH)
    while month <= last:
        planned = _shares(world, month, drift=0.0)
        revision_drift = _drift_of_revision(world, month)
        revised = _shares(world, month, drift=0.75 * revision_drift)
        spent = _shares(world, month, drift=world.drift(month.end))
        total = _MONTHLY_TOTAL * _GROWTH_A_YEAR ** (world.weeks(month.start) / 52)
        for theme, share in planned.items():
            name = theme or "outside"
            noise = 1 + 0.025 * normal(world.seed, "spent", name, str(month))
            yield BudgetPlan(
                theme=theme,
                month=month,
                planned=_thousands(total * share),
                revised=_thousands(total * revised[theme]) if revision_drift else None,
                actual=round(Decimal(repr(total * spent[theme] * noise)), 2),
                closed_on=month.end + timedelta(days=_DAYS_UNTIL_CLOSED),
            )
        month = month.next()


def _shares(world: World, month: Period, *, drift: float) -> dict[str | None, float]:
    """Share of all money by theme: near the strategic weights, moved to the platform by the drift."""
    year = str(Period.containing(month.start, Cadence.FISCAL_YEAR, CALENDAR))
    wanted = {
        theme.slug: theme.weight * between(0.82, 1.18, world.seed, "share", theme.slug, year)
        for theme in THEMES
    }
    moved, outside = _TO_PLATFORM * drift, _OUTSIDE + _TO_OUTSIDE * drift
    left = (1 - outside - moved) / sum(wanted.values())
    shares: dict[str | None, float] = {slug: weight * left for slug, weight in wanted.items()}
    shares["platform"] += moved
    shares[None] = outside
    return shares


def _drift_of_revision(world: World, month: Period) -> float:
    """The drift known when the month's quarter was replanned: that of the quarter's first day."""
    return world.drift(Period.containing(month.start, Cadence.QUARTER, CALENDAR).start)


def _thousands(amount: float) -> Decimal:
    return Decimal(round(amount / 1000) * 1000).quantize(Decimal("0.01"))
