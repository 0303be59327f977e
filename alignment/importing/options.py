"""The choices that a person can make about reading a file, and the limits that no choice moves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any


class DateOrder(StrEnum):
    """How dates of numbers alone are written."""

    DAY_FIRST = "d/m/y"
    MONTH_FIRST = "m/d/y"


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes and counts beyond which a file is refused before it costs anything."""

    file_bytes: int = 512 * 1024 * 1024
    workbook_bytes: int = 10 * 1024 * 1024
    unpacked_bytes: int = 100 * 1024 * 1024
    member_bytes: int = 64 * 1024 * 1024
    ratio: int = 100
    ratio_grace_bytes: int = 1024 * 1024
    members: int = 200
    sheets: int = 20
    cells: int = 2_000_000
    field_characters: int = 131_072
    columns: int = 2_000
    metrics: int = 50_000
    name_characters: int = 200


@dataclass(frozen=True, slots=True)
class Options:
    """What to take for granted. Every None is decided from the file and shown; every other value is obeyed.

    `metrics` says for names in the file which existing metric each means: pairs of name and key, in any order.
    `prefix` is put before each metric's key; `source` says which system the file comes from (default: the
    prefix, else the file's name without dates and counters). `restate`
    allows to change most stored readings of a metric. `category`, `unit` and `direction` describe
    metrics to create.
    """

    prefix: str = ""
    source: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    decimal: str | None = None
    dates: DateOrder | None = None
    cadence: str | None = None
    date_column: str | None = None
    metric_column: str | None = None
    ignored_columns: tuple[str, ...] = ()
    metrics: tuple[tuple[str, str], ...] = ()
    round_decimals: bool = False
    good_rows_only: bool = False
    restate: bool = False
    create_metrics: bool = False
    category: str | None = None
    unit: str | None = None
    direction: str | None = None

    def as_json(self) -> dict[str, object]:
        """Every choice by name."""
        return {
            **asdict(self),
            "ignored_columns": list(self.ignored_columns),
            "metrics": [list(pair) for pair in sorted(self.metrics)],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Options:
        """The choices that `as_json` wrote down, also before a choice was added; unknown names are left out."""
        names = {field.name for field in fields(cls)}
        given = {name: value for name, value in stored.items() if name in names}
        if "ignored_columns" in given:
            given["ignored_columns"] = tuple(given["ignored_columns"])
        given["metrics"] = tuple((label, key) for label, key in given.get("metrics", ()))
        given["dates"] = DateOrder(given["dates"]) if given.get("dates") else None
        return cls(**given)

    def fingerprint(self, source: str) -> str:
        """The same for the same reading of the same bytes as coming from `source`: what only describes new
        metrics, or allows, is left out."""
        describing = {"create_metrics", "category", "unit", "direction", "restate"}
        reading = {name: value for name, value in self.as_json().items() if name not in describing}
        reading["source"] = source
        if (
            not self.metrics
        ):  # as before names could be matched by hand, so that earlier imports are known again
            del reading["metrics"]
        return hashlib.sha256(json.dumps(reading, sort_keys=True).encode()).hexdigest()
