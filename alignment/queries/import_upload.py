"""An uploaded file as a page: what was recognised, what an import would do, what that would move."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from alignment.importing.import_file import PASSES
from alignment.importing.options import Options
from alignment.importing.uploads import KEPT_FOR
from alignment.models import ImportProfile, ImportUpload, Job, Metric
from alignment.queries.standings import StatusWord
from alignment.queries.words import counted, number_words, signed

_OFFERED_METRICS = 2_000
_CHOICES = {
    "--create-metrics": "“Create metrics that do not exist yet”",
    "--category": "a category",
    "--unit": "a unit",
    "--direction": "a direction",
    "--decimal": "“Decimal mark”",
    "--dates": "“Order of dates”",
    "--delimiter": "“Delimiter”",
    "--encoding": "“Encoding”",
    "--sheet": "“Sheet”",
    "--date-column": "“Date column”",
    "--metric-column": "“Metric column”",
    "--ignore-column": "“Columns to leave out”",
    "--cadence": "“Cadence”",
    "--prefix": "“Prefix”",
    "--source": "“Source”",
    "--restate": "“The source corrected itself”",
    "--round-decimals": "“Round to 12 decimals”",
    "--good-rows-only": "“Import the good rows”",
}
_OPTION = re.compile("|".join(sorted(map(re.escape, _CHOICES), key=len, reverse=True)))
_GONE = (Job.State.FAILED, Job.State.DEAD)


@dataclass(frozen=True, slots=True)
class Refused:
    """One refusal in the words of the page; `times` says of how many readings where it is of more than one."""

    line: str
    column: str
    value: str
    reason: str
    mend: str
    times: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the worker is: rows, of how many (0 where that is not known yet)."""

    what: str
    done: int
    total: int
    is_waiting: bool
    is_over: bool
    fault: str

    @property
    def said(self) -> str:
        """For people."""
        if self.fault:
            return self.fault
        if self.is_waiting:
            return "Waits for a worker; this page looks again by itself."
        if not self.total:
            return "Reading the file."
        if self.done >= self.total:
            return f"All {number_words(self.total)} rows are read; comparing them with what is stored."
        return f"{number_words(self.done)} of {number_words(self.total)} rows"


@dataclass(frozen=True, slots=True)
class MatchedName:
    """A name in the file and the metric that it becomes; `by_hand` is the key that a person chose for it."""

    name: str
    readings: str
    key: str
    becomes: str
    note: str
    by_hand: str


@dataclass(frozen=True, slots=True)
class Moved:
    """Something whose number or status would change."""

    name: str
    slug: str
    before: str
    after: str
    change: str
    better: bool | None
    status_before: StatusWord | None = None
    status_after: StatusWord | None = None


@dataclass(frozen=True, slots=True)
class UploadPage:
    """Everything that the page of an upload shows."""

    upload: ImportUpload
    options: Options
    sentence: str
    progress: Progress | None
    size: str
    forgotten_on: date
    found: dict[str, Any]
    refused: tuple[Refused, ...]
    refused_more: int
    matched: tuple[MatchedName, ...]
    matched_more: int
    recognised: tuple[tuple[str, str], ...]
    since: date | None
    changes: tuple[tuple[str, str, str, date, str, str], ...]
    company: Moved | None
    objectives: tuple[Moved, ...]
    key_results: tuple[Moved, ...]
    profiles: tuple[str, ...]
    keys: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        """Whether it can be confirmed."""
        return self.upload.state == ImportUpload.State.READY and self.found.get("outcome") == "ready"

    @property
    def columns(self) -> list[str]:
        """The header of the file."""
        return list(self.found.get("header", ()))

    @property
    def is_workbook(self) -> bool:
        """Whether the file's name says so."""
        return self.upload.file_name.lower().endswith(".xlsx")


def in_page_words(text: str) -> str:
    """What the command calls --options, by the labels of the form."""
    return _OPTION.sub(lambda found: _CHOICES[found.group()], text.replace("say --", "choose --"))


def refused_rows(stored: list[dict[str, Any]]) -> tuple[Refused, ...]:
    """Stored refusals for a page; of one that stands several times on end, as for each reading of a row, one."""
    rows = []
    for row, same in groupby(stored):
        count = sum(1 for _ in same)
        rows.append(
            Refused(
                str(row.get("line") or "the file"),
                row.get("column") or "",
                row.get("value") or "",
                in_page_words(row["reason"]),
                in_page_words(row["mend"]),
                counted(count, "reading") if count > 1 else "",
            )
        )
    return tuple(rows)


def upload_page(upload: ImportUpload) -> UploadPage:
    """Two queries more than the upload itself with its job."""
    found = upload.preview or {}
    options = Options.from_json(upload.options)
    consequence = found.get("consequence")
    refusals = refused_rows(found.get("refusals", []))
    return UploadPage(
        upload=upload,
        options=options,
        sentence=_sentence(upload, found),
        progress=progress_of(upload),
        size=_size(upload.size),
        forgotten_on=(upload.uploaded_at + KEPT_FOR).date(),
        found=found,
        refused=refusals,
        refused_more=max(0, found.get("refusals_total", 0) - len(found.get("refusals", []))),
        matched=matched_names(upload, dict(options.metrics)),
        matched_more=max(0, found.get("metrics_total", 0) - len(found.get("metrics", ()))),
        recognised=tuple((what, said) for what, said, _ in found.get("recognised", ())),
        since=date.fromisoformat(found["since"]) if found.get("since") else None,
        changes=tuple(
            (key, name, unit, date.fromisoformat(period), old, new)
            for key, name, unit, period, old, new in found.get("changes", ())
        ),
        company=_company(consequence),
        objectives=_objectives(consequence),
        key_results=_key_results(consequence),
        profiles=tuple(ImportProfile.objects.values_list("name", flat=True)),
        keys=tuple(Metric.objects.order_by("key").values_list("key", flat=True)[:_OFFERED_METRICS]),
    )


def matched_names(upload: ImportUpload, by_hand: Mapping[str, str]) -> tuple[MatchedName, ...]:
    """Which name of the file becomes which metric, with what a person typed beside each."""
    rest = dict(by_hand)
    rows = tuple(
        MatchedName(
            row["name"], number_words(row["readings"]), row["key"], row["becomes"], row["note"],
            rest.pop(row["name"], ""),
        )
        for row in (upload.preview or {}).get("metrics", ())
    )  # fmt: skip
    return rows + tuple(MatchedName(name, "", key, "not in the file", "", key) for name, key in rest.items())


def progress_of(upload: ImportUpload) -> Progress | None:
    """How far the work on an upload is; None where none is under way."""
    if upload.state not in (ImportUpload.State.LOOKING, ImportUpload.State.IMPORTING):
        return None
    what = "Looking at the file" if upload.state == ImportUpload.State.LOOKING else "Importing"
    job = upload.job
    if job is None:
        return Progress(what, 0, 0, is_waiting=False, is_over=True, fault="The work on this file was lost.")
    over = job.state in _GONE
    fault = "The work on this file ended with a fault; nothing was written." if over else ""
    return Progress(
        what,
        job.progress_done // PASSES,
        job.progress_total // PASSES,
        is_waiting=job.state == Job.State.QUEUED,
        is_over=over,
        fault=fault,
    )


def _sentence(upload: ImportUpload, found: dict[str, Any]) -> str:
    states = ImportUpload.State
    if upload.state == states.LOOKING:
        return f"{upload.file_name} is being looked at"
    if upload.state == states.IMPORTING:
        return f"{upload.file_name} is being imported"
    if upload.state == states.REFUSED:
        total = found.get("refusals_total", 0)
        return f"{upload.file_name} cannot be imported yet: {counted(total, 'problem')}"
    if found.get("outcome") == "already":
        return f"{upload.file_name} was imported before"
    new, changed = found.get("new", 0), found.get("changed", 0)
    if upload.state == states.IMPORTED:
        return f"{upload.file_name} is imported"
    if not new and not changed:
        return f"{upload.file_name} would change nothing"
    parts = [f"add {number_words(new)} {'reading' if new == 1 else 'readings'}"] if new else []
    if changed:
        parts.append(
            f"change {number_words(changed)}" + ("" if new else " readings" if changed > 1 else " reading")
        )
    return f"{upload.file_name} would {' and '.join(parts)}"


def _company(consequence: dict[str, Any] | None) -> Moved | None:
    if consequence is None:
        return None
    return _moved("Company score", "", consequence["before"], consequence["after"])


def _objectives(consequence: dict[str, Any] | None) -> tuple[Moved, ...]:
    rows = consequence["objectives"] if consequence else ()
    return tuple(_moved(row["name"], row["slug"], row["before"], row["after"]) for row in rows)


def _moved(name: str, slug: str, before: float | None, after: float | None) -> Moved:
    known = before is not None and after is not None
    difference = round((after or 0) - (before or 0), 1) if known else 0.0
    change = f"{signed(difference)} points" if difference else "no change"
    return Moved(
        name,
        slug,
        _points(before),
        _points(after),
        change if known else "",
        difference > 0 if difference else None,
    )


def _points(value: float | None) -> str:
    return "no number" if value is None else f"{value:.1f}"


def _key_results(consequence: dict[str, Any] | None) -> tuple[Moved, ...]:
    return tuple(
        Moved(
            f"{row['objective']}: {row['name']}", row["objective_slug"], "", "", "", None,
            StatusWord.of(row["before"]), StatusWord.of(row["after"]),
        )
        for row in (consequence["key_results"] if consequence else ())
    )  # fmt: skip


def _size(count: int) -> str:
    if count >= 2**20:
        return f"{count / 2**20:.1f} MB"
    return f"{count / 2**10:.1f} KB" if count >= 2**10 else counted(count, "byte")
