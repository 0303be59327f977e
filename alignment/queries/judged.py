"""What each way of judging says of a key result on a day, beside the policy that counts. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from alignment.queries.standings import KeyResultStanding, StatusWord
from alignment.queries.words import percent_words
from alignment.scoring.inputs import Snapshot
from alignment.scoring.policy import PRESETS, Policy
from alignment.scoring.status import judge


@dataclass(frozen=True, slots=True)
class Verdict:
    """One preset's word. `differs` where its status is not that of the policy that counts."""

    preset: str
    rule: str
    word: str
    status: StatusWord
    differs: bool


def verdicts_on(standing: KeyResultStanding, snapshot: Snapshot, policy: Policy) -> tuple[Verdict, ...]:
    """The presets in their order, each judging the day's numbers afresh; none holds a status over from before."""
    definition = standing.definition
    readings = snapshot.readings.get(definition.metric.id, ()) if definition.metric else ()
    found = []
    told = (standing.chance, standing.pace.doubt) if standing.pace else (None, "")
    counts = judge(definition, readings, snapshot.day, policy, *told).status
    for name, preset in PRESETS.items():
        said = judge(definition, readings, snapshot.day, replace(policy, preset=name), *told)
        found.append(
            Verdict(
                preset.name, preset.rule, said.preset_class or said.status.label, StatusWord.of(said.status),
                said.status != counts,
            )
        )  # fmt: skip
    return tuple(found)


def policy_words(policy: Policy) -> str:
    """The policy that counts, in a sentence."""
    preset, limits = PRESETS[policy.preset], policy.parameters
    said = f"{preset.name} (version {policy.version}): {preset.rule}"
    if policy.preset != "plumbline":
        return f"{said}."
    on, off = percent_words(limits.on_track_from), percent_words(limits.off_track_below)
    likely, unlikely = (
        percent_words(limits.probability_on_track_from),
        percent_words(limits.probability_off_track_below),
    )
    return (
        f"{said}; on track from {on} attained with a chance of {likely}, off track below {off}, or with a chance under "
        f"{unlikely} once {percent_words(limits.probability_counts_after)} of the path is over."
    )
