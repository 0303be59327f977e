"""The tables of the method page: how often each method errs, as measured, ours first."""

from __future__ import annotations

from dataclasses import dataclass

from alignment.queries.charted import Table
from alignment.queries.words import day_words, number_words
from alignment.signals.measured import Measured, PaceRates


def percent(share: float) -> str:
    """`4.1 %`, `43 %`: as fine as a thousand series tell it."""
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"


@dataclass(frozen=True, slots=True)
class Rates:
    """A table, and which run it is of."""

    table: Table
    note: str


def rate_tables(found: Measured) -> tuple[Rates, ...]:
    """Every table, in the order of the tests."""
    return tuple(Rates(table, _run_words(found, part)) for part, table in _tables(found))


def _run_words(found: Measured, part: str) -> str:
    run = found.run(part)
    cases = f"{run.series:,} series in each cell"
    if part == "pace":
        fewest, most = (extreme(each.cases for each in found.pace) for extreme in (min, max))
        span = f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"
        cases = f"{span} cases in each column"
    return f"{cases}, seed {run.seed}, measured on {day_words(run.measured_on)}."


def _tables(found: Measured) -> tuple[tuple[str, Table], ...]:
    """Each with the part of the measurement that it is of."""
    return (
        ("trend", trend_table(found)),
        ("walks", walks_table(found)),
        ("shift", shift_table(found)),
        ("words", words_table(found)),
        ("changes", changes_table(found)),
        ("divergence", divergence_table(found)),
        ("pace", pace_table(found)),
        ("pace", reliability_table(found)),
    )


def trend_table(found: Measured) -> Table:
    lengths = tuple(f"{length} readings" for length in found.lengths)
    rows = tuple(
        (
            row.method,
            *(
                f"{percent(alarm)}; sees {percent(seen)}"
                for alarm, seen in zip(row.alarms, row.seen, strict=True)
            ),
        )
        for row in found.trend
    )
    return Table(
        "Trend: share of metrics that do not move but are called a trend (5 % is meant); and share of drifts of "
        "three "
        "standard deviations that are seen",
        ("Method", *lengths),
        rows,
    )


def shift_table(found: Measured) -> Table:
    rows = tuple(
        (row.method, percent(row.alarms), *(f"{number_words(delay)} readings" for delay in row.delays))
        for row in found.shift
    )
    return Table(
        "Shift: share of unchanging metrics with an alarm within 52 looks, and readings until a shift is told "
        "(median)",
        ("Method", "False alarms", "Shift of 1.5 sd", "2 sd", "3 sd"),
        rows,
    )


def words_table(found: Measured) -> Table:
    words = tuple(word for word, _ in found.words[0][1])
    rows = tuple((truth, *(percent(share) for _, share in shares)) for truth, shares in found.words)
    return Table("Step or drift: what is said where this is so", ("What there is", *words), rows)


def walks_table(found: Measured) -> Table:
    rows = tuple(
        (
            f"kind {kind}" if kind == "not declared" else f"declared a {kind}",
            *(
                f"{percent(alarm)} (cannot tell {percent(silent)})"
                for alarm, silent in zip(alarms, silence, strict=True)
            ),
        )
        for kind, alarms, silence in found.walks
    )
    lengths = tuple(f"{length} readings" for length in found.lengths)
    return Table(
        "Levels that wander without aim, such as users or recurring revenue: share called a trend",
        ("Metric", *lengths),
        rows,
    )


def changes_table(found: Measured) -> Table:
    """Change history: false changes, and steps that are found."""
    rows = tuple(
        (
            row.method,
            *(f"{percent(a)}; finds {percent(s)}" for a, s in zip(row.alarms, row.seen, strict=True)),
        )
        for row in found.changes
    )
    return Table(
        "Change history: share of metrics that never change in which a change is told; and share of steps of two "
        "standard deviations in the middle that are found within three readings",
        ("Method", *(f"{length} readings" for length in found.change_lengths)),
        rows,
    )


def divergence_table(found: Measured) -> Table:
    """Divergence: pairs that move alike but are said to part, and pairs that part and are seen."""
    rows = tuple(
        (
            _RIVALS.get(row.method, row.method),
            *(f"{percent(a)}; sees {percent(s)}" for a, s in zip(row.alarms, row.seen, strict=True)),
        )
        for row in found.divergence
    )
    return Table(
        "Divergence: share of pairs that move alike but are said to part (5 % is meant); and share of pairs seen of "
        "which one gains three standard deviations on the other",
        ("Method", *(f"{length} readings" for length in found.divergence[0].lengths)),
        rows,
    )


_RIVALS = {
    "log ratio line": "least squares through the ratio",
    "two slopes": "two slopes compared",
    "verdicts differ": "one has a trend, the other has not",
}
_BINS = 10
SETS = {
    "steady": "a line goes on",
    "broken": "the line breaks",
    "total": "sums that add up",
    "stock": "levels that wander",
    "unseen": "a season nobody knows of",
}
"""What a set of pace is made of: one part of the name of a column."""


METHODS = {"no season": "Plumbline, were it to know of no season"}
"""What a method is called where its own name does not say it."""


def pace_table(found: Measured) -> Table:
    """Pace: how far off the chances are on average, ours first."""
    methods = tuple(dict.fromkeys(name for each in found.pace for name, _ in each.misses))
    rows = tuple((METHODS.get(name, name), *(_off(each, name) for each in found.pace)) for name in methods)
    return Table(
        "Pace: how far off the chance of reaching a target is (mean square of what is said less what happens: 0 is "
        "perfect, saying “50 %” to everything 0.25)",
        ("Method", *(SETS.get(each.name, each.name).capitalize() for each in found.pace)),
        rows,
    )


def _off(each: PaceRates, method: str) -> str:
    miss = dict(each.misses).get(method)
    return "–" if miss is None else f"{miss:.3f}"


def _bin_words(each: PaceRates, at: int) -> str:
    """Of the cases of which so much was said."""
    one = next((one for one in each.bins if min(int(one.said * _BINS), _BINS - 1) == at), None)
    return "none" if one is None else f"{percent(one.happened)} of {one.cases:,} (said {percent(one.said)})"


def reliability_table(found: Measured) -> Table:
    """Of things said to be so likely, how many happen."""
    rows = tuple(
        (
            f"{10 * at} to {10 * at + 10} %",
            *(_bin_words(each, at) for each in found.pace),
        )
        for at in range(_BINS)
    )
    return Table(
        "Pace: of targets said to be reached so likely, how many are",
        ("Said to be likely", *(SETS.get(each.name, each.name).capitalize() for each in found.pace)),
        rows,
    )
