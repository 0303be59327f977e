"""The list of imports: who brought which file when, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from alignment.exporting.sheet import Column, Sheet
from alignment.models import ImportBatch, ImportUpload
from alignment.queries.words import counted

ROWS_A_PAGE = 50
_EXPORTED = 10_000
_COLUMNS = (
    Column("number", "number"), Column("file"), Column("source"), Column("imported by"),
    Column("when", "moment"), Column("state"), Column("new", "number"), Column("changed", "number"),
    Column("unchanged", "number"), Column("refused", "number"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the list is narrowed to; empty means all."""

    file: str = ""
    source: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """An import with its state on the day."""

    batch: ImportBatch
    state: ImportBatch.State


@dataclass(frozen=True, slots=True)
class ImportsPage:
    """One page of the list, with the choices that narrow it."""

    rows: Page[ImportBatch]
    listed: tuple[Listed, ...]
    until: datetime
    narrowing: Narrowing
    sources: tuple[str, ...]
    states: tuple[tuple[str, str], ...]
    shown: str
    is_empty: bool
    waiting: tuple[ImportUpload, ...]
    batches: QuerySet[ImportBatch]

    def sheet(self) -> Sheet:
        """All that the narrowing leaves, at most 10,000 imports, for export."""
        return Sheet(
            "Imports",
            _COLUMNS,
            tuple(
                (
                    row.pk, row.file_name, row.source, row.by_name, row.imported_at or row.started_at,
                    state_at(row, self.until).label, row.rows_new, row.rows_changed, row.rows_unchanged,
                    row.rows_refused,
                )
                for row in self.batches[:_EXPORTED]
            ),
        )  # fmt: skip


def state_at(batch: ImportBatch, until: datetime) -> ImportBatch.State:
    """The state of an import just before a moment: what was undone later stood as loaded."""
    undone_later = batch.undone_at is not None and batch.undone_at >= until
    return ImportBatch.State.LOADED if undone_later else ImportBatch.State(batch.state)


def _in_state(state: str, until: datetime) -> Q:
    undone = Q(state=ImportBatch.State.UNDONE)
    if state == ImportBatch.State.LOADED:
        return Q(state=state) | (undone & Q(undone_at__gte=until))
    return undone & Q(undone_at__lt=until) if state == ImportBatch.State.UNDONE else Q(state=state)


def imports_page(
    visible: QuerySet[ImportBatch], narrowing: Narrowing, number: str, until: datetime, *, may_import: bool
) -> ImportsPage:
    """The page of that number (the last one where there are fewer) of the imports that had begun before `until`, as
    they stood then."""
    visible = visible.filter(started_at__lt=until)
    batches = visible.order_by("-id").defer("refusals", "options", "error")
    if narrowing.file:
        batches = batches.filter(file_name__icontains=narrowing.file)
    if narrowing.source:
        batches = batches.filter(source=narrowing.source)
    if narrowing.state:
        batches = batches.filter(_in_state(narrowing.state, until))
    pages = Paginator(batches, ROWS_A_PAGE)
    rows = pages.get_page(number)
    sources = visible.order_by("source").values_list("source", flat=True).distinct()
    asked = any((narrowing.file, narrowing.source, narrowing.state))
    return ImportsPage(
        rows=rows,
        listed=tuple(Listed(row, state_at(row, until)) for row in rows),
        until=until,
        narrowing=narrowing,
        sources=tuple(source for source in sources if source),
        states=tuple(ImportBatch.State.choices),
        shown=counted(pages.count, "import"),
        is_empty=not pages.count and not asked,
        waiting=waiting_uploads() if may_import else (),
        batches=batches,
    )


def waiting_uploads() -> tuple[ImportUpload, ...]:
    """Uploads that wait for a decision or are under way, the newest first. One query."""
    rows = ImportUpload.objects.exclude(state=ImportUpload.State.IMPORTED).defer("preview", "options")
    return tuple(rows.order_by("-id")[:50])
