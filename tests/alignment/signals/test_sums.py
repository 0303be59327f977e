"""Sums over time: the same bits whichever way they are added up."""

from __future__ import annotations

import numpy as np
import pytest

from alignment.signals.sums import gram, over_time, weighed


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.19, 0.21, 1.0])
def test_sums_of_few_numbers_have_the_bits_of_all(share: float) -> None:
    chance = np.random.default_rng(4)
    columns = chance.normal(size=(104, 4))
    weights = (chance.random((104, 50)) < share).astype(float)
    numbers = weights * chance.normal(size=weights.shape)
    plain = np.stack([over_time(columns[:, j, None] * numbers) for j in range(4)])
    assert np.array_equal(weighed(columns, numbers), plain)
    product = (columns[:, 1] * columns[:, 2] + columns[:, 2] * columns[:, 1]) / 2
    assert np.array_equal(gram(columns, columns, weights)[1, 2], over_time(product[:, None] * weights))
    alone = np.concatenate([weighed(columns, numbers[:, k : k + 1]) for k in range(50)], axis=1)
    assert np.array_equal(alone, plain)
