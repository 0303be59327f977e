"""What changed since the person last looked: score, statuses, files, other people's edits, metrics gone stale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from alignment.looking import EarlierLook, Seen, earlier_look, seen_on
from alignment.models import ImportBatch, KeyResult, Metric, User
from alignment.permissions import may_see_money
from alignment.queries.edits import edits_of_others
from alignment.queries.moves import why_address
from alignment.queries.shell import Shell
from alignment.queries.standings import StatusWord
from alignment.queries.words import counted, joined, signed

SHOWN = 6
"""Lines of each kind that are shown; the rest is counted."""


@dataclass(frozen=True, slots=True)
class NewsLine:
    """One change. `before` and `after` are statuses where that is what changed; `link` leads to its source."""

    text: str
    link: str = ""
    tone: str = ""
    before: StatusWord | None = None
    after: StatusWord | None = None


@dataclass(frozen=True, slots=True)
class NewsGroup:
    """Changes of one kind; `more` counts those that are not shown."""

    label: str
    lines: tuple[NewsLine, ...]
    more: int


@dataclass(frozen=True, slots=True)
class News:
    """All that changed since `since`; None where there was no earlier visit to hold it against."""

    since: datetime | None
    groups: tuple[NewsGroup, ...]


def news_for(user: User, shell: Shell, now: datetime, currency: str) -> News | None:
    """The news of today for one person; None on a past day, which has none. The number of queries is constant."""
    if not shell.is_today:
        return None
    look = earlier_look(user, now)
    if look is None:
        return News(None, ())
    seen = seen_on(shell.day)
    groups = (
        ("Score", _score(look.seen, seen)),
        ("Statuses", _statuses(look.seen, seen)),
        ("Files", _files(look)),
        ("Edits", tuple(map(NewsLine, edits_of_others(user, look, may_see_money(user), currency)))),
        ("Gone stale", _stale(look.seen, seen)),
    )
    return News(look.at, tuple(_group(label, lines) for label, lines in groups if lines))


def _group(label: str, lines: Sequence[NewsLine]) -> NewsGroup:
    return NewsGroup(label, tuple(lines[:SHOWN]), max(0, len(lines) - SHOWN))


def _score(before: Seen, now: Seen) -> tuple[NewsLine, ...]:
    if before.score == now.score:
        return ()
    link = why_address("company")
    if before.score is None or now.score is None:
        said = "There is a score now." if before.score is None else "There is no score any more."
        return (NewsLine(said, link),)
    moved = round(now.score / 1000, 1) - round(before.score / 1000, 1)
    if not round(moved, 1):
        return ()
    said = f"{before.score / 1000:.1f} became {now.score / 1000:.1f} ({signed(moved)})"
    return (NewsLine(said, link, "tone-better" if moved > 0 else "tone-worse"),)


def _statuses(before: Seen, now: Seen) -> tuple[NewsLine, ...]:
    """Worst first."""
    changed = {k: s for k, s in now.statuses.items() if before.statuses.get(k) != s}
    rows = KeyResult.objects.filter(pk__in=changed).select_related("objective").order_by("pk")
    lines = []
    for row in rows:
        old = before.statuses.get(row.pk)
        lines.append(
            NewsLine(
                row.name,
                f"{reverse('alignment:objective', args=[row.objective.slug])}#key-result-{row.pk}",
                before=StatusWord.of(old) if old else None,
                after=StatusWord.of(changed[row.pk]),
            )
        )
    return tuple(sorted(lines, key=lambda line: line.after.rank if line.after else 0))


def _files(look: EarlierLook) -> tuple[NewsLine, ...]:
    """Imports and undos, newest first, with what they restated."""
    batches = ImportBatch.objects.filter(
        Q(imported_at__gt=look.at) | Q(undone_at__gt=look.at), state__in=["loaded", "undone"]
    ).order_by("-pk")
    return tuple(NewsLine(_file_words(batch, look.at), _batch_link(batch)) for batch in batches)


def _file_words(batch: ImportBatch, since: datetime) -> str:
    if batch.undone_at is not None:
        seen = "" if batch.imported_at and batch.imported_at <= since else ", imported and"
        return f"{batch.file_name}{seen} taken back by {batch.undone_by_name}"
    said = [counted(batch.rows_new, "new reading")] if batch.rows_new or not batch.rows_changed else []
    if batch.rows_changed:
        said.append(f"{counted(batch.rows_changed, 'reading')} restated")
    return f"{batch.file_name}: {joined(said)}, by {batch.by_name}"


def _batch_link(batch: ImportBatch) -> str:
    return reverse("alignment:import-batch", args=[batch.pk])


def _stale(before: Seen, now: Seen) -> tuple[NewsLine, ...]:
    metrics: Mapping[int, Metric] = Metric.objects.in_bulk(sorted(now.stale - before.stale))
    return tuple(
        NewsLine(f"{metric.name} has not reported in time", reverse("alignment:metric", args=[metric.key]))
        for metric in sorted(metrics.values(), key=lambda metric: metric.name)
    )
