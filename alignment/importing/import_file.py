"""The whole way of one file: read, recognise, load."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from alignment.importing.again import standing_batch
from alignment.importing.choices import check_choices
from alignment.importing.files import SourceFile
from alignment.importing.load import LoadResult, already_loaded, load_rows
from alignment.importing.matching import checked_prefix
from alignment.importing.options import Limits, Options
from alignment.importing.read import read
from alignment.importing.recognise import Recognition, recognise
from alignment.importing.refused_rows import keep_refused_rows
from alignment.importing.table import Row, RowSource, Table
from alignment.models import Company, User
from alignment.periods import STANDARD, Calendar

PASSES = 2
"""How often all rows of a file are gone through: once to recognise what they mean, once to store them."""
_TOLD_EVERY = 5_000

Progress = Callable[[int], None]
"""Takes the number of rows gone through so far, over all passes."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was recognised in a file (None where it was imported before and not read again), and what became of it."""

    file: SourceFile
    recognition: Recognition | None
    result: LoadResult


def import_file(
    *,
    file: SourceFile,
    options: Options,
    by: str,
    now: datetime,
    user: User | None = None,
    dry_run: bool = False,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Import one file, all of it or (by default, where anything is refused) nothing. Raises ImportRefused."""
    check_choices(options)
    checked_prefix(options.prefix)
    if earlier := standing_batch(file, options):
        return Imported(file, None, already_loaded(earlier))
    table = read_counted(file, options, progress, limits)
    recognition = recognise(table, options, company_calendar(), limits)
    result = load_rows(
        recognition=recognition,
        file=file,
        options=options,
        by=by,
        now=now,
        user=user,
        dry_run=dry_run,
        limits=limits,
    )
    if not dry_run and not result.already:
        keep_refused_rows(
            batch_id=result.batch_id or 0, recognition=recognition, refusals=result.refusals, by=by
        )
    return Imported(file, recognition, result)


def company_calendar() -> Calendar:
    """The company's conventions, the standard ones before there is a company."""
    company = Company.objects.first()
    return company.calendar if company else STANDARD


def read_counted(
    file: SourceFile, options: Options, progress: Progress | None, limits: Limits | None = None
) -> Table:
    """The table in the file; going through its rows is told to `progress`. Raises ImportRefused."""
    table = read(file, options, limits)
    return replace(table, source=_Counted(table.source, progress)) if progress else table


class _Counted:
    """A source of rows that tells how many were gone through."""

    def __init__(self, source: RowSource, progress: Progress) -> None:
        self._source, self._progress, self._done = source, progress, 0

    def rows(self) -> Iterator[Row]:
        """All rows; a pass that was left early does not count."""
        done = self._done
        for row in self._source.rows():
            yield row
            done += 1
            if not done % _TOLD_EVERY:
                self._progress(done)
        self._done = done
        self._progress(done)
