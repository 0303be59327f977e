"""What an import says: for people as lines of text, for programs as JSON of a stable form. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from alignment.importing.files import SourceFile
from alignment.importing.recognise import Recognition
from alignment.importing.refusals import ImportRefused, Refusal, visible

if TYPE_CHECKING:
    from alignment.importing.load import LoadResult

_SHOWN_REFUSALS = 20
_SHOWN_METRICS = 12


def imported_lines(
    file: SourceFile, recognition: Recognition | None, result: LoadResult, *, dry_run: bool
) -> list[str]:
    """The report of a file that was taken in (or would be, in a dry run)."""
    lines = [file.name]
    if recognition is None or result.already:
        lines.append(
            f"  Imported before as batch {result.batch_id}: the same bytes, read in the same way. Nothing was changed."
        )
        return lines
    lines += _recognised(recognition)
    lines.append(f"  source      {visible(result.source)}    change with --source")
    lines += [f"  note        {notice}" for notice in recognition.notices]
    lines += _created(result, dry_run=dry_run)
    would = "would be " if dry_run else ""
    lines.append(
        f"  readings    {result.new:,} {would}new, {result.changed:,} changed, {result.unchanged:,} unchanged, "
        f"{result.refused:,} refused"
    )
    if result.again:
        lines.append(
            f"  note        Imported before as batch {result.again}; what an undo took back since is imported again."
        )
    if result.kept:
        lines.append(
            f"  note        {result.kept:,} readings that later imports restated stay as those have them."
        )
    if result.repeated:
        were = "reading was an exact repeat" if result.repeated == 1 else "readings were exact repeats"
        lines.append(f"  note        {result.repeated:,} {were} and counted once.")
    if result.unended:
        are = "reading is" if result.unended == 1 else "readings are"
        lines.append(
            f"  note        {result.unended:,} {are} of a period that has not ended; import it again when it has."
        )
    if recognition.blanks:
        were = "cell was" if recognition.blanks == 1 else "cells were"
        lines.append(f"  note        {recognition.blanks:,} {were} empty and left out.")
    lines += problem_lines(result.refusals, result.refused)
    if dry_run:
        lines.append("  Dry run: nothing was written.")
    else:
        lines.append(f"  Batch {result.batch_id}. Take it back with: manage.py undo_import {result.batch_id}")
    return lines


def refused_lines(name: str, refused: ImportRefused) -> list[str]:
    """The report of a file that was refused as a whole."""
    lines = [visible(name, 200), f"  Refused: nothing was imported. {_count(refused.total)}:"]
    return lines + problem_lines(refused.refusals, refused.total)


def _count(total: int) -> str:
    return "One problem" if total == 1 else f"{total:,} problems"


def _recognised(recognition: Recognition) -> list[str]:
    lines = [f"  {what:<11} {said}    change with {option}" for what, said, option in recognition.describe()]
    names = [visible(metric.name, 60) for metric in recognition.metrics[:_SHOWN_METRICS]]
    more = len(recognition.metrics) - len(names)
    listed = ", ".join(names) + (f" and {more:,} more" if more > 0 else "")
    lines.append(f"  metrics     {len(recognition.metrics):,}: {listed}")
    return lines


def _created(result: LoadResult, *, dry_run: bool) -> list[str]:
    lines = []
    for metric in result.created[:_SHOWN_METRICS]:
        would = "would create" if dry_run else "created"
        lines.append(
            f"  {would:<11} {metric.key} ({metric.cadence.label}, {metric.unit}, {metric.kind_words})"
        )
    more = len(result.created) - _SHOWN_METRICS
    if more > 0:
        lines.append(f"              and {more:,} more metrics")
    if result.created:
        lines.append("  note        Flow or stock is a guess; an administrator can change it on the metric.")
    return lines


def problem_lines(refusals: Sequence[Refusal], total: int) -> list[str]:
    """Each refusal on a line; where neighbours are mended alike, that is said once."""
    lines = []
    shown = refusals[:_SHOWN_REFUSALS]
    for position, refusal in enumerate(shown):
        lines.append(f"  - {refusal.fault}")
        if position + 1 == len(shown) or shown[position + 1].mend != refusal.mend:
            lines.append(f"    {refusal.mend}")
    if total > _SHOWN_REFUSALS:
        lines.append(f"  - and {total - len(shown):,} more; --json lists up to 1,000")
    return lines


def imported_json(
    file: SourceFile, recognition: Recognition | None, result: LoadResult, *, dry_run: bool, seconds: float
) -> dict[str, Any]:
    """The same as data. Keys are only ever added."""
    read = recognition if recognition and not result.already else None
    return {
        "file": file.name,
        "sha256": file.sha256,
        "state": "already" if result.already else "previewed" if dry_run else "loaded",
        "batch": result.batch_id if not dry_run else None,
        "source": result.source,
        "recognised": {what: said for what, said, _ in read.describe()} if read else {},
        "rows_read": read.readings if read else 0,
        "metrics": len(read.metrics) if read else 0,
        "created": [
            {"key": metric.key, "name": metric.name, "cadence": metric.cadence.value, "kind": metric.kind}
            for metric in result.created
        ],
        "new": result.new,
        "changed": result.changed,
        "unchanged": result.unchanged,
        "refused": result.refused,
        "repeated": result.repeated,
        "unended": result.unended,
        "again": result.again,
        "kept": result.kept,
        "blank": read.blanks if read else 0,
        "notices": list(read.notices) if read else [],
        "refusals": [refusal.as_json() for refusal in result.refusals],
        "seconds": round(seconds, 3),
    }


def refused_json(name: str, refused: ImportRefused, *, seconds: float) -> dict[str, Any]:
    """A file that was refused as a whole, as data."""
    return {
        "file": visible(name, 200),
        "state": "refused",
        "batch": None,
        "new": 0,
        "changed": 0,
        "unchanged": 0,
        "refused": refused.total,
        "refusals": [refusal.as_json() for refusal in refused.refusals],
        "seconds": round(seconds, 3),
    }
