"""Imports that were made: the list, one of them, its refused rows, its undo."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from alignment.importing.confirmed import ask_undo
from alignment.models import Company
from alignment.permissions import batches_visible_to, get_batch_for, may_import_metrics
from alignment.queries.import_batch import batch_page
from alignment.queries.import_refused import refused_as_csv
from alignment.queries.imports import Narrowing, imports_page
from alignment.views.asking import signed_in
from alignment.views.exporting import CSV_TYPE, as_file, export_asked
from alignment.views.framed import frame, framed, readable_address


@require_safe
@readable_address
def imports(request: HttpRequest) -> HttpResponse:
    """The imports that had begun by the day, narrowed by `?file=`, `?source=`, `?state=`; pages by `?page=`."""
    user = signed_in(request)
    company, day, shell = frame(request)
    asked = Narrowing(*(request.GET.get(name, "").strip()[:300] for name in ("file", "source", "state")))
    page = imports_page(
        batches_visible_to(user),
        asked,
        request.GET.get("page", "1"),
        _end_of(company, day),
        may_import=may_import_metrics(user),
    )
    if answer := export_asked(request, page.sheet, "imports"):
        return answer
    return framed(
        request, "alignment/imports.html", "metrics", shell, page, may_import=may_import_metrics(user)
    )


def _end_of(company: Company | None, day: date) -> datetime:
    """The moment at which the company's day is over."""
    zone = ZoneInfo(company.time_zone) if company else timezone.get_default_timezone()
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


@require_safe
@readable_address
def batch(request: HttpRequest, number: int) -> HttpResponse:
    """One import as it stood on the day; 404 for those who may not know of it."""
    user = signed_in(request)
    found = get_batch_for(user, number)
    company, day, shell = frame(request)
    page = batch_page(found, _end_of(company, day), is_today=shell.is_today)
    may_import = may_import_metrics(user)
    return framed(request, "alignment/import_batch.html", "metrics", shell, page, may_import=may_import)


@require_safe
def refused(request: HttpRequest, number: int) -> HttpResponse:
    """The refused rows of an import as a CSV file, to be mended and handed in again."""
    name, content = refused_as_csv(get_batch_for(signed_in(request), number))
    return as_file(content, name, CSV_TYPE)


@require_POST
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for an import to be taken back; its page says what became of that."""
    user = signed_in(request)
    ask_undo(batch=get_batch_for(user, number, to_change=True), user=user)
    return redirect("alignment:import-batch", number=number)
