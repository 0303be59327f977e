"""Series that follow from others: recurring revenue, accounts, support load, AI spend, cash and runway."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from math import exp

from alignment.periods import Period
from alignment.sample.chance import sluggish
from alignment.sample.world import World

_ARR_AT_START = 34_500_000.0
_ACCOUNTS_AT_START = 640.0
_CASH_AT_START = 41_000_000.0
# When cash falls below the first amount, a round brings in the second.
_CASH_ALARM = 4_000_000.0
_CASH_ROUND = 18_000_000.0
_TICKETS_PER_MILLION_ARR = 8.4
_HOURS_PER_TICKET = 0.78
_LONGEST_RUNWAY = 60.0


def derive(
    world: World, weeks: Sequence[Period], months: Sequence[Period], raw: dict[str, list[float]]
) -> None:
    """Add the derived series to `raw`, which holds the others, one value a period of `weeks` or `months`."""
    _recurring_revenue(world, months, raw)
    _revenue(world, months, raw)
    _accounts(raw)
    _cash(raw)
    _support(world, weeks, months, raw)
    noise = _noise(world, "ai.spend", weeks, 0.02)
    raw["ai.spend"] = [
        cost * count * extra
        for cost, count, extra in zip(raw["ai.unit-cost"], raw["ai.resolved-questions"], noise, strict=True)
    ]


def _noise(world: World, name: str, periods: Sequence[Period], spread: float) -> list[float]:
    """Factors around 1 with the given relative spread."""
    steps = [period.start.isoformat() for period in periods]
    return [exp(spread * draw) for draw in sluggish(world.seed, name, steps, 0.3)]


def _recurring_revenue(world: World, months: Sequence[Period], raw: dict[str, list[float]]) -> None:
    """ARR of a month is that of the month before, plus new and expansion, less what was cancelled."""
    arr = _ARR_AT_START
    levels, expansions, losses = [], [], []
    expansion_noise = _noise(world, "revenue.expansion-arr", months, 0.05)
    loss_noise = _noise(world, "revenue.churned-arr", months, 0.07)
    for index in range(len(months)):
        gross_retention = raw["customers.retention"][index] + 1.4
        expansion = arr * (raw["revenue.nrr"][index] - gross_retention) / 1200 * expansion_noise[index]
        lost = arr * (100 - gross_retention) / 1200 * loss_noise[index]
        arr += raw["revenue.new-arr"][index] + expansion - lost
        levels.append(arr)
        expansions.append(expansion)
        losses.append(lost)
    raw["revenue.arr"], raw["revenue.expansion-arr"], raw["revenue.churned-arr"] = levels, expansions, losses


def _revenue(world: World, months: Sequence[Period], raw: dict[str, list[float]]) -> None:
    noise = _noise(world, "revenue.total", months, 0.006)
    revenue = [arr / 12 * 1.05 * extra for arr, extra in zip(raw["revenue.arr"], noise, strict=True)]
    raw["revenue.total"] = revenue
    raw["revenue.growth"] = [
        100 * (value / revenue[index - 12] - 1) if index >= 12 else 0.0 for index, value in enumerate(revenue)
    ]


def _accounts(raw: dict[str, list[float]]) -> None:
    accounts = _ACCOUNTS_AT_START
    levels = []
    for won, retention in zip(raw["customers.new"], raw["customers.retention"], strict=True):
        accounts += round(won) - accounts * (100 - retention) / 1200
        levels.append(accounts)
    raw["customers.accounts"] = levels


def _cash(raw: dict[str, list[float]]) -> None:
    cash = _CASH_AT_START
    burn = raw["finance.burn"]
    levels, runways = [], []
    for index, amount in enumerate(burn):
        cash -= amount
        if cash < _CASH_ALARM:
            cash += _CASH_ROUND
        recent = burn[max(0, index - 2) : index + 1]
        mean = sum(recent) / len(recent)
        levels.append(cash)
        runways.append(min(_LONGEST_RUNWAY, cash / mean) if mean > 0 else _LONGEST_RUNWAY)
    raw["finance.cash"], raw["finance.runway"] = levels, runways


def _support(
    world: World, weeks: Sequence[Period], months: Sequence[Period], raw: dict[str, list[float]]
) -> None:
    """Tickets follow ARR, a little better every year; with the story they outgrow it."""
    ends = [month.end for month in months]
    ticket_noise = _noise(world, "support.tickets", weeks, 0.045)
    hour_noise = _noise(world, "support.hours", weeks, 0.03)
    tickets, hours, per_hundred = [], [], []
    for index, week in enumerate(weeks):
        month = max(0, bisect_left(ends, week.end) - 1)
        drift = world.drift(week.end)
        progress = 0.96 ** (world.weeks(week.end) / 52)
        quiet_holidays = (
            0.86 if week.end.timetuple().tm_yday > 357 or week.end.timetuple().tm_yday < 4 else 1.0
        )
        millions = raw["revenue.arr"][month] / 1_000_000
        opened = millions * _TICKETS_PER_MILLION_ARR * progress * quiet_holidays
        opened *= (1 + 0.5 * drift) * ticket_noise[index]
        worked = opened * _HOURS_PER_TICKET * (1 + 0.12 * drift) * hour_noise[index]
        tickets.append(opened)
        hours.append(worked)
        per_hundred.append(100 * worked / raw["customers.accounts"][month])
    raw["support.tickets"], raw["support.hours"] = tickets, hours
    raw["support.hours-per-100-accounts"] = per_hundred
