"""Chance that can be looked up: each draw depends only on the seed and on the name of what it decides.

Nothing is drawn in sequence, so a series made today and the same series made in a year agree on every period that
they share, and adding a metric disturbs no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from statistics import NormalDist
from typing import TypeVar

_STANDARD = NormalDist()
_LARGEST = 2**53
_Choice = TypeVar("_Choice")


def uniform(seed: int, *names: str) -> float:
    """A number strictly between 0 and 1 that belongs to this seed and these names."""
    text = "\x1f".join((str(seed), *names)).encode()
    number = int.from_bytes(blake2b(text, digest_size=8).digest(), "big") >> 11
    return (number + 0.5) / _LARGEST


def between(low: float, high: float, seed: int, *names: str) -> float:
    """A number between `low` and `high`."""
    return low + (high - low) * uniform(seed, *names)


def normal(seed: int, *names: str) -> float:
    """A draw from the standard normal distribution, cut off at 3.5 standard deviations."""
    return max(-3.5, min(3.5, _STANDARD.inv_cdf(uniform(seed, *names))))


def choice(options: Sequence[_Choice], seed: int, *names: str) -> _Choice:
    """One of the options, each as likely as the others."""
    return options[min(int(uniform(seed, *names) * len(options)), len(options) - 1)]


def sluggish(seed: int, name: str, steps: Sequence[str], phi: float) -> list[float]:
    """One standard normal value a step, each resembling the last: an AR(1) series with coefficient `phi`.

    It starts in its stationary state at the first step, so the first step must stay the same for a series to
    stay the same; further steps may be appended.
    """
    values: list[float] = []
    spread = (1 - phi * phi) ** 0.5
    for step in steps:
        draw = normal(seed, "noise", name, step)
        values.append(phi * values[-1] + spread * draw if values else draw)
    return values
