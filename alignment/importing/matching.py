"""Which metric each name in a file means: known, new, or refused. Pure: the known metrics are passed in."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from alignment.exporting.readings import READINGS_FILE
from alignment.importing.decimals import DecimalFault, parse_decimal
from alignment.importing.kinds import proposed_kind
from alignment.importing.names import MEASURE_MARK, fault_of, fold, key_of, name_of, skeleton, slug
from alignment.importing.options import Limits, Options
from alignment.importing.recognise import Recognition, SeenMetric
from alignment.importing.refusals import ImportRefused, Refusal, visible
from alignment.periods import Cadence

_PREFIX = re.compile(r"([a-z0-9][a-z0-9_-]*\.)+")
_KEY_LENGTH = 200
_NAME_LENGTH = 300
_NAMED_NEAREST = 50


@dataclass(frozen=True, slots=True)
class KnownMetric:
    """What matching needs of a metric that exists."""

    id: int
    key: str
    name: str
    cadence: Cadence
    source: str


@dataclass(frozen=True, slots=True)
class NewMetric:
    """A metric to create. `kind` is flow, stock or "" (not declared); `kind_why` says why."""

    key: str
    name: str
    category: str
    unit: str
    direction: str
    cadence: Cadence
    kind: str
    kind_why: str

    @property
    def kind_words(self) -> str:
        """`stock: “users” is a level`, `kind not declared: ...`."""
        return f"{self.kind or 'kind not declared'}: {self.kind_why}"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the readings of one label go. `chosen` cadences take any day of a period."""

    key: str
    cadence: Cadence
    chosen: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import will do about the metrics of a file; labels without a target are among the refusals."""

    targets: dict[str, Target]
    known: dict[str, KnownMetric]
    new: tuple[NewMetric, ...]
    refusals: tuple[Refusal, ...]
    source: str


def source_of(options: Options, family: str) -> str:
    """The system that a file comes from: as chosen, else the prefix, else the family of the file's name."""
    return options.source or options.prefix.rstrip(".") or family


def is_our_export(source: str) -> bool:
    """Whether the file is one of readings that Plumbline itself wrote: it is no source of its own."""
    return source.startswith(READINGS_FILE)


def checked_prefix(prefix: str) -> str:
    """The prefix with its dot. Raises ImportRefused for one that cannot begin a key."""
    dotted = prefix if not prefix or prefix.endswith(".") else prefix + "."
    if dotted and not _PREFIX.fullmatch(dotted):
        raise ImportRefused(
            Refusal(
                f"“{visible(prefix)}” cannot begin a metric's key.",
                "Write lower-case letters, digits and hyphens, such as --prefix synapse.",
            )
        )
    return dotted


def make_plan(
    recognition: Recognition,
    options: Options,
    known: Iterable[KnownMetric],
    source: str,
    limits: Limits | None = None,
) -> Plan:
    """Match every name of the file. Refusals stand in the plan; nothing is raised but for a faulty option."""
    return _Planner(recognition, options, list(known), source, limits or Limits()).run()


class _Planner:
    def __init__(
        self,
        recognition: Recognition,
        options: Options,
        known: list[KnownMetric],
        source: str,
        limits: Limits,
    ) -> None:
        self.recognition, self.options, self.source, self.limits = recognition, options, source, limits
        self.prefix = checked_prefix(options.prefix)
        self.chosen = Cadence(options.cadence) if options.cadence else None
        self.by_key = {metric.key: metric for metric in known}
        self.by_name: dict[str, list[KnownMetric]] = {}
        self.by_skeleton: dict[str, str] = {}
        for metric in known:
            self.by_name.setdefault(fold(metric.name), []).append(metric)
            self.by_skeleton.setdefault(skeleton(metric.name), metric.name)
            self.by_skeleton.setdefault(skeleton(metric.key), metric.key)
        self.by_hand = {fold(label): wanted for label, wanted in options.metrics}
        self.taken: dict[str, str] = {}
        self.targets: dict[str, Target] = {}
        self.used: dict[str, KnownMetric] = {}
        self.new: dict[str, tuple[str, NewMetric]] = {}
        self.refusals: list[Refusal] = []
        self.searched = 0

    def run(self) -> Plan:
        for seen in self.recognition.metrics:
            refusal = self._place(seen)
            if refusal is not None:
                self.refusals.append(refusal)
        if self.new and (missing := self._missing_descriptions()):
            self.refusals.insert(0, missing)
        new = tuple(metric for _, metric in self.new.values())
        return Plan(self.targets, self.used, new, tuple(self.refusals), self.source)

    def _place(self, seen: SeenMetric) -> Refusal | None:
        for piece in seen.label.split(MEASURE_MARK):
            fault = fault_of(piece, self.limits)
            if fault:
                return self._refusal(seen, f"is no metric's name: it {fault[0]}", fault[1])
        if (wanted := self.by_hand.get(fold(seen.name))) is not None:
            return self._by_hand(seen, wanted)
        key = key_of(seen.label, self.prefix)
        if not seen.label.strip() or key == self.prefix:
            return self._refusal(seen, "The metric's name is missing.", "Fill it in, or delete the row.")
        metric = self._find(seen, key)
        return self._known(seen, metric) if metric else self._unknown(seen, key)

    def _by_hand(self, seen: SeenMetric, wanted: str) -> Refusal | None:
        """The metric that a person chose for this name."""
        metric = self.by_key.get(wanted)
        if metric is None:
            reason = f"was matched to metric {visible(wanted, 120)}, which does not exist."
            return self._refusal(seen, reason, self._nearest(seen, wanted))
        return self._known(seen, metric)

    def _find(self, seen: SeenMetric, key: str) -> KnownMetric | None:
        if key in self.by_key:
            return self.by_key[key]
        if self.prefix:
            return None
        same = self.by_name.get(fold(seen.name), [])
        return same[0] if len(same) == 1 else None

    def _known(self, seen: SeenMetric, metric: KnownMetric) -> Refusal | None:
        if is_our_export(self.source):  # readings of several sources come home, each in its metric's rhythm
            self.used[metric.key] = metric
            self.targets[seen.label] = Target(metric.key, metric.cadence, self.chosen is not None)
            return None
        conflicts = []
        if metric.source and metric.source != self.source:
            conflicts.append(f"comes from “{metric.source}”, this file from “{self.source}”")
        rhythm = self.chosen or (seen.rhythm.cadence if seen.rhythm and seen.rhythm.firm else metric.cadence)
        if rhythm is not metric.cadence:
            why = "as chosen" if self.chosen or not seen.rhythm else seen.rhythm.why
            conflicts.append(f"is {metric.cadence.label}, this file's readings are {rhythm.label} ({why})")
        if conflicts:
            mends = [f"Keep them apart, for example with --prefix {self._apart(metric, rhythm)}"]
            if metric.source and metric.source != self.source:
                mends.append(f'or, if it is the same source, say --source "{metric.source}"')
            if rhythm is not metric.cadence and not self.chosen:
                mends.append(f"or, if they really are {metric.cadence.label}, say --cadence {metric.cadence}")
            return self._refusal(
                seen, f"Metric {metric.key} {' and '.join(conflicts)}.", ", ".join(mends) + "."
            )
        other = self.taken.setdefault(metric.key, seen.name)
        if fold(other) != fold(seen.name) and self.by_hand:
            return self._refusal(
                seen,
                f"means the same metric {metric.key} as “{visible(other)}”.",
                "Match one of them to another.",
            )
        self.used[metric.key] = metric
        self.targets[seen.label] = Target(metric.key, metric.cadence, self.chosen is not None)
        return None

    def _apart(self, metric: KnownMetric, rhythm: Cadence) -> str:
        if metric.source and metric.source != self.source:
            return f"{slug(self.source).replace('.', '-') or 'other'}"
        return f"{self.prefix}{rhythm.label}"

    def _unknown(self, seen: SeenMetric, key: str) -> Refusal | None:
        twin = self.by_skeleton.get(skeleton(seen.name)) or self.by_skeleton.get(skeleton(key))
        if twin is not None and fold(twin) not in (fold(seen.name), fold(key)):
            return self._refusal(
                seen,
                f"looks like “{visible(twin)}” but is written with other letters, some perhaps of another alphabet.",
                "Type the name anew.",
            )
        if not self.options.create_metrics:
            return self._refusal(
                seen,
                f"There is no metric {visible(key, 120)}.",
                f"{self._nearest(seen, key)} Or create it with --create-metrics.",
            )
        cadence = self._new_cadence(seen)
        if cadence is None:
            return self._refusal(
                seen, "has too few dates to tell its cadence.", "Choose it, for example --cadence month."
            )
        if len(key) > _KEY_LENGTH:
            return self._refusal(seen, f"makes a key of more than {_KEY_LENGTH} characters.", "Shorten it.")
        if len(seen.name) > _NAME_LENGTH:
            return self._refusal(seen, f"makes a name of more than {_NAME_LENGTH} characters.", "Shorten it.")
        if key in self.new:
            if fold(self.new[key][0]) == fold(seen.label):
                self.targets[seen.label] = Target(key, cadence, self.chosen is not None)
                return None
            other = name_of(self.new[key][0])
            return self._refusal(seen, f"makes the same key {key} as “{visible(other)}”.", "Rename one.")
        self.by_skeleton.setdefault(skeleton(seen.name), seen.name)
        self.new[key] = (seen.label, self._create(seen, key, cadence))
        self.targets[seen.label] = Target(key, cadence, self.chosen is not None)
        return None

    def _new_cadence(self, seen: SeenMetric) -> Cadence | None:
        if self.chosen:
            return self.chosen
        for rhythm in (seen.rhythm, self.recognition.rhythm):
            if rhythm is not None and rhythm.firm:
                return rhythm.cadence
        return None

    def _create(self, seen: SeenMetric, key: str, cadence: Cadence) -> NewMetric:
        values = []
        for text in seen.values:
            try:
                values.append(float(parse_decimal(text, self.recognition.mark)))
            except DecimalFault:
                continue  # refused with its line when the reading is loaded
        kind, why = proposed_kind(seen.name, values)
        options = self.options
        return NewMetric(
            key,
            seen.name,
            options.category or "",
            options.unit or "",
            options.direction or "",
            cadence,
            kind,
            why,
        )

    def _missing_descriptions(self) -> Refusal | None:
        wanted = (
            ("category", self.options.category),
            ("unit", self.options.unit),
            ("direction", self.options.direction),
        )
        missing = [f"--{name}" for name, value in wanted if not value]
        if not missing:
            return None
        return Refusal(
            f"New metrics ({len(self.new):,}) need {', '.join(missing)}.",
            "For example --category technical-performance --unit count --direction higher.",
        )

    def _nearest(self, seen: SeenMetric, key: str) -> str:
        self.searched += 1
        if self.searched > _NAMED_NEAREST or not self.by_key:
            return "Correct the name." if self.by_key else "There are no metrics yet."
        near = difflib.get_close_matches(key, self.by_key, n=3, cutoff=0.5)
        for name in difflib.get_close_matches(fold(seen.name), self.by_name, n=2, cutoff=0.6):
            near += [metric.key for metric in self.by_name[name] if metric.key not in near]
        if not near:
            return "No metric has a similar name."
        return f"The nearest are {', '.join(near[:3])}."

    def _refusal(self, seen: SeenMetric, reason: str, mend: str) -> Refusal:
        if seen.label == seen.column:  # the name stands in the header
            return Refusal(reason, mend, self.recognition.table.header_line, seen.column)
        return Refusal(reason, mend, seen.line, self._metric_header(), seen.name)

    def _metric_header(self) -> str | None:
        index = self.recognition.layout.metric_column
        return None if index is None else self.recognition.table.header[index]
