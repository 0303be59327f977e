"""What an explained score looks like: the values that `explain` makes and that pages, commands and tests read.

Points are whole **thousandths of a point** of a 0-100 score (`-1200` is -1.2 points), so that the parts that are
shown add up exactly to the total that is shown. Nothing here computes; see `level` and `change`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from alignment.scoring.inputs import KeyResultInput
from alignment.signals.pace_words import doubt, reason_of


class SubjectKind(StrEnum):
    """What has a score (company, theme, objective) or a status (key result)."""

    COMPANY = "company"
    THEME = "theme"
    OBJECTIVE = "objective"
    KEY_RESULT = "key-result"


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing with a score. `key` is how commands name it: `company`, `theme:slug`, `objective:slug`."""

    kind: SubjectKind
    id: int = 0
    slug: str = ""
    name: str = ""

    @property
    def key(self) -> str:
        """`company`, `theme:slug`, `objective:slug` or `key-result:id`."""
        if self.kind is SubjectKind.COMPANY:
            return "company"
        return f"{self.kind.value}:{self.id if self.kind is SubjectKind.KEY_RESULT else self.slug}"


class Reason(StrEnum):
    """Why a part of a score moved."""

    POLICY = "policy"
    COVERAGE = "coverage"
    WEIGHTS = "weights"  # weights, definitions and membership: what counts, and how much
    READINGS = "readings"
    TIME = "time"  # nothing came in; paths rose and readings aged

    @property
    def label(self) -> str:
        """The words of a page."""
        return _REASON_LABELS[self]


_REASON_LABELS = {
    Reason.POLICY: "the scoring policy",
    Reason.COVERAGE: "what is known",
    Reason.WEIGHTS: "weights and membership",
    Reason.READINGS: "readings",
    Reason.TIME: "time passing",
}

COMPONENT_LABELS = {
    "outcomes": "Outcomes",
    "funding": "Funding",
    "focus": "Focus",
    "evidence": "Evidence",
    "guardrails": "Guardrails",
    "policy": "Scoring policy",
    "coverage": "Coverage",
}


@dataclass(frozen=True, slots=True)
class Source:
    """One reading and where it came from. Without a batch, `file_name` is empty and the value was not
    imported.
    """

    metric_id: int
    metric_key: str
    metric_name: str
    unit: str
    period: str  # "2026-W05", "2026-01", ...
    period_start: date
    period_end: date
    value: Decimal
    known_at: datetime
    reconstructed: bool  # known_at is a guess: period end + reporting lag
    batch_id: int | None = None
    file_name: str = ""
    line: int | None = None
    column: str = ""


@dataclass(frozen=True, slots=True)
class InputPart:
    """One input of a component at one day.

    `key` names the object for a link (`key-result:12`, `objective:slug`, `theme:slug`, `epic:slug`, `metric:key`,
    `guardrail:slug`); `theme` is the slug of the theme it belongs to, "" for the company as a whole.
    `value` is 0..1, None when unknown; `weight` is its share (0..1) in its component; `loss` in thousandths.
    """

    key: str
    label: str
    theme: str
    value: float | None
    weight: float
    loss: int
    note: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class ComponentLevel:
    """One component at one day: `contribution` + `loss` over all known components make 100,000 thousandths.

    `value` is 0..1 or None when unknown; `weight` is the policy's (of 100); `coverage` is the share of its inputs
    that is known. The losses of `inputs` add up to `loss`.
    """

    name: str
    label: str
    value: float | None
    weight: int
    coverage: float
    contribution: int
    loss: int
    inputs: tuple[InputPart, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class LevelExplanation:
    """Why a score stands where it stands. `score` is None, with `missing` saying why, where coverage is under
    half.
    """

    subject: Subject
    day: date
    as_of: datetime | None  # None: as it was known at the end of that day
    score: float | None  # 0..100
    thousandths: int | None  # the score as shown: round(score * 1000)
    coverage: float
    policy_version: int
    components: tuple[ComponentLevel, ...]
    missing: tuple[str, ...]
    reconstructed: bool
    fingerprint: str

    def by_theme(self) -> tuple[tuple[str, int], ...]:
        """Loss in thousandths by theme slug ("" = not of one theme), greatest first; adds up to the whole
        loss.
        """
        sums: dict[str, int] = {}
        for component in self.components:
            for part in component.inputs:
                sums[part.theme] = sums.get(part.theme, 0) + part.loss
        return tuple(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True, slots=True)
class ChangePart:
    """One reason for a change. `component` is one of `COMPONENT_LABELS`; `thousandths` is signed."""

    component: str
    reason: Reason
    key: str
    label: str
    theme: str
    thousandths: int
    note: str = ""
    before: Source | None = None
    after: Source | None = None


@dataclass(frozen=True, slots=True)
class ChangeExplanation:
    """Why a score moved between two days: `parts` add up to `change` exactly, whatever the order.

    `change` is None (and `parts` empty, `missing` saying why) when one of the two days has no number.
    """

    subject: Subject
    from_day: date
    to_day: date
    before: float | None
    after: float | None
    change: int | None
    parts: tuple[ChangePart, ...]
    missing: tuple[str, ...]
    crosses_period_start: bool
    reconstructed: bool
    policy_from: int
    policy_to: int

    def by_component(self) -> tuple[tuple[str, int], ...]:
        """Thousandths by component (also `policy` and `coverage`), greatest movement first."""
        return self._sums(lambda part: part.component)

    def by_theme(self) -> tuple[tuple[str, int], ...]:
        """Thousandths by theme slug ("" = not of one theme), greatest movement first."""
        return self._sums(lambda part: part.theme)

    def by_reason(self) -> tuple[tuple[Reason, int], ...]:
        """Thousandths by reason, greatest movement first."""
        sums: dict[Reason, int] = {}
        for part in self.parts:
            sums[part.reason] = sums.get(part.reason, 0) + part.thousandths
        return tuple(sorted(sums.items(), key=lambda item: (-abs(item[1]), item[0])))

    def _sums(self, name_of: Callable[[ChangePart], str]) -> tuple[tuple[str, int], ...]:
        sums: dict[str, int] = {}
        for part in self.parts:
            name = name_of(part)
            sums[name] = sums.get(name, 0) + part.thousandths
        return tuple(sorted(sums.items(), key=lambda item: (-abs(item[1]), item[0])))


@dataclass(frozen=True, slots=True)
class StoredPace:
    """What is foretold of a key result by the evidence known since `since`; `KeyResultPace` says what is what."""

    since: date
    probability: float | None
    sentence: str
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    target: float | None = None
    steps: tuple[tuple[date, float, float, float], ...] = ()

    @property
    def doubt(self) -> str:
        """Why nothing is foretold; "" where something is."""
        return reason_of(self.sentence)

    def where(self, *, stale: bool) -> StoredPace:
        """The same; once readings have stopped coming, an old forecast is no longer given out."""
        return StoredPace(self.since, None, doubt("its readings have stopped coming")) if stale else self

    def holds(self, key_result: KeyResultInput, day: date) -> bool:
        """Whether it is about the day: on the path from start to due of what can be measured."""
        return key_result.is_measurable and key_result.start <= day <= key_result.due


@dataclass(frozen=True, slots=True)
class KeyResultLevel:
    """How one key result stands at one day: the judgement and the readings it rests on, newest first."""

    subject: Subject
    day: date
    status: str
    reason: str
    since: date | None  # first day of this status
    attainment: float | None
    progress: float | None
    expected: float | None
    stale: bool
    sources: tuple[Source, ...]
    other_policies: tuple[tuple[str, str], ...]  # (preset, what it would say)
    pace: StoredPace | None = None  # where it will be at its due date; None off its path


@dataclass(frozen=True, slots=True)
class DriftWindow:
    """Change of a score over a window of weeks, with an interval; thousandths of a point."""

    weeks: int
    change: int | None
    low: int | None
    high: int | None
    crosses_period_start: bool


@dataclass(frozen=True, slots=True)
class MoneyDrift:
    """A theme's spend since the end of the last period in which one of its key results improved or met its
    path.
    """

    theme: str
    since: date | None  # None: never in the recorded history; `spend` then counts from `counted_from`
    counted_from: date
    spend: Decimal
    per_week: Decimal
    reason: str
