"""Flow or stock: guessed with a reason where the readings settle it, and not guessed where they do not."""

from __future__ import annotations

import numpy as np

from alignment.signals.kinds import guess_kind, surely_flow, surely_stock
from alignment.signals.noise import company_noise
from alignment.signals.regression import regress
from tests.counts import count


def test_walks_are_seldom_taken_for_flows_nor_flows_for_walks() -> None:
    runs = count(small=500, long=5000)
    chance = np.random.default_rng(3)
    flows = regress(company_noise(chance, runs, 104))
    walks = regress(np.cumsum(chance.standard_normal((runs, 104)), axis=1))
    assert surely_flow(flows).mean() > 0.95
    assert surely_stock(flows).mean() < 0.08
    assert surely_flow(walks).mean() < 0.08
    assert surely_stock(walks).mean() > 0.9


def test_the_reason_is_in_words() -> None:
    chance = np.random.default_rng(5)
    flow = guess_kind([*chance.standard_normal(52), None])
    assert flow.kind == "flow"
    assert flow.reason.startswith("It comes back to a level or a line: about ")
    walk = guess_kind(np.cumsum(chance.standard_normal(104)).tolist())
    assert walk.kind == "stock"
    assert walk.reason.startswith("It wanders and does not come back: about ")
    assert guess_kind(np.cumsum(chance.random(30)).tolist()).reason == (
        "It has never fallen in 30 readings, as running totals do."
    )


def test_nothing_is_guessed_from_too_little() -> None:
    assert guess_kind([1.0, 2.0, None]).reason == (
        "There are 2 readings; 12 are needed to tell a flow from a stock."
    )
    assert guess_kind([4.0] * 20).kind is None
    walk = np.cumsum(np.random.default_rng(1).standard_normal(14))
    assert guess_kind(walk.tolist()).kind != "flow"
