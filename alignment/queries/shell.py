"""What stands around every page: the period, how fresh the data are, who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse

from alignment.models import Company, Metric, Signal, User
from alignment.periods import Cadence, Period
from alignment.queries.words import counted, day_words


@dataclass(frozen=True, slots=True)
class PeriodEnd:
    """A day that the period picker offers: the end of a month or a quarter before today."""

    label: str
    day: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of a page. `metrics` and `stale` count metrics that ever reported."""

    period: str
    freshness: str
    role: str
    is_sample: bool
    metrics: int
    stale: int
    day: date
    is_today: bool
    today: date
    period_ends: tuple[PeriodEnd, ...]

    @property
    def freshness_link(self) -> str:
        """The metrics that the words on freshness speak of: the stale ones, all where none is. Without the day."""
        stale = "?freshness=stale" if self.stale or not self.is_today else ""
        return f"{reverse('alignment:metrics')}{stale}"

    @property
    def freshness_aim(self) -> str:
        """What the link on freshness leads to, for those who cannot see where it stands."""
        if not self.is_today:
            return "see which metrics were stale then"
        return "see the stale metrics" if self.stale else "see the metrics"


def quarter_name(day: date, company: Company) -> str:
    """`Q4 2026`: the quarter that the day lies in."""
    name = Period.containing(day, Cadence.QUARTER, company.calendar).name(company.calendar)
    year, _, quarter = name.partition("-")
    return f"{quarter} {year}"


def shell_for(user: User, company: Company | None, day: date, today: date) -> Shell:
    """The frame for this person on this day. Two queries, one of them for the roles."""
    counts = Metric.objects.aggregate(
        metrics=Count(
            "pk",
            filter=Q(first_imported_at__isnull=False) | Q(signals__kind=Signal.Kind.STALENESS),
            distinct=True,
        ),
        stale=Count(
            "pk", filter=Q(signals__kind=Signal.Kind.STALENESS, signals__verdict="stale"), distinct=True
        ),
    )
    return Shell(
        period=quarter_name(day, company) if company else "",
        freshness=_freshness(day, today, counts["metrics"], counts["stale"]),
        role=user.role_label,
        is_sample=company.is_sample if company else False,
        metrics=counts["metrics"],
        stale=counts["stale"],
        day=day,
        is_today=day == today,
        today=today,
        period_ends=period_ends(today, company, day) if company else (),
    )


def period_ends(today: date, company: Company, chosen: date) -> tuple[PeriodEnd, ...]:
    """The ends of the last three months and the last four quarters, latest first, each once."""
    found: dict[date, str] = {}
    for cadence, count in ((Cadence.MONTH, 3), (Cadence.QUARTER, 4)):
        period = Period.containing(today, cadence, company.calendar)
        for back in range(1, count + 1):
            end = period.previous(back).end
            name = f"{end:%B %Y}" if cadence is Cadence.MONTH else quarter_name(end, company)
            found[end] = f"{found[end]}, {name}" if end in found else name
    return tuple(
        PeriodEnd(f"end of {name}", end.isoformat(), end == chosen)
        for end, name in sorted(found.items(), reverse=True)
    )


def _freshness(day: date, today: date, metrics: int, stale: int) -> str:
    if day != today:
        return f"as it was known on {day_words(day)}"
    if not metrics:
        return "no metric has reported yet"
    said = f"{stale} of {metrics} metrics stale" if stale else f"all {counted(metrics, 'metric')} fresh"
    return f"as of {day.day} {day:%b}, {said}"
