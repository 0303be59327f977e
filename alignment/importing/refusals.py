"""What an import says when it refuses something: where, what, why, and how to mend it."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, dataclass

SHOWN_LENGTH = 80
KEPT_REFUSALS = 1000


def visible(text: str, length: int = SHOWN_LENGTH) -> str:
    """The text with control, invisible and direction-changing characters written as escapes, shortened."""
    shown = "".join(
        character
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
        else f"\\u{ord(character):04x}"
        for character in text[: length + 1]
    )
    return shown if len(text) <= length and len(shown) <= length * 2 else shown[:length] + "…"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that cannot be imported. `line` counts from 1 as an editor shows it (in a workbook: the row);
    `value` is the text as written in the file. `whole` is set where it is about all readings of a metric, or about
    the file, and not about the row."""

    reason: str
    mend: str
    line: int | None = None
    column: str | None = None
    value: str | None = None
    whole: bool = False

    @property
    def place(self) -> str:
        """Such as “line 7, column “value””; “the file” when it is about the whole."""
        parts = [] if self.line is None else [f"line {self.line}"]
        if self.column is not None:
            parts.append(f"column “{visible(self.column)}”")
        return ", ".join(parts) or "the file"

    @property
    def fault(self) -> str:
        """Place, value and reason."""
        if not self.value:
            return f"{self.place}: {self.reason}"
        joint = ":" if self.reason[:1].isupper() else ""
        return f"{self.place}: “{visible(self.value)}”{joint} {self.reason}"

    def __str__(self) -> str:
        return f"{self.fault} {self.mend}"

    def as_json(self) -> dict[str, str | int | None]:
        """The refusal with text that is safe to store and to show."""
        shown: dict[str, str | int | None] = asdict(self)
        for name in ("column", "value"):
            if (text := shown[name]) is not None:
                shown[name] = visible(str(text))
        return shown


class ImportRefused(Exception):
    """The whole file is refused; `refusals` says why, and nothing was written."""

    def __init__(self, *refusals: Refusal, total: int | None = None) -> None:
        self.refusals = refusals
        self.total = len(refusals) if total is None else total
        super().__init__("; ".join(str(refusal) for refusal in refusals[:5]))


class Refusals:
    """Collects refusals: all are counted, the first thousand are kept, so that memory stays bounded."""

    def __init__(self) -> None:
        self.kept: list[Refusal] = []
        self.total = 0

    def add(self, refusal: Refusal) -> None:
        """Count one refusal."""
        self.total += 1
        if len(self.kept) < KEPT_REFUSALS:
            self.kept.append(refusal)
