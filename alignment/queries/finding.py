"""What can be found in alignment: pages, themes, objectives, key results, metrics, epics and imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.urls import reverse

from alignment.models import Epic, ImportBatch, KeyResult, User
from alignment.permissions import (
    may_enter,
    may_import_metrics,
    metrics_visible_to,
    objectives_visible_to,
    themes_visible_to,
)
from alignment.places import PLACES
from alignment.searching import MOST_OF_A_KIND, Finder, Hit

Row = TypeVar("Row", bound=Model)

_PAGES: tuple[tuple[str, str, str], ...] = (
    *((place.label, "", place.url_name) for place in PLACES),
    ("Why this score", "how the company's score is made", "alignment:why-company"),
    ("Policy lab", "history judged under other policies", "alignment:policy-lab"),
    ("Imports", "files that brought readings", "alignment:imports"),
    ("How signals are told from luck", "method: trend, shift, error rates", "alignment:method"),
    ("Components", "what pages are built from: gallery", "alignment:components"),
)
_IMPORT_A_FILE = ("Import a file", "import metrics, upload readings", "alignment:import-new")
"""Only for those who may."""


def _holding(rows: QuerySet[Row], words: tuple[str, ...], *fields: str) -> QuerySet[Row]:
    """The rows in which each word stands in one of the fields."""
    for word in words:
        somewhere = Q()
        for field in fields:
            somewhere |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(somewhere)
    return rows[:MOST_OF_A_KIND]


def find_pages(user: User, words: tuple[str, ...]) -> Iterator[Hit]:
    """Pages by their name or by what they are for."""
    pages = (*_PAGES, *([_IMPORT_A_FILE] if may_import_metrics(user) else ())) if may_enter(user) else ()
    for label, note, url_name in pages:
        if all(word.casefold() in f"{label} {note}".casefold() for word in words):
            yield Hit("Page", label, note, reverse(url_name))


def find_themes(user: User, words: tuple[str, ...]) -> Iterator[Hit]:
    """Themes by their name."""
    for theme in _holding(themes_visible_to(user), words, "name"):
        yield Hit("Theme", theme.name, "", reverse("alignment:theme", args=[theme.slug]))


def find_objectives(user: User, words: tuple[str, ...]) -> Iterator[Hit]:
    """Objectives by their name; the latest period first."""
    rows = objectives_visible_to(user).select_related("theme").order_by("-period_end", "id")
    for objective in _holding(rows, words, "name"):
        address = reverse("alignment:objective", args=[objective.slug])
        yield Hit("Objective", objective.name, objective.theme.name, address)


def find_key_results(user: User, words: tuple[str, ...]) -> Iterator[Hit]:
    """Key results by their name, at their place on their objective's page."""
    rows = KeyResult.objects.filter(objective__in=objectives_visible_to(user)).select_related("objective")
    for result in _holding(rows.order_by("-due", "id"), words, "name"):
        address = reverse("alignment:objective", args=[result.objective.slug])
        yield Hit("Key result", result.name, result.objective.name, f"{address}#key-result-{result.pk}")


def find_metrics(user: User, words: tuple[str, ...]) -> Iterator[Hit]:
    """Metrics by their name or key."""
    for metric in _holding(metrics_visible_to(user), words, "name", "key"):
        yield Hit("Metric", metric.name, metric.key, reverse("alignment:metric", args=[metric.key]))


def find_epics(user: User, words: tuple[str, ...]) -> Iterator[Hit]:
    """Epics by their name, on the page of the objective or theme that they serve."""
    rows = Epic.objects.filter(theme__in=themes_visible_to(user)).select_related("objective", "theme")
    for epic in _holding(rows, words, "name"):
        if epic.objective is not None:
            address, served = reverse("alignment:objective", args=[epic.objective.slug]), epic.objective.name
        else:
            address, served = reverse("alignment:theme", args=[epic.theme.slug]), epic.theme.name
        yield Hit("Epic", epic.name, served, f"{address}#epic-{epic.slug}")


def find_imports(user: User, words: tuple[str, ...]) -> Iterable[Hit]:
    """Imported files by their name or source, latest first."""
    if not may_enter(user):
        return
    for batch in _holding(ImportBatch.objects.order_by("-id"), words, "file_name", "source"):
        note = f"{batch.get_state_display().lower()}, {batch.started_at:%-d %b %Y}"
        yield Hit("Import", batch.file_name, note, reverse("alignment:import-batch", args=[batch.pk]), True)


FINDERS: tuple[Finder, ...] = (
    find_pages,
    find_themes,
    find_objectives,
    find_key_results,
    find_metrics,
    find_epics,
    find_imports,
)
