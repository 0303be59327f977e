"""Explanations as plain text for a terminal: every input with metric, period, value, file and line. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from alignment.scoring.explanation import (
    COMPONENT_LABELS,
    ChangeExplanation,
    ChangePart,
    ComponentLevel,
    InputPart,
    KeyResultLevel,
    LevelExplanation,
    Source,
    StoredPace,
    Subject,
    SubjectKind,
)
from alignment.scoring.words import headline

_MOST_INPUTS = 12


def level_text(level: LevelExplanation, change: ChangeExplanation | None = None) -> str:
    """A level, and a change where there is one."""
    return "\n".join([*_level_lines(level, change), *(_change_lines(change) if change is not None else ())])


def _level_lines(level: LevelExplanation, change: ChangeExplanation | None) -> Iterator[str]:
    yield f"{_title(level.subject)} on {level.day.isoformat()}"
    yield f"{headline(level, change)}."
    yield ""
    if level.thousandths is None:
        yield f"No number is shown: {_percent(level.coverage)} of what it rests on is known, and half is needed."
    else:
        yield (
            f"Score {_points(level.thousandths)} of 100, resting on {_percent(level.coverage)} of what it could, "
            f"by policy version {level.policy_version}."
        )
    if level.reconstructed:
        yield "Reconstructed: rests on readings from before their metric's first import, taken as known in time."
    for component in level.components:
        yield ""
        yield from _component_lines(component, level.thousandths is not None)
    if level.missing:
        yield ""
        yield "Missing:"
        yield from (f"  - {line}" for line in level.missing)


def _component_lines(component: ComponentLevel, numbered: bool) -> Iterator[str]:
    if component.value is None:
        yield f"{component.label}: unknown (weight {component.weight}). {component.note}".rstrip()
        return
    value = f"{component.label}: {_percent(component.value, 1)} (weight {component.weight})"
    if numbered:
        value += f", gives {_points(component.contribution)} and costs {_points(component.loss)} points"
    if component.coverage < 1:
        value += f"; {_percent(component.coverage)} of its inputs known"
    yield f"{value}. {component.note}".rstrip()
    shown = [part for part in component.inputs if part.loss or part.value is None or part.source]
    for part in shown[:_MOST_INPUTS]:
        yield from _input_lines(part)
    if len(shown) > _MOST_INPUTS:
        rest = shown[_MOST_INPUTS:]
        yield f"  and {len(rest)} more inputs that cost {_points(sum(part.loss for part in rest))} together"


def _input_lines(part: InputPart) -> Iterator[str]:
    value = "unknown" if part.value is None else _percent(part.value, 1)
    note = f" ({part.note})" if part.note else ""
    yield f"  {_points(-part.loss, signed=True):>8}  {part.label} [{part.key}]: {value}{note}"
    if part.source is not None:
        yield f"            {source_text(part.source)}"


def source_text(source: Source) -> str:
    """One reading with all that leads back to it."""
    known = f"known {source.known_at.date().isoformat()}{' (reconstructed)' if source.reconstructed else ''}"
    if source.batch_id is None:
        place = "not from a file"
    else:
        line = f", line {source.line}" if source.line else ""
        column = f", column {source.column}" if source.column else ""
        place = f"{source.file_name}{line}{column} (batch {source.batch_id})"
    return f"{source.metric_key} {source.period} = {_number(source.value)} {source.unit}; {known}; {place}"


def _change_lines(change: ChangeExplanation) -> Iterator[str]:
    yield ""
    yield f"Change from {change.from_day.isoformat()} to {change.to_day.isoformat()}"
    if change.change is None:
        yield "One of the two days has no number, so there is no change to explain."
        yield from (f"  - {line}" for line in change.missing)
        return
    assert change.before is not None
    assert change.after is not None
    before, after = round(change.before * 1000), round(change.after * 1000)
    yield f"From {_points(before)} to {_points(after)}: {_points(change.change, signed=True)} points."
    if change.crosses_period_start:
        yield "A period began in between: new key results count and old ones no longer do."
    for name, thousandths in change.by_component():
        yield f"  {_points(thousandths, signed=True):>8}  {COMPONENT_LABELS[name]}"
        parts = [part for part in change.parts if part.component == name]
        for part in parts[:_MOST_INPUTS]:
            yield from _part_lines(part)
        if len(parts) > _MOST_INPUTS:
            rest = sum(part.thousandths for part in parts[_MOST_INPUTS:])
            yield f"            {_points(rest, signed=True):>8}  {len(parts) - _MOST_INPUTS} more parts"
    yield f"  {_points(change.change, signed=True):>8}  in all"


def _part_lines(part: ChangePart) -> Iterator[str]:
    name = f"{part.label} [{part.key}]" if part.key else part.label
    note = f" ({part.note})" if part.note else ""
    yield f"            {_points(part.thousandths, signed=True):>8}  {part.reason.label}: {name}{note}"
    for word, source in (("was", part.before), ("is", part.after)):
        if source is not None and part.before != part.after:
            yield f"                      {word:>3} {source_text(source)}"


def key_result_text(level: KeyResultLevel) -> str:
    """How a key result stands, and every reading it rests on."""
    lines = [f"{_title(level.subject)} on {level.day.isoformat()}"]
    since = f" since {level.since.isoformat()}" if level.since else ""
    lines += [f"{level.status.replace('-', ' ').capitalize()}{since}. The reason then: {level.reason}", ""]
    for word, number in (
        ("Progress", level.progress),
        ("Expected", level.expected),
        ("Attainment", level.attainment),
    ):
        lines.append(f"{word}: {'unknown' if number is None else _percent(number, 1)}")
    lines.append(_pace_text(level.pace))
    if level.other_policies:
        lines += ["", "What other policies would say:"]
        lines += [f"  {name}: {says}" for name, says in level.other_policies]
    lines += ["", "Readings, newest first:" if level.sources else "No reading is known."]
    return "\n".join([*lines, *(f"  {source_text(source)}" for source in level.sources)])


def _pace_text(pace: StoredPace | None) -> str:
    """`Pace, by what is known since 2026-11-17: 35.2 %. About 35 % likely to ...`"""
    if pace is None:
        return "Pace: unknown, since it is not between its start and its due date or was never worked out"
    exact = "" if pace.probability is None else f"{_percent(pace.probability, 1)}. "
    return f"Pace, by what is known since {pace.since.isoformat()}: {exact}{pace.sentence}"


def _title(subject: Subject) -> str:
    if subject.kind is SubjectKind.COMPANY:
        return subject.name
    return f"{subject.kind.value.replace('-', ' ').capitalize()} “{subject.name}”"


def _points(thousandths: int, *, signed: bool = False) -> str:
    sign = "-" if thousandths < 0 else "+" if signed and thousandths > 0 else ""
    return f"{sign}{abs(thousandths) // 1000}.{abs(thousandths) % 1000:03d}"


def _percent(share: float, digits: int = 0) -> str:
    return f"{100 * share:.{digits}f} %"


def _number(value: Decimal) -> str:
    text = f"{value.normalize():f}"
    return text if text != "-0" else "0"
