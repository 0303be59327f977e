"""The whole way of one file: read, recognise, load."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alignment.importing.choices import check_choices
from alignment.importing.files import SourceFile
from alignment.importing.load import LoadResult, already_loaded, earlier_batch, load_rows
from alignment.importing.matching import checked_prefix
from alignment.importing.options import Limits, Options
from alignment.importing.read import read
from alignment.importing.recognise import Recognition, recognise
from alignment.models import Company, User
from alignment.periods import STANDARD


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
) -> Imported:
    """Import one file, all of it or (by default, where anything is refused) nothing. Raises ImportRefused."""
    check_choices(options)
    checked_prefix(options.prefix)
    if earlier := earlier_batch(file, options):
        return Imported(file, None, already_loaded(earlier))
    company = Company.objects.first()
    table = read(file, options, limits)
    recognition = recognise(table, options, company.calendar if company else STANDARD, limits)
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
    return Imported(file, recognition, result)
