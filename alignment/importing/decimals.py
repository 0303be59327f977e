"""Cells to exact decimals, and which mark a file writes before its decimals.

Accepted: an optional sign (-, + or the minus U+2212), ASCII digits, thousands in groups of three with one
separator throughout (the other mark, a space, a no-break space or an apostrophe), one decimal mark. Nothing
is rounded unless that was chosen: at most 18 digits before the mark and 12 behind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from alignment.importing.options import Options
from alignment.importing.refusals import ImportRefused, Refusal
from alignment.importing.table import TypedNumber

INTEGER_DIGITS = 18
DECIMAL_DIGITS = 12


class Mark(StrEnum):
    """The decimal mark of a file."""

    POINT = "."
    COMMA = ","

    @property
    def shown(self) -> str:
        """Its name for people."""
        return "point" if self is Mark.POINT else "comma"


_SIGN = r"[-+\u2212]?"
_SPACES = " \u00a0\u202f\u2009'’"


def _grammar(decimal: str, group: str) -> re.Pattern[str]:
    grouped = rf"[1-9][0-9]{{0,2}}(?P<group>[{_SPACES}{group}])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*"
    return re.compile(rf"{_SIGN}(?:{grouped}|[0-9]+)(?:{re.escape(decimal)}[0-9]+)?")


_GRAMMARS = {Mark.POINT: _grammar(".", ","), Mark.COMMA: _grammar(",", ".")}
_READY = re.compile(rf"-?[0-9]{{1,{INTEGER_DIGITS}}}(?:\.[0-9]{{1,{DECIMAL_DIGITS}}})?")
_SEPARATORS = str.maketrans("", "", _SPACES)
_NOT_A_NUMBER = re.compile(r"[-+]?(s?nan|inf(inity)?)", re.IGNORECASE)
_NO_FIGURE = {
    "na",
    "n/a",
    "#n/a",
    "none",
    "null",
    "nil",
    "-",
    "–",
    "—",
    "?",
    "tbd",
    "missing",
    "true",
    "false",
}
_WRITE_PLAIN = "Write the number with digits, such as -1234.5."


@dataclass(slots=True)
class MarkEvidence:
    """What the cells of a file say about its decimal mark; `add` sees each cell with a number once."""

    point: tuple[int, str] | None = None
    comma: tuple[int, str] | None = None
    either: tuple[int, str] | None = None

    def add(self, text: str, line: int) -> None:
        """Take one cell into account."""
        if type(text) is TypedNumber or not ("." in text or "," in text):
            return
        if self.point and "," not in text and text.count(".") == 1:
            return  # can add nothing: a lone point is a decimal mark or open
        if self.comma and "." not in text and text.count(",") == 1:
            return
        text = text.strip()
        point = _GRAMMARS[Mark.POINT].fullmatch(text)
        comma = _GRAMMARS[Mark.COMMA].fullmatch(text)
        if point and comma:
            self.either = self.either or (line, text)
        elif point:
            self.point = self.point or (line, text)
        elif comma:
            self.comma = self.comma or (line, text)

    def decide(self, options: Options) -> tuple[Mark, str]:
        """The mark and why. Raises ImportRefused where both readings are possible or both are used."""
        if options.decimal is not None:
            if options.decimal not in (".", ","):
                raise ImportRefused(
                    Refusal("The decimal mark is a point or a comma.", "Write --decimal , or .")
                )
            return Mark(options.decimal), "as chosen"
        if self.point and self.comma:
            raise ImportRefused(
                Refusal(
                    f"The file mixes decimal marks: line {self.point[0]} can only be {self.point[1]} with a "
                    f"decimal point, line {self.comma[0]} only {self.comma[1]} with a decimal comma.",
                    "Write all numbers in one way, or choose --decimal . or --decimal , to see the others refused.",
                    line=max(self.point[0], self.comma[0]),
                )
            )
        if self.point:
            return Mark.POINT, f"line {self.point[0]} has {self.point[1]}"
        if self.comma:
            return Mark.COMMA, f"line {self.comma[0]} has {self.comma[1]}"
        if self.either:
            line, text = self.either
            raise ImportRefused(
                Refusal(
                    "can be read with a decimal mark or with a separator of thousands, and no other number "
                    "of the file tells which.",
                    "Choose --decimal . or --decimal ,",
                    line=line,
                    value=text,
                )
            )
        return Mark.POINT, "no number has decimals"


class DecimalFault(ValueError):
    """A cell that holds no number we accept: `reason` and `mend` for its refusal."""

    def __init__(self, reason: str, mend: str) -> None:
        self.reason, self.mend = reason, mend
        super().__init__(reason)


def parse_decimal(text: str, mark: Mark, *, rounded: bool = False) -> str:
    """The number as canonical text (ASCII, decimal point), exact; `rounded` half to even at 12 decimals where that
    was chosen. Raises DecimalFault."""
    if mark is Mark.POINT and _READY.fullmatch(text):
        return text
    if type(text) is TypedNumber:
        return _checked_digits(str(text), rounded=rounded)
    stripped = text.strip()
    if not _GRAMMARS[mark].fullmatch(stripped):
        raise _explain(stripped, mark)
    plain = stripped.translate(_SEPARATORS).replace("\u2212", "-").removeprefix("+")
    plain = plain.replace(",", "") if mark is Mark.POINT else plain.replace(".", "").replace(",", ".")
    return _checked_digits(plain, rounded=rounded)


def _checked_digits(plain: str, *, rounded: bool) -> str:
    whole, _, decimals = plain.lstrip("-").partition(".")
    if len(whole.lstrip("0")) > INTEGER_DIGITS:
        raise DecimalFault(
            f"has more than {INTEGER_DIGITS} digits before the decimals.", "Use a larger unit."
        )
    if len(decimals.rstrip("0")) <= DECIMAL_DIGITS:
        return plain
    if not rounded:
        raise DecimalFault(
            f"has more than {DECIMAL_DIGITS} decimals.",
            f"Round it, or choose --round-decimals to have all such numbers rounded to {DECIMAL_DIGITS}.",
        )
    with localcontext(prec=len(plain)):
        return f"{Decimal(plain):.{DECIMAL_DIGITS}f}"


def _explain(text: str, mark: Mark) -> DecimalFault:
    lowered = text.lower()
    if not text or lowered in _NO_FIGURE:
        return DecimalFault("is not a number.", "Leave the cell empty where there is no figure.")
    if _NOT_A_NUMBER.fullmatch(text):
        return DecimalFault("is not a finite number.", "Leave the cell empty where there is no figure.")
    if text[0] in "=@" or "|" in text:
        return DecimalFault("is a formula, not a number.", "Paste the value instead of the formula.")
    if re.fullmatch(r"\(.*\)", text):
        return DecimalFault("is written in parentheses.", "Write a negative number with a minus sign.")
    if text.endswith("%"):
        return DecimalFault("carries a percent sign.", "Write 12, not 12%, and give the metric the unit %.")
    if any(sign in text for sign in "$€£¥"):
        return DecimalFault("carries a currency sign.", "Write the number alone; the metric holds the unit.")
    if re.fullmatch(r"[-+]?[0-9.,]+e[-+]?[0-9]+", lowered):
        return DecimalFault("is written with an exponent.", "Write out all digits.")
    if re.fullmatch(r"[-+]?0[xob][0-9a-f]+", lowered) or "_" in text:
        return DecimalFault("is a number of a programming language.", _WRITE_PLAIN)
    if any(c.isnumeric() and not c.isascii() for c in text):
        return DecimalFault("has digits that are not 0 to 9.", _WRITE_PLAIN)
    if _GRAMMARS[Mark.COMMA if mark is Mark.POINT else Mark.POINT].fullmatch(text):
        return DecimalFault(
            f"is no number where the decimal mark is a {mark.shown}.",
            "Write it like the others, or change --decimal.",
        )
    return DecimalFault("is not a number.", _WRITE_PLAIN)
