"""Fills an empty database with the sample company, and brings one that it filled up to a later moment.

Everything is written in one transaction, as `system:load_sample`. What the seed and the first day decide is kept in
the options of the first import batch, so that the company can be continued exactly where it stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from alignment.audit import acting_as
from alignment.models import Company as CompanyRow
from alignment.models import ImportBatch, Metric, Objective, Theme, User
from alignment.sample import arriving, planning
from alignment.sample.deliveries import delivered_files
from alignment.sample.firm import COMPANY_NAME, CURRENCY, PEOPLE, STAFF, TIME_ZONE
from alignment.sample.series import Company
from alignment.sample.world import CALENDAR, World

BY = "system:load_sample"
DEFAULT_SEED = 7
_LOCK = 0x53414D50  # "SAMP": two loads at once wait for each other


class SampleRefused(Exception):
    """The sample company cannot be loaded here; the message says why and what to do."""


@dataclass(frozen=True)
class LoadOutcome:
    """What a load or an extension wrote. `since` is the first day whose scores it may change."""

    seed: int
    healthy: bool
    opened_on: date
    is_first: bool
    files: int
    readings: int
    restated: int
    plan_rows: int
    metrics_touched: frozenset[int]
    since: date | None

    @property
    def changed_anything(self) -> bool:
        """Whether any row was written."""
        return self.is_first or bool(self.files or self.plan_rows)


def is_empty() -> bool:
    """Whether the database holds neither a company nor anything that a company would have."""
    return not any(model.objects.exists() for model in (CompanyRow, Metric, Theme, Objective, ImportBatch))


def load(*, by: str, seed: int | None, healthy: bool, opened_on: date, now: datetime) -> LoadOutcome:
    """Fill an empty database with the company of this seed (None: the default one), as it was known at `now`.

    Where the same company was loaded before, nothing changes. Raises SampleRefused where the database holds
    another one, or anything that this verb did not write.
    """
    with acting_as(by), _alone():
        present = CompanyRow.objects.first()
        if present is not None:
            return _unchanged(present, seed, healthy)
        if not is_empty():
            raise SampleRefused(
                "This database has no company but already holds metrics, themes, objectives or imports, which the "
                "sample company would mix with. Load it into an empty database."
            )
        _refuse_taken_names()
        return _fill(World(DEFAULT_SEED if seed is None else seed, opened_on, healthy), now, by)


def extend(*, by: str, now: datetime, seed: int | None = None, healthy: bool = False) -> LoadOutcome | None:
    """Bring a company that `load` filled up to `now`: readings, closed months, new quarters, epics' progress.

    Returns None, and changes nothing, in a database that `load` did not fill. Raises SampleRefused where `seed` or
    `healthy` ask for another company than the one that is there.
    """
    with acting_as(by), _alone():
        present = CompanyRow.objects.first()
        if present is None or present.sample_seed is None:
            return None
        _refuse_another(present, seed, healthy)
        world = stored_world(present)
        since = arriving.last_arrival(world)
        return _write(world, now, by, since=since)


def stored_world(present: CompanyRow) -> World:
    """The world that a filled database was made from. Raises SampleRefused where its first batch is gone."""
    first = (
        ImportBatch.objects.filter(options__generator=arriving.GENERATOR)
        .order_by("id")
        .values_list("options", flat=True)
        .first()
    )
    if first is None or present.sample_seed is None:
        raise SampleRefused(
            f"“{present.name}” is marked as the sample company, but its first import batch is missing, so it cannot be "
            "continued. Begin anew with an empty database."
        )
    return World(present.sample_seed, date.fromisoformat(first["opened_on"]), present.sample_healthy)


class _alone:  # noqa: N801 - reads as a word in `with`
    """Holds, until the transaction ends, the lock that keeps a second load waiting."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])

    def __exit__(self, *_: object) -> None:
        return None


def _unchanged(present: CompanyRow, seed: int | None, healthy: bool) -> LoadOutcome:
    if present.sample_seed is None:
        raise SampleRefused(
            f"This database holds the company “{present.name}”, which the sample did not fill. Nothing was changed. "
            "Load the sample company into an empty database."
        )
    _refuse_another(present, seed, healthy)
    world = stored_world(present)
    return LoadOutcome(
        world.seed, world.healthy, world.opened_on, False, 0, 0, 0, 0, metrics_touched=frozenset(), since=None
    )


def _refuse_another(present: CompanyRow, seed: int | None, healthy: bool) -> None:
    """Raise SampleRefused unless what is asked for is what is there; without a wish, what is there is meant."""
    if seed is None and not healthy:
        return
    wanted = World(DEFAULT_SEED if seed is None else seed, date.min, healthy)
    if (present.sample_seed, present.sample_healthy) != (wanted.seed, wanted.healthy):
        raise SampleRefused(
            f"This database holds the sample company of seed {present.sample_seed}"
            f"{' without the story' if present.sample_healthy else ''}, not of seed {wanted.seed}"
            f"{' without the story' if healthy else ''}. Nothing was changed. To begin anew, drop and create the "
            "database (under `make run`: stop it and delete the folder var), then load again."
        )


def _refuse_taken_names() -> None:
    names = [person.username for person in PEOPLE]
    taken = sorted(User.objects.filter(username__in=names).values_list("username", flat=True))
    if taken:
        raise SampleRefused(
            f"The user name {', '.join(taken)} is taken; the sample company brings a person of that name. Load it "
            "into an empty database, or rename the person first."
        )


def _fill(world: World, now: datetime, by: str) -> LoadOutcome:
    company = Company(world, max(now.date(), world.opened_on))
    year = [
        reading.value for reading in company.readings["revenue.total"] if reading.period.end < world.opened_on
    ]
    CompanyRow.objects.create(
        name=COMPANY_NAME,
        currency=CURRENCY,
        fiscal_year_start_month=CALENDAR.fiscal_year_start_month,
        time_zone=TIME_ZONE,
        first_day_of_week=CALENDAR.first_day_of_week,
        staff=STAFF,
        yearly_revenue=sum(year[-12:]),
        sample_seed=world.seed,
        sample_healthy=world.healthy,
    )
    return _write(world, now, by, since=None, company=company)


def _write(
    world: World, now: datetime, by: str, *, since: datetime | None, company: Company | None = None
) -> LoadOutcome:
    """Write what became known after `since` (None: everything) and by `now`."""
    company = company or Company(world, max(now.date(), world.opened_on))
    after = since.date() if since else None
    plan_rows = planning.write_plan(company, after=after, until=now.date())
    taken = arriving.take_in(delivered_files(company, now), world, by=by)
    changed_since: date | None = taken.first_day or (after if plan_rows else None)
    if changed_since is not None and after is not None:
        changed_since = min(changed_since, after)
    return LoadOutcome(
        seed=world.seed,
        healthy=world.healthy,
        opened_on=world.opened_on,
        is_first=since is None,
        files=taken.files,
        readings=taken.readings,
        restated=taken.restated,
        plan_rows=plan_rows,
        metrics_touched=taken.metrics,
        since=changed_since,
    )
