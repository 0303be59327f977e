"""Metrics: the catalogue, one of them, and their readings as files."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alignment.exporting.delimited import csv_pieces
from alignment.exporting.readings import READING_COLUMNS, READINGS_FILE
from alignment.exporting.sheet import Sheet
from alignment.forms.metric_kind import MetricKindForm
from alignment.permissions import get_metric_for, may_change_metrics, metrics_visible_to
from alignment.queries.catalogue_asked import KNOWN, Asked
from alignment.queries.metric import DEFAULT_RANGE, RANGES, metric_page
from alignment.queries.metrics import SORTS, catalogue_page
from alignment.queries.readings import each_reading
from alignment.scoring.loading import load_house
from alignment.views.asking import AddressProblem, signed_in
from alignment.views.exporting import as_stream, as_workbook, asked_format, export_asked
from alignment.views.framed import frame, framed, readable_address


@require_safe
@readable_address
def metrics(request: HttpRequest) -> HttpResponse:
    """The catalogue: narrowed, ordered and cut by the address; as a file with `?format=`."""
    company, day, shell = frame(request)
    visible = metrics_visible_to(signed_in(request))
    page = company and catalogue_page(visible, day, _asked(request), is_today=shell.is_today)
    if page and (file := export_asked(request, page.sheet, f"metrics-{day}")):
        return file
    return framed(request, "alignment/metrics.html", "metrics", shell, page)


@require_safe
def readings(request: HttpRequest) -> HttpResponseBase:
    """All readings of the metrics that the catalogue's filters leave, as metric, date and value: a file that
    imports back without a change. CSV unless `?format=xlsx`; sent piece by piece."""
    try:
        _, day, _ = frame(request)
        wanted = asked_format(request)
        page = catalogue_page(metrics_visible_to(signed_in(request)), day, _asked(request))
        rows = each_reading(page.metric_ids, day, load_house())
        name = f"{READINGS_FILE}-{day}"
        if wanted == "xlsx":
            return as_workbook(Sheet("Readings", READING_COLUMNS, tuple(rows)), name)
    except AddressProblem as problem:
        return render(request, "400.html", {"problem": str(problem)}, status=400)
    return as_stream(csv_pieces(READING_COLUMNS, rows), f"{name}.csv")


@require_safe
@readable_address
def metric(request: HttpRequest, key: str) -> HttpResponse:
    """One metric; its readings as a file with `?format=`, with their sources and history with `?with=sources`."""
    user = signed_in(request)
    found = get_metric_for(user, key)
    company, day, shell = frame(request)
    if company is None:
        raise Http404("There is no company yet.")
    visible = metrics_visible_to(user)
    page = metric_page(
        found, visible, day, asked_range=_asked_range(request), asked_page=_asked_page(request)
    )
    with_sources = request.GET.get("with") == "sources"
    sheet_of = page.sources.sources_sheet if with_sources else page.sources.readings_sheet
    name = f"{found.key}-sources-{day}" if with_sources else f"{READINGS_FILE}-{found.key}-{day}"
    if file := export_asked(request, sheet_of, name):
        return file
    may_change = may_change_metrics(user)
    offered = page.kind_offer if may_change and shell.is_today else None
    return framed(
        request, "alignment/metric.html", "metrics", shell, page, may_change=may_change,
        kind_form=MetricKindForm(instance=found) if offered else None,
    )  # fmt: skip


def _asked(request: HttpRequest) -> Asked:
    """The catalogue's filters. Raises AddressProblem for a value, an order or a page that there is not."""
    asked = request.GET
    sort = asked.get("sort", "") or "category"
    if sort.removeprefix("-") not in SORTS:
        raise AddressProblem(
            f"“{sort[:40]}” is no order of metrics. Write sort as one of: {', '.join(SORTS)}."
        )
    for name, values in KNOWN.items():
        if (value := asked.get(name, "")) and value not in values:
            raise AddressProblem(
                f"“{value[:40]}” is no value of {name}. Write {name} as one of: {', '.join(values)}."
            )
    return Asked(
        **{name: asked.get(name, "") for name in KNOWN}, owner=asked.get("owner", ""),
        text=asked.get("q", "").strip()[:200], sort=sort, page=_asked_page(request),
    )  # fmt: skip


def _asked_page(request: HttpRequest) -> int:
    text = request.GET.get("page", "") or "1"
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 6) or int(text) < 1:
        raise AddressProblem(f"“{text[:40]}” is no page. Pages are counted from 1, such as page=2.")
    return int(text)


def _asked_range(request: HttpRequest) -> str:
    asked = request.GET.get("range", "") or DEFAULT_RANGE
    if asked not in RANGES:
        raise AddressProblem(f"“{asked[:40]}” is no range. Write range as one of: {', '.join(RANGES)}.")
    return asked
