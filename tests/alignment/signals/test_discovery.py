"""Many metrics: the rule against its slow wording, what is new, and the share of luck among what is shown."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from alignment.signals.discovery import Discoveries, Finding, discover, discovery_words
from tests.counts import count

FINDINGS = some.lists(
    some.tuples(
        some.sampled_from("abc"),
        some.sampled_from(["improving", "worsening"]),
        some.none() | some.floats(0, 1) | some.sampled_from([0.0, 0.01, 0.02, 0.05, 0.1]),
    ),
    max_size=30,
).map(lambda rows: [Finding(key, *row) for key, row in enumerate(rows)])


def slowly(findings: list[Finding[int]], q: float) -> set[int]:
    """For each verdict: is there a k such that it is among the k smallest p and the k-th is at most q k / m?"""
    shown = set()
    for finding in findings:
        if finding.p is None:
            continue
        same = [f.p for f in findings if f.category == finding.category and f.p is not None]
        for bound in same:
            k = sum(p <= bound for p in same)
            if finding.p <= bound and bound * len(same) <= q * k:
                shown.add(finding.key)
    return shown


@settings(max_examples=count(small=200, long=5_000))
@given(findings=FINDINGS, q=some.sampled_from([0.05, 0.1, 0.5]))
def test_it_shows_what_the_rule_says(findings: list[Finding[int]], q: float) -> None:
    assert set(discover(findings, q=q).shown) == slowly(findings, q)


@settings(max_examples=count(small=100, long=2_000))
@given(
    findings=FINDINGS,
    before=some.dictionaries(some.integers(0, 40), some.sampled_from(["improving", "worsening"])),
)
def test_new_is_what_was_not_shown_so_before(findings: list[Finding[int]], before: dict[int, str]) -> None:
    found = discover(findings, before)
    claims = {finding.key: finding.claim for finding in findings}
    assert set(found.new) == {key for key in found.shown if before.get(key) != claims[key]}
    assert set(found.gone) == set(before) - set(found.shown)
    assert discover(findings, {key: claims[key] for key in found.shown}).new == ()
    assert discover(findings).new == ()


@settings(max_examples=count(small=50, long=1_000))
@given(findings=FINDINGS, more=some.integers(0, 50))
def test_what_cannot_be_told_changes_nothing(findings: list[Finding[int]], more: int) -> None:
    silent = [Finding(1000 + i, "a", "improving", None) for i in range(more)]
    assert discover([*findings, *silent]).shown == discover(findings).shown


@settings(max_examples=count(small=50, long=1_000))
@given(findings=FINDINGS, seed=some.randoms(use_true_random=False))
def test_the_order_of_the_run_does_not_matter(findings: list[Finding[int]], seed: object) -> None:
    mixed = list(findings)
    seed.shuffle(mixed)  # type: ignore[attr-defined]
    assert set(discover(mixed).shown) == set(discover(findings).shown)


def example() -> Discoveries[str]:
    run = [
        Finding("orders", "sales", "improving", 0.01),
        Finding("returns", "sales", "worsening", 0.04),
        Finding("visits", "sales", "improving", 0.2),
        Finding("errors", "platform", "worsening", 0.11),
        Finding("builds", "platform", "improving", None),
    ]
    return discover(run, {"orders": "worsening", "visits": "improving"})


def test_a_run_is_summed_up_in_words() -> None:
    found = example()
    assert found.shown == ("orders", "returns")  # .01 <= .033 and .04 <= .067; .2 > .1 and .11 > .1
    assert found.new == ("orders", "returns")  # orders turned round
    assert found.gone == ("visits",)
    assert found.limits == {"platform": None, "sales": 0.04}
    assert found.sentence == (
        "Of 4 metrics, 2 move more than luck would explain, 2 of them new; on average fewer than one of those is luck "
        "after all. Of 1 more nothing can be told."
    )


@pytest.mark.parametrize(
    ("asked", "silent", "shown", "words"),
    [
        (0, 0, 0, ""),
        (0, 1, 0, "Nothing can be told of this metric: a trend takes twelve readings, "),
        (0, 7, 0, "Nothing can be told of any of 7 metrics: a trend takes twelve readings, "),
        (1, 0, 0, "1 metric can be judged, and it does not move more than luck would explain."),
        (9, 2, 0, "None of 9 metrics moves more than luck would explain. Of 2 more nothing can be told."),
        (9, 0, 5, "Of 9 metrics, 5 move more than luck would explain; on average about one of those is luck after"),
        (40, 0, 30, "Of 40 metrics, 30 move more than luck would explain; on average about 3 of those are luck after "),
    ],
)  # fmt: skip
def test_the_words_are_true_whatever_there_is_to_judge(
    asked: int, silent: int, shown: int, words: str
) -> None:
    said = discovery_words(asked, silent, shown, 0)
    assert said.startswith(words)
    assert bool(said) == bool(words)


@pytest.mark.parametrize(
    ("run", "q", "words"),
    [
        ([Finding(1, "a", "x", 0.1), Finding(1, "b", "x", 0.1)], 0.1, "two verdicts"),
        ([Finding(1, "a", "x", 1.1)], 0.1, "from 0 to 1"),
        ([Finding(1, "a", "x", float("nan"))], 0.1, "from 0 to 1"),
        ([], 0.0, "between 0 and 1"),
    ],
)
def test_what_makes_no_sense_is_refused(run: list[Finding[int]], q: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        discover(run, q=q)


def test_a_tenth_of_what_is_shown_is_luck() -> None:
    chance = np.random.default_rng(20_240)
    shares = []
    for _ in range(400):
        ps = chance.uniform(size=100)
        ps[:20] = ps[:20] ** 8  # twenty that move
        found = discover([Finding(i, "a", "improving", float(p)) for i, p in enumerate(ps)])
        shares.append(sum(key >= 20 for key in found.shown) / max(len(found.shown), 1))
    assert 0.06 <= float(np.mean(shares)) <= 0.1


def test_it_loads_nothing_heavy() -> None:
    code = "import sys, alignment.signals.discovery; print('numpy' in sys.modules)"
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert finished.stdout.strip() == "False"


def test_what_claims_nothing_counts_but_is_never_shown() -> None:
    run = [Finding("a", "x", "improving", 0.001), Finding("b", "x", "", 0.06), Finding("c", "x", "", 0.07)]
    found = discover(run)
    assert found.shown == ("a",)
    assert found.limits == {"x": 0.07}
    assert found.sentence.startswith("Of 3 metrics, 1 moves more than luck would explain;")
