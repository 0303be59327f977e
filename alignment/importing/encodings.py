"""Which characters the bytes of a text file stand for: decided over the whole file, and said."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from alignment.importing.files import SourceFile
from alignment.importing.refusals import ImportRefused, Refusal

_CHUNK = 1024 * 1024
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SHOWN = {
    "utf-8-sig": "UTF-8 with a byte order mark",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "cp1252",
}
KNOWN_ENCODINGS = ("utf-8", "utf-16", "cp1252")


@dataclass(frozen=True, slots=True)
class Encoding:
    """A Python codec name, its name for people, and a notice where it was not certain."""

    codec: str
    shown: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class _BadByte:
    offset: int
    line: int
    value: int


def decide(file: SourceFile, wanted: str | None = None) -> Encoding:
    """The encoding of a text file: its mark, else UTF-8 where the whole file is, else cp1252, said.

    Raises ImportRefused where the bytes fit neither, where `wanted` does not fit, and for a NUL anywhere.
    """
    with file.open() as stream:
        start = stream.read(4)
    marked = next((codec for mark, codec in _MARKS if start.startswith(mark)), None)
    if start in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        raise ImportRefused(Refusal("The file is UTF-32.", "Save it as CSV in UTF-8."))
    if wanted is not None:
        if wanted not in KNOWN_ENCODINGS:
            raise ImportRefused(
                Refusal(f"No encoding is called {wanted}.", f"Choose {', '.join(KNOWN_ENCODINGS)}.")
            )
        codec = marked if marked and marked.startswith(wanted) else wanted
        _refuse_bad_byte(_check(file, codec), codec)
        return Encoding(codec, _SHOWN[codec])
    if marked:
        _refuse_bad_byte(_check(file, marked), marked)
        return Encoding(marked, _SHOWN[marked])
    bad = _check(file, "utf-8")
    if bad is None:
        return Encoding("utf-8", _SHOWN["utf-8"])
    if _check(file, "cp1252") is not None:
        _refuse_bad_byte(bad, "utf-8")
    return Encoding(
        "cp1252",
        _SHOWN["cp1252"],
        f"Byte 0x{bad.value:02x} at offset {bad.offset} (line {bad.line}) is not UTF-8; the whole file was read "
        "as cp1252, the Western Windows encoding. Look at names with accents; --encoding changes it.",
    )


def _refuse_bad_byte(bad: _BadByte | None, codec: str) -> None:
    if bad is not None:
        raise ImportRefused(
            Refusal(
                f"Byte 0x{bad.value:02x} at offset {bad.offset} is not valid in {_SHOWN[codec]}.",
                "Save the file as CSV in UTF-8.",
                line=bad.line,
            )
        )


def _check(file: SourceFile, codec: str) -> _BadByte | None:
    """The first byte that does not decode, or None. Raises ImportRefused for a NUL character."""
    decoder = codecs.getincrementaldecoder(codec)(errors="strict")
    offset, line = 0, 1
    with file.open() as stream:
        while True:
            chunk = stream.read(_CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = chunk[: max(0, error.start - pending)]
                newlines = before.count(b"\n") or before.count(b"\r")
                return _BadByte(offset - pending + error.start, line + newlines, error.object[error.start])
            if "\0" in text:
                _refuse_nul(text[: text.index("\0")], line)
            line += text.count("\n") or text.count("\r")
            offset += len(chunk)
            if not chunk:
                return None


def _refuse_nul(before: str, line: int) -> None:
    found = line + (before.count("\n") or before.count("\r"))
    raise ImportRefused(
        Refusal(
            "The file holds a NUL character, which no text has: it is damaged, binary, or UTF-16 without its mark.",
            "Save it as CSV in UTF-8.",
            line=found,
        )
    )
