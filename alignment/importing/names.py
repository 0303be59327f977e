"""Names of metrics and columns: kept exactly, compared without regard to case, width and spacing.

Two names that look the same to a reader (Cyrillic “а” for Latin “a”) share a skeleton and are told apart.
"""

from __future__ import annotations

import re
import unicodedata

from alignment.importing.options import Limits
from alignment.importing.refusals import ImportRefused, Refusal, visible

MEASURE_MARK = "\x1f"
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
# Letters of other alphabets that are drawn like Latin ones (Unicode's confusables, the ones in real words).
_LOOKALIKES = str.maketrans(
    "аеорсухікјѕһԁԛԝьтмнвгαενορτυχικμγωγ" + "οϲѵ",
    "aeopcyxikjshdqwbtmhbraevoptuxikuywy" + "ocv",
)
_WORDS = {
    "%": " percent ",
    "&": " and ",
    "+": " plus ",
    "#": " number ",
    "$": " usd ",
    "€": " eur ",
    "£": " gbp ",
}


def fold(name: str) -> str:
    """The name for comparing: compatibility forms unified, case folded, runs of space made one."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())


def skeleton(name: str) -> str:
    """What a reader sees of the folded name: the same for names that look alike."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", fold(name)) if unicodedata.category(c) != "Mn")
    return bare.translate(_LOOKALIKES).replace("0", "o").replace("1", "l")


def unguarded(name: str) -> str:
    """Without the apostrophe that an export puts before text which a spreadsheet would take for a formula."""
    return name[1:] if _GUARDED.match(name) else name


def slug(name: str) -> str:
    """The name as part of a metric key: lower-case ASCII words joined by hyphens, dots kept."""
    text = fold(unguarded(name))
    for sign, word in _WORDS.items():
        text = text.replace(sign, word)
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) != "Mn")
    plain = plain.replace("ß", "ss").replace("æ", "ae").replace("ø", "o").replace("ł", "l")
    ascii_only = "".join(c if c.isascii() else (f" u{ord(c):x} " if c.isalnum() else " ") for c in plain)
    parts = (re.sub(r"[^a-z0-9_]+", "-", part).strip("-_") for part in ascii_only.split("."))
    return ".".join(part for part in parts if part)


def key_of(label: str, prefix: str) -> str:
    """The metric key for a label of the file: prefix, then its parts as slugs joined by dots."""
    return prefix + ".".join(part for part in (slug(piece) for piece in label.split(MEASURE_MARK)) if part)


def name_of(label: str) -> str:
    """The label as people read it: exactly as in the file, series and measure joined by a colon."""
    return ": ".join(unguarded(piece).strip() for piece in label.split(MEASURE_MARK))


def fault_of(name: str, limits: Limits) -> tuple[str, str] | None:
    """(reason, mend) where a name cannot be a metric's or column's name; None where it can."""
    if len(name) > limits.name_characters:
        return f"has {len(name):,} characters; a name has at most {limits.name_characters}.", "Shorten it."
    for character in name:
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
            shown = f"U+{ord(character):04X}"
            return f"holds the invisible character {shown} ({_character_name(character)}).", "Remove it."
    return None


def _character_name(character: str) -> str:
    return unicodedata.name(character, "a control character").lower()


def check_header(header: tuple[str, ...], line: int, limits: Limits) -> None:
    """Raise ImportRefused for a header with faulty names, or with two that compare equal."""
    refusals = []
    seen: dict[str, list[int]] = {}
    for position, name in enumerate(header, start=1):
        fault = fault_of(name, limits)
        if fault:
            refusals.append(Refusal(f"The column's name {fault[0]}", fault[1], line, f"{position}", name))
        folded = fold(name)
        seen.setdefault(folded, []).append(position)
    for folded, positions in seen.items():
        if folded and len(positions) > 1:
            name = header[positions[0] - 1]
            listed = f"{', '.join(map(str, positions[:-1]))} and {positions[-1]}"
            are = "are both" if len(positions) == 2 else "are all"
            refusals.append(
                Refusal(
                    f"Columns {listed} {are} called “{visible(name)}”.",
                    "Rename them; case, spacing and look-alike forms of letters do not tell names apart.",
                    line,
                    name,
                )
            )
    if not any(seen):
        refusals.append(Refusal("The header is blank.", "Write the columns' names in the first row.", line))
    if refusals:
        raise ImportRefused(*refusals[:100], total=len(refusals))
