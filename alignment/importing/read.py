"""Bytes to a table: tells what kind of file it is by its first bytes, whatever its name says."""

from __future__ import annotations

import csv
from dataclasses import replace

from alignment.importing.delimited import read_delimited
from alignment.importing.events import events_of
from alignment.importing.files import SourceFile
from alignment.importing.mended import is_marked, without_marks
from alignment.importing.names import check_header
from alignment.importing.options import Limits, Options
from alignment.importing.refusals import ImportRefused, Refusal
from alignment.importing.table import Table
from alignment.importing.workbook import read_workbook

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK"
_OTHER = {
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"{\\rtf": "an RTF document",
    b"\x89PNG": "a picture",
    b"PAR1": "a Parquet file",
}
_TEXT_ONLY = (("encoding", "--encoding"), ("delimiter", "--delimiter"))
_MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<body")


def read(file: SourceFile, options: Options | None = None, limits: Limits | None = None) -> Table:
    """The table in a CSV or XLSX file, all cells as text. Raises ImportRefused with the reasons."""
    options, limits = options or Options(), limits or Limits()
    csv.field_size_limit(limits.field_characters)
    with file.open() as stream:
        start = stream.read(512)
        is_mended = is_marked(start + stream.readline(limits.columns * limits.name_characters))
    _refuse_other_kinds(start)
    if file.extension == "xlsm":
        raise ImportRefused(Refusal("The workbook may hold macros.", "Save it as .xlsx without macros."))
    workbook = start.startswith(_ZIP)
    if workbook and file.extension != "xlsx":
        raise ImportRefused(
            Refusal(
                f"The name ends in .{file.extension}, but the bytes are a workbook or ZIP container.",
                "Name a workbook .xlsx; unpack a ZIP first.",
            )
        )
    if not workbook and file.extension in ("xlsx", "xls", "ods"):
        raise ImportRefused(
            Refusal(
                f"The name ends in .{file.extension}, but the bytes are no workbook.", "Name text files .csv."
            )
        )
    if is_mended and not workbook:  # choices about the bytes were about the file that its rows come from
        options = replace(options, encoding=None, delimiter=None, sheet=None)
    _refuse_unsuitable(options, workbook=workbook)
    table = read_workbook(file, options, limits) if workbook else read_delimited(file, options, limits)
    table = without_marks(table)
    try:
        check_header(table.header, table.header_line, limits)
    except ImportRefused as refused:
        if (events := events_of(table)) is None:
            raise
        raise ImportRefused(events, *refused.refusals, total=refused.total + 1) from refused
    return table


def _refuse_other_kinds(start: bytes) -> None:
    if start.startswith(_OLE):
        raise ImportRefused(
            Refusal(
                "This is an old .xls workbook, or one with a password.",
                "Save it as .xlsx without a password.",
            )
        )
    for mark, name in _OTHER.items():
        if start.startswith(mark):
            raise ImportRefused(Refusal(f"This is {name}.", "Save the table as CSV or XLSX."))
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:16].lower().startswith(_MARKUP):
        raise ImportRefused(
            Refusal(
                "This is a web page or XML, not a table.",
                "Open it in a spreadsheet program and save as XLSX.",
            )
        )
    if text.startswith(b"ID;P"):
        raise ImportRefused(Refusal("This is a SYLK file.", "Save the table as CSV or XLSX."))


def _refuse_unsuitable(options: Options, *, workbook: bool) -> None:
    """Raise ImportRefused for a choice that means nothing for this kind of file, instead of passing it over."""
    if workbook:
        chosen = [option for name, option in _TEXT_ONLY if getattr(options, name) is not None]
        what = "a workbook"
    else:
        chosen = ["--sheet"] if options.sheet is not None else []
        what = "a text file"
    if chosen:
        reason = f"{' and '.join(chosen)} cannot be applied to {what}."
        raise ImportRefused(Refusal(reason, "Leave it out."))
