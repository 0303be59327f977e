"""Lists as files: `?format=csv` and `?format=xlsx` on the page that shows them, with its filters and its day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from alignment.exporting.delimited import as_csv
from alignment.exporting.sheet import Sheet
from alignment.exporting.workbook import SheetTooLong, as_xlsx
from alignment.views.asking import AddressProblem

CSV_TYPE: Final = "text/csv; charset=utf-8"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def asked_format(request: HttpRequest) -> str:
    """csv, xlsx, or nothing. Raises AddressProblem for other formats."""
    wanted = request.GET.get("format", "")
    if wanted in ("", "csv", "xlsx"):
        return wanted
    raise AddressProblem(
        f"“{wanted[:40]}” is no format that lists are exported in. Write format=csv or xlsx."
    )


def export_asked(request: HttpRequest, sheet_of: Callable[[], Sheet], name: str) -> HttpResponse | None:
    """The sheet as a file called `name` where the address asks for one, else None. `sheet_of` is only called
    where a file is asked for. Raises AddressProblem for other formats and for sheets that do not fit."""
    wanted = asked_format(request)
    if not wanted:
        return None
    if wanted == "csv":
        return as_file(as_csv(sheet_of()), f"{name}.csv", CSV_TYPE)
    try:
        return as_file(as_xlsx(sheet_of()), f"{name}.xlsx", XLSX_TYPE)
    except SheetTooLong as problem:
        raise AddressProblem(str(problem)) from problem


def as_file(content: bytes, name: str, media_type: str) -> HttpResponse:
    """A file to keep: offered under its name and never shown in the page's place."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response
