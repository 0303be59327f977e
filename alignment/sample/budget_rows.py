"""Writes budget lines, and the actuals of months that were closed."""

from __future__ import annotations

from datetime import date, timedelta

from alignment.models import BudgetLine
from alignment.sample.budgets import BudgetPlan
from alignment.sample.names import Names


def write_budgets(names: Names, plans: list[BudgetPlan], after: date | None, until: date) -> int:
    """Insert the lines of years that begin after `after`, and close months that ended; returns the rows written."""
    stored = {(line.theme_id, line.month): line for line in BudgetLine.objects.all()} if after else {}
    new, closed = [], []
    for plan in plans:
        theme_id = names.themes.get(plan.theme) if plan.theme else None
        if plan.theme and theme_id is None:
            continue
        is_closed = plan.closed_on <= until
        line = stored.get((theme_id, plan.month.start))
        if line is None:
            if after is None or date(plan.month.start.year, 1, 1) > after:
                new.append(_line(theme_id, plan, is_closed))
        elif is_closed and line.actual is None and after and plan.closed_on > after - timedelta(days=1):
            line.actual = plan.actual
            closed.append(line)
    BudgetLine.objects.bulk_create(new)
    BudgetLine.objects.bulk_update(closed, ["actual"])
    return len(new) + len(closed)


def _line(theme_id: int | None, plan: BudgetPlan, is_closed: bool) -> BudgetLine:
    return BudgetLine(
        theme_id=theme_id,
        month=plan.month.start,
        planned=plan.planned,
        revised=plan.revised,
        actual=plan.actual if is_closed else None,
    )
