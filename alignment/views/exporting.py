"""Lists as files: `?format=csv` and `?format=xlsx` on the page that shows them, with its filters and its day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
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
    return as_workbook(sheet_of(), name)


def as_workbook(sheet: Sheet, name: str) -> HttpResponse:
    """The sheet as `name`.xlsx. Raises AddressProblem where it does not fit."""
    try:
        return as_file(as_xlsx(sheet), f"{name}.xlsx", XLSX_TYPE)
    except SheetTooLong as problem:
        raise AddressProblem(str(problem)) from problem


def as_file(content: bytes, name: str, media_type: str) -> HttpResponse:
    """A file to keep: offered under its name and never shown in the page's place."""
    response = HttpResponse(content, content_type=media_type)
    _offer(response, name)
    return response


def as_stream(pieces: Iterator[bytes], name: str) -> StreamingHttpResponse:
    """A CSV file that is sent while it is made, so that its size does not matter."""
    response = StreamingHttpResponse(pieces, content_type=CSV_TYPE)
    _offer(response, name)
    return response


def _offer(response: HttpResponseBase, name: str) -> None:
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "no-store"
