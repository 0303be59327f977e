"""Whether a workbook's ZIP container is safe to open: told before anything is unpacked into memory.

Sizes are counted while inflating, because the sizes that a container declares can lie.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from alignment.importing.options import Limits
from alignment.importing.refusals import ImportRefused, Refusal

_CHUNK = 256 * 1024
_END_RECORD = b"PK\x05\x06"
_DIRECTORY_BYTES_PER_MEMBER = 1024
_NESTED = (".zip", ".xlsx", ".xlsm", ".xls", ".docx", ".jar", ".gz", ".7z")
_DECLARATIONS = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the container and a way to read it piece by piece under the limits."""

    name: str
    chunks: Callable[[], Iterator[bytes]]


def refuse(reason: str, mend: str = "Save the sheet again as a plain .xlsx or as CSV.") -> ImportRefused:
    """A refusal of the whole workbook."""
    return ImportRefused(Refusal(reason, mend))


def check_directory(stream: BinaryIO, size: int, limits: Limits) -> None:
    """Refuse too many members by the container's last bytes, before the directory is read."""
    stream.seek(max(0, size - 65_557))
    tail = stream.read()
    at = tail.rfind(_END_RECORD)
    if at < 0 or len(tail) < at + 22:
        raise refuse("The file is not a whole workbook: its end is missing.", "Export or upload it again.")
    members, directory_bytes = struct.unpack("<HI", tail[at + 10 : at + 16])
    if members > limits.members or directory_bytes > limits.members * _DIRECTORY_BYTES_PER_MEMBER:
        raise refuse(f"The workbook holds more than {limits.members} parts.")


def checked_members(stream: BinaryIO, limits: Limits) -> list[Member]:
    """All members, each of an accepted kind; unpacking them counts against the limits."""
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise refuse(
            f"The workbook's container is damaged ({error}).", "Export or upload it again."
        ) from error
    entries = archive.infolist()
    if len(entries) > limits.members:
        raise refuse(f"The workbook holds {len(entries):,} parts; at most {limits.members} are read.")
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise refuse("The workbook's container names a part twice.")
    total = _Total(limits)
    for entry in entries:
        _check_kind(entry)
        _check_declared(entry, limits)
    return [Member(entry.filename, _reader(stream, entry, total, limits)) for entry in entries]


def _check_kind(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.lower()
    if entry.flag_bits & 0x1:
        raise refuse("The workbook is encrypted.", "Save it without a password.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise refuse("The workbook's container holds a link instead of a file.")
    if name.endswith("vbaproject.bin"):
        raise refuse("The workbook holds macros.", "Save it as .xlsx without macros.")
    if name.endswith(_NESTED):
        raise refuse("The workbook holds another container inside it.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refuse("The workbook is packed in a way that workbooks are not.")


def _check_declared(entry: zipfile.ZipInfo, limits: Limits) -> None:
    if entry.file_size > limits.member_bytes:
        raise refuse(
            f"A part of the workbook unpacks to more than {limits.member_bytes // 2**20} MB.",
            "Split it by period or by metric, or save it as CSV.",
        )
    if entry.file_size > limits.ratio_grace_bytes and entry.file_size > limits.ratio * entry.compress_size:
        raise refuse(f"A part of the workbook unpacks to more than {limits.ratio} times its size.")


class _Total:
    """Counts what was unpacked over all members."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.unpacked = 0

    def add(self, count: int) -> None:
        self.unpacked += count
        if self.unpacked > self.limits.unpacked_bytes:
            raise refuse(
                f"The workbook unpacks to more than {self.limits.unpacked_bytes // 2**20} MB.",
                "Split it by period or by metric, or save it as CSV.",
            )


def _reader(
    stream: BinaryIO, entry: zipfile.ZipInfo, total: _Total, limits: Limits
) -> Callable[[], Iterator[bytes]]:
    def chunks() -> Iterator[bytes]:
        counted, checksum, tail = 0, 0, b""
        xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
        for chunk in _inflated(stream, entry):
            counted += len(chunk)
            checksum = zlib.crc32(chunk, checksum)
            total.add(len(chunk))
            if counted > limits.member_bytes or (
                counted > limits.ratio_grace_bytes and counted > limits.ratio * entry.compress_size
            ):
                raise refuse("A part of the workbook unpacks to far more than it declares.")
            if xml:
                _refuse_declarations(tail + chunk, first=counted == len(chunk))
                tail = chunk[-16:]
            yield chunk
        if counted != entry.file_size or checksum != entry.CRC:
            raise refuse("A part of the workbook is not what the container declares.", "Export it again.")

    return chunks


def _inflated(stream: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """What the packed bytes really hold, wherever that ends: a ZIP library stops at the declared size."""
    stream.seek(entry.header_offset)
    header = stream.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise refuse("The workbook's container is damaged.", "Export or upload it again.")
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    position, left = entry.header_offset + 30 + name_length + extra_length, entry.compress_size
    inflater = zlib.decompressobj(-zlib.MAX_WBITS) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0:
        stream.seek(position)
        packed = stream.read(min(_CHUNK, left))
        if not packed:
            raise refuse("The workbook's container is cut short.", "Export or upload it again.")
        position, left = position + len(packed), left - len(packed)
        if inflater is None:
            yield packed
            continue
        while packed:
            try:
                piece = inflater.decompress(packed, _CHUNK)
            except zlib.error as error:
                raise refuse(f"The workbook's container is damaged ({error}).", "Export it again.") from error
            if inflater.unused_data:
                raise refuse("A part of the workbook hides bytes behind its end.")
            packed = inflater.unconsumed_tail
            if piece:
                yield piece
    if inflater is not None:
        yield from (piece for piece in [inflater.flush()] if piece)


def _refuse_declarations(text: bytes, *, first: bool) -> None:
    if first and text[:2] in (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00"):
        raise refuse("A part of the workbook is written in UTF-16, which hides what it declares.")
    if b"<!" in text and _DECLARATIONS.search(text):
        raise refuse("The workbook declares a document type or entities, which no workbook needs.")
