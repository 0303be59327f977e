"""Workbooks for tests, good and hostile."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

SHEET = "xl/worksheets/sheet1.xml"
HEADER = ("date", "commits")


def book(
    *rows: Sequence[Any], change: Callable[[Workbook], None] | None = None, epoch_1904: bool = False
) -> bytes:
    """An .xlsx with these rows in its only sheet; `change` may add to it."""
    workbook = Workbook()
    if epoch_1904:
        workbook.epoch = CALENDAR_MAC_1904
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if change:
        change(workbook)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def patched(content: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same container with one part changed."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            part = old.read(entry)
            new.writestr(entry.filename, change(part) if entry.filename == member else part)
    return stream.getvalue()


def with_part(content: bytes, name: str, part: bytes, attributes: int = 0) -> bytes:
    """The same container with one part more."""
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = attributes << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, part)
    return stream.getvalue()


def plain() -> bytes:
    """A small good workbook."""
    return book(HEADER, ("2026-01-05", 1), ("2026-01-12", 2), ("2026-01-19", 3))


def lying_about_size() -> bytes:
    """A part that unpacks to 80 MB and declares 1,000 bytes in the central directory, with a fitting checksum."""
    import zlib

    content = bytearray(with_part(plain(), "xl/worksheets/sheet9.xml", b" " * 80_000_000))
    at = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 16, zlib.crc32(b" " * 1000))
    struct.pack_into("<I", content, at + 24, 1000)
    return bytes(content)


def encrypted_flag() -> bytes:
    """A container whose first part says that it is encrypted."""
    content = bytearray(plain())
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


def with_doctype(member: str) -> bytes:
    """A billion laughs in one part."""
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    content = plain()
    if member.encode() not in content:
        content = with_part(content, member, b"<sst/>")
    return patched(content, member, lambda part: part.replace(b"<", laughs + b"<", 1))
