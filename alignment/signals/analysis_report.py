"""What an analysis says: for people as lines of text, for programs as data of the schema in docs/analyze.md."""

from __future__ import annotations

from datetime import date
from typing import Any

from alignment.signals.analysis import Analysis, PairTold, TargetTold, Told
from alignment.signals.as_data import as_data
from alignment.signals.columns import period_words

SCHEMA = 1


def analysis_lines(analysis: Analysis, day: date) -> list[str]:
    """Series by series, then pairs and targets, then the run."""
    ends = [one.staleness.last_period_end for one in analysis.series]
    newest = max((end for end in ends if end is not None), default=None)
    lines: list[str] = []
    for one in analysis.series:
        lines += ["", *_series_lines(one, newest)]
    for pair in analysis.pairs:
        lines += ["", _pair_title(pair, analysis), f"  {pair.divergence.sentence}"]
    for target in analysis.targets:
        lines += ["", _target_title(target, analysis), f"  {target.pace.sentence}"]
    if newest is not None and all(one.staleness.verdict != "fresh" for one in analysis.series):
        lines += ["", f"As of {_day(day)} no series is up to date: the newest reading is of {_day(newest)}."]
    return [*lines, "", f"The run: {analysis.run.sentence}"]


def analysis_json(analysis: Analysis, day: date) -> dict[str, Any]:
    """The same as data: ISO days, finite numbers or null. Keys are only ever added within a schema's number."""
    found = {
        "schema": SCHEMA,
        "as_of": day,
        "series": [_series_json(one) for one in analysis.series],
        "pairs": [_pair_json(pair, analysis) for pair in analysis.pairs],
        "targets": [_target_json(target, analysis) for target in analysis.targets],
        "run": {
            "shown": analysis.run.shown,
            "limit": analysis.run.limits.get(""),
            "sentence": analysis.run.sentence,
        },
    }
    data: dict[str, Any] = as_data(found)
    return data


def _series_lines(one: Told, newest: date | None) -> list[str]:
    series, found = one.subject.series, one.verdicts
    columns = series.columns
    kind = one.kind or "flow or stock"
    title = (
        one.subject.name if one.subject.name == one.subject.key else f"{one.subject.name} [{one.subject.key}]"
    )
    if not columns.starts:
        return [f"{title} ({columns.cadence.label})", "  No readings up to this day."]
    span = f"{period_words(columns, 0)} to {period_words(columns, len(columns.starts) - 1)}"
    gaps = len(columns.values) - columns.known
    missing = f", {gaps} missing" if gaps else ""
    lines = [
        f"{title} ({columns.cadence.label}, {columns.known} readings{missing}, {span})",
        f"  {found.headline.sentence}",
        f"  kind      {kind}, {_SOURCES[one.kind_source]}{': ' + one.kind_reason if one.kind_reason else ''}",
        f"  trend     {found.trend.verdict}{_p(found.trend.p)}",
        f"  story     {found.story.word}{_p(found.story.p)}",
        f"  shift     {found.shift.verdict}{'. ' + found.shift.sentence if found.shift.sentence else ''}",
    ]
    lines += [f"  change    {change.sentence}" for change in found.changes]
    lines += [] if found.changes else [f"  changes   {found.history}"]
    if found.began is not None and found.began.sentence not in found.headline.sentence:
        lines.append(f"  began     {found.began.sentence}")
    if one.staleness.verdict != "fresh" and one.staleness.last_period_end != newest:
        lines.append(f"  fresh     {one.staleness.sentence}")
    return lines


_SOURCES = {
    "declared": "as declared",
    "name": "by its name",
    "readings": "by its readings",
    "open": "not declared",
}


def _p(p: float | None) -> str:
    if p is None:
        return ""
    return " (p under 0.001)" if p < 0.001 else f" (p {p:.2g})"


def _pair_title(pair: PairTold, analysis: Analysis) -> str:
    first, second = (analysis.series[at].subject.name for at in (pair.asked.first, pair.asked.second))
    lag = pair.asked.lag
    each = f"{lag:+d} {pair.columns.cadence.value}{'' if abs(lag) == 1 else 's'}"
    return f"{first} against {second}" + (f", {first} moved by {each}" if lag else "")


def _target_title(target: TargetTold, analysis: Analysis) -> str:
    name = analysis.series[target.asked.at].subject.name
    return f"{name}: {target.asked.value:,g} by {_day(target.asked.due)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _series_json(one: Told) -> dict[str, Any]:
    series, found = one.subject.series, one.verdicts
    columns = series.columns
    return {
        "key": one.subject.key,
        "name": one.subject.name,
        "cadence": columns.cadence.value,
        "direction": series.direction,
        "unit": series.unit,
        "readings": columns.known,
        "gaps": len(columns.values) - columns.known,
        "first": columns.starts[0] if columns.starts else None,
        "last": columns.last_day(-1) if columns.starts else None,
        "kind": {"judged": one.kind, "source": one.kind_source, "reason": one.kind_reason},
        "season": series.season or None,
        "guess": found.guess,
        "headline": found.headline,
        "p": one.p,
        "trend": found.trend,
        "story": found.story,
        "began": found.began,
        "shift": found.shift,
        "history": found.history,
        "changes": found.changes,
        "levels": found.levels,
        "staleness": one.staleness,
    }


def _pair_json(pair: PairTold, analysis: Analysis) -> dict[str, Any]:
    found, columns = pair.divergence, pair.columns
    at, days = found.began, columns.starts
    began = None
    if at is not None:
        began = {
            "start": days[at.at],
            "earliest": days[at.earliest],
            "latest": days[at.latest],
            "always": at.always,
        }
    return {
        "first": analysis.series[pair.asked.first].subject.key,
        "second": analysis.series[pair.asked.second].subject.key,
        "lag": pair.asked.lag,
        "kind": pair.kind,
        "verdict": found.verdict,
        "sentence": found.sentence,
        "readings": found.n,
        "p": found.p,
        "gained_percent": found.wide,
        "low_percent": found.low,
        "high_percent": found.high,
        "began": began,
        "path": [[day, gain] for day, gain in zip(days, found.path, strict=False)],
    }


def _target_json(target: TargetTold, analysis: Analysis) -> dict[str, Any]:
    found = target.pace
    return {
        "key": analysis.series[target.asked.at].subject.key,
        "value": target.asked.value,
        "due": target.asked.due,
        "probability": found.probability,
        "sentence": found.sentence,
        "readings": found.n,
        "expected": found.expected,
        "low": found.low,
        "high": found.high,
        "per_period": found.per_period,
        "path": [
            {"start": start, "expected": step.expected, "low": step.low, "high": step.high,
             "probability": step.probability}
            for start, step in zip(target.starts, found.steps, strict=False)
        ],
    }  # fmt: skip
